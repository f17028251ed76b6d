"""Go to coordinates, typed or pasted in any usual notation; it says what it understood."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel, QLineEdit, QWidget

from twin.errors import CrsError
from ui.dialogs.frame import Dialog
from ui.docks.search_box import bounds_of_place
from ui.forms.parts import muted
from ui.i18n import problem_text, tr
from ui.i18n.formats import quantity
from ui.search import Place, understand
from ui.search.coordinates import in_words

if TYPE_CHECKING:
    from twin.work.session import Session

FAR_M = 30_000.0
"""From here on the distance to the model is told: the numbers may be another place's."""


class GoToDialog(Dialog):
    """Asks for coordinates."""

    fly_to_requested = Signal(object)
    """Bounds in the scene."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent, accept="goto.go")
        self._session = session
        self._place: Place | None = None
        self._label = QLabel()
        self.line = QLineEdit()
        self._label.setBuddy(self.line)
        self.understood = QLabel()
        self.understood.setWordWrap(True)
        self._hint = muted()
        for widget in (self._label, self.line, self.understood, self._hint):
            self.body.addWidget(widget)
        self.setMinimumWidth(460)
        self.line.textChanged.connect(lambda _text: self._read())
        self.accepted.connect(self._go)
        self.retranslate()

    def retranslate(self) -> None:
        """See base."""
        super().retranslate()
        self.setWindowTitle(tr("goto.title"))
        self._label.setText(tr("goto.coordinates"))
        self.line.setPlaceholderText("2.27, 48.82")
        self._hint.setText(tr("goto.hint"))
        self._read()

    def _read(self) -> None:
        typed = self.line.text().strip()
        words, tone = "", ""
        try:
            self._place = understand(typed, self._session.project.frame) if typed else None
        except CrsError as error:
            self._place = None
            words, tone = problem_text(error.problem), "danger"
        if self._place is not None:
            words = in_words(self._place)
            if self._place.distance_m > FAR_M:
                away = quantity(round(self._place.distance_m / 1000), "km")
                words, tone = f"{words}\n{tr('goto.far', distance=away)}", "warning"
        elif typed and not words:
            words, tone = tr("goto.not_understood"), "danger"
        self._say(words, tone)
        self.accept_button.setEnabled(self._place is not None)

    def _say(self, words: str, tone: str) -> None:
        self.understood.setText(words or " ")
        if self.understood.property("tone") != tone:
            self.understood.setProperty("tone", tone)
            self.style().unpolish(self.understood)
            self.style().polish(self.understood)

    def _go(self) -> None:
        if self._place is not None:
            self.fly_to_requested.emit(bounds_of_place(self._session, self._place))
