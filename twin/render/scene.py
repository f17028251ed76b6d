"""What is on a stage, without the picture of it: layers and their state, and what a ray meets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from twin.drawables import Drawable, Mesh, Role
from twin.model.ground import FlatGround, Ground
from twin.render.camera import Bounds, CameraRig
from twin.render.outline import Ring, outline
from twin.render.picking import Candidates, Hit, in_clear_view, pick
from twin.render.piece import Piece, Pieces, boxes_of
from twin.render.scene_layer import ColourRows, HiddenRows, SceneLayer
from twin.render.shared import Shared
from twin.render.walking import free_step

if TYPE_CHECKING:
    from twin.render.streamed import StreamedTiles

GHOSTLY = {Role.SOLID: 0.42}
"""How much is left of each role in x-ray mode."""
OVER_ALL = frozenset({Role.UNDERGROUND, Role.MARKER})
"""What x-ray mode draws over everything, in full colour; with it all of a layer that goes below the ground."""
FROM_BELOW = {**GHOSTLY, Role.GROUND: 0.35, Role.DECAL: 0.25, Role.WATER: 0.3}
"""The same for a viewer below the ground."""

DRAW_ORDER = {
    Role.SOLID: 0,
    Role.VEGETATION: 1,
    Role.MARKER: 2,
    Role.UNDERGROUND: 3,
    Role.DECAL: 4,
    Role.WATER: 5,
    Role.GROUND: 6,
}
"""What hides most comes first, so that little is drawn twice."""


OPAQUE = 0.999
CUT_FACES = "~section"
"""The layer of the faces that a section leaves."""


class Scene:
    """Layers under a camera.

    Pixels count from the top left of the picture, y down.

    Parameters
    ----------
    size : tuple of 2 int
        Width and height of the picture in pixels.
    shared : Shared
        What all layers share.
    """

    def __init__(self, size: tuple[int, int], shared: Shared) -> None:
        self.camera = CameraRig(size)
        self._shared = shared
        self._layers: dict[str, SceneLayer] = {}
        self._ground: Ground = FlatGround()
        self._xray = False
        self._below = self._dives = False
        self._lid: NDArray[np.float64] | None = None
        self._cut: NDArray[np.float64] | None = None
        self._time_s = 0.0
        self._shown = Pieces()
        self._shown_over = Pieces()
        self._casting = Pieces()
        self._version = 0

    # What is drawn.

    def set_layer(
        self,
        layer_id: str,
        drawables: Sequence[Drawable],
        *,
        rgba: NDArray[np.uint8],
        rows_visible: NDArray[np.bool_],
        columns_now: Mapping[str, NDArray[Any]] | None = None,
        opacity: float = 1.0,
        visible: bool = True,
        order: int = 0,
    ) -> None:
        """Add a layer or replace what it shows; :meth:`upload` then brings it to the screen in pieces.

        Parameters
        ----------
        rgba : (n_rows, 4) uint8
            Colour of each row of the table.
        rows_visible : (n_rows,) bool
        columns_now : mapping
            Columns as of the clock, for ``flow_column``.
        order : int
            Layers of a higher order are drawn later.
        """
        layer = self._layers.get(layer_id)
        if layer is None:
            layer = self._layers[layer_id] = SceneLayer(layer_id, self._shared)
        layer.columns = columns_now or {}
        drawables = layer.clusters.of(drawables, len(rgba))
        layer.take_colours(rgba)
        layer.take_visible(rows_visible)
        layer.opacity, layer.visible, layer.order = opacity, visible, order
        layer.begin(drawables, self._ground)
        layer.set_columns(layer.columns)

    def remove_layer(self, layer_id: str) -> None:
        """Take a layer away; unknown ones are none."""
        layer = self._layers.pop(layer_id, None)
        if layer is not None:
            layer.release()
            self._arrange()

    def recolour(self, layer_id: str, rgba: NDArray[np.uint8]) -> None:
        """Give the rows of a layer other colours, (n_rows, 4) uint8."""
        self._layers[layer_id].take_colours(rgba)

    def set_rows(self, layer_id: str, mask: NDArray[np.bool_]) -> None:
        """Show exactly these rows of a layer, (n_rows,) bool."""
        self._layers[layer_id].take_visible(mask)

    def set_columns(self, layer_id: str, columns_now: Mapping[str, NDArray[Any]]) -> None:
        """Give a layer its columns as of the clock."""
        layer = self._layers[layer_id]
        layer.set_columns(columns_now)
        if layer.outgrown:
            self._arrange()

    def set_visible(self, layer_id: str, visible: bool) -> None:  # noqa: FBT001 - a plain setter
        """Show or hide a layer."""
        if self._layers[layer_id].visible != visible:
            self._layers[layer_id].visible = visible
            self._arrange()

    def set_opacity(self, layer_id: str, opacity: float) -> None:
        """Let a layer shine through, 0 to 1."""
        self._layers[layer_id].opacity = opacity
        self._arrange()

    def set_order(self, order_of: Mapping[str, int]) -> None:
        """Draw layers later than those of a lower order."""
        for layer_id, order in order_of.items():
            self._layers[layer_id].order = order
        self._arrange()

    def colour_streamed(self, layer_id: str, colour_rows: ColourRows | None) -> None:
        """Colour the rows of streamed tiles, also of those to come; None: as the files have them."""
        layer = self._layers.get(layer_id)
        if layer is not None:
            layer.colour_rows = colour_rows

    def hide_streamed(self, layer_id: str, hidden_rows: HiddenRows | None) -> None:
        """Leave out rows of streamed tiles that are to come; None: show all of them."""
        layer = self._layers.get(layer_id)
        if layer is not None:
            layer.hidden_rows = hidden_rows

    def streamed(self) -> dict[str, StreamedTiles]:
        """Return the streamed tiles by layer."""
        return {name: layer.streams[0] for name, layer in self._layers.items() if layer.streams}

    def highlight(self, rows_of_layer: Mapping[str, ArrayLike]) -> None:
        """Let exactly these rows glow, by layer id."""
        for layer_id, layer in self._layers.items():
            layer.rows.set_glowing(np.asarray(rows_of_layer.get(layer_id, ()), np.int64))

    @property
    def layer_ids(self) -> tuple[str, ...]:
        """The layers that were set."""
        return tuple(self._layers)

    # Under which circumstances.

    def set_ground(self, ground: Ground, bounds: Bounds | None = None) -> None:
        """Take the ground that the camera stays above; ``bounds`` widens the scene's box."""
        del bounds
        self._ground = ground
        self.camera.ground = ground

    def set_xray(self, on: bool) -> None:  # noqa: FBT001 - a plain setter
        """Look through the ground and the buildings at what lies below."""
        self._xray = on
        self.camera.allow_underground = self._dives = on
        self._shared.materials.set("uGhost", 1.0 if on else 0.0)
        self._arrange()

    def set_cut(self, planes: NDArray[np.float64] | None) -> None:
        """Cut the scene open; None: draw all of it.

        Parameters
        ----------
        planes : (k, 4) float64 or None
            Unit normals and distances: what has ``normal . xyz < distance`` for one of them is left out. Six make
            a box.
        """
        was_open = self._cut is not None
        self._cut = None if planes is None else np.asarray(planes, np.float64).reshape(-1, 4)
        self._shared.materials.set_cut(on=self._cut is not None)
        if was_open != (self._cut is not None):
            self._arrange()

    def fill_cut(self, faces: Sequence[Mesh]) -> None:
        """Draw the faces of what is cut, in place of those before; none: the scene stays hollow."""
        self.remove_layer(CUT_FACES)
        self.set_extra(CUT_FACES, faces, order=9_500)

    def set_extra(self, name: str, meshes: Sequence[Mesh], *, order: int) -> None:
        """Draw what belongs to no layer, in place of what had that name before; none: nothing."""
        if meshes:
            colours, rows = np.zeros((0, 4), np.uint8), np.zeros(0, bool)
            self.set_layer(name, meshes, rgba=colours, rows_visible=rows, order=order)
        else:
            self.remove_layer(name)

    def free_step(self, forward_m: float, right_m: float) -> tuple[float, float]:
        """Return the step that a walker can take of a wanted one: up to a wall, then along it."""
        return free_step(self._walls(), self.camera, forward_m, right_m)

    def advance(self, seconds: float) -> bool:
        """Let the scene's motion go on; return whether a new frame is due: something in sight moves."""
        boxes = [
            box
            for layer in self._layers.values()
            for box in layer.moving_boxes(below=self._below_shows)
        ]
        for layer in self._layers.values():
            layer.advance(seconds)
        if not boxes or not bool(self.camera.sees(np.array(boxes)).any()):
            return False
        self._time_s += seconds
        return True

    def layers_in_sight(self) -> frozenset[str]:
        """Return the layers whose colours can be seen now, for legends.

        A network counts only while what lies below the ground shows: a few cabins above it tell little.
        """
        found = set()
        for layer in self._layers.values():
            hidden = layer.buried and not self._below_shows
            if not layer.visible or not layer.pieces or hidden:
                continue
            if bool(self.camera.sees(boxes_of(layer.pieces)).any()):
                found.add(layer.id)
        return frozenset(found)

    @property
    def bounds(self) -> Bounds | None:
        """Box around all that is visible, None when nothing is."""
        boxes = [box for layer in self._layers.values() if layer.visible for box in layer.boxes()]
        if not boxes:
            return None
        low = np.min([b[:3] for b in boxes], axis=0)
        high = np.max([b[3:] for b in boxes], axis=0)
        return (*map(float, low), *map(float, high))  # type: ignore[return-value]

    # What is under a pixel.

    def pick(self, x_px: float, y_px: float) -> Hit | None:
        """Return what is visible under a pixel and can be picked."""
        return pick(self._candidates(), self.camera, (x_px, y_px), self._cut)

    def outline(self, layer_id: str, row: int) -> tuple[list[Ring], list[Ring]]:
        """Return the outline of a row in pixels: rings around faces, and strokes; see :func:`outline`."""
        layer = self._layers.get(layer_id)
        if layer is None:
            return [], []
        pieces = Pieces(self._pickable(layer))
        seen = self.camera.sees(pieces.boxes) if pieces else ()
        shown = [piece for piece, sees in zip(pieces, seen, strict=True) if sees]
        return outline(shown, row, self.camera)

    def pick_ground(self, x_px: float, y_px: float) -> tuple[float, float, float] | None:
        """Return the point of the ground under a pixel."""
        at = self.camera.ground_under(x_px, y_px)
        return None if at is None else (float(at[0]), float(at[1]), float(at[2]))

    def project(self, xyz_in_scene: ArrayLike) -> tuple[float, float] | None:
        """Return the pixel of a point (3,), None behind the viewer."""
        x, y, depth = self.camera.project(xyz_in_scene)[0]
        return (float(x), float(y)) if depth > 0 else None

    # Insides.

    def _look_where_we_are(self) -> None:
        """In x-ray mode the ground is seen through from below; who may dive sees what lies there."""
        at = self.camera.position
        below = self._xray and bool(at[2] < self._ground.height_m(at[None, :2])[0])
        dives = self.camera.allow_underground
        if (below, dives) != (self._below, self._dives):
            self._below, self._dives = below, dives
            self._arrange()

    @property
    def _below_shows(self) -> bool:
        """Whether what lies under the ground can be seen."""
        return self._lid is None

    def _ground_that_hides(self) -> NDArray[np.float64] | None:
        """Return the box of the ground that hides all that lies below it; None where it can be looked through."""
        if self._dives or self._cut is not None:
            return None
        clear = (x for x in self._layers.values() if x.visible and x.opacity >= OPAQUE)
        boxes = boxes_of([p for layer in clear for p in layer.pieces if p.role is Role.GROUND])
        return (
            np.concatenate([boxes[:, :3].min(axis=0), boxes[:, 3:].max(axis=0)])
            if len(boxes)
            else None
        )

    def _candidates(self) -> list[Candidates]:
        return [
            Candidates(layer.id, self._pickable(layer), layer.rows)
            for layer in self._layers.values()
            if layer.visible
        ]

    def _walls(self) -> list[Candidates]:
        """Return what a walker cannot go through."""
        return [
            Candidates(c.layer_id, [p for p in c.pieces if p.role is Role.SOLID], c.rows)
            for c in self._candidates()
        ]

    def _sees(self, xyz_in_scene: NDArray[np.float64]) -> bool:
        return in_clear_view(self._candidates(), self.camera, xyz_in_scene)

    def _pickable(self, layer: SceneLayer) -> list[Piece]:
        if not self._xray or layer.buried:
            return layer.pieces
        return [piece for piece in layer.pieces if piece.role in OVER_ALL]

    def _arrange(self) -> None:
        """Bring the renderers' lists and the transparency in step with the layers."""
        through = (FROM_BELOW if self._below else GHOSTLY) if self._xray else {}
        below: list[tuple[tuple[int, int], Piece]] = []
        above: list[Piece] = []
        lid = self._lid = self._ground_that_hides()
        for layer in self._layers.values():
            # A network is one thing: its cabins and pumps stay as clear as its pipes.
            whole = self._xray and layer.buried
            layer.set_opacity({} if whole else through)
            if not layer.visible:
                continue
            for piece in layer.pieces:
                if whole or (self._xray and piece.role in OVER_ALL):
                    above.append(piece)
                elif not (
                    (self._xray and piece.role is Role.VEGETATION)
                    or (lid is not None and piece.part.buried and _covers(lid, piece.box))
                ):
                    below.append(((DRAW_ORDER[piece.role], -layer.order), piece))
        below.sort(key=lambda item: item[0])
        self._shown = Pieces(piece for _, piece in below)
        self._shown_over = Pieces(above)
        self._casting = Pieces(piece for piece in self._shown if piece.casts_shadow)
        self._version += 100_000
        bounds = self.bounds
        if bounds is not None:
            self.camera.bounds = bounds

    @property
    def _scene_version(self) -> int:
        """Changes with the pieces that are shown and with their visible rows."""
        shown = (layer for layer in self._layers.values() if layer.visible)
        return self._version + sum(layer.rows.version for layer in shown)


def _covers(lid: NDArray[np.float64], box: NDArray[np.float64]) -> bool:
    """Whether a box (6,) lies within the outline of another."""
    return bool((box[:2] >= lid[:2]).all() and (box[3:5] <= lid[3:5]).all())
