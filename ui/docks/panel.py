"""What every panel shares: it follows a session, the language and the theme, and lets go cleanly."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget

from ui.docks.naming import name_parts
from ui.i18n import translator
from ui.theme import Palette, current_palette

if TYPE_CHECKING:
    from twin.work.session import Session


class Links:
    """Connections to the signals of the engine, dropped together."""

    def __init__(self) -> None:
        self._made: list[tuple[Any, Callable[..., Any]]] = []

    def connect(self, signal: Any, slot: Callable[..., Any]) -> None:
        """Connect a slot to a signal of the engine."""
        signal.connect(slot)
        self._made.append((signal, slot))

    def drop(self) -> None:
        """Disconnect everything."""
        for signal, slot in self._made:
            signal.disconnect(slot, missing_ok=True)
        self._made.clear()


class Panel(QWidget):
    """A panel of the window. A subclass builds its widgets, then calls :meth:`_begin`.

    Parameters
    ----------
    session : Session or None
        What it shows; None shows its empty state.
    """

    def __init__(self, session: Session | None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session: Session | None = session
        self._links = links = Links()
        self.destroyed.connect(links.drop)
        self._recolour = QTimer(self, singleShot=True, interval=0)
        self._recolour.timeout.connect(self._dress)
        self._naming = QTimer(self, singleShot=True, interval=0)
        self._naming.timeout.connect(self._name_parts)
        self._dressed: Palette | None = None
        """The colours it was drawn in last."""
        translator.language_changed.connect(self._on_language)

    def set_session(self, session: Session | None) -> None:
        """Show another session, or none."""
        self._links.drop()
        self._session = session
        if session is not None:
            self._attach(session)
        self._refresh()

    def retranslate(self) -> None:
        """Word everything again in the current language."""

    def retheme(self) -> None:
        """Draw icons and painted colours again in those of the theme."""

    def _attach(self, session: Session) -> None:
        """Connect to the signals of a session, by ``self._links``."""

    def _refresh(self) -> None:
        """Show the session as it is now."""

    def _begin(self) -> None:
        self._dress()
        self.retranslate()
        self.set_session(self._session)

    def _dress(self) -> None:
        self._dressed = current_palette()
        self.retheme()

    def _name_parts(self) -> None:
        name_parts(self)

    def _on_language(self, _language: str) -> None:
        self.retranslate()
        self._refresh()
        if self.isVisible():
            name_parts(self)

    def showEvent(self, event: QShowEvent) -> None:
        """Have a name for everything that is shown, once it is on the screen."""
        super().showEvent(event)
        self._naming.start()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the theme; a window that is shown tells of its style too, where nothing has changed."""
        told = event.type() in (QEvent.Type.PaletteChange, QEvent.Type.StyleChange)
        if told and self._dressed != current_palette():
            self._recolour.start()
        super().changeEvent(event)
