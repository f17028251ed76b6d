"""Geometry of GML 2, 3.1 and 3.2 as rings of coordinates: polygons, surfaces, solids, curves and points."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

Ring = NDArray[np.float64]

_PATCHES = {"Polygon", "Triangle", "Rectangle", "PolygonPatch"}
_CURVES = {"LineString", "LineStringSegment", "Curve", "LinearRing"}
_HREF = "{http://www.w3.org/1999/xlink}href"
_MOST_DEEP = 60


def local(element: Any) -> str:
    """Return the name of an element without its namespace; empty for comments."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def href(element: Any) -> str:
    """Return what an element refers to, empty for nothing."""
    return str(element.get(_HREF, ""))


def gml_id(element: Any) -> str:
    """Return ``gml:id`` of GML 3, whatever the version of its namespace."""
    for name, value in element.attrib.items():
        if name.endswith("}id") and "gml" in name:
            return str(value)
    return ""


@dataclass(frozen=True, eq=False)
class Patch:
    """One flat surface: rings (k, 3) without the repeated corner, the outer one first.

    ``ids`` are those of the polygon and of what it is part of, ``ring_ids`` of its rings: appearances name
    one or the other. ``flipped`` surfaces are turned round.
    """

    rings: list[Ring]
    ids: tuple[str, ...]
    ring_ids: tuple[str, ...] = ()
    flipped: bool = False


@dataclass
class Shapes:
    """What a geometry property holds."""

    patches: list[Patch] = field(default_factory=list)
    lines: list[Ring] = field(default_factory=list)
    points: list[Ring] = field(default_factory=list)
    links: list[tuple[str, bool]] = field(default_factory=list)
    bad: int = 0


def shapes_of(element: Any, dimension: int = 3) -> Shapes:
    """Return all shapes below an element of GML; references are listed, not followed."""
    found = Shapes()
    _walk(element, found, (), dimension, flipped=False, depth=0)
    return found


def _walk(
    element: Any, found: Shapes, ids: tuple[str, ...], dimension: int, *, flipped: bool, depth: int
) -> None:
    name = local(element)
    if not name or depth > _MOST_DEEP:
        return
    dimension = _dimension(element, dimension)
    target = href(element)
    if target and not len(element):
        if name[0].islower():
            found.links.append((target.rpartition("#")[2], flipped))
        return
    own = gml_id(element)
    ids = (own, *ids) if own else ids
    take = _TAKERS.get(name)
    if take is not None:
        try:
            take(element, found, ids, dimension, flipped)
        except (ValueError, TypeError):
            found.bad += 1
        return
    if name == "OrientableSurface" and element.get("orientation") == "-":
        flipped = not flipped
    for child in element:
        _walk(child, found, ids, dimension, flipped=flipped, depth=depth + 1)


def _patch(element: Any, found: Shapes, ids: tuple[str, ...], dimension: int, flipped: int) -> None:
    rings, names = [], []
    for part in element:
        if local(part) not in {"exterior", "interior", "outerBoundaryIs", "innerBoundaryIs"}:
            continue
        for ring in part:
            corners = coordinates(ring, dimension)
            if len(corners) > 1 and np.array_equal(corners[0], corners[-1]):
                corners = corners[:-1]
            if len(corners) >= 3:
                rings.append(corners)
                names.append(gml_id(ring))
            elif not rings:
                raise ValueError("an outer ring needs three corners")
    if not rings:
        raise ValueError("no ring")
    found.patches.append(Patch(rings, ids, tuple(names), bool(flipped)))


def _curve(element: Any, found: Shapes, ids: tuple[str, ...], dimension: int, flipped: int) -> None:
    del ids, flipped
    line = coordinates(element, dimension)
    if len(line) < 2:
        raise ValueError("a line needs two corners")
    found.lines.append(line)


def _point(element: Any, found: Shapes, ids: tuple[str, ...], dimension: int, flipped: int) -> None:
    del ids, flipped
    found.points.append(coordinates(element, dimension)[:1])


_Taker = Callable[[Any, Shapes, tuple[str, ...], int, int], None]
_TAKERS: dict[str, _Taker] = {
    **dict.fromkeys(_PATCHES, _patch),
    **dict.fromkeys(_CURVES, _curve),
    "Point": _point,
}


def _dimension(element: Any, inherited: int) -> int:
    text = element.get("srsDimension") or element.get("dimension")
    return int(text) if text in {"2", "3"} else inherited


def coordinates(element: Any, dimension: int) -> Ring:
    """Return (k, 3) of all positions below an element, in its order; z is NaN where there is none.

    Understood are ``posList``, ``pos``, and of GML 2 ``coordinates`` and ``coord``.

    Raises
    ------
    ValueError
        A text is no list of numbers, or does not divide by its dimension.
    """
    parts = [part for found in _positions(element, dimension) if len(part := found)]
    return np.concatenate(parts) if parts else np.empty((0, 3))


def _positions(element: Any, dimension: int) -> Iterator[Ring]:
    for item in element.iter():
        name = local(item)
        if name == "posList":
            yield _numbers(item.text, _own_dimension(item, element, dimension))
        elif name == "pos":
            values = _floats((item.text or "").split())
            yield _numbers_of(values, 2 if len(values) == 2 else 3)
        elif name == "coordinates":
            yield _tuples(item)
        elif name == "coord":
            yield _coord(item)


def _coord(item: Any) -> Ring:
    """One position as three elements (GML 2, ``X``, ``Y`` and where there is one ``Z``)."""
    told = {local(part): part.text or "" for part in item}
    return _numbers_of(
        _floats([told[axis] for axis in "XYZ" if axis in told]), 3 if "Z" in told else 2
    )


def _own_dimension(item: Any, root: Any, inherited: int) -> int:
    while item is not None:
        text = item.get("srsDimension") or item.get("dimension")
        if text in {"2", "3"}:
            return int(text)
        if item is root:
            break
        item = item.getparent()
    return inherited


def _numbers(text: str | None, dimension: int) -> Ring:
    values = _floats((text or "").split())
    if len(values) % dimension and len(values) % (5 - dimension) == 0:
        dimension = 5 - dimension  # 3 was said by default, but there are pairs
    return _numbers_of(values, dimension)


def _floats(words: list[str]) -> NDArray[np.float64]:
    return np.array(words, dtype=np.float64)


def _numbers_of(values: NDArray[np.float64], dimension: int) -> Ring:
    if len(values) % dimension:
        raise ValueError("the numbers do not divide")
    rows = values.reshape(-1, dimension)
    return rows if dimension == 3 else np.column_stack([rows, np.full(len(rows), np.nan)])


def _tuples(item: Any) -> Ring:
    """GML 2: ``1.0,2.0 3.0,4.0`` with separators of one's own choice."""
    decimal, comma, space = item.get("decimal", "."), item.get("cs", ","), item.get("ts", " ")
    text = (item.text or "").strip()
    groups = text.split() if space.isspace() or not space else text.split(space)
    rows = [
        _floats([word.replace(decimal, ".") for word in group.split(comma or ",")])
        for group in groups
        if group.strip()
    ]
    if not rows or len({len(row) for row in rows}) != 1 or len(rows[0]) not in {2, 3}:
        raise ValueError("no tuples")
    return _numbers_of(np.concatenate(rows), len(rows[0]))
