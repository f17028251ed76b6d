"""A heat network as drawables: tubes below ground, bores of wells, plants and sub-stations, names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from layers.heat import casing, strata
from layers.heat.words import KINDS, depth_text
from twin.api import (
    Drawable,
    FeatureTable,
    Glyphs,
    Labels,
    Lines,
    Role,
    Text,
    ViewQuery,
    network,
    rows,
    shapes,
)

GLYPH: Mapping[str, tuple[str, float]] = {
    "well": ("heat.well", 1.0),
    "plant": ("heat.plant", 1.0),
    "substation": ("heat.pump", 1.0),
    "heat_pump": ("heat.pump", 1.0),
    "storage": ("cylinder", 4.0),
    "valve": ("cylinder", 0.8),
    "node": ("sphere", 0.6),
}
"""Shape of a kind, and a factor on its usual size."""

RANK = {"plant": 3, "well": 4, "substation": 6, "heat_pump": 6}
LABEL_DISTANCE_M = {"plant": 1500.0, "well": 1200.0, "substation": 450.0, "heat_pump": 450.0}
RISER_RADIUS_M, RISER_READABLE_M = 0.08, 0.3
RADIUS_STEP_M = 0.01
UNKNOWN_MM = 150.0
"""Inner diameter where none is stated, as in computations."""
TWIN = "twin"
TWIN_GAP = 1.15
"""Between the axes of two pipes in one casing, in diameters."""
FLOW = "flow_m_s"


def draw(table: FeatureTable, params: Any, view: ViewQuery, *, flow: bool) -> list[Drawable]:
    """Return the drawables of a network.

    Parameters
    ----------
    params : HeatParams
    flow : bool
        The table or its series has a speed of flow.
    """
    if not len(table):
        return []
    parts = _Network(table, params, view)
    return [
        *parts.pipes(FLOW if flow and params.flow else None),
        *parts.bores(),
        *parts.geology(),
        *parts.stations(),
        *parts.risers(),
        *parts.labels(),
    ]


class _Network:
    """Geometry and columns of one table, ready for drawing."""

    def __init__(self, table: FeatureTable, params: Any, view: ViewQuery) -> None:
        self.table, self.params, self.ground = table, params, view.ground
        self.geometry = network.in_scene(table, view.frame)
        self.kind = table.frame["kind"].to_numpy(object)
        self.depth = network.constant(table, "depth_m")

    def pipes(self, flow_column: str | None) -> Iterator[Drawable]:
        """Tubes of their diameter at their depth, supply and return side by side or in one casing."""
        chosen = np.flatnonzero(self.kind == "pipe")
        if not len(chosen):
            return
        lines = self.geometry[chosen]
        depth = self._pipe_depth()[chosen]
        axis, offsets, row = shapes.drape_lines(
            lines, chosen, ground=self.ground, depth_m=depth, step_m=25.0
        )
        sign = np.zeros(len(self.kind))
        sign[chosen] = network.side_signs(lines, network.texts(self.table, "side")[chosen])
        wide = self._pipe_diameter()[row]
        twin = (network.texts(self.table, "casing") == TWIN)[row] & (sign[row] != 0)
        gap = np.where(twin, TWIN_GAP * wide, self.params.gap_m)
        xyz = network.beside(axis, offsets, sign[row] * gap / 2)
        readable = self.params.min_diameter_m / 2
        step = np.maximum(np.round(wide / 2 / RADIUS_STEP_M), 1).astype(int)
        for size in np.unique(step):
            part = network.lines_of(xyz, offsets, np.flatnonzero(step == size))
            yield Lines(
                xyz_in_scene=part[0],
                offsets=part[1],
                row_of_line=row[step == size],
                radius_m=float(size * RADIUS_STEP_M),
                readable_radius_m=readable,
                flow_column=flow_column,
                role=Role.UNDERGROUND,
            )
        if self.params.insulation:
            yield from self._casings((axis, xyz), offsets, row, (wide, twin, sign[row]))

    def _casings(
        self,
        courses: tuple[NDArray[np.float64], NDArray[np.float64]],
        offsets: NDArray[np.int32],
        row: NDArray[np.intp],
        pipes: tuple[NDArray[np.float64], NDArray[np.bool_], NDArray[np.float64]],
    ) -> Iterator[Drawable]:
        """Insulation: a casing a pipe, or one around both where they are twins."""
        wide, twin, sign = pipes
        thick = network.constant(self.table, "insulation_mm")[row] / 1000.0
        bare = thick == 0.0
        for both, xyz in zip((True, False), courses, strict=True):
            mine = np.flatnonzero((twin == both) & ~bare & ~(twin & (sign < 0)))
            if len(mine):
                at, own = network.lines_of(xyz, offsets, mine)
                outer = casing.radius_m(wide[mine], thick[mine], twin=both)
                yield from casing.drawn(at.astype(np.float64), own, row[mine], outer)

    def bores(self) -> Iterator[Drawable]:
        """Vertical tubes from the head of a well down; very deep ones are cut off."""
        foot, row = network.points_on(self.geometry, self._rows("well"), self.ground)
        deep = self.depth[row]
        has = deep > 0
        if not has.any():
            return
        foot, row = foot[has], row[has]
        drawn = np.minimum(deep[has], self.params.well_depth_shown_m)
        xyz, offsets = network.upright(foot, foot[:, 2] - drawn)
        yield Lines(
            xyz_in_scene=xyz,
            offsets=offsets,
            row_of_line=row,
            radius_m=self.params.min_diameter_m / 2,
            role=Role.UNDERGROUND,
        )

    def geology(self) -> Iterator[Drawable]:
        """The column of what each well goes through, where it says so."""
        if not self.params.geology or "strata" not in self.table.frame:
            return
        foot, row = network.points_on(self.geometry, self._rows("well"), self.ground)
        text = network.texts(self.table, "strata")
        for at, r in zip(foot, row, strict=True):
            shown_m = self.params.well_depth_shown_m
            yield from strata.drawn(at, int(r), strata.parsed(str(text[r] or "")), shown_m)

    def stations(self) -> Iterator[Drawable]:
        """A symbol a point, on the ground, or below it where it says how deep."""
        for kind, (shape, factor) in GLYPH.items():
            foot, row = network.points_on(self.geometry, self._rows(kind), self.ground)
            if not len(row):
                continue
            sunk = np.zeros(len(row)) if kind == "well" else np.nan_to_num(self.depth[row])
            if kind == "node":
                sunk = np.where(sunk > 0, sunk, self.params.default_depth_m)
            size = np.asarray(shapes.GLYPHS[shape].size_m) * factor * self.params.symbol_scale
            for below in (False, True):
                mine = (sunk > 0) == below
                if mine.any():
                    at = foot[mine] - np.column_stack([np.zeros((mine.sum(), 2)), sunk[mine]])
                    yield Glyphs(
                        xyz_in_scene=at.astype(np.float32),
                        shape=shape,
                        scale_m=np.tile(size.astype(np.float32), (int(mine.sum()), 1)),
                        row_of_glyph=row[mine],
                        role=Role.UNDERGROUND if below else Role.MARKER,
                    )

    def risers(self) -> Iterator[Drawable]:
        """Short vertical tubes that join plants and sub-stations to the pipes below."""
        kinds = ("plant", "substation", "heat_pump")
        chosen = np.flatnonzero(np.isin(self.kind, kinds))
        foot, row = network.points_on(self.geometry, chosen, self.ground)
        if not len(row) or not (self.kind == "pipe").any():
            return
        pipes = self._pipe_depth()[self.kind == "pipe"]
        below = np.maximum(float(np.median(pipes)), np.nan_to_num(self.depth[row]))
        xyz, offsets = network.upright(foot, foot[:, 2] - below)
        yield Lines(
            xyz_in_scene=xyz,
            offsets=offsets,
            row_of_line=row,
            radius_m=RISER_RADIUS_M,
            readable_radius_m=RISER_READABLE_M,
            role=Role.UNDERGROUND,
        )

    def labels(self) -> Iterator[Drawable]:
        """Names above plants and wells, and of sub-stations from near."""
        if not self.params.labels:
            return
        for distance in sorted(set(LABEL_DISTANCE_M.values())):
            kinds = [k for k, d in LABEL_DISTANCE_M.items() if d == distance]
            foot, row = network.points_on(
                self.geometry, np.flatnonzero(np.isin(self.kind, kinds)), self.ground
            )
            texts = [self._label(int(r)) for r in row]
            named = [i for i, text in enumerate(texts) if text]
            if not named:
                continue
            foot, row = foot[named], row[named]
            size = self.params.symbol_scale
            height = [shapes.GLYPHS[GLYPH[self.kind[r]][0]].size_m[2] * size + 2.0 for r in row]
            at = foot + np.column_stack([np.zeros((len(row), 2)), height])
            yield Labels(
                xyz_in_scene=at.astype(np.float32),
                texts=tuple(texts[i] for i in named),
                rank=np.array([RANK[self.kind[r]] for r in row], dtype=np.int32),
                row_of_label=row,
                max_distance_m=distance,
            )

    def _label(self, row: int) -> Text:
        values = self.table.frame.iloc[row]
        name = rows.text_of(values, "name")
        if self.kind[row] != "well":
            return name
        deep = depth_text(values)
        name = name or KINDS["well"]
        return {lang: f"{text} · {deep}" if deep else text for lang, text in name.items()}

    def _rows(self, kind: str) -> NDArray[np.intp]:
        return np.flatnonzero(self.kind == kind)

    def _pipe_diameter(self) -> NDArray[np.float64]:
        """Return the inner diameter of every row in metres, that of computations where none is stated."""
        stated = network.constant(self.table, "diameter_mm")
        return np.where(stated > 0, stated, UNKNOWN_MM) / 1000.0

    def _pipe_depth(self) -> NDArray[np.float64]:
        known_depth = np.isfinite(self.depth)
        return np.where(known_depth, np.abs(self.depth), self.params.default_depth_m)
