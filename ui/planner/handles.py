"""Grips around a planned building in the scene: pull them to move, turn, scale, raise it, or to push a side."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QPointF, Qt, Signal
from PySide6.QtGui import QKeyEvent

from twin.drawables import Drawable, Labels, Lines, Points, Role
from twin.errors import BelvedereError
from twin.model.project import Delta
from twin.work.developments import storey_of
from twin.work.reshaping import (
    Block,
    Grip,
    Hold,
    amount_of,
    block_of,
    grips_of,
    pulled,
    stepped,
)
from twin.work.solids import MODEL
from ui.i18n import tr, translator
from ui.i18n.formats import quantity
from ui.planner.drawing import LIFT_M, ORANGE, TOOL_LAYER

if TYPE_CHECKING:
    from ui.viewport import Viewport

Float64 = NDArray[np.float64]
REACH_PX, SNAP_PX = 14.0, 12.0
COLOURS = {
    Hold.MOVE: (230, 115, 25, 255),
    Hold.TURN: (106, 61, 154, 255),
    Hold.SCALE: (31, 120, 180, 255),
    Hold.RISE: (51, 160, 44, 255),
    Hold.SIDE: (250, 200, 80, 255),
}
UNITS = {Hold.TURN: ("°", 1), Hold.SCALE: ("", 2)}
EAST = np.array([1.0, 0.0])
FLAT = 1e-6


class HandleTool(QObject):
    """Takes hold of the grips of one building; a :class:`ui.viewport.tool.MouseTool`.

    Parameters
    ----------
    viewport : Viewport
    delta : Delta
        The building as the plan has it.
    corners : callable
        Returns the (n, 2) corners of other buildings around a place in the scene: what a move snaps to.
    """

    reshaped = Signal(object)
    """The building after a pull, a :class:`Delta`."""
    said = Signal(str)
    """What the pull under way amounts to, in words."""
    refused = Signal(object)
    """A Problem: why a pull cannot be made."""
    left = Signal()
    """The tool was put away."""

    def __init__(
        self, viewport: Viewport, delta: Delta, corners: Callable[[Float64], Float64]
    ) -> None:
        super().__init__(viewport)
        self._viewport = viewport
        self._corners_near = corners
        self._grip: Grip | None = None
        self._held = False
        self._start, self._way = np.zeros(3), EAST
        self._amount = 0.0
        self._typed = ""
        self._others = np.zeros((0, 2))
        self.set_delta(delta)

    def set_delta(self, delta: Delta) -> None:
        """Show the grips of a building, or of the same one as it is now."""
        self._delta = self._shown = delta
        self._block = self._block_of(delta)
        self.grips = grips_of(self._block, solid=MODEL in delta.values)
        if self._grip is not None:  # a ring may begin at another corner now
            hold, place = self._grip.hold, self._grip.xyz
            same = [grip for grip in self.grips if grip.hold is hold]
            near = sorted(same, key=lambda grip: float(np.linalg.norm(grip.xyz - place)))
            self._grip = near[0] if near else None
        self._draw()

    # What the viewport calls.

    def grab(self, at: QPointF) -> bool:
        """Take hold of the grip under the pointer."""
        grip = self._under(at)
        if grip is None:
            return False
        start = self._place(at, grip)
        if start is None:
            return False
        self._grip, self._held, self._start, self._typed = grip, True, start, ""
        self._others = self._corners_near(self._block.centre)
        return True

    def drag(self, at: QPointF, modifiers: Qt.KeyboardModifier) -> None:
        """Pull it; Alt leaves out the steps and the snapping."""
        grip = self._grip
        end = self._place(at, grip) if grip is not None else None
        if grip is None or end is None:
            return
        free = bool(modifiers & Qt.KeyboardModifier.AltModifier)
        if grip.hold is Hold.MOVE:
            end = end if free else self._snapped(end)
            self._aim(end)
        amount = amount_of(grip, self._block, self._start, end)
        self._pull(amount if free else stepped(grip, amount, storey_of(self._delta)))

    def drop(self) -> None:
        """Keep what was pulled."""
        self._held = False
        if self._shown != self._delta:
            self.reshaped.emit(self._shown)

    def click(self, _at: QPointF, _modifiers: Qt.KeyboardModifier) -> None:
        """A click beside the grips does nothing."""

    def hover(self, at: QPointF) -> None:
        """Show what can be grabbed."""
        shape = Qt.CursorShape.SizeAllCursor if self._under(at) else Qt.CursorShape.ArrowCursor
        self._viewport.setCursor(shape)

    def finish(self) -> None:
        """A double click does nothing."""

    def key(self, event: QKeyEvent) -> bool:
        """Digits are the exact size of the pull, Enter takes it, Escape takes it back or leaves."""
        key, text = event.key(), event.text().replace(",", ".")
        if text and (text.isdigit() or text in ".-"):
            self._typed += text
        elif key == Qt.Key.Key_Backspace:
            self._typed = self._typed[:-1]
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._enter()
        elif key == Qt.Key.Key_Escape:
            self._escape()
            return True
        else:
            return False
        self._say()
        return True

    def leave(self) -> None:
        """Wipe the grips."""
        self._viewport.stage.remove_layer(TOOL_LAYER)
        self._viewport.frames.request()
        self.left.emit()

    # Inside.

    def _enter(self) -> None:
        """Pull the grip that was grabbed last by exactly what was typed."""
        try:
            amount = float(self._typed)
        except ValueError:
            amount = float("nan")
        self._typed = ""
        if self._grip is None or not np.isfinite(amount):
            return
        self._held = False
        self._pull(amount)
        if self._shown != self._delta:
            self.reshaped.emit(self._shown)

    def _escape(self) -> None:
        if self._held or self._typed:
            self._held, self._typed = False, ""
            self.set_delta(self._delta)
            self.said.emit("")
        else:
            self._viewport.take_tool(None)

    def _pull(self, amount: float) -> None:
        assert self._grip is not None  # noqa: S101 - the callers hold one
        try:
            self._shown = pulled(self._delta, self._grip, amount, self._way)
        except BelvedereError as error:
            self.refused.emit(error.problem)
            return
        self._amount = amount
        self._draw()
        self._say()

    def _say(self) -> None:
        if self._grip is None:
            return
        unit, decimals = UNITS.get(self._grip.hold, ("m", 2))
        size = self._typed or quantity(self._amount, unit, decimals)
        self.said.emit(tr(f"plan.hold_{self._grip.hold.value}", size=size))

    def _aim(self, end: Float64) -> None:
        way = (end - self._start)[:2]
        length = float(np.hypot(*way))
        if length > FLAT:
            self._way = way / length

    def _snapped(self, end: Float64) -> Float64:
        """Bring the nearest pair of corners together, one of the building, one of another."""
        if not len(self._others):
            return end
        moved = self._block.ring + (end - self._start)[:2]
        away = self._others[None, :, :] - moved[:, None, :]
        apart = np.hypot(away[..., 0], away[..., 1])
        i, j = np.unravel_index(int(np.argmin(apart)), apart.shape)
        reach = SNAP_PX * self._viewport.stage.camera.metres_per_px
        if apart[i, j] > reach:
            return end
        return np.array([*(end[:2] + away[i, j]), end[2]])

    def _under(self, at: QPointF) -> Grip | None:
        x_px, y_px = self._viewport.surface.stage_px(at)
        px = self._viewport.stage.camera.project(np.array([g.xyz for g in self.grips]))
        away = np.where(px[:, 2] > 0, np.hypot(px[:, 0] - x_px, px[:, 1] - y_px), np.inf)
        nearest = int(np.argmin(away))
        reach = REACH_PX * self._viewport.surface.stage_px(QPointF(1.0, 1.0))[0]
        return self.grips[nearest] if away[nearest] <= reach else None

    def _place(self, at: QPointF, grip: Grip) -> Float64 | None:
        """Return where the pointer is: level with the grip, or above and below it where it raises."""
        camera = self._viewport.stage.camera
        origin, direction = camera.ray(*self._viewport.surface.stage_px(at))
        normal = np.array([0.0, 0.0, 1.0])
        if grip.hold is Hold.RISE:
            level = np.array([direction[0], direction[1], 0.0])
            normal = level / max(float(np.linalg.norm(level)), FLAT)
        along = float(direction @ normal)
        if abs(along) < 1e-4:
            return None
        far = float((grip.xyz - origin) @ normal) / along
        return np.asarray(origin + far * direction) if far > 0 else None

    def _block_of(self, delta: Delta) -> Block:
        session = self._viewport.session
        assert session is not None  # noqa: S101 - the tool is given back when a session goes
        origin = session.project.frame.origin
        ring = block_of(delta, origin, 0.0).ring
        base = float(session.ground.height_m(ring).min())
        return block_of(delta, origin, base)

    def _draw(self) -> None:
        block = self._block_of(self._shown)
        grips = grips_of(block, solid=MODEL in self._shown.values)
        xyz = np.array([grip.xyz for grip in grips]).astype(np.float32)
        drawn: list[Drawable] = [
            _edges(block),
            Points(
                xyz_in_scene=xyz,
                rgba_of_point=np.array([COLOURS[g.hold] for g in grips], np.uint8),
                size_px=13.0,
                styled=False,
                pickable=False,
            ),
            self._texts(block),
        ]
        self._viewport.stage.set_layer(
            TOOL_LAYER,
            drawn,
            rgba=np.zeros((0, 4), np.uint8),
            rows_visible=np.zeros(0, bool),
            order=10_000,
        )
        self._viewport.scene.refresh()

    def _texts(self, block: Block) -> Labels:
        """Return the sizes: each side, and the height."""
        ends = np.roll(block.ring, -1, axis=0)
        length = np.hypot(*(ends - block.ring).T)
        long = np.argsort(-length)[:6]
        middle = (block.ring + ends)[long] / 2
        places = np.column_stack([middle, np.full(len(long), block.base_m + LIFT_M)])
        top = np.array([[*block.centre, block.top_m + 1.0]])
        sizes = [*length[long], block.top_m - block.base_m]
        words = tuple({translator.language: quantity(float(size), "m", 2)} for size in sizes)
        return Labels(
            xyz_in_scene=np.concatenate([places, top]).astype(np.float32),
            texts=words,
            rank=np.zeros(len(words), np.int32),
            pickable=False,
        )


def _edges(block: Block) -> Lines:
    """Return foot, top and upright edges of a block."""
    ring = np.vstack([block.ring, block.ring[:1]])
    foot = np.column_stack([ring, np.full(len(ring), block.base_m + LIFT_M)])
    top = np.column_stack([ring, np.full(len(ring), block.top_m + LIFT_M)])
    upright = np.stack([foot[:-1], top[:-1]], axis=1).reshape(-1, 3)
    sizes = [len(foot), len(top), *[2] * len(block.ring)]
    return Lines(
        xyz_in_scene=np.concatenate([foot, top, upright]).astype(np.float32),
        offsets=np.concatenate([[0], np.cumsum(sizes)]).astype(np.int32),
        rgba=ORANGE,
        width_px=2.5,
        styled=False,
        role=Role.MARKER,
        pickable=False,
    )
