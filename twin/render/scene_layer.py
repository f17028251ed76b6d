"""A layer in the scene: its actors, the table of its rows, and what waits to be uploaded."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from vtkmodules.vtkRenderingCore import vtkProperty, vtkTexture

from twin.drawables import Drawable, Labels, Role, Tileset
from twin.model.ground import FlatGround, Ground
from twin.render.actors import make_texture
from twin.render.camera import CameraRig
from twin.render.clusters import Clusters
from twin.render.labels import told
from twin.render.parts.part import Part
from twin.render.piece import PickMesh, Piece
from twin.render.places import PlaceTable
from twin.render.rows import FlowTable, RowTable
from twin.render.shared import Shared
from twin.render.upload import Upload, parts_of

if TYPE_CHECKING:
    from twin.render.streamed import StreamedTiles

ROOM_M = 500.0
"""The boxes of what moves are so much larger, so that they need not grow at every step."""

ColourRows = Callable[[Mapping[str, NDArray[Any]], int], NDArray[np.uint8]]
"""Given columns and a number of rows, returns their colours (n, 4)."""
HiddenRows = Callable[[Mapping[str, NDArray[Any]], int], NDArray[np.bool_]]
"""The same for which rows are not shown (n,)."""


class SceneLayer:
    """Actors of one layer."""

    def __init__(self, layer_id: str, shared: Shared) -> None:
        self.id = layer_id
        self.rows = RowTable()
        self.pieces: list[Piece] = []
        self.labels: tuple[Labels, ...] = ()
        self._labels: tuple[Labels, ...] = ()
        self.order = 0
        self.visible = True
        self.opacity = 1.0
        self.columns: Mapping[str, NDArray[Any]] = {}
        self._shared = shared
        self._flows: dict[str, FlowTable] = {}
        self._places: PlaceTable | None = None
        self.clusters = Clusters()
        self._ground: Ground = FlatGround()
        self._textures: dict[int, tuple[NDArray[np.uint8], vtkTexture]] = {}
        self._properties: dict[tuple[Role, int, str | None, bool, bool], vtkProperty] = {}
        self.upload: Upload | None = None
        self.streams: list[StreamedTiles] = []
        self.colour_rows: ColourRows | None = None
        self.hidden_rows: HiddenRows | None = None
        self._fixed: list[Piece] = []
        self._share_of_role: Mapping[Role, float] = {}

    def begin(self, drawables: Sequence[Drawable], ground: Ground) -> None:
        """Start to replace what is drawn; the old stays until all of the new is there."""
        if self.upload is not None:
            self.upload.stop()
        self._ground = ground
        if any(getattr(d, "moving", False) for d in drawables):
            self._places = self._places or PlaceTable()
            self._places.set(self.columns, ground)
        else:
            self._places = None
        self._stream([d for d in drawables if isinstance(d, Tileset)], ground)
        labels = tuple(d for d in drawables if isinstance(d, Labels))
        self.upload = upload = Upload(labels=labels, replaces=bool(self.pieces))
        upload.work = self._shared.workers.submit(upload.make, tuple(drawables), ground)
        if not upload.replaces:
            self._labels = labels
            self.labels = self._worded()
            self.pieces = upload.pieces

    def _stream(self, tilesets: Sequence[Tileset], ground: Ground) -> None:
        """Begin to stream these instead of others; the same ones go on."""
        kept = [tiles for tiles in self.streams if any(tiles.shows(one) for one in tilesets)]
        for tiles in self.streams:
            if tiles not in kept:
                tiles.close()
        self.streams = kept
        if not (new := [one for one in tilesets if not any(tiles.shows(one) for tiles in kept)]):
            return
        # Here, as it brings the readers of tiles with it.
        from twin.render.streamed import TRIANGLES_A_PART, StreamedTiles

        self.streams += [
            StreamedTiles(
                tileset,
                parts_of=lambda drawable: parts_of(drawable, ground, TRIANGLES_A_PART),
                make_piece=self._piece,
                release=self._released,
                most_drawn_bytes=self._shared.most_drawn_bytes,
            )
            for tileset in new
        ]

    def take_colours(self, rgba: NDArray[np.uint8]) -> None:
        """Take the colours (n, 4) uint8 of all rows."""
        rgba = self.clusters.colours(rgba, self.columns)
        if self.streams:
            self.rows.grow(rgba)
        else:
            self.rows.set_colours(rgba)

    def take_visible(self, mask: NDArray[np.bool_]) -> None:
        """Show exactly these rows; of streamed ones those that came since are shown."""
        mask = self.clusters.visible(mask)
        missing = len(self.rows.rgb) - len(mask)
        if self.streams and missing > 0:
            mask = np.concatenate([mask, np.ones(missing, bool)])
        self.rows.set_visible(mask)

    def _released(self, piece: Piece) -> None:
        window = self._shared.window
        if window is not None:
            piece.forget(window)

    def boxes(self) -> list[NDArray[np.float64]]:
        """Return the boxes of all that it shows, of streamed tiles that of the whole."""
        found = [piece.box for piece in self._fixed or self.pieces]
        whole = [tiles.bounds for tiles in self.streams]
        return found + [box for box in whole if box is not None]

    @property
    def streaming(self) -> bool:
        """Whether tiles in sight are on their way."""
        return self.visible and any(tiles.busy for tiles in self.streams)

    def look(self, camera: CameraRig, *, slack: float) -> bool:
        """Take the view of streamed tiles; return whether other pieces are to be shown."""
        if not self.streams or not self.visible:
            return False
        changes = [tiles.look(camera, slack=slack) for tiles in self.streams]
        if any(changes):
            self._colour_news()
            self.pieces = self._with_streamed()
        return any(changes)

    def _with_streamed(self) -> list[Piece]:
        return [*self._fixed, *(piece for tiles in self.streams for piece in tiles.pieces)]

    def _colour_news(self) -> None:
        """Colour the rows of tiles that came; none is shown before."""
        news = [one for tiles in self.streams for one in tiles.stream.slots.news()]
        styled = self.colour_rows
        self.rows.put(
            [(at, rgba if styled is None else styled(c, len(rgba))) for at, c, rgba in news]
        )
        if self.hidden_rows is not None:
            self.rows.hide([(at, self.hidden_rows(c, len(rgba))) for at, c, rgba in news])

    def finish(self) -> None:
        """Wait until all parts are made."""
        if self.upload is not None and self.upload.work is not None:
            self.upload.work.result()

    def step(self) -> bool:
        """Make a piece of a part that is made; return whether there was one."""
        if any(tiles.step() for tiles in self.streams):
            return True
        upload = self.upload
        if upload is None or len(upload.pieces) >= len(upload.parts):
            return False
        upload.pieces.append(self._piece(upload.parts[len(upload.pieces)]))
        return True

    @property
    def arriving(self) -> Sequence[Piece]:
        """Pieces that are made but not shown before all of them are."""
        own = self.upload.pieces if self.upload is not None and self.upload.replaces else []
        return [*own, *(piece for tiles in self.streams for piece in tiles.arriving)]

    def settle(self, waiting: Collection[int] = ()) -> bool:
        """Show what is new where all of it is made and, as far as it is in sight, uploaded.

        Parameters
        ----------
        waiting : collection of int
            Identities of the pieces in sight that are not uploaded.

        Returns
        -------
        bool
            Whether the layer is complete now, and was not before.
        """
        for tiles in self.streams:
            tiles.settle(waiting)
        upload = self.upload
        if upload is None or not upload.made:
            return False
        if any(id(p) in waiting or id(p.stand_in) in waiting for p in upload.pieces):
            return False
        self.pieces, self._labels, self.upload = upload.pieces, upload.labels, None
        self._fixed = upload.pieces
        self._follow_places()
        if self.streams:
            self.pieces = self._with_streamed()
        self._forget_unused()
        return True

    def set_columns(self, columns: Mapping[str, NDArray[Any]]) -> None:
        """Take new values of the columns that arrows run by."""
        self.columns = columns
        for name, table in self._flows.items():
            table.set(columns.get(name))
        if self._places is not None:
            self._places.set(columns, self._ground)
        self._follow_places()

    def advance(self, seconds: float) -> bool:
        """Let what moves go on its way; return whether anything did."""
        if self._places is None or not self._places.advance(seconds):
            return False
        self._follow_places()
        return True

    def _follow_places(self) -> None:
        """Let picking and labels know where everything is now."""
        places = self._places
        if places is None:
            self.labels = self._worded()
            return
        for piece in self.pieces:
            if piece.part.moving and piece.pick is not None and piece.pick.spread is not None:
                spread = piece.pick.spread
                at = places.of(spread.row)
                piece.pick.spread = replace(spread, start=at, end=at)
        self.labels = tuple(
            replace(group, xyz_in_scene=places.over(group)) if group.moving else group
            for group in self._worded()
        )

    def _worded(self) -> tuple[Labels, ...]:
        """Return the labels with what the clock's columns say behind them."""
        return tuple(
            told(group, self.columns.get(group.text_column)) if group.text_column else group
            for group in self._labels
        )

    @property
    def outgrown(self) -> bool:
        """Whether what moves has left the boxes that its pieces are kept in; they are widened then."""
        whole = self._places.box if self._places is not None else None
        left = False
        if whole is None:
            return False
        for piece in self.pieces:
            if piece.part.moving and not _within(whole, piece.box):
                piece.box[:3] = np.minimum(piece.box[:3], whole[:3] - ROOM_M)
                piece.box[3:] = np.maximum(piece.box[3:], whole[3:] + ROOM_M)
                left = True
        return left

    @property
    def buried(self) -> bool:
        """Whether any of it lies below the ground."""
        return any(piece.role is Role.UNDERGROUND for piece in self.pieces)

    @property
    def flowing(self) -> bool:
        """Whether anything of it moves."""
        if not self.visible:
            return False
        gliding = self._places is not None and self._places.moves
        return gliding or any(table.moves for table in self._flows.values())

    def moving_boxes(self, *, below: bool) -> list[NDArray[np.float64]]:
        """Return the boxes of what moves; ``below`` says whether what lies under the ground counts."""
        if not self.flowing:
            return []
        moving = {name for name, table in self._flows.items() if table.moves}
        gliding = self._places is not None and self._places.moves
        return [
            piece.box
            for piece in self.pieces
            if (piece.flow_column in moving or (gliding and piece.part.moving))
            and (below or piece.role is not Role.UNDERGROUND)
        ]

    def set_opacity(self, of_role: Mapping[Role, float]) -> None:
        """Set how much shows through, the layer's own share and that of each role (x-ray)."""
        self._share_of_role = of_role
        for (role, *_), prop in self._properties.items():
            prop.SetOpacity(self.opacity * of_role.get(role, 1.0))
            prop.SetAmbient(min(max(self.order, 0) / 24.0, 1.0))
        for piece in (*self.pieces, *self.arriving):
            self._let_through(piece)

    def _let_through(self, piece: Piece) -> None:
        """Say whether what lies behind a piece shines through it."""
        through = self.opacity * self._share_of_role.get(piece.role, 1.0) < 0.999
        for one in (piece, piece.stand_in):
            if one is not None:
                one.set_through(through=through)

    def release(self) -> None:
        """Let go of everything."""
        if self.upload is not None:
            self.upload.stop()
        self.upload = None
        self._stream([], FlatGround())
        self.pieces = []
        self._properties.clear()
        self._textures.clear()
        self._flows.clear()
        self.rows.release()

    def _piece(self, part: Part) -> Piece:
        pick = None
        if part.rows is not None:
            pick = PickMesh(
                xyz=part.xyz,
                triangles=part.triangles,
                row_of_vertex=part.rows,
                spread=part.spread,
            )
        surface = self._property(part)
        box = part.box
        if part.moving and self._places is not None and self._places.box is not None:
            box = self._places.box
        far = None
        if part.far is not None:
            far = Piece(part=part.far, surface=surface, box=box)
        piece = Piece(part=part, surface=surface, box=box, pick=pick, stand_in=far)
        self._let_through(piece)
        return piece

    def _property(self, part: Part) -> vtkProperty:
        key = (part.role, id(part.texture), part.flow_column, part.cull, part.moving)
        if key not in self._properties:
            prop = vtkProperty()
            prop.SetBackfaceCulling(part.cull)
            prop.SetTexture("rowTable", self.rows.texture)
            prop.SetTexture("shadowMap", self._shared.shadow_map)
            prop.SetTexture("heightMap", self._shared.height_map)
            prop.SetTexture("openMap", self._shared.open_map)
            if part.texture is not None:
                prop.SetTexture("picture", self._picture(part.texture))
            if part.flow_column is not None:
                prop.SetTexture("flowTable", self._flow(part.flow_column).texture)
            if part.moving and self._places is not None:
                prop.SetTexture("placeTable", self._places.texture)
            self._properties[key] = prop
        return self._properties[key]

    def _picture(self, values: NDArray[np.uint8]) -> vtkTexture:
        # The array is held as well: its identity would else soon be that of another.
        if id(values) not in self._textures:
            made = make_texture(values, mipmaps=True, slant=self._shared.slant)
            self._textures[id(values)] = values, made
        return self._textures[id(values)][1]

    @property
    def texture_bytes(self) -> int:
        """What its pictures take, with their smaller copies."""
        return sum(values.nbytes * 4 // 3 for values, _ in self._textures.values())

    def _flow(self, column: str) -> FlowTable:
        if column not in self._flows:
            self._flows[column] = FlowTable()
            self._flows[column].set(self.columns.get(column))
        return self._flows[column]

    def _parts_held(self) -> Iterator[Part]:
        """Yield the parts of everything that is shown, arrives or is kept for later."""
        for piece in self.pieces:
            yield piece.part
        if self.upload is not None:
            yield from self.upload.parts
        for tiles in self.streams:
            for held in list(tiles.stream.held.values()):
                yield from held.payload.parts

    def _forget_unused(self) -> None:
        pictures = {id(part.texture) for part in self._parts_held()}
        self._textures = {k: pair for k, pair in self._textures.items() if k in pictures}
        if self.streams:
            pictures.add(id(None))  # tiles come and go: what they share stays
            kept = {k: p for k, p in self._properties.items() if k[1] in pictures}
            self._properties = kept
            return
        used = {id(piece.surface) for piece in self.pieces}
        self._properties = {k: p for k, p in self._properties.items() if id(p) in used}
        columns = {key[2] for key in self._properties}
        self._flows = {name: table for name, table in self._flows.items() if name in columns}


def _within(inner: NDArray[np.float64], outer: NDArray[np.float64]) -> bool:
    return bool((inner[:3] >= outer[:3]).all() and (inner[3:] <= outer[3:]).all())
