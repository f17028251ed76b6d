"""Coordinates that a server sends in the order of its CRS, where GeoJSON has east before north."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

Box = tuple[float, float, float, float]


def exchanged(features: Sequence[Mapping[str, Any]], box: Box) -> bool:
    """Whether positions lie in the box that was asked for only with their axes exchanged.

    Parameters
    ----------
    features : sequence of GeoJSON features
        Those of the first page; a position of each is looked at.
    box : x_min, y_min, x_max, y_max
    """
    wide, high = box[2] - box[0], box[3] - box[1]
    near = (box[0] - wide, box[1] - high, box[2] + wide, box[3] + high)
    places = [next(_positions(f.get("geometry")), None) for f in features]
    known = [place for place in places if place is not None]
    straight = sum(_inside(x, y, near) for x, y in known)
    turned = sum(_inside(y, x, near) for x, y in known)
    return turned > straight and straight == 0


def put_right(feature: Mapping[str, Any]) -> dict[str, Any]:
    """Return a feature with the axes of its geometry exchanged."""
    return {**feature, "geometry": _turned(feature.get("geometry"))}


def _turned(value: Any) -> Any:
    if isinstance(value, Mapping):
        named = ("coordinates", "geometries")
        return {key: _turned(part) if key in named else part for key, part in value.items()}
    if _is_position(value):
        return [value[1], value[0], *value[2:]]
    return [_turned(part) for part in value] if isinstance(value, list) else value


def _positions(value: Any) -> Iterator[tuple[float, float]]:
    if isinstance(value, Mapping):
        for key in ("coordinates", "geometries"):
            yield from _positions(value.get(key))
    elif _is_position(value):
        yield float(value[0]), float(value[1])
    elif isinstance(value, list):
        for part in value:
            yield from _positions(part)


def _is_position(value: Any) -> bool:
    return (
        isinstance(value, list)
        and len(value) >= 2
        and all(isinstance(number, int | float) for number in value)
    )


def _inside(x: float, y: float, box: Box) -> bool:
    return box[0] <= x <= box[2] and box[1] <= y <= box[3]
