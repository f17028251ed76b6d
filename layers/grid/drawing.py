"""A grid as drawables: cables below, on or above the ground, symbols of what is connected, names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from layers.grid.reading import ENDED
from layers.grid.words import MARK_SPEED
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

GLYPH: Mapping[str, str] = {
    "substation": "substation",
    "load": "sensor.meter",
    "pv": "pv.panel",
    "storage": "battery",
    "charger": "charger",
    "lighting": "lamp",
    "generator": "transformer",
    "plant": "heat.plant",
    "switch": "cylinder",
    "node": "sphere",
}
SCALE: Mapping[str, float] = {"node": 0.5, "switch": 0.8}
RANK = {"plant": 8, "substation": 7, "pv": 5, "storage": 5}
"""After the names of places, which orient the reader."""
LABEL_DISTANCE_M = 500.0
POLE_WIDTH_M = 0.3
CABLE_RADIUS_M = 0.05
"""Of the three conductors of an underground cable together, near enough; from afar it is drawn wider."""
LIFT_M = 0.25


def draw(table: FeatureTable, params: Any, view: ViewQuery, *, flow: bool) -> list[Drawable]:
    """Return the drawables of a grid.

    Parameters
    ----------
    params : GridParams
    flow : bool
        The table or its series has a signed power.
    """
    if not len(table):
        return []
    parts = _Grid(table, params, view, MARK_SPEED if flow and params.flow else None)
    return [
        *parts.buried(),
        *parts.overhead(),
        *parts.laid(),
        *parts.symbols(),
        *parts.labels(),
    ]


class _Grid:
    """Geometry and columns of one table, ready for drawing."""

    def __init__(
        self, table: FeatureTable, params: Any, view: ViewQuery, flow_column: str | None
    ) -> None:
        self.table, self.params, self.ground = table, params, view.ground
        self.flow_column = flow_column
        self.geometry = network.in_scene(table, view.frame)
        self.kind = table.frame["kind"].to_numpy(object)
        self.depth = np.nan_to_num(network.constant(table, "depth_m"))
        self.height = np.nan_to_num(network.constant(table, "height_m"))
        self.line = (self.kind == "line") & ~shapely.is_empty(self.geometry)

    def buried(self) -> Iterator[Drawable]:
        """Tubes of lines that say how deep they are."""
        chosen = np.flatnonzero(self.line & (self.depth > 0))
        if len(chosen):
            made = shapes.drape_lines(
                self.geometry[chosen],
                chosen,
                ground=self.ground,
                depth_m=self.depth[chosen],
                step_m=25.0,
            )
            yield self._lines(made, Role.UNDERGROUND, tube=True)

    def overhead(self) -> Iterator[Drawable]:
        """Cables that hang between poles, for lines that say how high they are."""
        chosen = np.flatnonzero(self.line & (self.depth <= 0) & (self.height > 0))
        if not len(chosen):
            return
        lines, height = self.geometry[chosen], self.height[chosen]
        yield self._lines(
            network.hanging(lines, chosen, ground=self.ground, height_m=height),
            Role.SOLID,
            tube=True,
        )
        xy, index = shapely.get_coordinates(lines, return_index=True)
        _, first = np.unique(np.round(xy, 1), axis=0, return_index=True)
        foot = np.column_stack([xy, shapes.surface_height(self.ground, xy)])[first]
        tall = height[index[first]]
        yield Glyphs(
            xyz_in_scene=foot.astype(np.float32),
            shape="cylinder",
            scale_m=np.column_stack([np.full((len(tall), 2), POLE_WIDTH_M), tall]).astype(
                np.float32
            ),
            row_of_glyph=chosen[index[first]].astype(np.int32),
            rgba=(0.45, 0.42, 0.38, 1.0),
            styled=False,
        )

    def laid(self) -> Iterator[Drawable]:
        """Lines of which neither depth nor height is known follow the ground."""
        chosen = np.flatnonzero(self.line & (self.depth <= 0) & (self.height <= 0))
        if len(chosen):
            made = shapes.drape_lines(
                self.geometry[chosen], chosen, ground=self.ground, lift_m=LIFT_M
            )
            yield self._lines(made, Role.MARKER, tube=False)

    def symbols(self) -> Iterator[Drawable]:
        """A symbol a point, on the ground or as high as it says (panels on roofs)."""
        for kind, shape in GLYPH.items():
            foot, row = network.points_on(
                self.geometry, np.flatnonzero(self.kind == kind), self.ground
            )
            if not len(row):
                continue
            foot[:, 2] += np.where(kind == "lighting", 0.0, self.height[row])
            size = np.asarray(shapes.GLYPHS[shape].size_m) * self.params.symbol_scale
            size = size * SCALE.get(kind, 1.0)
            yield Glyphs(
                xyz_in_scene=foot.astype(np.float32),
                shape=shape,
                scale_m=np.tile(size.astype(np.float32), (len(row), 1)),
                row_of_glyph=row,
                role=Role.MARKER,
            )

    def labels(self) -> Iterator[Drawable]:
        """Names of substations, storage and panels; those of the past say their years."""
        if not self.params.labels:
            return
        foot, row = network.points_on(
            self.geometry, np.flatnonzero(np.isin(self.kind, list(RANK))), self.ground
        )
        texts = [self._label(int(r)) for r in row]
        named = [i for i, text in enumerate(texts) if text]
        if not named:
            return
        foot, row = foot[named], row[named]
        tall = np.array([shapes.GLYPHS[GLYPH[k]].size_m[2] for k in self.kind[row]])
        foot[:, 2] += tall * self.params.symbol_scale + self.height[row] + 2.0
        yield Labels(
            xyz_in_scene=foot.astype(np.float32),
            texts=tuple(texts[i] for i in named),
            rank=np.array([RANK[k] for k in self.kind[row]], dtype=np.int32),
            row_of_label=row,
            max_distance_m=LABEL_DISTANCE_M,
        )

    def _label(self, row: int) -> Text:
        values = self.table.frame.iloc[row]
        years = years_of(values)
        name = rows.text_of(values, "name")
        return {la: f"{text} ({years})" if years else text for la, text in name.items()}

    def _lines(
        self, made: tuple[NDArray[Any], NDArray[Any], NDArray[Any]], role: Role, *, tube: bool
    ) -> Lines:
        xyz, offsets, row = made
        return Lines(
            xyz_in_scene=xyz.astype(np.float32),
            offsets=offsets,
            row_of_line=row,
            radius_m=CABLE_RADIUS_M if tube else None,
            readable_radius_m=self.params.cable_diameter_m / 2 if tube else 0.0,
            width_px=3.0,
            flow_column=self.flow_column,
            role=role,
        )


def years_of(values: Mapping[str, Any]) -> str:
    """Return the years of something that ended, for instance ``2012–2018``; empty if it did not."""
    if not rows.known(values, ENDED):
        return ""
    # An end is the first moment without: the last year is that of the day before.
    end = str(np.datetime64(str(values[ENDED]), "D") - np.timedelta64(1, "D"))[:4]
    start = str(values["valid_from"])[:4] if rows.known(values, "valid_from") else ""
    return f"{start}–{end}" if start != end else end
