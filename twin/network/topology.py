"""Plain lines into a network: ends that nearly meet are joined, T-junctions cut, crossings left apart.

Most cities only have drawings: no ids at the ends, gaps of centimetres, branches that end on the middle of a main.
Two lines that merely cross are not joined: one passes below the other. What was done is counted and reported.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from numpy.typing import NDArray

from twin.problems import Problem, Severity

if TYPE_CHECKING:
    import geopandas as gpd

SNAP_M = 0.5
"""Ends nearer than this are one node."""
DEVICE_REACH_M = 5.0
"""How far a point may lie from the line that it hangs on."""
AT_NODE = "at_node"
"""Column of points: the node that they hang on, where several hang on one."""
APART_M = 0.8
"""Ends whose heights differ by more than this do not meet."""


def joined(
    frame: gpd.GeoDataFrame, lines: NDArray[np.bool_], *, snap_m: float = SNAP_M
) -> tuple[gpd.GeoDataFrame, list[Problem]]:
    """Return the table with ``from_node`` and ``to_node`` for every line, cut where others end on it.

    Parameters
    ----------
    frame : GeoDataFrame
        Lines and points in a metric CRS.
    lines : (n,) bool
        Which rows are lines.
    snap_m : float
        See :data:`SNAP_M`.

    Returns
    -------
    (table, problems)
        Parts of a line that was cut are called ``id#1``, ``id#2``. Points near a line keep their id as node.
    """
    import pandas as pd

    shapes, row = shapely.get_parts(frame.geometry.to_numpy()[lines], return_index=True)
    row = np.flatnonzero(lines)[row]
    real = ~shapely.is_empty(shapes) & (shapely.length(shapes) > 0)
    shapes, row = shapes[real], row[real]
    points = np.flatnonzero(shapely.get_type_id(frame.geometry.to_numpy()) == 0)
    at = frame.geometry.to_numpy()[points]
    pieces, origin, cuts = _cut(shapes, at, snap_m)
    row = row[origin]
    node, xy, snapped = _snapped(pieces, snap_m)
    names = np.array([f"n{i}" for i in range(len(xy))], dtype=object)
    names, places = _named(names, xy, at, frame["feature_id"].to_numpy(object)[points])
    table = frame.iloc[row].reset_index(drop=True)
    table = table.set_geometry(pieces, crs=frame.crs)
    table["feature_id"] = _piece_ids(frame["feature_id"].to_numpy(object)[row])
    table["from_node"], table["to_node"] = names[node[0]], names[node[1]]
    _share_length(table, row)
    rest = frame.iloc[points].copy()
    rest[AT_NODE] = places
    lost = int((places == "").sum())
    made = pd.concat([table, rest], ignore_index=True)
    crossing = _crossings(pieces)
    return made, _told(snapped, cuts, crossing, lost)


def _share_length(table: gpd.GeoDataFrame, row: NDArray[np.intp]) -> None:
    """Give the parts of a line that was cut their share of the length that is stated of the whole, in place."""
    if "length_m" not in table:
        return
    drawn = shapely.length(table.geometry.to_numpy())
    whole = np.bincount(row, weights=drawn)[row]
    share = np.divide(drawn, whole, out=np.ones_like(drawn), where=whole > 0)
    table["length_m"] = table["length_m"].astype("float64") * share


def _told(snapped: int, cuts: int, crossing: int, lost: int) -> list[Problem]:
    counted = (
        ("network.ends_joined", snapped),
        ("network.lines_cut", cuts),
        ("network.crossings_apart", crossing),
        ("network.devices_apart", lost),
    )
    return [Problem(key, "", {"count": n}, Severity.INFO) for key, n in counted if n]


def _cut(
    shapes: NDArray[Any], devices: NDArray[Any], snap_m: float
) -> tuple[NDArray[Any], NDArray[np.intp], int]:
    """Cut every line where another one ends on its middle, or where a device stands."""
    tree = shapely.STRtree(shapes)
    ends = np.concatenate([shapely.get_point(shapes, 0), shapely.get_point(shapes, -1)])
    own = np.tile(np.arange(len(shapes)), 2)
    probe, reach = tree.query(ends, predicate="dwithin", distance=snap_m)
    other = own[probe] != reach
    place, line = ends[probe[other]], reach[other]
    if len(devices):
        near = tree.query_nearest(devices, max_distance=DEVICE_REACH_M, all_matches=False)
        place, line = np.append(place, devices[near[0]]), np.append(line, near[1])
    along = shapely.line_locate_point(shapely.force_2d(shapes[line]), shapely.force_2d(place))
    length = shapely.length(shapes[line])
    foot = shapely.line_interpolate_point(shapes[line], along)
    low, high = shapely.get_z(foot), shapely.get_z(place)
    level = ~(np.isfinite(low) & np.isfinite(high) & (np.abs(low - high) > APART_M))
    level[int(other.sum()) :] = True  # a device stands on the ground above its line
    inner = (along > snap_m) & (along < length - snap_m) & level
    by_line: dict[int, list[float]] = {}
    for i, d in zip(line[inner].tolist(), along[inner].tolist(), strict=True):
        if all(abs(d - e) > snap_m for e in by_line.setdefault(i, [])):
            by_line[i].append(d)
    pieces: list[Any] = []
    origin: list[int] = []
    for i, shape in enumerate(shapes):
        parts = _parts(shape, sorted(by_line.get(i, [])))
        pieces += parts
        origin += [i] * len(parts)
    made = np.empty(len(pieces), dtype=object)
    made[:] = pieces
    return made, np.array(origin, np.intp), sum(map(len, by_line.values()))


def _parts(shape: Any, places: list[float]) -> list[Any]:
    from shapely.ops import substring

    if not places:
        return [shape]
    bounds = [0.0, *places, shape.length]
    return [substring(shape, a, b) for a, b in pairwise(bounds)]


def _snapped(
    pieces: NDArray[Any], snap_m: float
) -> tuple[tuple[NDArray[np.intp], NDArray[np.intp]], NDArray[np.float64], int]:
    """Return the node at both ends of each piece, the places of the nodes, and how many ends were moved."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components
    from scipy.spatial import cKDTree

    ends = np.concatenate([shapely.get_point(pieces, 0), shapely.get_point(pieces, -1)])
    xyz = shapely.get_coordinates(ends, include_z=True)
    pairs = cKDTree(xyz[:, :2]).query_pairs(snap_m, output_type="ndarray")
    if len(pairs):
        apart = np.abs(xyz[pairs[:, 0], 2] - xyz[pairs[:, 1], 2]) > APART_M
        pairs = pairs[~apart]
    count = len(xyz)
    graph = coo_array((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(count, count))
    total, label = connected_components(graph, directed=False)
    size = np.bincount(label, minlength=total)
    xy = np.column_stack(
        [np.bincount(label, weights=xyz[:, i], minlength=total) / size for i in (0, 1)]
    )
    moved = int((np.hypot(*(xyz[:, :2] - xy[label]).T) > 1e-6).sum())
    half = len(pieces)
    return (label[:half].astype(np.intp), label[half:].astype(np.intp)), xy, moved


def _named(
    names: NDArray[Any], xy: NDArray[np.float64], devices: NDArray[Any], ids: NDArray[Any]
) -> tuple[NDArray[Any], NDArray[Any]]:
    """Call a node after the nearest device that stands there; return also the node of each device, empty for none."""
    places = np.full(len(devices), "", dtype=object)
    if not len(devices) or not len(xy):
        return names, places
    from scipy.spatial import cKDTree

    there = np.column_stack([shapely.get_x(devices), shapely.get_y(devices)])
    found = cKDTree(xy).query(there)
    metres, nearest = np.asarray(found[0]), np.asarray(found[1])
    taken: set[int] = set()
    near = [i for i in np.argsort(metres) if metres[i] <= DEVICE_REACH_M]
    for i in near:
        if int(nearest[i]) not in taken:
            taken.add(int(nearest[i]))
            names[nearest[i]] = str(ids[i])
    for i in near:
        places[i] = names[nearest[i]]
    return names, places


def _piece_ids(ids: NDArray[Any]) -> NDArray[Any]:
    texts = ids.astype(str)
    unique, inverse, count = np.unique(texts, return_inverse=True, return_counts=True)
    seen = dict.fromkeys(unique, 0)
    named = []
    for text, many in zip(texts, count[inverse], strict=True):
        seen[text] += 1
        named.append(text if many == 1 else f"{text}#{seen[text]}")
    made = np.empty(len(named), dtype=object)
    made[:] = named
    return made


def _crossings(pieces: NDArray[Any]) -> int:
    """Count pairs of lines that cross without being joined."""
    tree = shapely.STRtree(pieces)
    first, second = tree.query(pieces, predicate="crosses")
    return int((first < second).sum())
