"""How high each building is, and how one knows.

A height is always a length above the ground. The z of a footprint's vertices is an altitude (in BD TOPO that of
the gutter) and is never added to a height.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from layers.buildings.columns import is_altitude, numbers, texts
from twin import api

Float64 = NDArray[np.float64]
DECLARED, ESTIMATED = "declared", "estimated"
LOWEST_M, HIGHEST_M = 0.5, 1000.0
STEEPEST = 1.2
"""Rise of a roof in half widths of its building, at most (50 degrees)."""
WIDEST_PITCHED_M = 26.0
"""Wider buildings whose shape is not told get a flat roof: halls, not houses."""
LEAST_RISE_M = 0.6
TALLEST_PITCHED_M = 30.0
"""Taller buildings whose shape is not told get a flat roof too: towers."""
MEASURED_FORM, MEASURED_RISE = "roof_shape_measured", "roof_height_measured_m"
"""Columns of roofs that a measured surface tells, see ``measured``."""
COMPASS = "N NNE NE ENE E ESE SE SSE S SSW SW WSW W WNW NW NNW".split()  # noqa: SIM905 - reads as a rose
WINDS = {"NORTH": 0.0, "EAST": 90.0, "SOUTH": 180.0, "WEST": 270.0} | {
    "NORTHEAST": 45.0, "SOUTHEAST": 135.0, "SOUTHWEST": 225.0, "NORTHWEST": 315.0,
}  # fmt: skip
ROOF_SHARE = 0.6
"""A roof takes at most this part of a height that includes it."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Heights:
    """Heights of buildings, (n,) each.

    ``top_m`` is measured from the ground to the eaves where ``to_eaves``, else to the very top; NaN where neither
    height nor storeys are known. ``estimated`` says that it was worked out from storeys or a measured surface, or is
    the default.
    """

    top_m: Float64
    estimated: NDArray[np.bool_]
    from_storeys: NDArray[np.bool_]
    measured: NDArray[np.bool_]
    to_eaves: bool
    ground_m: Float64
    min_height_m: Float64


def resolve(
    table: api.FeatureTable,
    found: Mapping[str, str],
    *,
    storey_height_m: float,
    default_height_m: float,
) -> Heights:
    """Work out the height of every row: the height itself, two altitudes, storeys, or the default."""
    height = numbers(table, found.get("height"))
    eaves, ridge = numbers(table, found.get("eaves")), numbers(table, found.get("ridge"))
    ground = numbers(table, found.get("ground"))
    storeys = numbers(table, found.get("storeys"))
    if is_altitude(found.get("height")):
        height = height - ground
    known = _plausible(height)
    top = np.where(known, height, np.nan)
    between = eaves - ground
    use = ~known & _plausible(between)
    top = np.where(use, between, top)
    known |= use
    floors = ~known & (storeys > 0) & (storeys < 300)
    top = np.where(floors, storeys * storey_height_m, top)
    top = np.where(known | floors, top, default_height_m)
    lowest = numbers(table, found.get("min_height"))
    below = numbers(table, found.get("min_level")) * storey_height_m
    lowest = np.nan_to_num(np.where(np.isfinite(lowest), lowest, below), nan=0.0)
    return Heights(
        top_m=top,
        estimated=~known,
        from_storeys=floors,
        measured=np.zeros(len(table), bool),
        to_eaves=bool(np.isfinite(ridge).any()) or "eaves" in found,
        ground_m=ground,
        min_height_m=np.where((lowest > 0) & (lowest < top), lowest, 0.0),
    )


def _plausible(height_m: Float64) -> NDArray[np.bool_]:
    with np.errstate(invalid="ignore"):
        return np.asarray((height_m >= LOWEST_M) & (height_m <= HIGHEST_M))


@dataclass(frozen=True, eq=False, kw_only=True)
class Roofs:
    """``eaves_m`` above the ground, ``rise_m`` from there to the ridge, ``shape`` (n,) str.

    ``faces_deg`` is where a roof slopes down to, NaN where that is not told; ``across`` says that the ridge runs across
    the longer side.
    """

    eaves_m: Float64
    rise_m: Float64
    shape: NDArray[np.object_]
    faces_deg: Float64
    across: NDArray[np.bool_]

    def of(self, rows: NDArray[Any]) -> Roofs:
        """Return the roofs of some rows."""
        return Roofs(
            eaves_m=self.eaves_m[rows],
            rise_m=self.rise_m[rows],
            shape=self.shape[rows],
            faces_deg=self.faces_deg[rows],
            across=self.across[rows],
        )


def roofs(
    table: api.FeatureTable, found: Mapping[str, str], heights: Heights, half_width_m: Float64
) -> Roofs:
    """Work out the roofs: from shape and height where told, from eaves and ridge altitudes, else flat.

    Parameters
    ----------
    half_width_m : (n,) float64
        About half the width of each building.
    """
    n = len(table)
    words, index = np.unique(texts(table, found.get("roof_shape")).astype(str), return_inverse=True)
    kinds = np.array([api.shapes.roof_kind(word) if word else "" for word in words], dtype=object)
    told = kinds[index.reshape(-1)] if n else np.zeros(0, dtype=object)
    rise = numbers(table, found.get("roof_height"))
    if MEASURED_FORM in table.frame.columns:
        told = np.where(told == "", texts(table, MEASURED_FORM), told)
        rise = np.where(np.isfinite(rise), rise, numbers(table, MEASURED_RISE))
    drop = numbers(table, found.get("ridge")) - numbers(table, found.get("eaves"))
    low = heights.top_m <= TALLEST_PITCHED_M
    with np.errstate(invalid="ignore"):
        silent = told == ""
        pitched = silent & (drop >= LEAST_RISE_M) & low & (half_width_m * 2 <= WIDEST_PITCHED_M)
        pitched &= texts(table, found.get("light")) != "Oui"
        rise = np.where(
            np.isfinite(rise), rise, np.where(drop >= LEAST_RISE_M, drop, 0.55 * half_width_m)
        )
    shape = np.where(pitched, "hipped", np.where(silent, "flat", told)).astype(object)
    steepest = np.where(np.isin(shape, ["dome", "pyramidal"]), 6.0, STEEPEST) * half_width_m
    rise = np.where(shape == "flat", 0.0, np.minimum(rise, steepest))
    eaves = heights.top_m
    if not heights.to_eaves:
        rise = np.minimum(rise, ROOF_SHARE * (heights.top_m - heights.min_height_m))
        eaves = heights.top_m - rise
    return Roofs(
        eaves_m=eaves,
        rise_m=np.broadcast_to(rise, n),
        shape=shape,
        faces_deg=directions(texts(table, found.get("roof_direction"))),
        across=texts(table, found.get("roof_orientation")) == "across",
    )


def directions(words: NDArray[np.object_]) -> Float64:
    """Return degrees clockwise from the north of ``135``, ``135.0``, ``SE`` or ``south-east``; NaN for others."""
    known: dict[str, float] = {}
    for word in set(words.tolist()):
        text = str(word).strip().upper().replace("°", "")
        if text in COMPASS:
            known[word] = COMPASS.index(text) * 22.5
            continue
        try:
            known[word] = float(text.replace(",", ".")) % 360.0
        except ValueError:
            known[word] = WINDS.get(text.replace("-", ""), np.nan)
    return np.array([known[word] for word in words.tolist()], np.float64)
