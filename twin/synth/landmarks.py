"""Buildings that people know by name: their rough shapes, and the plots that streets leave to them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import numpy as np
from shapely import MultiPolygon, Polygon

from twin.synth import geography, places
from twin.synth.craft import Building
from twin.synth.plane import Float64, largest, minus, rectangle, union_of

PLOT_M = 7.0


def turned(at: tuple[float, float], heading_deg: float, size: tuple[float, float]) -> Polygon:
    """Return a rectangle at short coordinates, turned from east; ``size`` along and across in metres."""
    turn = np.deg2rad(heading_deg)
    along = np.array([np.cos(turn), np.sin(turn)])
    return rectangle(geography.absolute([at])[0], along, length_m=size[0], width_m=size[1])


def _landmark_parts(mark: places.Landmark) -> Iterator[tuple[Polygon, float, str, float]]:
    """Yield footprint, height, roof shape and rise of each part of a landmark."""
    length, width, turn = mark.length_m, mark.width_m, np.deg2rad(mark.heading_deg)
    along = np.array([np.cos(turn), np.sin(turn)])
    centre = geography.absolute([mark.at])[0]
    body = turned(mark.at, mark.heading_deg, (length, width))
    if mark.shape == "church":
        tower = rectangle(centre - along * (length / 2 - 4), along, length_m=8.0, width_m=8.0)
        yield tower, mark.height_m + 12.0, "pyramidal", 11.0
        nave = rectangle(centre + along * 4, along, length_m=length - 8.0, width_m=width * 0.6)
        yield nave, mark.height_m, "gabled", 6.0
    elif mark.shape == "town_hall":
        yield from _pavilions(centre, along, mark)
    elif mark.shape == "court":
        wings = largest(minus(body, body.buffer(-13.0, join_style="mitre")))
        yield wings, mark.height_m, "mansard", 3.5
    elif mark.shape == "tower":
        around = body.buffer(9.0, join_style="mitre")
        podium = largest(minus(around, body.buffer(0.1, join_style="mitre")))
        yield body, mark.height_m, "flat", 0.0
        yield podium, 11.0, "flat", 0.0
    else:
        yield body, mark.height_m, "hipped" if mark.shape == "hall" else "flat", 4.0


def _pavilions(
    centre: Float64, along: Float64, mark: places.Landmark
) -> Iterator[tuple[Polygon, float, str, float]]:
    """Yield the parts of a town hall: a middle with a lantern, two wings, two pavilions at the ends."""
    lengths = (
        (-0.42, 0.16, 3.0),
        (-0.22, 0.24, 0.0),
        (0.0, 0.2, 4.0),
        (0.22, 0.24, 0.0),
        (0.42, 0.16, 3.0),
    )
    for at, share, extra in lengths:
        wide = mark.width_m + (3.0 if extra else 0.0)
        part = rectangle(
            centre + along * at * mark.length_m, along, length_m=share * mark.length_m, width_m=wide
        )
        if extra == 4.0:
            lantern = rectangle(centre, along, length_m=4.4, width_m=4.4)
            yield largest(minus(part, lantern)), mark.height_m + extra, "mansard", 3.0
            yield lantern, mark.height_m + extra + 9.0, "pyramidal", 5.0
        else:
            yield (
                part,
                mark.height_m + extra / 2,
                "mansard" if extra else "hipped",
                4.0 if extra else 5.0,
            )


def landmarks() -> list[Building]:
    """Return the buildings that people know by name; shape and place are rough."""
    found = []
    for mark in places.LANDMARKS:
        for polygon, height, shape, rise in _landmark_parts(mark):
            named = height >= mark.height_m
            floors = mark.storeys if named else max(1, int(height / 3.5))
            found.append(
                Building(
                    polygon=polygon, use=mark.use, storeys=floors, height_m=height, year=mark.year,
                    wall=mark.wall, roof_shape=shape, roof_height_m=0.0 if shape == "flat" else rise,
                    roof="slate" if shape != "flat" else "gravel", name_fr=mark.name_fr if named else "",
                    name_en=mark.name_en if named else "", district="landmark", source="rough shape, synthetic",
                )
            )  # fmt: skip
    return found


@cache
def plots() -> Polygon | MultiPolygon:
    """Return the ground of the landmarks: no street and no other building enters it."""
    return union_of(made.polygon.buffer(PLOT_M, join_style="mitre") for made in landmarks())
