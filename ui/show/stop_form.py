"""The form of one stop: its texts in a chosen language, how long it is held, how one gets there, what moves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFormLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QWidget,
)

from twin.model.story import MOTIONS, TRANSITIONS, Motion, Stop, Story, Transition
from ui.forms.boxes import NumberBox
from ui.forms.parts import heading
from ui.i18n import tr
from ui.show.stop_beside import StopBeside
from ui.show.stop_branches import StopBranches
from ui.show.stop_figures import StopFigures
from ui.show.stop_media import StopMedia
from ui.show.stop_part import Changed, Shown, StopPart
from ui.show.stop_seen import StopSeen
from ui.show.texts_language import TextsLanguage
from ui.show.wording import right_to_left

if TYPE_CHECKING:
    from ui.window.main import MainWindow

TEXTS = ("text", "notes", "narration")


class StopForm(QWidget):
    """Shows a stop and tells of every change to it.

    Parameters
    ----------
    window : MainWindow
        Its view gives what a stop takes from it.
    changed : callable
        Given the changed Stop.
    """

    def __init__(self, window: MainWindow, changed: Changed) -> None:
        super().__init__()
        self._changed = changed
        self._stop: Stop | None = None
        self._story: Story | None = None
        self._filling = False
        self._language = TextsLanguage()
        self._title = QLineEdit()
        self._texts = {name: QPlainTextEdit(tabChangesFocus=True) for name in TEXTS}
        self._hold = NumberBox(minimum=0.5, maximum=3600.0, decimals=1, suffix=" s")
        self._flight = NumberBox(minimum=0.0, maximum=120.0, decimals=1, suffix=" s")
        self._transition, self._motion = QComboBox(), QComboBox()
        self._degrees = NumberBox(minimum=-720.0, maximum=720.0, decimals=0, suffix="°")
        self._aside, self._live = QCheckBox(), QCheckBox()
        names = ("language", "title", *TEXTS, "hold", "transition", "flight", "motion", "degrees")
        self._labels = {name: QLabel() for name in names}
        self.parts: Mapping[str, StopPart] = {
            "figures": StopFigures(window, changed),
            "branches": StopBranches(window, changed),
            "seen": StopSeen(window, changed),
            "media": StopMedia(window, changed),
            "beside": StopBeside(window, changed),
            "beside_figures": StopFigures(window, changed, beside=True),
        }
        self._heads = {name: heading() for name in self.parts}
        self._arrange()
        self._connect()
        self.retranslate()
        self.show_stop(None, None)

    @property
    def language(self) -> str:
        """The language whose texts are shown."""
        return self._language.language

    def set_language(self, language: str) -> None:
        """Show the texts of another language."""
        self._language.setCurrentIndex(self._language.findData(language))

    def retranslate(self) -> None:
        """Word everything again."""
        for name, label in self._labels.items():
            label.setText(tr(f"stop.{name}"))
        self._aside.setText(tr("stop.aside"))
        self._live.setText(tr("stop.live"))
        for name, part in self.parts.items():
            self._heads[name].setText(tr(f"stop.head_{name}"))
            part.retranslate()
        self._filling = True
        for box, group, values in (
            (self._transition, "transition", TRANSITIONS),
            (self._motion, "motion", MOTIONS),
        ):
            row = max(box.currentIndex(), 0)
            box.clear()
            for value in values:
                box.addItem(tr(f"stop.{group}_{value}"), value)
            box.setCurrentIndex(row)
        self._filling = False

    def show_stop(self, stop: Stop | None, story: Story | None) -> None:
        """Show a stop, or nothing."""
        self._filling = True
        before = self._stop
        self._stop, self._story = stop, story
        self.setEnabled(stop is not None)
        self._language.offer(story)
        if stop is not None:
            same = before is not None and before.id == stop.id
            self._fill(stop, keep_cursor=same)
        self._filling = False
        self._show_parts()

    def _show_parts(self) -> None:
        stop, story = self._stop, self._story
        shown = (
            Shown(stop, story, self.language) if stop is not None and story is not None else None
        )
        for part in self.parts.values():
            part.show_stop(shown)
        another_side = stop is not None and stop.beside is not None
        for widget in (self._heads["beside_figures"], self.parts["beside_figures"]):
            widget.setVisible(another_side)

    def _fill(self, stop: Stop, *, keep_cursor: bool) -> None:
        language = self.language
        mirrored = right_to_left(language)
        way = self.layoutDirection().RightToLeft if mirrored else self.layoutDirection().LeftToRight
        title = stop.title.get(language, "")
        if not keep_cursor or self._title.text() != title:
            self._title.setText(title)
        self._title.setLayoutDirection(way)
        for name, field in self._texts.items():
            words = getattr(stop, name).get(language, "")
            if not keep_cursor or field.toPlainText() != words:
                field.setPlainText(words)
            field.setLayoutDirection(way)
        self._hold.setValue(stop.hold_s)
        self._flight.setValue(stop.transition.duration_s)
        self._transition.setCurrentIndex(TRANSITIONS.index(stop.transition.kind))
        self._motion.setCurrentIndex(MOTIONS.index(stop.motion.kind))
        self._degrees.setValue(stop.motion.degrees)
        self._degrees.setEnabled(stop.motion.kind == "orbit")
        self._aside.setChecked(stop.aside)
        self._live.setChecked(stop.live)

    def _take(self) -> None:
        if self._filling or self._stop is None:
            return
        language, stop = self.language, self._stop
        texts = {
            name: {**getattr(stop, name), language: field.toPlainText()}
            for name, field in self._texts.items()
        }
        kind = str(self._motion.currentData())
        changed = replace(
            stop,
            title={**stop.title, language: self._title.text()},
            **{name: {k: v for k, v in text.items() if v} for name, text in texts.items()},
            hold_s=self._hold.value(),
            transition=Transition(
                kind=str(self._transition.currentData()), duration_s=self._flight.value()
            ),
            motion=replace(stop.motion, kind=kind, degrees=self._degrees.value())
            if kind != "still"
            else Motion(),
            aside=self._aside.isChecked(),
            live=self._live.isChecked(),
        )
        if changed != stop:
            self._stop = changed
            self._changed(changed)

    def _show_language(self) -> None:
        if not self._filling and self._stop is not None:
            self._filling = True
            self._fill(self._stop, keep_cursor=False)
            self._filling = False
            self._show_parts()

    def _arrange(self) -> None:
        layout = QFormLayout(self)
        layout.setContentsMargins(10, 8, 10, 8)
        fields = {
            "language": self._language,
            "title": self._title,
            **self._texts,
            "hold": self._hold,
            "transition": self._transition,
            "flight": self._flight,
            "motion": self._motion,
            "degrees": self._degrees,
        }
        for name, field in fields.items():
            self._labels[name].setBuddy(field)
            layout.addRow(self._labels[name], field)
        layout.addRow(self._aside)
        layout.addRow(self._live)
        for name, part in self.parts.items():
            layout.addRow(self._heads[name])
            layout.addRow(part)
        for name, lines in (("text", 5), ("notes", 3), ("narration", 2)):
            height = self._texts[name].fontMetrics().lineSpacing() * lines + 14
            self._texts[name].setFixedHeight(height)

    def _connect(self) -> None:
        self._language.currentIndexChanged.connect(lambda _row: self._show_language())
        self._title.textEdited.connect(lambda _text: self._take())
        for field in self._texts.values():
            field.textChanged.connect(self._take)
        for spin in (self._hold, self._flight, self._degrees):
            spin.valueChanged.connect(lambda _value: self._take())
        for box in (self._transition, self._motion):
            box.currentIndexChanged.connect(lambda _row: self._take())
        for box in (self._aside, self._live):
            box.toggled.connect(lambda _on: self._take())
