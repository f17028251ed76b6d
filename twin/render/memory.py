"""What the scene takes of the memory, and how it keeps within what it may take."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from vtkmodules.vtkRenderingCore import vtkRenderWindow

from twin.render.budget import default_budget_bytes
from twin.render.piece import Piece
from twin.render.scene_layer import SceneLayer

ROOM = 0.8
"""What is out of sight is uploaded ahead only while less of the budget is used."""
LEAST_STREAMED = 0.1
"""Share of the budget that streamed tiles may always take."""


@dataclass(frozen=True, kw_only=True)
class Memory:
    """What a scene takes, in bytes.

    Attributes
    ----------
    geometry_bytes : int
        Vertices and indices that are uploaded. Without a graphics card they too lie in the main memory.
    texture_bytes : int
        Pictures, with their smaller copies.
    array_bytes : int
        The arrays that geometry is uploaded from, those of streamed tiles with their attributes.
    budget_bytes : int
        What all of it may take.
    """

    geometry_bytes: int
    texture_bytes: int
    array_bytes: int
    budget_bytes: int

    @property
    def used_bytes(self) -> int:
        """All of it."""
        return self.geometry_bytes + self.texture_bytes + self.array_bytes


class Keeper:
    """Keeps a scene within its budget.

    Attributes
    ----------
    budget_bytes : int
        A quarter of the machine's memory unless set otherwise.
    """

    def __init__(self) -> None:
        self.budget_bytes = default_budget_bytes()

    def measure(self, layers: Collection[SceneLayer]) -> Memory:
        """Return what layers take now."""
        geometry = arrays = textures = 0
        for layer in layers:
            streamed = {id(p) for tiles in layer.streams for p in (*tiles.pieces, *tiles.arriving)}
            for piece in _all_of(layer):
                geometry += piece.bytes_on_card
                if id(piece) not in streamed:
                    arrays += piece.part.vertex_bytes + piece.part.triangles.nbytes
            arrays += sum(tiles.stream.nbytes for tiles in layer.streams)
            textures += layer.texture_bytes
        return Memory(
            geometry_bytes=geometry,
            texture_bytes=textures,
            array_bytes=arrays,
            budget_bytes=self.budget_bytes,
        )

    def has_room(self, layers: Collection[SceneLayer]) -> bool:
        """Whether more than what is in sight may be uploaded."""
        return self.measure(layers).used_bytes < ROOM * self.budget_bytes

    def over(self, layers: Collection[SceneLayer]) -> bool:
        """Share the budget out to what is streamed; return whether the rest takes more than it may."""
        used = self.measure(layers)
        streams = [tiles for layer in layers for tiles in layer.streams]
        if streams:
            rest = self.budget_bytes - used.used_bytes + sum(t.stream.nbytes for t in streams)
            share = int(max(rest, LEAST_STREAMED * self.budget_bytes) / len(streams))
            for tiles in streams:
                tiles.stream.budget_bytes = min(tiles.wanted_bytes, share)
        return used.used_bytes > self.budget_bytes

    def keep(self, layers: Collection[SceneLayer], window: vtkRenderWindow, frame: int) -> int:
        """Free what was not drawn for longest until the scene is within its budget.

        What the last frame drew stays, however much it is.

        Parameters
        ----------
        frame : int
            Number of the last frame.

        Returns
        -------
        int
            Bytes that were freed.
        """
        over = self.measure(layers).used_bytes - self.budget_bytes
        unused = [p for layer in layers for p in _all_of(layer) if p.ready and p.used < frame]
        freed = 0
        for piece in sorted(unused, key=lambda p: p.used):
            if freed >= over:
                break
            freed += piece.bytes_on_card
            piece.forget(window)
        return freed


def _all_of(layer: SceneLayer) -> Iterator[Piece]:
    pieces = layer.pieces if layer.upload is None else [*layer.pieces, *layer.upload.pieces]
    seen: set[int] = set()
    for piece in [*pieces, *layer.arriving]:
        if id(piece) in seen:
            continue
        seen.add(id(piece))
        yield piece
        if piece.stand_in is not None:
            yield piece.stand_in
