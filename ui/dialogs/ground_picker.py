"""One place on the ground, clicked in the view while a dialog waits aside."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QKeyEvent

if TYPE_CHECKING:
    from ui.viewport import Viewport

Xyz = tuple[float, float, float]


class GroundPicker:
    """A :class:`ui.viewport.tool.MouseTool` for one click; Escape gives up.

    Parameters
    ----------
    done : callable
        Called once the tool is put away, with the place in the scene, on the ground; None where it was left.
    """

    def __init__(self, viewport: Viewport, done: Callable[[Xyz | None], None]) -> None:
        self._viewport, self._done = viewport, done
        self._place: Xyz | None = None

    def grab(self, _at: QPointF) -> bool:
        """Hold nothing: drags move the camera."""
        return False

    def drag(self, _at: QPointF, _modifiers: Qt.KeyboardModifier) -> None:
        """Nothing was grabbed."""

    def drop(self) -> None:
        """Nothing was grabbed."""

    def click(self, at: QPointF, _modifiers: Qt.KeyboardModifier) -> None:
        """Take the place under the pointer: where the relief is, whatever stands on it."""
        surface = self._viewport.surface
        ground = surface.stage.camera.ground_under(*surface.stage_px(at))
        if ground is not None:
            x, y, z = (float(value) for value in ground)
            self._place = (x, y, z)
            self._viewport.take_tool(None)

    def hover(self, _at: QPointF) -> None:
        """Nothing follows the pointer."""

    def finish(self) -> None:
        """A click was enough."""

    def key(self, event: QKeyEvent) -> bool:
        """Leave with Escape."""
        if event.key() != Qt.Key.Key_Escape:
            return False
        self._viewport.take_tool(None)
        return True

    def leave(self) -> None:
        """Say what was clicked."""
        self._done(self._place)
