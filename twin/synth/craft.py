"""What a building of a given time looks like: storeys, walls, roof, year, use. Plausible, not surveyed."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import shapely
from shapely import Polygon


@dataclass(frozen=True, eq=False, kw_only=True)
class Building:
    """One building with its attributes; ``height_m`` is from the ground to the eaves."""

    polygon: Polygon
    use: str
    storeys: int
    height_m: float
    year: int
    wall: str
    roof_shape: str = "flat"
    roof_height_m: float = 0.0
    roof: str = "gravel"
    dwellings: int = 0
    name_fr: str = ""
    name_en: str = ""
    district: str = ""
    context: bool = False
    source: str = ""


@dataclass(frozen=True)
class Epoch:
    """A way of building: years, storeys, storey height, and weighted choices of wall and roof."""

    years: tuple[int, int]
    storeys: tuple[int, int]
    storey_m: float
    walls: tuple[tuple[str, float], ...]
    roofs: tuple[tuple[str, float], ...]
    rise_m: tuple[float, float] = (0.0, 0.0)
    cover: str = "gravel"


EPOCHS = {
    "village": Epoch(
        (1850, 1895), (2, 3), 2.9, (("stone", 0.8), ("brick", 0.2)),
        (("gabled", 0.85), ("hipped", 0.15)), (1.8, 3.0), "tile",
    ),
    "haussmann": Epoch(
        (1880, 1914), (4, 6), 3.2, (("stone", 0.75), ("brick", 0.25)),
        (("mansard", 0.8), ("hipped", 0.2)), (2.8, 3.6), "zinc",
    ),
    "interwar": Epoch(
        (1920, 1939), (4, 7), 2.95, (("brick", 0.65), ("stone", 0.25), ("concrete", 0.1)),
        (("flat", 0.5), ("mansard", 0.35), ("hipped", 0.15)), (2.2, 3.0), "zinc",
    ),
    "postwar": Epoch((1955, 1977), (5, 9), 2.75, (("concrete", 0.85), ("brick", 0.15)), (("flat", 1.0),)),
    "late": Epoch(
        (1980, 2005), (5, 7), 2.8, (("concrete", 0.6), ("brick", 0.2), ("stone", 0.2)),
        (("flat", 0.65), ("mansard", 0.35)), (2.4, 3.0), "zinc",
    ),
    "recent": Epoch(
        (2006, 2024), (6, 8), 2.85, (("concrete", 0.6), ("stone", 0.2), ("timber", 0.2)), (("flat", 1.0),),
    ),
    "cottage": Epoch(
        (1890, 1936), (2, 2), 3.0, (("millstone", 0.75), ("brick", 0.25)),
        (("hipped", 0.35), ("gabled", 0.55), ("pyramidal", 0.1)), (2.4, 3.6), "tile",
    ),
    "pavilion": Epoch(
        (1935, 1978), (1, 2), 2.7, (("concrete", 0.6), ("brick", 0.2), ("millstone", 0.2)),
        (("gabled", 0.8), ("hipped", 0.2)), (1.6, 2.6), "tile",
    ),
    "infill": Epoch(
        (1992, 2023), (2, 3), 2.8, (("timber", 0.4), ("concrete", 0.6)),
        (("flat", 0.75), ("gabled", 0.25)), (1.5, 2.2), "zinc",
    ),
    "towers": Epoch((1968, 1978), (13, 17), 2.75, (("concrete", 1.0),), (("flat", 1.0),)),
    "offices_old": Epoch((1975, 2000), (5, 8), 3.5, (("concrete", 0.4), ("glass", 0.6)), (("flat", 1.0),)),
    "offices_new": Epoch(
        (2001, 2022), (6, 9), 3.7, (("glass", 0.8), ("concrete", 0.1), ("timber", 0.1)), (("flat", 1.0),),
    ),
    "workshop": Epoch(
        (1880, 1960), (1, 2), 3.6, (("brick", 0.6), ("concrete", 0.4)),
        (("gabled", 0.5), ("flat", 0.5)), (1.4, 2.2), "zinc",
    ),
    "school_old": Epoch(
        (1880, 1935), (2, 3), 3.7, (("brick", 0.6), ("stone", 0.4)),
        (("hipped", 0.7), ("flat", 0.3)), (2.4, 3.2), "tile",
    ),
    "school_new": Epoch((1960, 2015), (2, 3), 3.5, (("concrete", 0.7), ("timber", 0.3)), (("flat", 1.0),)),
}  # fmt: skip

CHARACTER_EPOCHS: dict[str, tuple[tuple[str, float], ...]] = {
    "perimeter": (
        ("haussmann", 0.28), ("interwar", 0.25), ("postwar", 0.17), ("late", 0.16), ("recent", 0.09),
        ("village", 0.05),
    ),
    "faubourg": (
        ("village", 0.36), ("haussmann", 0.1), ("interwar", 0.17), ("postwar", 0.08), ("late", 0.12),
        ("recent", 0.09), ("infill", 0.08),
    ),
    "houses": (("cottage", 0.5), ("pavilion", 0.32), ("infill", 0.1), ("village", 0.08)),
    "modern": (("late", 0.55), ("recent", 0.45)),
    "slabs": (("postwar", 0.85), ("late", 0.15)),
    "offices": (("offices_old", 0.35), ("offices_new", 0.65)),
}  # fmt: skip


def choose(options: tuple[tuple[str, float], ...], rng: np.random.Generator) -> str:
    """Return one of weighted options."""
    weights = np.array([weight for _, weight in options])
    index = np.searchsorted(np.cumsum(weights / weights.sum()), rng.random(), side="right")
    return options[min(int(index), len(options) - 1)][0]


def is_rectangle(polygon: Polygon) -> bool:
    """Whether a pitched roof fits: four corners, nearly square."""
    if len(polygon.interiors) or len(shapely.simplify(polygon, 0.4).exterior.coords) != 5:
        return False
    return bool(polygon.area > 0.86 * shapely.minimum_rotated_rectangle(polygon).area)


def build(
    polygon: Polygon,
    epoch: str,
    rng: np.random.Generator,
    *,
    use: str = "housing",
    storeys: int = 0,
) -> Building:
    """Return a building of an epoch on a footprint.

    Parameters
    ----------
    epoch : str
        A key of ``EPOCHS``.
    storeys : int
        Given number of floors; 0: drawn from the epoch.
    """
    way = EPOCHS[epoch]
    floors = storeys or int(rng.integers(way.storeys[0], way.storeys[1] + 1))
    shape = choose(way.roofs, rng)
    if shape in ("gabled", "hipped", "pyramidal") and not is_rectangle(polygon):
        shape = "mansard" if way.cover == "zinc" and floors > 3 else "flat"
    rise = 0.0 if shape == "flat" else round(float(rng.uniform(*way.rise_m)), 1)
    height = floors * way.storey_m + (0.9 if shape == "flat" else 0.4) + rng.uniform(-0.3, 0.5)
    year = int(rng.integers(way.years[0], way.years[1] + 1))
    wall = choose(way.walls, rng)
    green = shape == "flat" and year >= 2006 and rng.random() < 0.5
    flat_cover = "green" if green else "gravel"
    return Building(
        polygon=polygon, use=use, storeys=floors, height_m=round(height, 1), year=year, wall=wall,
        roof_shape=shape, roof_height_m=rise, roof=flat_cover if shape == "flat" else way.cover,
        dwellings=homes(polygon.area, floors, use),
    )  # fmt: skip


def homes(area_m2: float, storeys: int, use: str) -> int:
    """Return a plausible number of dwellings: one a house, else 78 % of the floors in flats of 70 m2."""
    if use == "house":
        return 1
    return max(1, round(area_m2 * storeys * 0.78 / 70.0)) if use == "housing" else 0


def energy_label(year: int, rng: np.random.Generator) -> str:
    """Return a simulated energy class: newer is better, with chance."""
    level = np.interp(
        year, (1850, 1948, 1974, 1990, 2006, 2013, 2024), (4.6, 4.7, 4.9, 3.6, 2.4, 1.2, 0.5)
    )
    return "ABCDEFG"[int(np.clip(round(level + rng.normal(0.0, 0.9)), 0, 6))]


def placed(building: Building, *, district: str, context: bool) -> Building:
    """Return a building with where it stands."""
    return replace(building, district=district, context=context)
