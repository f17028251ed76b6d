"""Files in the formats that real services publish, for the demo: places along streets, JSON and CSV."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import numpy as np
import shapely

from twin.model.geoframe import transformer
from twin.synth import geography
from twin.synth.plane import chance


class Writer(Protocol):
    """Takes files of the demo."""

    def raw(self, name: str, data: bytes, rows: int) -> None:
        """Write a file."""


def lonlat(xy: Any) -> Any:
    """Return (n, 2) degrees, to a tenth of a metre, of positions in the project's CRS."""
    lon, lat = transformer(geography.CRS, "EPSG:4326").transform(*np.asarray(xy, float).T)
    return np.round(np.column_stack([lon, lat]), 6)


def along(
    lines: Any,
    count: int,
    *words: object,
    beside_m: float = 5.0,
    first: Sequence[tuple[float, float]] = (),
) -> Any:
    """Return places beside streets, spread over the town; the first of them beside the street nearest to given places.

    Parameters
    ----------
    first : sequence of (x, y)
        Short coordinates of what the stories show.
    """
    draw = chance("services", *words)
    length = shapely.length(lines)
    chosen = draw.choice(len(lines), size=count, replace=False, p=length / length.sum())
    at = draw.uniform(0.2, 0.8, count)
    points = shapely.line_interpolate_point(lines[chosen], at, normalized=True)
    for i, xy in enumerate(geography.absolute(first) if first else ()):
        place = shapely.Point(xy)
        line = lines[int(np.argmin(shapely.distance(lines, place)))]
        points[i] = shapely.line_interpolate_point(line, shapely.line_locate_point(line, place))
    return lonlat(shapely.get_coordinates(points) + draw.uniform(-beside_m, beside_m, (count, 2)))


def write_json(made: Writer, name: str, value: Any, rows: int) -> None:
    """Write a JSON file."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    made.raw(name, text.encode() + b"\n", rows)


def write_csv(made: Writer, name: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write a CSV file with the columns of its first row."""
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    made.raw(name, out.getvalue().encode(), len(rows))
