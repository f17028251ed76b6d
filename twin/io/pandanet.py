"""Networks of pandapipes and pandapower (their JSON): pipes, cables and what hangs on them, as features.

Neither library is needed: the tables are texts inside the file. Positions may be missing, may be
stored as latitude, longitude against the format's own rule, and results may be those of only a part of
the network; each is said, none stops the reading.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import shapely
from numpy.typing import NDArray

from twin.errors import ReadError
from twin.io import drawn, limits
from twin.io.loaded import Declared, Loaded, Request
from twin.io.pandanet_rows import Branch, Device, branches_of, devices_of, joined_nodes
from twin.problems import Problem

CLASSES = {"pandapipesNet": "junction", "pandapowerNet": "bus"}
"""Class of a network in the file, and its table of nodes."""

CLOSE_FIT = 0.05
"""Logarithm of a ratio of lengths: 5 %."""

Frame = dict[Any, dict[str, Any]]
"""A table: rows by index, values by column."""


def layer_names(request: Request) -> list[str]:
    """Return the one layer of a network."""
    return [request.path.name.split(".")[0]]


def load(request: Request) -> Loaded:
    """Read a network: its nodes, pipes or lines, and what is connected.

    Raises
    ------
    ReadError
        Not such a network, or none of its nodes has a position.
    """
    network = _network(request)
    places = _Places(network)
    if not places.of_node:
        raise ReadError("io.network_without_places", request.where)
    request.progress.check_cancelled()
    rows, geometry = _features(network, places)
    if places.lost:
        values = {"count": places.lost}
        request.progress.report(Problem("io.network_places_missing", request.where, values))
    if places.lonlat and _swapped(rows, geometry):
        request.progress.report(Problem("io.network_lat_lon", request.where))
        geometry = shapely.transform(geometry, lambda xy: xy[:, ::-1])
    geometry, declared = _settled(rows, geometry, places, request)
    results = sum(row.pop("has_result", False) for row in rows)
    lines = sum(row["kind"] in {"pipe", "line"} for row in rows)
    if 0 < results < lines:
        values = {"count": results, "total": lines}
        request.progress.report(Problem("io.network_results_partial", request.where, values))
    return Loaded(
        name=layer_names(request)[0],
        count=len(rows),
        crs=declared,
        columns=_columns(rows),
        geometry=geometry,
        row_names=np.array([row["id"] for row in rows], dtype=object),
        details={"network": network.kind, "nodes": len(places.of_node)},
    )


def _settled(
    rows: list[dict[str, Any]], geometry: NDArray[Any], places: _Places, request: Request
) -> tuple[NDArray[Any], Declared]:
    """Return where things are and in which CRS: degrees, unknown metres, or a diagram to be put somewhere."""
    said = _said_m(rows)
    if places.laid_out or drawn.is_diagram(geometry, said, degrees=places.lonlat):
        key = "io.network_laid_out" if places.laid_out else "io.network_diagram"
        request.progress.report(Problem(key, request.where))
        return drawn.to_scale(geometry, said), Declared(metric=True, nowhere=True)
    text = "EPSG:4326" if places.lonlat else ""
    return geometry, Declared(text=text, by_default=places.lonlat, metric=not places.lonlat)


@dataclass(frozen=True, eq=False)
class Network:
    """The tables of a file."""

    kind: str
    tables: dict[str, Frame] = field(default_factory=dict)

    @property
    def nodes(self) -> Frame:
        """The table of nodes."""
        return self.tables.get(CLASSES[self.kind], {})


def _network(request: Request) -> Network:
    path = Path(request.opened)
    if path.stat().st_size > limits.JSON_BYTES:
        raise ReadError("io.too_large_for_memory", request.where)
    document = orjson.loads(path.read_bytes())
    kind = str(document.get("_class", ""))
    content = document.get("_object")
    if kind not in CLASSES or not isinstance(content, dict):
        raise ReadError("io.not_a_network", request.where)
    tables = {
        name: _frame(value)
        for name, value in content.items()
        if isinstance(value, dict) and value.get("_class") in {"DataFrame", "GeoDataFrame"}
    }
    return Network(kind=kind, tables=tables)


def _frame(value: dict[str, Any]) -> Frame:
    """Return the rows of a table in pandas' "split" layout."""
    body = value.get("_object")
    table = orjson.loads(body) if isinstance(body, str) else body
    if not isinstance(table, dict) or not {"columns", "index", "data"} <= table.keys():
        return {}
    columns = table["columns"]
    return {
        index: dict(zip(columns, values, strict=False))
        for index, values in zip(table["index"], table["data"], strict=False)
    }


class _Places:
    """Positions of nodes: GeoJSON beside each node, a table of coordinates, else a diagram of our own."""

    def __init__(self, network: Network) -> None:
        node = CLASSES[network.kind]
        self.of_node: dict[Any, tuple[float, float]] = {}
        coordinates = network.tables.get(f"{node}_geodata", {})
        own = {index: _coordinates(row.get("geo")) for index, row in network.nodes.items()}
        self.from_geo = any(own.values())
        for index in network.nodes:
            at = _xy(coordinates.get(index, {}))
            if self.from_geo:
                at = own[index][0] if own[index] else None
            if at is not None:
                self.of_node[index] = at
        self.laid_out = not self.of_node
        if self.laid_out:
            self.of_node = _diagram(network)
        self.lost = len(network.nodes) - len(self.of_node)
        xy = np.array(list(self.of_node.values()) or [(np.inf, np.inf)])
        self.lonlat = not self.laid_out and bool(np.abs(xy).max() <= 180.0)

    def line(self, branch: Branch) -> Any:
        """Return the course of a branch: its own, else straight between its nodes; None without."""
        # Positions beside the rows and those of the tables apart may be in different systems.
        course = _coordinates(branch.geo) if self.from_geo != branch.in_table else []
        course = [] if self.laid_out else course
        if len(course) < 2:
            course = [self.of_node[n] for n in (branch.start, branch.end) if n in self.of_node]
        return shapely.LineString(course) if len(course) >= 2 else None


def _diagram(network: Network) -> dict[Any, tuple[float, float]]:
    """Return places in steps of a network that has none; nothing where nothing is joined."""
    row = {index: i for i, index in enumerate(network.nodes)}
    pairs, sources = joined_nodes(network.tables, CLASSES[network.kind])
    known = [(row[a], row[b]) for a, b in pairs if a in row and b in row]
    if not known:
        return {}
    xy = drawn.laid_out(len(row), known, [row[s] for s in sources if s in row])
    return {index: (float(x), float(y)) for index, (x, y) in zip(row, xy, strict=True)}


def _features(network: Network, places: _Places) -> tuple[list[dict[str, Any]], NDArray[Any]]:
    """Return the rows of all features with their geometry."""
    rows: list[dict[str, Any]] = []
    made: list[Any] = []
    node = CLASSES[network.kind]
    for index, values in network.nodes.items():
        kept = {
            k: values[k] for k in ("name", "type", "zone", "level") if values.get(k) is not None
        }
        voltage = {"voltage_kv": values["vn_kv"]} if values.get("vn_kv") is not None else {}
        rows.append({"id": f"{node}-{index}", "kind": "node", **kept, **voltage})
        made.append(_point(places.of_node.get(index)))
    for branch in branches_of(network.tables, node):
        rows.append(branch.row)
        made.append(places.line(branch))
    for device in devices_of(network.tables, node):
        rows.append(device.row)
        made.append(_point(_middle(device, places)))
    geometry = np.empty(len(made), dtype=object)
    geometry[:] = made
    return rows, geometry


def _middle(device: Device, places: _Places) -> tuple[float, float] | None:
    own = _coordinates(device.geo)
    found = own or [places.of_node[n] for n in device.nodes if n in places.of_node]
    if not found:
        return None
    x, y = np.mean(found, axis=0)
    return float(x), float(y)


def _point(at: tuple[float, float] | None) -> Any:
    return None if at is None else shapely.Point(at)


def _coordinates(geo: Any) -> list[tuple[float, float]]:
    """Return the positions of GeoJSON (text or not) or of a plain, perhaps nested, list."""
    if isinstance(geo, str):
        try:
            geo = orjson.loads(geo)
        except orjson.JSONDecodeError:
            return []
    if isinstance(geo, dict):
        geo = geo.get("coordinates")
    while isinstance(geo, list) and geo and isinstance(geo[0], list) and geo[0]:
        if isinstance(geo[0][0], int | float):
            return [p for p in (_pair(position) for position in geo) if p is not None]
        geo = geo[0]
    pair = _pair(geo)
    return [] if pair is None else [pair]


def _pair(position: Any) -> tuple[float, float] | None:
    if not isinstance(position, list | tuple) or len(position) < 2:
        return None
    try:
        x, y = float(position[0]), float(position[1])
    except (TypeError, ValueError):
        return None
    return (x, y) if np.isfinite([x, y]).all() else None


def _xy(row: dict[str, Any]) -> tuple[float, float] | None:
    return _pair([row.get("x"), row.get("y")])


def _said_m(rows: list[dict[str, Any]]) -> NDArray[np.float64]:
    """Return the length that each row states, NaN where it states none."""
    return np.array([row.get("length_m", np.nan) for row in rows], dtype=np.float64)


def _swapped(rows: list[dict[str, Any]], geometry: NDArray[Any]) -> bool:
    """Return whether positions are latitude, longitude: the stated lengths tell.

    A degree of longitude is shorter than one of latitude, so that only the right order gives the
    lengths in the file. Without lengths, only a latitude beyond 90 degrees can tell.
    """
    first = shapely.get_coordinates(geometry)
    if np.abs(first[:, 1]).max() > 90.0:
        return True
    said = _said_m(rows)
    lines = (shapely.get_type_id(geometry) == 1) & (said > 1.0)
    if lines.sum() < 5:
        return False
    wrong = [
        abs(float(np.log(np.median(drawn.on_sphere_m(geometry[lines], lat) / said[lines]))))
        for lat in (1, 0)
    ]
    # Lengths along streets exceed those of straight lines: only a close fit is proof.
    return wrong[1] < CLOSE_FIT < wrong[0] - wrong[1]


def _columns(rows: list[dict[str, Any]]) -> dict[str, NDArray[Any]]:
    names = dict.fromkeys(name for row in rows for name in row if name not in {"id", "has_result"})
    columns = {}
    for name in names:
        values = [row.get(name) for row in rows]
        numbers = all(
            v is None or (isinstance(v, int | float) and not isinstance(v, bool)) for v in values
        )
        made = np.empty(len(values), dtype=object)
        made[:] = values
        columns[name] = np.array(values, dtype=np.float64) if numbers else made
    return columns
