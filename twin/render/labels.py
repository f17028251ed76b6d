"""Which labels are drawn and where: the most important first, none over another. Pure numpy."""

from __future__ import annotations

import math
import re
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from twin.drawables import Labels
from twin.render.camera import CameraRig
from twin.render.choice import size_of_pixel
from twin.render.compose import blend
from twin.render.label_pictures import VALUE, Pictures, Writing, worded
from twin.render.label_room import Grid, Names
from twin.render.piece import apart
from twin.render.text import TextEngine, TextImage

MOST = 70
"""More labels than this are noise."""
TRIED, TRIED_MOVING = 600, 200
"""Of those in sight the first so many; while the view moves the rest are left for when it rests."""
GAP_PX = 5.0
SIGHT_S = 0.004
"""For looking in a moving frame whether labels are hidden; the others keep what was known of them."""
LEAST_PX = 8
"""No label is narrower or lower."""
TWINS = 0.3
"""Of the picture's width: no name stands twice within it."""
FLAT = 0.3
"""Sine of the angle at which the viewer looks down on a label that nothing can hide."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Placed:
    """A label on the screen.

    Parameters
    ----------
    layer_id : str
    row : int
        Row of the layer's table, -1 for none.
    xyz_in_scene : (3,) float64
        The anchor.
    left, top : int
        Corner of the picture in pixels from the top left.
    image : TextImage
    """

    layer_id: str
    row: int
    xyz_in_scene: NDArray[np.float64]
    left: int
    top: int
    image: TextImage

    def covers(self, x_px: float, y_px: float) -> bool:
        """Whether a pixel is on it."""
        inside_x = self.left <= x_px < self.left + self.image.width
        return inside_x and self.top <= y_px < self.top + self.image.height


Key = tuple[str, int, int]
"""Of a label: its layer, its group there, its number in that."""
See = Callable[[NDArray[np.float64]], bool]
"""Whether nothing stands between the viewer and a point (3,)."""


class _Sight:
    """Remembers which anchors are hidden, so that few rays are cast in a frame.

    From above hardly anything is hidden: only flat lines of sight are looked at.
    """

    def __init__(self) -> None:
        self._known: dict[Key, tuple[bool, NDArray[np.float64]]] = {}
        self._left_s = 0.0

    def begin(self, patience_s: float) -> None:
        """A new frame, in which rays may be cast for so long."""
        self._left_s = patience_s
        if len(self._known) > 5000:
            self._known.clear()

    def free(
        self,
        key: Key,
        anchor: NDArray[np.float64],
        eye: NDArray[np.float64],
        see: See,
    ) -> bool:
        """Whether a label is to be drawn."""
        line = anchor - eye
        away = float(np.linalg.norm(line))
        if -line[2] > FLAT * away:
            return True
        known = self._known.get(key)
        if known is not None and float(np.linalg.norm(known[1] - eye)) < 0.01 * away:
            return known[0]
        if self._left_s <= 0:
            return known is None or known[0]
        started = time.perf_counter()
        answer = see(anchor)
        self._left_s -= time.perf_counter() - started
        self._known[key] = (answer, eye)
        return answer


class _Wanted(NamedTuple):
    """A label that is tried; a tuple, as hundreds are made a frame."""

    group: int
    label: int
    x_px: float
    y_px: float


class _Room(NamedTuple):
    """What a picture has left for labels, and what is asked whether they can be seen."""

    grid: Grid
    names: Names
    rig: CameraRig
    see: See | None


class LabelLayout:
    """Places labels; remembers which were shown, so that they do not take turns while the view moves.

    Parameters
    ----------
    text : TextEngine
    """

    def __init__(self, text: TextEngine) -> None:
        self._pictures = Pictures(text)
        self._shown: frozenset[Key] = frozenset()
        self._sight = _Sight()
        self.sight_s = SIGHT_S
        """After so long in asking what hides labels, what was last known of the rest stands."""
        self.placed: tuple[Placed, ...] = ()

    @property
    def lacking(self) -> bool:
        """Whether there was no time to draw all texts of the last frame."""
        return self._pictures.lacking

    def place(
        self,
        labels: Sequence[tuple[str, Labels]],
        rig: CameraRig,
        *,
        writing: Writing,
        keep_out: Iterable[tuple[int, int, int, int]] = (),
        rows_visible: Sequence[NDArray[np.bool_] | None] = (),
        see: See | None = None,
        thorough: bool = False,
        patience_s: float = math.inf,
    ) -> tuple[Placed, ...]:
        """Return what is to be drawn over the picture of a camera.

        Parameters
        ----------
        labels : sequence of (layer id, Labels)
        writing : Writing
        keep_out : iterable of (left, top, right, bottom)
            Where no label may lie, pixels.
        rows_visible : sequence of (n_rows,) bool or None
            For each of ``labels``, the rows that show.
        see : callable, optional
            Leaves out labels of what stands behind something else.
        thorough : bool
            Try as many as may have room, and ask ``see`` for each, however long it takes.
        patience_s : float
            After so long in drawing new texts the rest are left out; :attr:`lacking` then says so.
        """
        self._sight.begin(math.inf if thorough else self.sight_s)
        self._pictures.begin(writing, rig.size_px[1], patience_s)
        room = _Room(Grid(rig.size_px, keep_out), Names(TWINS * rig.size_px[0]), rig, see)
        most = TRIED if thorough else TRIED_MOVING
        placed: dict[Key, Placed] = {}
        for wanted in self._in_order(labels, rig, rows_visible, most):
            layer_id, group = labels[wanted.group]
            found = self._fitted(wanted, layer_id, group, room)
            if found is not None:
                placed[layer_id, wanted.group, wanted.label] = found
            if len(placed) == MOST or self._pictures.lacking:
                break
        self._shown, self.placed = frozenset(placed), tuple(placed.values())
        return self.placed

    def _fitted(self, wanted: _Wanted, layer_id: str, group: Labels, room: _Room) -> Placed | None:
        """Return a label where there is room for it and nothing hides it, which then is taken."""
        if not room.grid.free(*_least_box(wanted)):
            return None
        picture = self._pictures.of(group, wanted.label)
        if picture is None:
            return None
        words, image = picture
        left = round(wanted.x_px - image.width / 2)
        top = round(wanted.y_px - GAP_PX - image.height)
        box = (left, top, left + image.width, top + image.height)
        key = (layer_id, wanted.group, wanted.label)
        if not room.grid.free(*box) or not self._seen(key, group, room.rig, room.see):
            return None
        if group.kind != VALUE and not room.names.take(words, wanted.x_px, wanted.y_px):
            return None
        room.grid.take(*box)
        return _placed(layer_id, group, wanted.label, (left, top), image)

    def _seen(self, key: Key, group: Labels, rig: CameraRig, see: See | None) -> bool:
        if see is None:
            return True
        anchor = group.xyz_in_scene[key[2]].astype(np.float64)
        return self._sight.free(key, anchor, rig.position, see)

    def at(self, x_px: float, y_px: float) -> Placed | None:
        """Return the label under a pixel of the last layout."""
        return next((p for p in self.placed if p.covers(x_px, y_px)), None)

    def _in_order(
        self,
        labels: Sequence[tuple[str, Labels]],
        rig: CameraRig,
        rows_visible: Sequence[NDArray[np.bool_] | None],
        most: int,
    ) -> Iterator[_Wanted]:
        """Yield labels in sight by rank, those already on the screen before others, then the nearest."""
        columns: list[NDArray[np.float64]] = []
        for number, (_, group) in enumerate(labels):
            mask = rows_visible[number] if number < len(rows_visible) else None
            px = rig.project(group.xyz_in_scene)
            # Column by column: reducing rows of three is many times slower.
            x, y, z = (group.xyz_in_scene - rig.position).T
            away = np.sqrt(x * x + y * y + z * z)
            late = np.ones(len(px))
            late[[key[2] for key in self._shown if key[1] == number and key[2] < len(px)]] = 0.0
            seen = np.flatnonzero(_in_sight(group, rig, px, away, mask))
            of = np.full(len(seen), float(number))
            columns.append(
                np.column_stack([of, seen, px[seen, :2], group.rank[seen], late[seen], away[seen]])
            )
        if not columns:
            return
        found = np.vstack(columns)
        order = np.lexsort((found[:, 6], found[:, 5], found[:, 4]))[:most]
        for number, index, x_px, y_px in found[order, :4].tolist():
            yield _Wanted(int(number), int(index), x_px, y_px)


def told(labels: Labels, column: NDArray[Any] | None) -> Labels:
    """Return labels with the text that a column has for their row behind their own."""
    rows = labels.row_of_label
    if column is None or rows is None:
        return labels
    texts = []
    for own, row in zip(labels.texts, rows.tolist(), strict=True):
        said = str(column[row]) if 0 <= row < len(column) else ""
        comma = _POINT.sub(r"\1,\2", said)
        both = {lang: f"{words}\n{said}".strip() for lang, words in own.items()} if said else own
        texts.append({**both, "fr": f"{worded(own, 'fr')}\n{comma}".strip()} if said else both)
    return replace(labels, texts=tuple(texts))


_POINT = re.compile(r"(\d)\.(\d)")


def draw(image: NDArray[np.uint8], placed: Iterable[Placed]) -> None:
    """Lay labels over a picture, in place, the most important on top."""
    for label in reversed(tuple(placed)):
        blend(image, label.image.rgba, label.left, label.top)


def _in_sight(
    group: Labels,
    rig: CameraRig,
    px: NDArray[np.float64],
    away: NDArray[np.float64],
    rows_visible: NDArray[np.bool_] | None,
) -> NDArray[np.bool_]:
    width, height = rig.size_px
    seen = (px[:, 2] > 0.5) & (away <= group.max_distance_m)
    if group.apart_m is not None and group.within is not None:
        from_m, until_m = group.apart_m.T
        seen &= apart(from_m, until_m, size_of_pixel(group.within, rig))
    seen &= (px[:, 0] > 0) & (px[:, 0] < width) & (px[:, 1] > 0) & (px[:, 1] < height)
    # What lies far behind the point that is looked at is only for the most important labels.
    seen &= (away <= 4.0 * rig.pose.distance_m + 900.0) | (group.rank <= 0)
    rows = group.row_of_label
    if rows is not None and rows_visible is not None and len(rows_visible):
        known = (rows >= 0) & (rows < len(rows_visible))
        seen &= ~known | rows_visible[np.clip(rows, 0, len(rows_visible) - 1)]
    return np.asarray(seen)


def _least_box(wanted: _Wanted) -> tuple[int, int, int, int]:
    """Return what any label would cover: where this is taken already, its picture need not be drawn."""
    x, bottom = round(wanted.x_px), round(wanted.y_px - GAP_PX)
    return (x - LEAST_PX // 2, bottom - LEAST_PX, x + LEAST_PX // 2, bottom)


def _placed(
    layer_id: str, group: Labels, index: int, corner: tuple[int, int], image: TextImage
) -> Placed:
    rows = group.row_of_label
    return Placed(
        layer_id=layer_id,
        row=-1 if rows is None else int(rows[index]),
        xyz_in_scene=group.xyz_in_scene[index].astype(np.float64),
        left=corner[0],
        top=corner[1],
        image=image,
    )
