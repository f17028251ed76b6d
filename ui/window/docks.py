"""The panels around the viewport: which there are, where they stand at first, and who hears them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QDockWidget, QHBoxLayout, QLabel, QMainWindow, QWidget

from ui.actions import Action
from ui.docks.attributes_dock import AttributesDock
from ui.docks.bookmarks_dock import BookmarksDock
from ui.docks.layers_dock import LayersDock
from ui.docks.problems_dock import ProblemsDock
from ui.docks.table_dock import TableDock
from ui.forms.parts import IconButton
from ui.i18n import tr
from ui.text import SEMIBOLD, font
from ui.window.desks import BOTTOM, LEFT, RIGHT, Desk, Place, Seat

if TYPE_CHECKING:
    from twin.work.session import Session

PLACES = {
    "layers": Place(LEFT, shown=True, extent_px=300),
    "bookmarks": Place(LEFT, shown=False, extent_px=220),
    "attributes": Place(RIGHT, shown=True, extent_px=330),
    "table": Place(BOTTOM, shown=False, extent_px=240),
    "problems": Place(BOTTOM, shown=False, extent_px=200),
}


def panel_actions(desks: Iterable[Desk]) -> list[Action]:
    """Return the actions that show and hide a panel."""
    keys = {name: (f"Alt+{i}",) for i, name in enumerate(PLACES, start=1)}
    keys |= {name: seat.keys for desk in desks for name, seat in desk.panels.items()}
    return [
        Action(
            id=f"panel.{name}",
            text=f"dock.{name}",
            run=lambda w, name=name: w.docks.toggle(name),
            menu=("view", "panels"),
            section=4,
            keys=shortcuts,
            checked=lambda w, name=name: w.docks.is_shown(name),
        )
        for name, shortcuts in keys.items()
    ]


class Docks(QObject):
    """The panels in their frames.

    Parameters
    ----------
    window : QMainWindow
        Holds the frames.
    seats : mapping
        Panels of the desks, by name: each is made when its frame is first shown.
    """

    shown = Signal()
    """A panel was shown or hidden."""

    def __init__(self, window: QMainWindow, seats: Mapping[str, Seat]) -> None:
        super().__init__(window)
        self._window = window
        self._session: Session | None = None
        self._seats = dict(seats)
        self._places = {**PLACES, **{name: seat.place for name, seat in seats.items()}}
        self.layers = LayersDock(None, window)
        self.attributes = AttributesDock(None, window)
        self.table = TableDock(None, window)
        self.problems = ProblemsDock(None, window)
        self.bookmarks = BookmarksDock(None, window)
        self._panels: dict[str, QWidget] = {
            "layers": self.layers,
            "bookmarks": self.bookmarks,
            "attributes": self.attributes,
            "table": self.table,
            "problems": self.problems,
        }
        self.frames = {name: self._frame(name) for name in self._places}
        for name, panel in self._panels.items():
            self.frames[name].setWidget(panel)
        self._corners()
        self.arrange()
        self.retranslate()

    def set_session(self, session: Session | None) -> None:
        """Have every panel show another session."""
        self._session = session
        for panel in self._panels.values():
            panel.set_session(session)

    def panel(self, name: str) -> QWidget:
        """Return a panel; one of a desk is made now if it was never shown."""
        if name not in self._panels:
            self._panels[name] = made = self._seats[name].make(self._window)
            made.set_session(self._session)
            self.frames[name].setWidget(made)
        return self._panels[name]

    def is_shown(self, name: str) -> bool:
        """Whether a panel is there to be seen, in front or behind a tab."""
        return not self.frames[name].isHidden()

    def toggle(self, name: str) -> None:
        """Show or hide a panel."""
        self.hide(name) if self.is_shown(name) else self.show(name)

    def show(self, name: str) -> None:
        """Show a panel in front of its tabs."""
        self.panel(name)
        self.frames[name].show()
        self.frames[name].raise_()

    def hide(self, name: str) -> None:
        """Hide a panel."""
        self.frames[name].hide()

    def arrange(self) -> None:
        """Put every panel where it stands at first."""
        for name, place in self._places.items():
            self._window.addDockWidget(place.area, self.frames[name])
            self.frames[name].setVisible(place.shown)
        self._window.tabifyDockWidget(self.frames["table"], self.frames["problems"])
        for side in ("layers", "attributes"):
            self._window.resizeDocks(
                [self.frames[side]], [PLACES[side].extent_px], Qt.Orientation.Horizontal
            )
        self._window.resizeDocks(
            [self.frames["table"]], [PLACES["table"].extent_px], Qt.Orientation.Vertical
        )

    def retranslate(self) -> None:
        """Word the titles again."""
        for name, frame in self.frames.items():
            frame.setWindowTitle(title(name))
            frame.setAccessibleName(title(name))
            bar = frame.titleBarWidget()
            if isinstance(bar, TitleBar):
                bar.say(title(name))

    def retheme(self) -> None:
        """Take over the theme's colours; the panels hear of them themselves."""
        for frame in self.frames.values():
            bar = frame.titleBarWidget()
            if isinstance(bar, TitleBar):
                bar.retheme()

    def _frame(self, name: str) -> QDockWidget:
        frame = QDockWidget(self._window)
        frame.setObjectName(f"dock.{name}")
        features = QDockWidget.DockWidgetFeature
        frame.setFeatures(features.DockWidgetClosable | features.DockWidgetMovable)
        frame.setTitleBarWidget(TitleBar(frame))
        frame.visibilityChanged.connect(lambda on, name=name: self._on_visibility(name, on))
        return frame

    def _on_visibility(self, name: str, on: bool) -> None:
        # Qt shows frames by itself too: from a saved layout, from their menu.
        if on:
            self.panel(name)
        self.shown.emit()

    def _corners(self) -> None:
        # The columns at the sides reach from top to bottom; the table stands under the view only.
        corner = Qt.Corner
        self._window.setCorner(corner.BottomLeftCorner, LEFT)
        self._window.setCorner(corner.BottomRightCorner, RIGHT)
        self._window.setDockOptions(
            QMainWindow.DockOption.AllowTabbedDocks | QMainWindow.DockOption.AllowNestedDocks
        )


class TitleBar(QWidget):
    """Title of a panel and a button that hides it; the panel is moved by it."""

    def __init__(self, frame: QDockWidget) -> None:
        super().__init__(frame)
        self._label = QLabel()
        self._label.setFont(font(13, SEMIBOLD))
        self._close = IconButton("mdi6.close", frame.hide)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 5, 6, 3)
        layout.addWidget(self._label, 1)
        layout.addWidget(self._close)
        self.retheme()

    def say(self, words: str) -> None:
        """Set the title."""
        self._label.setText(words)
        self._close.say(tr("dock.hide", panel=words))

    def retheme(self) -> None:
        """Draw the icon in the colours of the theme."""
        self._close.retheme()


def title(name: str) -> str:
    """Return the title of a panel."""
    return tr(f"dock.{name}")
