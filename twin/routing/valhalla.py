"""Asking Valhalla how far one gets: every piece of street that it reached, and when.

Its ``expansion`` (https://valhalla.github.io/valhalla/api/expansion) gives the ways themselves, where an isochrone
would give areas drawn around them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.model.geoframe import GeoFrame
from twin.progress import Progress
from twin.routing.graph_folder import graph_folder
from twin.routing.program import RoutingError, run
from twin.routing.rides import Rides
from twin.routing.start import SPEED_M_S, Mode, Start
from twin.routing.streets import Streets

COSTING = {Mode.WALK: "pedestrian", Mode.BIKE: "bicycle", Mode.TRANSIT: "multimodal"}
SAME_PLACE_M = 0.4
"""Answers are rounded to a millionth of a degree."""

Float64 = NDArray[np.float64]
Int64 = NDArray[np.int64]


def seconds_to_nodes(
    streets: Streets,
    start: Start,
    frame: GeoFrame,
    ctx: Progress,
    rides: tuple[Rides, Float64] | None = None,
) -> Float64:
    """Return how long it takes to each node, (n,), infinite where it is not reached within the limit.

    Parameters
    ----------
    rides : tuple of Rides and (s, 2)
        What runs, and where its stops are in the project's CRS; only asked for when riding.

    Raises
    ------
    RoutingError
        There is no answer.
    Cancelled
        The job was asked to stop.
    """
    riding = start.mode is Mode.TRANSIT and rides is not None
    given = (rides[0], _lonlat(rides[1], frame)) if riding and rides else None
    folder = graph_folder(streets, _lonlat(streets.nodes, frame), given, ctx)
    request = _request(start, _lonlat(np.array([start.xy]), frame)[0], riding=given is not None)
    answer = _ask(folder, request, ctx)
    xy, piece, end_s = _pieces(answer, frame)
    at_vertex_s = _along(xy, piece, end_s, SPEED_M_S[start.mode])
    return _on_nodes(streets, xy, at_vertex_s, start.most_s)


def _request(start: Start, lonlat: Float64, *, riding: bool) -> dict[str, Any]:
    costing = COSTING[start.mode] if riding or start.mode is not Mode.TRANSIT else "pedestrian"
    foot_km_h, bike_km_h = SPEED_M_S[Mode.WALK] * 3.6, SPEED_M_S[Mode.BIKE] * 3.6
    request: dict[str, Any] = {
        "locations": [{"lon": float(lonlat[0]), "lat": float(lonlat[1])}],
        "action": "isochrone",
        "costing": costing,
        "costing_options": {
            "pedestrian": {
                "walking_speed": round(foot_km_h, 2),
                "transit_start_end_max_distance": 10_000,
            },
            # Without liking or disliking: the earliest arrival is what is looked for.
            "transit": {"use_bus": 1.0, "use_rail": 1.0, "use_transfers": 1.0},
            "bicycle": {"cycling_speed": round(bike_km_h, 2), "bicycle_type": "City"},
        },
        "contours": [{"time": start.most_s / 60.0}],
        "generalize": 0,
        "expansion_properties": ["duration"],
    }
    if riding:
        minute = min(int(start.leave_s // 60), 24 * 60 - 1)
        day = date.today() + timedelta(days=1)  # noqa: DTZ011 - every day of the built graph is alike
        clock = f"{day.isoformat()}T{minute // 60:02}:{minute % 60:02}"
        request["date_time"] = {"type": 1, "value": clock}
    return request


def _ask(folder: Path, request: Mapping[str, Any], ctx: Progress) -> Any:
    with TemporaryDirectory() as scratch:
        asked = Path(scratch) / "request.json"
        asked.write_text(json.dumps(request), encoding="utf-8")
        said = run(
            "valhalla_service", [str(folder / "valhalla.json"), "expansion", str(asked)], ctx
        )
    try:
        answer = json.loads(said[said.index(b"{") :])
        features = answer["features"]
    except (ValueError, KeyError) as error:
        reason = said.decode("utf-8", "replace").strip()[-200:]
        raise RoutingError("routing.failed", "valhalla_service", reason=reason) from error
    return features


def _pieces(features: Any, frame: GeoFrame) -> tuple[Float64, Int64, Float64]:
    """Return the vertices in the project's CRS, the piece of each, and when the end of each piece is reached."""
    lines = [feature["geometry"]["coordinates"] for feature in features]
    piece = np.repeat(np.arange(len(lines)), [len(line) for line in lines])
    lonlat = np.array([place for line in lines for place in line], dtype=np.float64).reshape(-1, 2)
    xy = frame.scene_from_lonlat(lonlat) + frame.origin[:2] if len(lonlat) else lonlat
    end_s = np.array([feature["properties"]["duration"] for feature in features], dtype=np.float64)
    return xy, piece, end_s


def _along(xy: Float64, piece: Int64, end_s: Float64, speed_m_s: float) -> Float64:
    """Return when each vertex is reached: between the ends of its piece as far as it is along it."""
    if not len(end_s):
        return np.zeros(0)
    first = np.flatnonzero(np.diff(piece, prepend=-1))
    last = np.append(first[1:], len(piece)) - 1
    step = np.linalg.norm(np.diff(xy, axis=0, prepend=xy[:1]), axis=1)
    step[first] = 0.0
    along = np.cumsum(step)
    along -= along[first][piece]
    length = np.maximum(along[last], 1e-9)
    cell = np.round(xy / SAME_PLACE_M).astype(np.int64)
    _, place = np.unique(np.concatenate([cell[first], cell[last]]), axis=0, return_inverse=True)
    place = place.reshape(-1)
    earliest = np.full(place.max() + 1, np.inf)
    np.minimum.at(earliest, place[len(first) :], end_s)
    begin_s = earliest[place[: len(first)]]
    # Where one starts, in the middle of a street, nothing ends: from there it is walked or ridden.
    begin_s = np.where(np.isfinite(begin_s), begin_s, np.maximum(end_s - length / speed_m_s, 0.0))
    begin_s = np.minimum(begin_s, end_s)
    return np.asarray(begin_s[piece] + (end_s - begin_s)[piece] * along / length[piece])


def _on_nodes(streets: Streets, xy: Float64, seconds: Float64, most_s: float) -> Float64:
    found = np.full(len(streets.nodes), np.inf)
    if len(xy):
        node, away = streets.nearest(xy)
        near = (away <= SAME_PLACE_M) & (seconds <= most_s)
        np.minimum.at(found, node[near], seconds[near])
    return found


def _lonlat(xy: Float64, frame: GeoFrame) -> Float64:
    """Return degrees of places in the project's CRS; NaN stays NaN."""
    there = np.isfinite(xy).all(axis=1)
    found = np.full((len(xy), 2), np.nan)
    if there.any():
        found[there] = frame.lonlat_from_scene(xy[there] - frame.origin[:2])
    return found
