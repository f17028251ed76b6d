"""Drawing in the scene with the mouse: places with snapping, typed lengths, and a line that follows the pointer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QPointF, Qt, Signal
from PySide6.QtGui import QKeyEvent

from twin.drawables import Lines, Mesh, Points, Role

if TYPE_CHECKING:
    from twin.render import Hit
    from ui.viewport import Viewport

Float64 = NDArray[np.float64]
TOOL_LAYER = "~tool"
SNAP_PX = 12.0
SAME_PX = 4.0
BESIDE, DIAGONALS = 0.6, ((-1, -1), (-1, 1), (1, -1), (1, 1))
"""Where else a feature is looked for whose corner may be meant, as parts of the reach."""

ORANGE, WHITE = (0.93, 0.45, 0.10, 1.0), (1.0, 1.0, 1.0, 1.0)
LIFT_M = 0.3
"""What is drawn lies a little above the ground, so that it is seen."""

MOST_CORNERS = 4_000
LONGEST_M = 10_000.0


class DrawTool(QObject):
    """Collects places; a :class:`ui.viewport.tool.MouseTool`.

    Parameters
    ----------
    viewport : Viewport
    closed : bool
        The places are the corners of a ring.
    on_ground : bool
        Places are on the ground, whatever stands there.
    most : int
        So many places complete the drawing; 0: until Enter or a double click.
    least : int
        Of fewer nothing is made; 0: a ring takes three, a line two.
    """

    changed = Signal()
    """Places, or the place under the pointer, changed."""
    done = Signal(object)
    """(n, 3) float64 places in the scene."""
    left = Signal()
    """The tool was put away."""

    def __init__(
        self,
        viewport: Viewport,
        *,
        closed: bool = False,
        on_ground: bool = False,
        most: int = 0,
        least: int = 0,
    ) -> None:
        super().__init__(viewport)
        self._least = least or (3 if closed else 2)
        self._viewport = viewport
        self._closed, self._on_ground, self._most = closed, on_ground, most
        self._places: list[Float64] = []
        self._pointer: Float64 | None = None
        self._typed = ""

    @property
    def typed(self) -> str:
        """The length that is being typed, in metres."""
        return self._typed

    def places(self, *, pointer: bool = True) -> Float64:
        """Return the (n, 3) places so far, that under the pointer last."""
        found = [*self._places]
        if pointer and self._pointer is not None:
            found.append(self._pointer)
        return np.array(found, np.float64).reshape(-1, 3)

    # What the viewport calls.

    def grab(self, _at: QPointF) -> bool:
        """Hold nothing: drags move the camera."""
        return False

    def drag(self, _at: QPointF, _modifiers: Qt.KeyboardModifier) -> None:
        """Nothing was grabbed."""

    def drop(self) -> None:
        """Nothing was grabbed."""

    def click(self, at: QPointF, _modifiers: Qt.KeyboardModifier) -> None:
        """Add the place."""
        place = self._place(at)
        if place is None:
            return
        self._add(place)

    def hover(self, at: QPointF) -> None:
        """Let the line follow the pointer."""
        self._pointer = self._place(at)
        self._draw()

    def finish(self) -> None:
        """Complete what was drawn, if it is enough."""
        if len(self._places) >= self._least:
            places = self.places(pointer=False)
            self._begin_again()
            self.done.emit(places)

    def key(self, event: QKeyEvent) -> bool:
        """Digits are the length of the next side, Enter takes it or completes, Backspace takes back, Escape leaves."""
        key, text = event.key(), event.text().replace(",", ".")
        if text and (text.isdigit() or (text == "." and "." not in self._typed)):
            self._typed += text
        elif key == Qt.Key.Key_Backspace:
            if self._typed:
                self._typed = self._typed[:-1]
            elif self._places:
                self._places.pop()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._enter()
        elif key == Qt.Key.Key_Escape:
            if self._places or self._typed:
                self._begin_again()
            else:
                self._viewport.take_tool(None)
            return True
        else:
            return False
        self._draw()
        return True

    def leave(self) -> None:
        """Wipe what was drawn."""
        self._wipe()
        self.left.emit()

    # Inside.

    def _enter(self) -> None:
        if not self._typed:
            self.finish()
            return
        try:
            length = float(self._typed)
        except ValueError:
            length = 0.0
        self._typed = ""
        if self._places and self._pointer is not None and 0 < length <= LONGEST_M:
            start = self._places[-1]
            way = self._pointer - start
            size = float(np.linalg.norm(way[:2]))
            if size > 1e-6:
                place = start + way * (length / size)
                if self._on_ground:
                    place[2] = self._ground(place)
                self._add(place)

    def _add(self, place: Float64) -> None:
        if (
            self._closed
            and len(self._places) >= 3
            and np.allclose(place, self._places[0], atol=0.01)
        ):
            self.finish()
            return
        if not self._places or not np.allclose(place, self._places[-1], atol=1e-6):
            self._places.append(place)
        if self._most and len(self._places) >= self._most:
            places = self.places(pointer=False)
            self._begin_again()
            self.done.emit(places)
            return
        self._draw()

    def _begin_again(self) -> None:
        self._places, self._pointer, self._typed = [], None, ""
        self._wipe()
        self.changed.emit()

    def _place(self, at: QPointF) -> Float64 | None:
        surface = self._viewport.surface
        x_px, y_px = surface.stage_px(at)
        stage = surface.stage
        hit = stage.pick(x_px, y_px)
        snapped = self._snapped(x_px, y_px, hit)
        if snapped is not None:
            return snapped
        if hit is not None and not self._on_ground and hit.layer_id != TOOL_LAYER:
            return np.asarray(hit.xyz_in_scene, np.float64)
        ground = stage.camera.ground_under(x_px, y_px)
        return None if ground is None else np.asarray(ground, np.float64)

    def _snapped(self, x_px: float, y_px: float, hit: Hit | None) -> Float64 | None:
        """Return the nearest corner within reach: of what is drawn, or of what is under the pointer."""
        corners = [self.places(pointer=False)]
        corners += [self._corners(one) for one in self._around(x_px, y_px, hit)]
        known = np.concatenate(corners)[:MOST_CORNERS]
        if not len(known):
            return None
        px = self._viewport.stage.camera.project(known)
        away = np.hypot(px[:, 0] - x_px, px[:, 1] - y_px)
        away[px[:, 2] <= 0] = np.inf
        if away.min() > SNAP_PX:
            return None
        # Of corners one above the other the nearer one is meant: the eaves, not the foot of the wall.
        close = np.flatnonzero(away <= away.min() + SAME_PX)
        nearest = known[close[int(px[close, 2].argmin())]]
        found = np.array(nearest, np.float64)
        if self._on_ground:
            found[2] = self._ground(found)
        return found

    def _around(self, x_px: float, y_px: float, hit: Hit | None) -> list[Hit]:
        """Return the features under the pointer and close beside it: one that aims at a corner often misses it."""
        stage, reach = self._viewport.stage, BESIDE * SNAP_PX
        hits = [hit, *(stage.pick(x_px + i * reach, y_px + j * reach) for i, j in DIAGONALS)]
        found = {(h.layer_id, h.row): h for h in hits if h is not None and h.row >= 0}
        return list(found.values())

    def _corners(self, hit: Hit) -> Float64:
        session = self._viewport.session
        none = np.zeros((0, 3))
        if session is None or hit.layer_id not in {r.spec.id for r in session.layers()}:
            return none
        found = [
            drawable.xyz_in_scene[drawable.row_of_vertex == hit.row]
            for drawable in session.layer(hit.layer_id).drawables
            if isinstance(drawable, Mesh)
            and drawable.row_of_vertex is not None
            and drawable.role is not Role.UNDERGROUND
        ]
        corners = np.concatenate([*found, none]).astype(np.float64)
        if len(corners):  # walls go a little into the ground: their foot is where one sees it
            corners[:, 2] = np.maximum(corners[:, 2], session.ground.height_m(corners[:, :2]))
        return np.unique(np.round(corners, 3), axis=0)

    def _ground(self, place: Float64) -> float:
        session = self._viewport.session
        return float(session.ground.height_m(place[None, :2])[0]) if session is not None else 0.0

    def _draw(self) -> None:
        xyz = self.places()
        if len(xyz):
            line = np.vstack([xyz, xyz[:1]]) if self._closed and len(xyz) > 2 else xyz
            lifted = (line + np.array([0.0, 0.0, LIFT_M])).astype(np.float32)
            drawn: list[Lines | Points] = [
                Points(
                    xyz_in_scene=lifted[: len(xyz)],
                    rgba=ORANGE,
                    size_px=9.0,
                    styled=False,
                    pickable=False,
                )
            ]
            if len(lifted) > 1:
                drawn.append(
                    Lines(
                        xyz_in_scene=lifted,
                        offsets=np.array([0, len(lifted)], np.int32),
                        rgba=ORANGE,
                        width_px=3.0,
                        styled=False,
                        role=Role.MARKER,
                        pickable=False,
                    )
                )
            self._viewport.stage.set_layer(
                TOOL_LAYER,
                drawn,
                rgba=np.zeros((0, 4), np.uint8),
                rows_visible=np.zeros(0, bool),
                order=10_000,
            )
            self._viewport.scene.refresh()
        else:
            self._wipe()
        self.changed.emit()

    def _wipe(self) -> None:
        self._viewport.stage.remove_layer(TOOL_LAYER)
        self._viewport.frames.request()
