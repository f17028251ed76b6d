"""A coarser tile from the finer ones below it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from twin.drawables import Role
from twin.tiles.blocks import Blocks, concatenated, merged
from twin.tiles.content import Made, Rows, content, shape_of_blocks
from twin.tiles.geometry import Shape
from twin.tiles.metadata import MERGED
from twin.tiles.placing import Placement
from twin.tiles.simplify import clustered, skirted

MOST_BLOCKS = 2_000
CELLS_A_SIDE = 40
"""Blocks of a tile lie on a grid of about so many cells."""
ERROR_OF_CELL = 0.5
"""Geometric error in cells: how far from its place a wall may be drawn."""


def merge(parts: Sequence[Made], side_m: float, placement: Placement) -> Made:
    """Return the tile above some others.

    Buildings become blocks (:mod:`twin.tiles.blocks`), each with the attributes of its largest building and, in
    ``merged_buildings``, how many it stands for. What is no solid gets coarser vertices.

    Parameters
    ----------
    parts : sequence of Made
        The children, each with its blocks and shapes.
    side_m : float
        Side of the tile.
    """
    rows, starts = _rows(parts)
    cell = side_m / CELLS_A_SIDE
    found = [
        replace(p.blocks, row=p.blocks.row + start)
        for p, start in zip(parts, starts, strict=True)
        if p.blocks is not None and len(p.blocks)
    ]
    blocks: Blocks | None = None
    if found:
        blocks, cell = merged(concatenated(found), cell, MOST_BLOCKS)
    shapes = [
        replace(s, row=np.where(s.row >= 0, s.row + start, -1).astype(np.int32))
        for p, start in zip(parts, starts, strict=True)
        for s in p.shapes
    ]
    coarse = [clustered(s, side_m / 256) for s in shapes]
    coarse = [s for s in coarse if len(s.corners)]
    error = max(ERROR_OF_CELL * cell if found else 0.0, side_m / 256 if coarse else 0.0)
    blocks, coarse, rows = _only_used(blocks, coarse, rows)
    drawn = [skirted(s, 2 * error) if s.role is Role.GROUND else s for s in coarse]
    columns = None
    if blocks is not None:
        drawn = [shape_of_blocks(blocks), *drawn]
        counts = np.ones(len(rows), np.int32)
        np.maximum.at(counts, blocks.row, blocks.count.astype(np.int32))
        columns = {MERGED: counts}
    glb, box = content(drawn, rows, placement, columns)
    return Made(
        glb=glb,
        plain=b"",
        box=box,
        blocks=blocks,
        shapes=tuple(coarse),
        rows=rows,
        features=len(rows),
        triangles=sum(len(s.corners) for s in drawn),
        error_m=error,
    )


def _rows(parts: Sequence[Made]) -> tuple[Rows, list[int]]:
    """Return the rows of all parts, one after the other, and where each begins."""
    with_rows = [p for p in parts if p.rows.columns or len(p.rows)]
    names = list(with_rows[0].rows.columns) if with_rows else []
    columns = {n: np.concatenate([p.rows.columns[n] for p in with_rows]) for n in names}
    rgba = np.concatenate([p.rows.rgba for p in parts])
    starts = np.cumsum([0, *(len(p.rows) for p in parts[:-1])])
    return Rows(columns=columns, wkb=None, rgba=rgba), [int(s) for s in starts]


def _only_used(
    blocks: Blocks | None, shapes: list[Shape], rows: Rows
) -> tuple[Blocks | None, list[Shape], Rows]:
    """Drop the rows that nothing of the coarser tile names any more."""
    named = [s.row[s.row >= 0].astype(np.int64) for s in shapes]
    if blocks is not None:
        named.append(blocks.row)
    used = np.unique(np.concatenate(named)) if named else np.zeros(0, np.int64)
    new = np.full(len(rows) + 1, -1, np.int64)
    new[used] = np.arange(len(used))
    kept = Rows(
        columns={name: values[used] for name, values in rows.columns.items()},
        wkb=None,
        rgba=rows.rgba[used],
    )
    if blocks is not None:
        blocks = replace(blocks, row=new[blocks.row])
    return blocks, [replace(s, row=new[s.row].astype(np.int32)) for s in shapes], kept
