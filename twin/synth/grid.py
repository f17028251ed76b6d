"""Footprints in any number for benchmarks: a plain synthetic city on a street grid, vectorised."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely
from numpy.typing import NDArray

if TYPE_CHECKING:
    import geopandas as gpd

CRS = "EPSG:2154"
CENTRE = (652_000.0, 6_862_000.0)
LOT_M = 18.0
LOTS_A_BLOCK = 6
STREET_M = 12.0
USES = ("housing", "house", "office", "shop", "public", "industry")
SHARES = (0.46, 0.36, 0.07, 0.06, 0.03, 0.02)


def _corners(n: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Return (n, 4, 2) corners: a rectangle on each lot, turned a little, never over its lot's edge."""
    side = int(np.ceil(np.sqrt(n)))
    column, row = np.arange(n) % side, np.arange(n) // side
    street = np.column_stack([column // LOTS_A_BLOCK, row // LOTS_A_BLOCK]) * STREET_M
    centre = np.column_stack([column, row]) * LOT_M + street
    centre -= centre.max(axis=0) / 2
    half = rng.uniform(3.5, 6.0, (n, 2))
    turn = rng.uniform(-0.25, 0.25, n)
    signs = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]], dtype=np.float64)
    local = half[:, None, :] * signs[None, :, :]
    cos, sin = np.cos(turn)[:, None], np.sin(turn)[:, None]
    x = local[:, :, 0] * cos - local[:, :, 1] * sin
    y = local[:, :, 0] * sin + local[:, :, 1] * cos
    return np.stack([x, y], axis=2) + (centre + CENTRE)[:, None, :]


def synthetic_city(n_buildings: int, seed: int) -> gpd.GeoDataFrame:
    """Return footprints that do not overlap, the same for the same seed.

    Parameters
    ----------
    n_buildings : int
        A thousand takes milliseconds, a million some seconds.
    seed : int
        Of the random numbers.

    Returns
    -------
    GeoDataFrame
        EPSG:2154; feature_id, height_m (ground to top), storeys, use, year, geometry (rectangles).

    Raises
    ------
    ValueError
        Fewer than one building.
    """
    import geopandas as gpd

    if n_buildings < 1:
        raise ValueError("a city has at least one building")
    rng = np.random.default_rng(seed)
    corners = _corners(n_buildings, rng)
    ring = np.concatenate([corners, corners[:, :1]], axis=1)
    polygons = shapely.polygons(shapely.linearrings(ring))
    far = np.hypot(*(corners.mean(axis=1) - CENTRE).T)
    urban = 1.0 - far / max(float(far.max()), 1.0)
    storeys = np.clip(np.round(1.5 + 7.0 * urban * rng.random(n_buildings) ** 1.4), 1, 16).astype(
        np.int16
    )
    frame = {
        "feature_id": np.char.add("b", np.char.zfill(np.arange(n_buildings).astype(str), 7)).astype(
            object
        ),
        "height_m": np.round(storeys * 2.9 + rng.uniform(0.3, 1.5, n_buildings), 1),
        "storeys": storeys,
        "use": np.array(USES, dtype=object)[rng.choice(len(USES), n_buildings, p=SHARES)],
        "year": rng.integers(1850, 2025, n_buildings).astype(np.int16),
    }
    return gpd.GeoDataFrame(frame, geometry=polygons, crs=CRS)
