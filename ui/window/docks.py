"""The panels around the viewport: which there are, where they stand at first, and who hears them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QDockWidget, QHBoxLayout, QLabel, QMainWindow, QWidget

from ui.docks.attributes_dock import AttributesDock
from ui.docks.bookmarks_dock import BookmarksDock
from ui.docks.layers_dock import LayersDock
from ui.docks.problems_dock import ProblemsDock
from ui.docks.table_dock import TableDock
from ui.forms.parts import IconButton
from ui.i18n import tr
from ui.text import SEMIBOLD, font

if TYPE_CHECKING:
    from twin.work.session import Session

LEFT = Qt.DockWidgetArea.LeftDockWidgetArea
RIGHT = Qt.DockWidgetArea.RightDockWidgetArea
BOTTOM = Qt.DockWidgetArea.BottomDockWidgetArea


@dataclass(frozen=True, slots=True)
class Place:
    """Where a panel stands at first, and whether it shows."""

    area: Qt.DockWidgetArea
    shown: bool
    extent_px: int


PLACES = {
    "layers": Place(LEFT, shown=True, extent_px=300),
    "bookmarks": Place(LEFT, shown=False, extent_px=220),
    "attributes": Place(RIGHT, shown=True, extent_px=330),
    "table": Place(BOTTOM, shown=False, extent_px=240),
    "problems": Place(BOTTOM, shown=False, extent_px=200),
}


class Docks(QObject):
    """The panels in their frames."""

    shown = Signal()
    """A panel was shown or hidden."""

    def __init__(self, window: QMainWindow) -> None:
        super().__init__(window)
        self._window = window
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
        self.frames = {name: self._frame(name, panel) for name, panel in self._panels.items()}
        self._corners()
        self.arrange()
        self.retranslate()

    def set_session(self, session: Session | None) -> None:
        """Have every panel show another session."""
        for panel in self._panels.values():
            panel.set_session(session)

    def is_shown(self, name: str) -> bool:
        """Whether a panel is there to be seen, in front or behind a tab."""
        return not self.frames[name].isHidden()

    def toggle(self, name: str) -> None:
        """Show or hide a panel."""
        self.hide(name) if self.is_shown(name) else self.show(name)

    def show(self, name: str) -> None:
        """Show a panel in front of its tabs."""
        self.frames[name].show()
        self.frames[name].raise_()

    def hide(self, name: str) -> None:
        """Hide a panel."""
        self.frames[name].hide()

    def arrange(self) -> None:
        """Put every panel where it stands at first."""
        for name, place in PLACES.items():
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

    def _frame(self, name: str, panel: QWidget) -> QDockWidget:
        frame = QDockWidget(self._window)
        frame.setObjectName(f"dock.{name}")
        frame.setWidget(panel)
        features = QDockWidget.DockWidgetFeature
        frame.setFeatures(features.DockWidgetClosable | features.DockWidgetMovable)
        frame.setTitleBarWidget(TitleBar(frame))
        frame.visibilityChanged.connect(lambda _on: self.shown.emit())
        return frame

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
