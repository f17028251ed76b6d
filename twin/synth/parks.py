"""What lies inside parks and other sites: paths, lawns' edges, pitches and tracks, landing pads."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import shapely
from shapely import LineString, MultiPolygon, Point, Polygon
from shapely.geometry.base import BaseGeometry

from twin.synth.plane import (
    Float64,
    box_axes,
    chaikin,
    largest,
    lines_of,
    minus,
    polygons_of,
    rectangle,
    union_of,
)

PATH_M = 3.0
PITCH_M = ((100.0, 64.0), (60.0, 40.0), (36.0, 18.0))
Area = Polygon | MultiPolygon


def features(kind: str, polygon: Area) -> Iterator[tuple[str, BaseGeometry]]:
    """Yield kinds and shapes that lie on a site; shapes of one site do not overlap."""
    if kind in ("park", "garden", "hospital"):
        yield "path", union_of(_paths(part) for part in polygons_of(polygon, min_area_m2=1500.0))
    elif kind == "cemetery":
        yield "path", union_of(_aisles(part) for part in polygons_of(polygon))
    elif kind == "sport":
        pitches = [pitch for part in polygons_of(polygon) for pitch in _pitches(part)]
        large = [p for p in pitches if p.area > 5000]
        rest = [p for p in pitches if p.area <= 5000]
        tracks = union_of(_track(pitch) for pitch in large[:1])
        yield "track", tracks.intersection(polygon).difference(union_of(pitches))
        yield "pitch", union_of(large + [p for p in rest if p.area > 1000])
        yield "court", union_of(p for p in rest if p.area <= 1000)
    elif kind == "heliport":
        yield from _pads(polygon)
    elif kind == "square":
        yield from _parterres(largest(polygon))


def _curve(points: Float64) -> LineString:
    return LineString(chaikin(points, rounds=3))


def _paths(part: Polygon) -> BaseGeometry:
    """Return a walk round a park and two winding ones through it."""
    centre, along, long, short = box_axes(part)
    across = np.array([-along[1], along[0]])
    walks: list[BaseGeometry] = [
        LineString(piece.exterior.coords)
        for piece in polygons_of(part.buffer(-8.0).buffer(-6.0).buffer(6.0))
    ]
    bends = [(-0.55, -0.2), (-0.25, 0.22), (0.0, -0.12), (0.28, 0.2), (0.55, -0.15)]
    walks.append(
        _curve(np.array([centre + along * u * long + across * v * short for u, v in bends]))
    )
    turns = [(-0.12, -0.6), (0.1, -0.2), (-0.08, 0.15), (0.14, 0.6)]
    for shift in (0.0,) if long < 2.2 * short else (-0.28, 0.0, 0.28):
        points = [
            centre + along * (u * short + shift * long) + across * v * short for u, v in turns
        ]
        walks.append(_curve(np.array(points)))
    paved = union_of(walk.buffer(PATH_M / 2, quad_segs=2) for walk in walks).intersection(part)
    return shapely.simplify(paved, 0.25)


def _aisles(part: Polygon) -> BaseGeometry:
    """Return the straight aisles of a cemetery."""
    centre, along, long, short = box_axes(part)
    across = np.array([-along[1], along[0]])
    lines = []
    for way, reach, size, step in ((along, long, short, 30.0), (across, short, long, 42.0)):
        side = np.array([-way[1], way[0]])
        for shift in np.arange(-size / 2 + step / 2, size / 2, step):
            mid = centre + side * shift
            lines += lines_of(
                shapely.intersection(part, LineString([mid - way * reach, mid + way * reach]))
            )
    return union_of(line.buffer(1.5, cap_style="flat") for line in lines).intersection(part)


def _pitches(part: Polygon) -> Iterator[Polygon]:
    """Yield playing fields in rows, the large ones first, as many as fit."""
    free: Area = part.buffer(-9.0)
    _, along, _, _ = box_axes(part)
    across = np.array([-along[1], along[0]])
    for long, short in PITCH_M:
        if free.is_empty:
            return
        number = 0
        spots = (
            np.array(np.meshgrid(np.arange(-700, 700, 11.0), np.arange(-700, 700, 11.0)))
            .reshape(2, -1)
            .T
        )
        middle = np.array(part.centroid.coords[0])
        order = np.argsort(np.hypot(spots[:, 0], spots[:, 1]), kind="stable")
        shapely.prepare(free)
        for u, v in spots[order]:
            at = middle + along * u + across * v
            if number == 4 or not free.contains(Point(at)):
                continue
            pitch = rectangle(at, along, length_m=long, width_m=short)
            if free.contains(pitch):
                number += 1
                yield pitch
                margin = 17.0 if number == 1 and long > 90 else 5.0
                free = minus(free, pitch.buffer(margin))
                shapely.prepare(free)
                if free.is_empty:
                    return


def _track(pitch: Polygon) -> BaseGeometry:
    """Return the running track round a pitch."""
    return pitch.buffer(14.0).difference(pitch.buffer(6.5))


def _pads(polygon: Area) -> Iterator[tuple[str, BaseGeometry]]:
    """Yield the strip and landing circles of a heliport."""
    part = largest(polygon)
    centre, along, long, _ = box_axes(part.buffer(-30.0))
    strip = rectangle(centre, along, length_m=0.62 * long, width_m=34.0).intersection(part)
    spots = [centre + along * s * 0.62 * long for s in (-0.4, 0.0, 0.4)]
    circles = union_of(Point(spot).buffer(11.0, quad_segs=8) for spot in spots)
    yield "apron", strip.difference(circles)
    yield "pad", circles.intersection(part)


def _parterres(part: Polygon) -> Iterator[tuple[str, BaseGeometry]]:
    """Yield a basin in the middle of a square and beds of flowers beside it."""
    room = part.buffer(-9.0)
    centre, along, long, short = box_axes(part)
    if room.area < 700.0 or not room.contains(Point(centre)):
        return
    basin = Point(centre).buffer(min(5.0, short / 9), quad_segs=6)
    across = np.array([-along[1], along[0]])
    beds = [
        rectangle(
            centre + along * u * long * 0.24 + across * v * short * 0.17,
            along,
            length_m=long * 0.26,
            width_m=short * 0.14,
        )
        for u in (-1.0, 1.0)
        for v in (-1.0, 1.0)
    ]
    yield "basin", basin
    yield "parterre", minus(union_of(beds).intersection(room), basin.buffer(2.0))
