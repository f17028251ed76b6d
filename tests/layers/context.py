"""What a layer's ``load`` is given in tests: tables made by hand, or files read by the engine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from twin import api, io
from twin.drawables import check
from twin.progress import Unattended

NOON = datetime(2026, 6, 21, 12, 0, tzinfo=UTC)
FRAME = api.GeoFrame(crs="EPSG:2154", origin=(650_000.0, 6_860_000.0, 0.0))


@dataclass(frozen=True)
class File:
    """A source on disk."""

    path: Path
    sublayer: str = ""


class Context(Unattended):
    """A load context without a session."""

    def __init__(
        self,
        sources: Mapping[str, api.FeatureTable | File],
        params: Any,
        frame: api.GeoFrame = FRAME,
    ) -> None:
        super().__init__()
        self.given = sources
        self.params = params
        self.frame = frame
        self.sources = {role: api.Source(path="given") for role in sources}

    def path(self, role: str) -> Path:
        given = self.given[role]
        assert isinstance(given, File)
        return given.path

    def read(self, role: str, **options: Any) -> api.FeatureTable:
        given = self.given[role]
        if not isinstance(given, File):
            return given
        return io.read(
            given.path, sublayer=given.sublayer, target=self.frame, progress=self, options=options
        )

    def keys(self) -> list[str]:
        """Keys of the problems reported."""
        return [problem.key for problem in self.problems]


def table(
    geometry: list[Any], crs: str = "EPSG:2154", name: str = "test", **columns: Any
) -> api.FeatureTable:
    """A table of geometries given in scene coordinates; they are moved to the CRS of ``FRAME``."""
    import geopandas as gpd
    import shapely

    array = np.empty(len(geometry), dtype=object)
    array[:] = geometry
    moved = shapely.transform(array, lambda xyz: xyz + FRAME.origin, include_z=True)
    flat = ~shapely.has_z(array)
    moved[flat] = shapely.force_2d(moved[flat])
    frame = gpd.GeoDataFrame(
        {"feature_id": [f"f{i}" for i in range(len(geometry))], **columns},
        geometry=gpd.GeoSeries(moved, crs=crs),
    )
    return api.FeatureTable(frame=frame, crs=crs, name=name)


def view(ground: api.Ground | None = None, frame: api.GeoFrame = FRAME) -> api.ViewQuery:
    return api.ViewQuery(at=NOON, frame=frame, ground=ground or api.FlatGround())


def slope(rise: float = 0.1) -> api.GridGround:
    """Ground that rises towards the east, 0 at x = 0, from -500 to 500."""
    x = np.arange(-500, 501, 10.0)
    z = np.tile(rise * x, (101, 1)).astype(np.float32)
    return api.GridGround(z_in_scene=z, x_first=-500.0, y_first=500.0, cell_m=10.0, cell_y_m=10.0)


def checked(drawables: Any) -> list[Any]:
    """The drawables, after making sure that they can be drawn."""
    found = list(drawables)
    for drawable in found:
        check(drawable)
    return found


def same(first: list[Any], second: list[Any]) -> bool:
    """Whether two builds gave the same arrays."""
    if [type(d) for d in first] != [type(d) for d in second]:
        return False
    for a, b in zip(first, second, strict=True):
        for name, value in vars(a).items():
            other = getattr(b, name)
            if isinstance(value, np.ndarray):
                if not np.array_equal(value, other):
                    return False
            elif value != other:
                return False
    return True
