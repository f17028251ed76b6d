"""Buildings of a block, one way of filling it for each character of district. Footprints only touch."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import shapely
from shapely import Polygon

from twin.synth.craft import CHARACTER_EPOCHS, Building, build, choose
from twin.synth.plane import (
    Float64,
    box_axes,
    divide,
    halves,
    largest,
    polygons_of,
    rectangle,
    side_along,
)
from twin.synth.streets import Block

Fill = Callable[[Block, np.random.Generator], Iterator[Building]]


def inset(polygon: Polygon, by_m: float) -> Polygon:
    """Return the largest polygon that is left when every side moves in by ``by_m``."""
    return largest(polygon.buffer(-by_m, join_style="mitre", mitre_limit=3.0))


def _epochs(block: Block, rng: np.random.Generator) -> Callable[[], str]:
    """Return a chooser of epochs: most buildings of a block are of one time."""
    options = CHARACTER_EPOCHS[block.character]
    usual = choose(options, rng)
    return lambda: usual if rng.random() < 0.42 else choose(options, rng)


def _wing(yard: Polygon, rng: np.random.Generator, *, share: float) -> Polygon:
    """Return a strip along one side of a yard, an empty polygon if it would be too small."""
    centre, along, long, short = box_axes(yard)
    across = np.array([-along[1], along[0]]) * (1 if rng.random() < 0.5 else -1)
    width = min(short * share, 9.0)
    at = centre + across * (short / 2 - width)
    pieces = [
        p for p in halves(yard, at, along) if (np.array(p.centroid.coords[0]) - at) @ across > 0
    ]
    strip = max(pieces, key=lambda p: p.area, default=Polygon())
    cut = (
        halves(strip, centre + along * long * rng.uniform(-0.2, 0.2), across)
        if strip.area > 260
        else [strip]
    )
    return cut[0] if cut and cut[0].area > 38 and box_axes(cut[0])[3] > 4.0 else Polygon()


def fronts(
    block: Block, rng: np.random.Generator, *, lot_m2: float, depth_m: float
) -> Iterator[Building]:
    """Fill a block from its edge: houses wall to wall along the street, low wings in the yards."""
    polygon, epoch = block.polygon, _epochs(block, rng)
    core = polygon.buffer(-depth_m, join_style="mitre", mitre_limit=3.0)
    ring = polygon.difference(core) if core.area > 60 else polygon
    base = int(rng.integers(-1, 2))
    for lot in divide(polygon, rng, area_m2=lot_m2, min_side_m=7.4):
        front = shapely.intersection(lot, ring)
        open_lot = rng.random() < (0.04 if block.character == "perimeter" else 0.05)
        for piece in polygons_of(front, min_area_m2=48.0):
            if open_lot or box_axes(piece)[3] < 4.5:
                continue
            time = epoch()
            made = build(piece, time, rng)
            if time in ("haussmann", "interwar", "postwar", "late", "recent"):
                low, high = (2, 6) if block.character == "faubourg" else (4, 8)
                floors = int(np.clip(made.storeys + base, low, high))
                made = build(piece, time, rng, storeys=floors)
            yield made
        if rng.random() > (0.3 if block.context else 0.7):
            continue
        for yard in polygons_of(lot.difference(ring), min_area_m2=130.0):
            strip = _wing(yard, rng, share=0.4)
            if strip.area > 0:
                use = "industry" if rng.random() < 0.08 else "housing"
                yield build(strip, "workshop", rng, use=use)


def perimeter(block: Block, rng: np.random.Generator) -> Iterator[Building]:
    """Fill a town block: lots of 15 to 25 metres of street, five to eight floors."""
    yield from fronts(block, rng, lot_m2=900.0 if block.context else 215.0, depth_m=12.5)


def faubourg(block: Block, rng: np.random.Generator) -> Iterator[Building]:
    """Fill an old suburb block: small lots of every age, two to six floors."""
    yield from fronts(block, rng, lot_m2=620.0 if block.context else 160.0, depth_m=9.8)


def _house(
    lot: Polygon,
    start: Float64,
    along: Float64,
    length_m: float,
    rng: np.random.Generator,
    *,
    joined: bool,
) -> Polygon:
    """Return the footprint of a house near the street side of its lot."""
    inward = np.array([-along[1], along[0]])
    room = box_axes(lot)
    deep = lot.area / max(length_m, 1.0)
    width = length_m if joined and length_m < 11.5 else min(length_m - 1.6, rng.uniform(8.2, 11.5))
    depth = min(rng.uniform(8.5, 11.5), deep - 4.0)
    if width < 5.5 or depth < 6.0 or room[3] < 6.0:
        return Polygon()
    setback = min(rng.uniform(2.0, 4.5), max(deep - depth - 2.0, 0.0))
    slide = 0.0 if joined else (length_m - width) / 2 * rng.uniform(-0.8, 0.8)
    centre = start + along * (length_m / 2 + slide) + inward * (setback + depth / 2)
    body = rectangle(centre, along, length_m=width, width_m=depth)
    kept = largest(shapely.intersection(body, lot.buffer(-0.05)))
    return kept if kept.area > 0.75 * body.area else Polygon()


def houses(block: Block, rng: np.random.Generator) -> Iterator[Building]:
    """Fill a block of houses with gardens; now and then a small block of flats."""
    joined, epoch = rng.random() < 0.45, _epochs(block, rng)
    target = 520.0 if block.context else rng.uniform(132.0, 190.0)
    edge = block.polygon.exterior
    for lot in divide(block.polygon, rng, area_m2=target, min_side_m=7.5):
        side = side_along(lot, edge)
        if side is None:
            centre, along, long, short = box_axes(lot)
            if rng.random() < 0.92 and short > 9.5 and not block.context:
                body = rectangle(
                    centre, along, length_m=min(long - 4, 10.0), width_m=min(short - 3.5, 8.5)
                )
                if lot.contains(body):
                    yield build(body, epoch(), rng, use="house")
            continue
        if lot.area > 420 and side[2] > 17 and rng.random() < 0.3:
            body = _house(lot, side[0], side[1], min(side[2], 20.0), rng, joined=True)
            grown = shapely.intersection(inset(lot, 2.5), body.buffer(3.0, join_style="mitre"))
            if largest(grown).area > 120:
                time = "late" if rng.random() < 0.5 else "recent"
                yield build(largest(grown), time, rng, storeys=int(rng.integers(3, 5)))
                continue
        body = _house(lot, *side, rng, joined=joined)
        if body.area > 34:
            yield build(body, epoch(), rng, use="house")
            if not block.context:
                yield from _shed(lot, body, rng)


def _shed(lot: Polygon, body: Polygon, rng: np.random.Generator) -> Iterator[Building]:
    """Return a garage or garden house at the far end of a lot, for three lots in five."""
    if rng.random() > 0.6:
        return
    free = inset(largest(lot.difference(body.buffer(2.0))), 0.6)
    if free.area < 30:
        return
    corners = shapely.get_coordinates(free.exterior)
    far = corners[int(np.argmax(shapely.distance(shapely.points(corners), body)))]
    _, along, _, _ = box_axes(lot)
    shed = largest(shapely.intersection(rectangle(far, along, length_m=9.0, width_m=7.0), free))
    if 14 < shed.area < 36:
        yield build(shed, "workshop", rng, use="house", storeys=1)


def slabs(block: Block, rng: np.random.Generator) -> Iterator[Building]:
    """Fill a block with parallel bars in the green, and sometimes a tower."""
    room = inset(block.polygon, 5.0)
    if room.is_empty:
        return
    centre, along, long, short = box_axes(room)
    if rng.random() < 0.35 and short > 55:
        along, long, short = np.array([-along[1], along[0]]), short, long
    across = np.array([-along[1], along[0]])
    floors, depth = int(rng.integers(5, 10)), 12.5
    step = depth + max(22.0, floors * 3.2)
    rows = max(1, int((short + step - depth) // step))
    for row in range(rows):
        shift = (row - (rows - 1) / 2) * step
        spine = centre + across * shift
        for part in polygons_of(
            shapely.intersection(room, rectangle(spine, along, length_m=long, width_m=depth))
        ):
            _, way, length, _ = box_axes(part)
            number = max(1, round(length / 58.0))
            for i in range(number):
                mid = np.array(part.centroid.coords[0]) + way * ((i + 0.5) / number - 0.5) * length
                tower = rng.random() < 0.09
                size = (24.0, 19.0) if tower else (min(length / number - 11.0, 64.0), depth)
                body = rectangle(mid, way, length_m=max(size[0], 8.0), width_m=size[1])
                kept = largest(shapely.intersection(body, room))
                if kept.area > 0.8 * body.area and kept.area > 150:
                    time = "towers" if tower else choose(CHARACTER_EPOCHS["slabs"], rng)
                    yield build(kept, time, rng, storeys=0 if tower else floors)


def modern(block: Block, rng: np.random.Generator) -> Iterator[Building]:
    """Fill a block of the last decades: buildings on the edge with gaps between, a green middle."""
    polygon = inset(block.polygon, 2.5)
    core = inset(polygon, 14.5)
    ring = polygon.difference(core) if core.area > 250 else polygon
    time, base = choose(CHARACTER_EPOCHS["modern"], rng), int(rng.integers(5, 8))
    for lot in divide(polygon, rng, area_m2=1500.0 if block.context else 850.0, min_side_m=15.0):
        for piece in polygons_of(shapely.intersection(inset(lot, 3.5), ring), min_area_m2=140.0):
            if box_axes(piece)[3] > 8.0 and rng.random() < 0.94:
                floors = base + int(rng.integers(-1, 3))
                yield build(piece, time, rng, storeys=floors)


def offices(block: Block, rng: np.random.Generator) -> Iterator[Building]:
    """Fill a block with office buildings of large footprint, some around a court."""
    time = choose(CHARACTER_EPOCHS["offices"], rng)
    base = int(rng.integers(5, 9))
    for lot in divide(inset(block.polygon, 3.0), rng, area_m2=3900.0, min_side_m=24.0):
        body = inset(lot, 5.5)
        if body.area < 350 or box_axes(body)[3] < 11:
            continue
        court = inset(body, 14.0)
        shape: Polygon = body
        if court.area > 170:
            hollow = body.difference(court)
            centre, along, long, _ = box_axes(body)
            gap = rectangle(
                centre + along * long / 2, along, length_m=long, width_m=box_axes(court)[3]
            )
            shape = largest(hollow.difference(gap)) if rng.random() < 0.7 else largest(hollow)
        yield build(shape, time, rng, use="office", storeys=base + int(rng.integers(-1, 3)))


FILLS: dict[str, Fill] = {
    "perimeter": perimeter,
    "faubourg": faubourg,
    "houses": houses,
    "slabs": slabs,
    "modern": modern,
    "offices": offices,
}
