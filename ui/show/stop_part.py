"""What every part of the form of a stop shares: it shows a stop in a language and tells of each change to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QLineEdit, QWidget

from twin.model.story import Stop, Story

if TYPE_CHECKING:
    from ui.window.main import MainWindow

Changed = Callable[[Stop], object]


@dataclass(frozen=True)
class Shown:
    """The stop that is shown, the story that it belongs to, and the language of the texts."""

    stop: Stop
    story: Story
    language: str


class StopPart(QWidget):
    """A part of the form. A subclass builds its widgets, fills them in :meth:`_fill`, and calls :meth:`_put`.

    Parameters
    ----------
    window : MainWindow
        Its view and its session give what a stop takes from them.
    changed : callable
        Given the changed Stop.
    """

    def __init__(self, window: MainWindow, changed: Changed) -> None:
        super().__init__()
        self._window, self._changed = window, changed
        self._shown: Shown | None = None
        self._filling = False

    def show_stop(self, shown: Shown | None) -> None:
        """Show a stop, or nothing."""
        self._shown = shown
        self.setEnabled(shown is not None)
        self._filling = True
        if shown is not None:
            self._fill(shown)
        self._filling = False

    def retranslate(self) -> None:
        """Word everything again."""

    def _fill(self, shown: Shown) -> None:
        """Show what a stop says."""

    def _put(self, stop: Stop) -> None:
        """Tell of a change made by hand."""
        if self._filling or self._shown is None or stop == self._shown.stop:
            return
        self._shown = Shown(stop, self._shown.story, self._shown.language)
        self._changed(stop)


def with_words(words: Mapping[str, str], language: str, said: str) -> dict[str, str]:
    """Return texts by language with one of them said otherwise, without those that are empty."""
    return {name: text for name, text in {**words, language: said}.items() if text}


def show_words(field: QLineEdit, words: str) -> None:
    """Show words in a field; one that shows them already keeps its cursor."""
    if field.text() != words:
        field.setText(words)
