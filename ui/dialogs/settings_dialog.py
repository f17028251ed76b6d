"""Language, theme, size of the text, motion, quality of the picture and memory: what is chosen is kept."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QLocale
from PySide6.QtWidgets import QComboBox, QFormLayout, QLabel, QWidget

from ui.dialogs.frame import Dialog
from ui.forms.parts import muted
from ui.i18n import tr, translator
from ui.i18n.formats import file_size
from ui.settings import LANGUAGES, MEMORIES, MOTIONS, QUALITIES, TEXT_SIZES, THEMES

if TYPE_CHECKING:
    from ui.settings import Settings
    from ui.theme import Theme


CHOICES = {
    "language": LANGUAGES,
    "theme": THEMES,
    "text_size": TEXT_SIZES,
    "motion": MOTIONS,
    "quality": QUALITIES,
    "memory": MEMORIES,
}
"""In the order of the form."""
EXPLAINED = ("text_size", "motion", "quality", "memory")


class SettingsDialog(Dialog):
    """Edits the settings of the application.

    Parameters
    ----------
    theme : Theme or None
        Dressed anew when another theme is chosen.
    """

    def __init__(
        self, settings: Settings, parent: QWidget | None = None, *, theme: Theme | None = None
    ) -> None:
        super().__init__(parent)
        self._settings, self._theme = settings, theme
        self.boxes = {n: _choice(some, getattr(settings, n)) for n, some in CHOICES.items()}
        self._hints = {name: muted() for name in EXPLAINED}
        self._labels = {name: QLabel() for name in CHOICES}
        form = QFormLayout()
        form.setVerticalSpacing(12)
        form.setHorizontalSpacing(20)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        for name, label in self._labels.items():
            box = self.boxes[name]
            box.activated.connect(lambda _row, name=name: self._choose(name))
            label.setBuddy(box)
            form.addRow(label, box)
            if name in self._hints:
                form.addRow("", self._hints[name])
        self.body.addLayout(form)
        self.setMinimumWidth(440)
        self.retranslate()

    def retranslate(self) -> None:
        """See base."""
        super().retranslate()
        self.setWindowTitle(tr("settings.title"))
        for name, label in self._labels.items():
            words = tr(f"settings.{name}")
            label.setText(words)
            box = self.boxes[name]
            box.setAccessibleName(words)
            for place, value in enumerate(CHOICES[name]):
                box.setItemText(place, _worded(name, value))
        for name, hint in self._hints.items():
            hint.setText(tr(f"settings.{name}_hint"))

    def _choose(self, name: str) -> None:
        value = str(self.boxes[name].currentData())
        setattr(self._settings, name, value)
        if name == "language":
            translator.set_language(value or QLocale.system().name())
        elif name == "theme" and self._theme is not None:
            self._theme.set_mode(value)


def _worded(name: str, value: str) -> str:
    if name == "language":
        return tr(f"language.{value}" if value else "settings.language.system")
    if name == "text_size":
        return tr("settings.text_size.percent", value=int(value))
    if name == "memory" and value != "auto":
        return file_size(int(value) * 1e6)
    return tr(f"settings.{name}.{value}")


def _choice(values: Sequence[str], chosen: str) -> QComboBox:
    box = QComboBox()
    for value in values:
        box.addItem(value, value)
    box.setCurrentIndex(max(box.findData(chosen), 0))
    return box
