"""The Fort d'Issy: five bastions as landform and walls, streets, 18 residential buildings, school, orchard.

Facts (numbers of buildings, dwellings, inlets, area) are sourced in ``docs/demo-city.md``; the placing of
each piece is synthetic. The plan is a regular pentagon with bastions around ``FORT_CENTRE``.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import shapely
from shapely import LineString, Polygon

from twin.synth import geography
from twin.synth.plane import Float64, chaikin, largest, lines_of, rectangle

TIPS_DEG = tuple(54.0 + 72.0 * i for i in range(5))
"""Directions of the bastions from the centre, anticlockwise from east."""
CURTAINS_DEG = tuple(90.0 + 72.0 * i for i in range(5))
GATES_DEG = (90.0, 306.0, 162.0)
GATE_REACH_M = (256.0, 288.0, 284.0)
"""How far the gates' streets reach from the centre: to the streets around the Fort."""
RAMPART_WIDTH_M = 20.0
DITCH_WIDTH_M = 16.0
RING_RADIUS_M = 86.0
DWELLINGS = 1623
BUILDINGS = 18


def centre() -> Float64:
    """Return the middle of the Fort, (2,) EPSG:2154."""
    return np.asarray(geography.absolute([geography.FORT_CENTRE])[0])


def polar(radius_m: float, angle_deg: float) -> Float64:
    """Return the point at a distance and direction (anticlockwise from east) from the centre."""
    angle = np.deg2rad(angle_deg)
    return centre() + radius_m * np.array([np.cos(angle), np.sin(angle)])


@cache
def walls() -> Polygon:
    """Return the line of the ramparts: five bastions joined by curtains."""
    ring = []
    for tip in TIPS_DEG:
        ring += [
            polar(150.0, tip - 20.0),
            polar(183.0, tip - 17.5),
            polar(geography.FORT_TIP_RADIUS_M, tip),
        ]
        ring += [polar(183.0, tip + 17.5), polar(150.0, tip + 20.0)]
    return Polygon(ring)


@cache
def precinct() -> Polygon:
    """Return the whole site: walls, ditch and the foot of the glacis."""
    return walls().buffer(DITCH_WIDTH_M + 3.0, join_style="mitre", mitre_limit=1.5)


@cache
def inside() -> Polygon:
    """Return the ground inside the ramparts."""
    return walls().buffer(-RAMPART_WIDTH_M, join_style="mitre")


@cache
def entries() -> tuple[LineString, ...]:
    """Return the centre lines of the gates' streets, from the ring street outwards."""
    gates = zip(GATES_DEG, GATE_REACH_M, strict=True)
    return tuple(LineString([polar(RING_RADIUS_M, a), polar(reach, a)]) for a, reach in gates)


@cache
def ring_street() -> LineString:
    """Return the closed ring street, a rounded pentagon."""
    corners = np.array([polar(RING_RADIUS_M * 1.14, tip) for tip in TIPS_DEG])
    ring = chaikin(corners, rounds=3, closed=True)
    return LineString(np.vstack([ring, ring[:1]]))


def streets() -> list[tuple[str, str, LineString]]:
    """Return name, class and centre line of the streets and paths of the Fort."""
    found = [("Promenade du Verger", "street", ring_street())]
    names = ("Allée de la Porte Nord", "Allée de la Porte Sud", "Allée de la Porte Ouest")
    found += [(name, "street", line) for name, line in zip(names, entries(), strict=True)]
    for number, tip in enumerate(TIPS_DEG, start=1):
        path = LineString([polar(RING_RADIUS_M * 1.05, tip), polar(150.0, tip)])
        path = lines_of(path.difference(_chevron(tip).buffer(2.0)))[0]  # up to the door
        found.append((f"Allée du Bastion {number}", "path", path))
    walk = walls().buffer(-RAMPART_WIDTH_M / 2, join_style="mitre").exterior
    found.append(("Chemin de ronde", "path", LineString(walk.coords)))
    return found


def landform_m(xy: Float64, natural_m: Float64) -> Float64:
    """Return heights of the ground with ramparts, ditch and terrace worked in.

    Parameters
    ----------
    xy : (n, 2) float64
        Points in EPSG:2154.
    natural_m : (n,) float64
        Heights before the Fort was built.
    """
    points = shapely.points(xy)
    outline = walls()
    signed = shapely.distance(points, outline.exterior)
    signed = np.where(shapely.contains(outline, points), -signed, signed)
    terrace = 90.0 + 0.25 * (natural_m - 90.0)
    steps_m = (-34.0, -23.0, -7.0, 3.0, 12.0, 22.0, 46.0, 70.0)
    lift = np.interp(signed, steps_m, (0.0, 3.0, 3.0, -5.0, -5.0, 1.0, 0.0, 0.0))
    blend = np.interp(signed, (12.0, 60.0), (1.0, 0.0))
    built = blend * terrace + (1.0 - blend) * natural_m + lift
    gate = np.minimum.reduce([shapely.distance(points, line) for line in entries()])
    level = blend * terrace + (1.0 - blend) * natural_m
    return np.asarray(
        np.where(gate < 26.0, level + (built - level) * np.interp(gate, (9, 26), (0, 1)), built)
    )


def _bar(
    radius_m: float, angle_deg: float, *, shift_m: float, length_m: float, width_m: float
) -> Polygon:
    """Return a bar that looks at the centre, moved sideways by ``shift_m``."""
    turn = np.deg2rad(angle_deg + 90.0)
    along = np.array([np.cos(turn), np.sin(turn)])
    at = polar(radius_m, angle_deg) + along * shift_m
    return rectangle(at, along, length_m=length_m, width_m=width_m)


def _chevron(tip_deg: float) -> Polygon:
    """Return a bent building that follows the two faces of a bastion."""
    outer = walls().buffer(-27.0, join_style="mitre").buffer(0.01, join_style="mitre")
    inner = outer.buffer(-15.0, join_style="mitre")
    wedge = Polygon(
        [polar(128.0, tip_deg), polar(230.0, tip_deg - 19.0), polar(230.0, tip_deg + 19.0)]
    )
    return largest(shapely.intersection(outer.difference(inner), wedge))


def residences() -> list[tuple[str, str, Polygon, int]]:
    """Return French name, English name, footprint and storeys of the 18 residential buildings."""
    found: list[tuple[str, str, Polygon, int]] = []
    for number, tip in enumerate(TIPS_DEG, start=1):
        found.append((f"Bastion {number}", f"Bastion {number}", _chevron(tip), 10))
    letters = iter("ABCDEFGHIJ")
    for angle in CURTAINS_DEG:
        for shift in (-34.0, 34.0):
            letter = next(letters)
            bar = _bar(114.0, angle, shift_m=shift, length_m=44.0, width_m=17.0)
            found.append((f"Belvédère {letter}", f"Belvedere {letter}", bar, 8))
    for number, (angle, radius) in enumerate(
        ((196.0, 46.0), (232.0, 46.0), (268.0, 46.0)), start=1
    ):
        villa = _bar(radius, angle, shift_m=0.0, length_m=21.0, width_m=20.0)
        found.append((f"Villa {number}", f"Villa {number}", villa, 6))
    return found


def dwellings(footprints: list[tuple[str, str, Polygon, int]]) -> list[int]:
    """Share the 1,623 dwellings out by floor area; the sum is exact."""
    floor = np.array([polygon.area * storeys for _, _, polygon, storeys in footprints])
    share = DWELLINGS * floor / floor.sum()
    whole = np.floor(share).astype(int)
    for i in np.argsort(whole - share)[: DWELLINGS - int(whole.sum())]:
        whole[i] += 1
    return [int(n) for n in whole]


def school() -> Polygon:
    """Return the footprint of the Louise Michel school, about 5,241 square metres on three floors."""
    base = _bar(60.0, 90.0, shift_m=0.0, length_m=60.0, width_m=16.0)
    west = _bar(47.7, 90.0, shift_m=22.0, length_m=16.0, width_m=40.6)
    east = _bar(47.7, 90.0, shift_m=-22.0, length_m=16.0, width_m=40.6)
    return largest(shapely.union_all([west, base, east]).simplify(0.01))


def plant() -> Float64:
    """Return where the plant room is: under the school."""
    return polar(60.0, 90.0)


def cherry_time() -> Polygon:
    """Return the footprint of Le Temps des Cerises, in the old barracks by the north-east bastion."""
    return _bar(56.0, 12.0, shift_m=0.0, length_m=34.0, width_m=12.0)


def orchard() -> Polygon:
    """Return the ground of the orchard, west of the centre."""
    arc = [polar(70.0, a) for a in np.arange(128.0, 186.0, 8.0)]
    return Polygon([polar(10.0, 160.0), *arc])


def parvis() -> Polygon:
    """Return the paved square in the middle."""
    return Polygon(chaikin([polar(24.0, a) for a in (0, 90, 180, 270)], rounds=3, closed=True))
