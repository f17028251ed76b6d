"""Language, theme, quality of the picture and memory; a change is seen at once and kept."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QLocale
from PySide6.QtWidgets import QComboBox, QFormLayout, QLabel, QWidget

from ui.dialogs.frame import Dialog
from ui.forms.parts import muted
from ui.i18n import tr, translator
from ui.i18n.formats import file_size
from ui.settings import LANGUAGES, MEMORIES, QUALITIES, THEMES

if TYPE_CHECKING:
    from ui.settings import Settings
    from ui.theme import Theme


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
        self.language = _choice(LANGUAGES, settings.language)
        self.theme = _choice(THEMES, settings.theme)
        self.quality = _choice(QUALITIES, settings.quality)
        self.memory = _choice(MEMORIES, settings.memory)
        self._hints = {name: muted() for name in ("quality", "memory")}
        self._labels = {name: QLabel() for name in ("language", "theme", "quality", "memory")}
        form = QFormLayout()
        form.setVerticalSpacing(12)
        form.setHorizontalSpacing(20)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        for name, label in self._labels.items():
            box = getattr(self, name)
            label.setBuddy(box)
            form.addRow(label, box)
            if name in self._hints:
                form.addRow("", self._hints[name])
        self.body.addLayout(form)
        self.setMinimumWidth(440)
        self.language.activated.connect(self._language_chosen)
        self.theme.activated.connect(self._theme_chosen)
        self.quality.activated.connect(self._quality_chosen)
        self.memory.activated.connect(self._memory_chosen)
        self.retranslate()

    def retranslate(self) -> None:
        """See base."""
        super().retranslate()
        self.setWindowTitle(tr("settings.title"))
        for name, label in self._labels.items():
            words = tr(f"settings.{name}")
            label.setText(words)
            getattr(self, name).setAccessibleName(words)
        for place, language in enumerate(LANGUAGES):
            key = f"language.{language}" if language else "settings.language.system"
            self.language.setItemText(place, tr(key))
        for place, mode in enumerate(THEMES):
            self.theme.setItemText(place, tr(f"settings.theme.{mode}"))
        for place, quality in enumerate(QUALITIES):
            self.quality.setItemText(place, tr(f"settings.quality.{quality}"))
        for place, memory in enumerate(MEMORIES):
            words = tr("settings.memory.auto") if memory == "auto" else file_size(int(memory) * 1e6)
            self.memory.setItemText(place, words)
        for name, hint in self._hints.items():
            hint.setText(tr(f"settings.{name}_hint"))

    def _language_chosen(self) -> None:
        language = str(self.language.currentData())
        self._settings.language = language
        translator.set_language(language or QLocale.system().name())

    def _theme_chosen(self) -> None:
        mode = str(self.theme.currentData())
        self._settings.theme = mode
        if self._theme is not None:
            self._theme.set_mode(mode)

    def _quality_chosen(self) -> None:
        self._settings.quality = str(self.quality.currentData())

    def _memory_chosen(self) -> None:
        self._settings.memory = str(self.memory.currentData())


def _choice(values: Sequence[str], chosen: str) -> QComboBox:
    box = QComboBox()
    for value in values:
        box.addItem(value, value)
    box.setCurrentIndex(max(box.findData(chosen), 0))
    return box
