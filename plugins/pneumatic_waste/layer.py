"""A vacuum waste network on the clock: inlets that fill, a round that empties them, air that flows in the tubes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import lru_cache
from typing import Annotated, Any

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from twin import api

from . import air, bags, cycle
from .words import COLUMNS, ESTIMATED, KINDS, SIMULATED, SOURCES, STATES, VALVES

USUAL_MM = 500.0
"""Diameter of tubes where none is stated."""


@api.params
class PneumaticWasteParams:
    """Settings of a vacuum waste network."""

    collection: Annotated[str, api.Choice("mobile", "fixed")] = "mobile"
    first_hour: Annotated[float, api.Range(0, 23.5), api.Unit("h")] = 8.0
    seconds_per_inlet: Annotated[float, api.Range(10, 600), api.Unit("s")] = 90.0
    blocked_tube: str = ""
    door_fault: str = ""
    radius_m: Annotated[float, api.Range(0.1, 3.0), api.Unit("m")] = 0.5
    scale: Annotated[float, api.Range(0.3, 6.0), api.Unit("×")] = 1.0


class PneumaticWaste:
    """Tubes (lines) and inlets with suction points (points of a ``kind``)."""

    Params = PneumaticWasteParams

    def load(self, ctx: api.LoadContext) -> api.FeatureTable:
        """Read both sources into one table."""
        tubes, inlets = ctx.read("tubes"), ctx.read("inlets")
        lines, points = tubes.frame.copy(), inlets.frame.copy()
        lines["kind"] = "tube"
        if "kind" not in points:
            points["kind"] = "inlet"
        prefix = str(lines["feature_id"].iloc[0]).rpartition("-")[0] if len(lines) else "waste"
        frame = pd.concat([lines, points, bags.rows(lines, prefix)], ignore_index=True)
        frame["network_kind"] = "vacuum"
        made = gpd.GeoDataFrame(frame, geometry="geometry", crs=tubes.frame.crs)
        scene = pd.DataFrame({"x": [ctx.frame.origin[0]], "y": [ctx.frame.origin[1]]})
        columns = {**tubes.columns, **inlets.columns, **COLUMNS}
        table = replace(tubes, frame=made, columns=columns, tables={"scene": scene})
        ways = _ways(table, ctx.params.blocked_tube)
        if ways.network is None:
            return table
        table = air.with_hours(table, ways, ctx.params, ways.ids == ctx.params.door_fault)
        return air.with_needs(table, ways.network, ctx)

    def networks(self, table: api.FeatureTable) -> Sequence[api.network.Network]:
        """Return the tubes as a network, for tracing and outages."""
        made = _ways(table, "").network
        return () if made is None else (made,)

    def build(
        self, table: api.FeatureTable, params: PneumaticWasteParams, view: api.ViewQuery
    ) -> list[api.Drawable]:
        """Draw tubes at their depth, inlets and suction points on the ground."""
        return [*_tubes(table, params, view), *_symbols(table, params, view), *_bags(table, params)]

    def default_style(self, table: api.FeatureTable) -> api.Style | None:
        """Colour by state."""
        chosen = tuple(
            api.Category(value=name, colour=colour, label=label)
            for name, (colour, label) in STATES.items()
        )
        rule = api.Categories(column="state", categories=chosen)
        return api.Style(rule=rule, title=COLUMNS["state"].label)

    def columns_at(
        self, table: api.FeatureTable, params: PneumaticWasteParams, at: datetime
    ) -> Mapping[str, NDArray[Any]]:
        """Return fill, state and speed of air of every row at a moment."""
        ways = _ways(table, params.blocked_tube)
        faulty = ways.ids == params.door_fault
        mobile = params.collection == "mobile"
        now = cycle.moment(
            ways.ids,
            at,
            order=ways.order,
            reached=ways.reached,
            faulty=np.asarray(faulty, bool),
            timing=(params.first_hour, params.seconds_per_inlet, mobile),
        )
        return _columns(table, ways, now, params.blocked_tube)

    def describe(
        self, table: api.FeatureTable, row: int, params: PneumaticWasteParams, at: datetime
    ) -> Sequence[api.Fact]:
        """Return what a click shows."""
        return list(_facts(table, row, self.columns_at(table, params, at)))

    def indicators(
        self, table: api.FeatureTable, params: PneumaticWasteParams, at: datetime
    ) -> Sequence[api.Fact]:
        """Return how many inlets want attention."""
        state = self.columns_at(table, params, at)["state"]
        words = (
            (
                {"en": "Inlets", "fr": "Bornes", "ko": "투입구", "ar": "فتحات الإدخال"},
                (table.frame["kind"] == "inlet").to_numpy(),
            ),
            (
                {
                    "en": "Inlets that are full",
                    "fr": "Bornes pleines",
                    "ko": "가득 찬 투입구",
                    "ar": "فتحات الإدخال الممتلئة",
                },
                state == "full",
            ),
            (
                {
                    "en": "Inlets that no air reaches",
                    "fr": "Bornes sans aspiration",
                    "ko": "흡입되지 않는 투입구",
                    "ar": "فتحات لا يصلها الهواء",
                },
                state == "blocked",
            ),
        )
        return [
            api.Fact(label=label, value=int(np.sum(found)), provenance=SIMULATED)
            for label, found in words
        ]


@dataclass(frozen=True, eq=False)
class _Ways:
    """The tubes as a network, and for each inlet its way to a suction point.

    Parameters
    ----------
    rows, ids : (n,)
        Rows of the inlets in the table, and their ids.
    order : (n,) int
        Place in the round: one suction point after the other, the farthest inlet first.
    reached : (n,) bool
    tubes : tuple of n arrays of int
        Rows of the tubes between the inlet and its suction point.
    along : tuple of n arrays of float
        +1 or -1: whether air flows along the drawn direction.
    courses : tuple of n (k, 2) float64
        The line that bags take, in the CRS of the table.
    ends : (n,) int
        Row of the suction point that each is emptied to, -1 for none.
    lengths : tuple of n arrays of float
        Metres in each of its tubes.
    """

    network: Any
    rows: NDArray[np.intp]
    ids: NDArray[Any]
    order: NDArray[np.intp]
    reached: NDArray[np.bool_]
    tubes: tuple[NDArray[np.intp], ...]
    along: tuple[NDArray[np.float64], ...]
    courses: tuple[NDArray[np.float64], ...] = ()
    ends: NDArray[np.intp] = field(default_factory=lambda: np.zeros(0, np.intp))
    lengths: tuple[NDArray[np.float64], ...] = ()


@lru_cache(maxsize=8)
def _ways(table: api.FeatureTable, blocked: str) -> _Ways:
    if not (table.frame["kind"] == "tube").any():
        rows = np.flatnonzero(table.frame["kind"].to_numpy(object) == "inlet")
        ids = table.frame["feature_id"].to_numpy(object)[rows]
        return _Ways(None, rows, ids, np.arange(len(rows)), np.zeros(len(rows), bool), (), ())
    made = api.network.network_of(table.frame, name=table.name, commodity="vacuum", crs=table.crs)
    open_ = made
    if blocked:
        own = [i for i, e in enumerate(made.edges.ids) if str(e).partition("#")[0] == blocked]
        open_ = made.with_state(np.array(own, np.intp), api.network.State.OUT_OF_SERVICE)
    ready = api.network.flowing(open_)
    rows = np.flatnonzero(table.frame["kind"].to_numpy(object) == "inlet")
    ids = table.frame["feature_id"].to_numpy(object)[rows].astype(str).astype(object)
    node = np.array([made.node_index.get(str(i), -1) for i in ids], np.intp)
    far = np.where(node >= 0, ready.source_m[node], np.inf)
    reached = np.isfinite(far)
    row_of = {str(i): n for n, i in enumerate(table.frame["feature_id"])}
    tubes, along, courses, lengths = [], [], [], []
    ends = np.full(len(rows), -1, np.intp)
    for n in range(len(rows)):
        way = ready.supply.path(int(node[n]), ready.before) if reached[n] else None
        if way is None:
            tubes.append(np.zeros(0, np.intp))
            along.append(np.zeros(0))
            courses.append(np.zeros((0, 2)))
            lengths.append(np.zeros(0))
            continue
        ends[n] = row_of.get(str(made.nodes.ids[way.nodes[-1]]), -1)
        lengths.append(made.edges.length_m[way.edges])
        names = [str(made.edges.ids[e]).partition("#")[0] for e in way.edges]
        tubes.append(np.array([row_of.get(name, -1) for name in names], np.intp))
        courses.append(bags.course(made, way))
        along.append(np.where(made.edges.start[way.edges] == way.nodes[:-1], 1.0, -1.0))
    ranked = np.lexsort((-np.nan_to_num(far, posinf=0.0), ends))
    order = np.empty(len(rows), np.intp)
    order[ranked] = np.arange(len(rows))
    parts = (tuple(tubes), tuple(along), tuple(courses))
    return _Ways(made, rows, ids, order, reached, *parts, ends, tuple(lengths))


def _columns(
    table: api.FeatureTable, ways: _Ways, now: cycle.Moment, blocked: str
) -> dict[str, NDArray[Any]]:
    count = len(table)
    kind = table.frame["kind"].to_numpy(object)
    state = np.where(kind == "tube", "closed", np.where(kind == "inlet", "idle", "suction"))
    state = state.astype(object)
    fill, flow = np.full(count, np.nan), np.zeros(count)
    state[ways.rows], fill[ways.rows] = now.state, now.fill_percent
    if now.sucking >= 0:
        tubes = ways.tubes[now.sucking]
        state[tubes] = "open"
        flow[tubes] = cycle.AIR_M_S * ways.along[now.sucking]
    if blocked:
        state[table.frame["feature_id"].to_numpy(object) == blocked] = "blocked"
    state[kind == bags.KIND] = "under_way"
    return {
        "state": state,
        "fill_percent": fill,
        "flow_m_s": np.where(kind == "tube", flow, np.nan),
        **air.now(table, ways, now.sucking),
        **_moving(table, ways, now),
    }


def _moving(table: api.FeatureTable, ways: _Ways, now: cycle.Moment) -> dict[str, NDArray[Any]]:
    """Return where the bags are in the scene; all else moves nowhere."""
    place, heading = np.full((len(table), 2), np.nan), np.full(len(table), np.nan)
    own = np.flatnonzero(table.frame["kind"].to_numpy(object) == bags.KIND)
    scene = table.tables.get("scene")
    if now.sucking >= 0 and ways.courses and scene is not None and len(own):
        xy, heading[own] = bags.places(ways.courses[now.sucking], now.since_s)
        place[own] = xy - scene[["x", "y"]].to_numpy()
    return {"x_in_scene": place[:, 0], "y_in_scene": place[:, 1], "heading_deg": heading}


def _tubes(
    table: api.FeatureTable, params: PneumaticWasteParams, view: api.ViewQuery
) -> Iterator[api.Drawable]:
    kind = table.frame["kind"].to_numpy(object)
    chosen = np.flatnonzero(kind == "tube")
    if not len(chosen):
        return
    geometry = api.network.in_scene(table, view.frame)
    depth = np.nan_to_num(api.network.constant(table, "depth_m")[chosen], nan=2.0)
    xyz, offsets, row = api.shapes.drape_lines(
        geometry[chosen], chosen, ground=view.ground, depth_m=depth, step_m=25.0
    )
    stated = api.network.constant(table, "diameter_mm")[row]
    radius = np.round(np.where(stated > 0, stated, USUAL_MM) / 2000.0, 2)
    for size in np.unique(radius):
        mine = np.flatnonzero(radius == size)
        part = api.network.lines_of(xyz, offsets, mine)
        yield api.Lines(
            xyz_in_scene=part[0],
            offsets=part[1],
            row_of_line=row[mine],
            radius_m=float(size),
            readable_radius_m=float(params.radius_m),
            flow_column="flow_m_s",
            role=api.Role.UNDERGROUND,
        )


def _bags(table: api.FeatureTable, params: PneumaticWasteParams) -> Iterator[api.Drawable]:
    """Bags in the tubes, at the depth that most tubes have."""
    row = np.flatnonzero(table.frame["kind"].to_numpy(object) == bags.KIND)
    depth = api.network.constant(table, "depth_m")
    below = float(np.nanmedian(depth)) if np.isfinite(depth).any() else 2.0
    if len(row):
        size = bags.SIZE_M * params.scale
        at = np.tile(np.array([0.0, 0.0, -below], np.float32), (len(row), 1))
        yield api.Glyphs(
            xyz_in_scene=at,
            shape="sphere",
            scale_m=np.full((len(row), 3), size, np.float32),
            heading_deg=np.zeros(len(row), np.float32),
            row_of_glyph=row.astype(np.int32),
            moving=True,
            role=api.Role.UNDERGROUND,
        )


def _symbols(
    table: api.FeatureTable, params: PneumaticWasteParams, view: api.ViewQuery
) -> Iterator[api.Drawable]:
    kind = table.frame["kind"].to_numpy(object)
    geometry = api.network.in_scene(table, view.frame)
    for names, glyph, size in ((("inlet",), "inlet", 1.2), (SOURCES, "suction", 3.0)):
        rows = np.flatnonzero(np.isin(kind.astype(str), names))
        at, row = api.network.points_on(geometry, rows, view.ground)
        if len(row):
            scale = np.full((len(row), 3), size * params.scale, np.float32)
            yield api.Glyphs(
                xyz_in_scene=at.astype(np.float32), shape=glyph, scale_m=scale, row_of_glyph=row
            )


def _facts(
    table: api.FeatureTable, row: int, now: Mapping[str, NDArray[Any]]
) -> Iterator[api.Fact]:
    features = table.frame.iloc[row]
    own = api.rows.provenance_of(table, features)
    yield api.network.fact(table, "kind", api.rows.word(KINDS, features["kind"]), own)
    words = {name: label for name, (_, label) in STATES.items()}
    yield api.network.fact(table, "state", api.rows.word(words, now["state"][row]), SIMULATED)
    if features["kind"] == "inlet":
        valve = VALVES[bool(now["state"][row] == "sucking")]
        yield api.network.fact(table, "valve", valve, SIMULATED)
    moving = (
        ("fill_percent", SIMULATED), ("flow_m_s", SIMULATED), ("under_kpa", ESTIMATED), ("fan_now_kw", ESTIMATED),
    )  # fmt: skip
    for name, origin in moving:
        value = float(now[name][row])
        if np.isfinite(value):
            yield api.network.fact(table, name, round(value, 2), origin)
    for name in ("diameter_mm", "depth_m", "length_m"):
        if api.rows.known(features, name):
            yield api.network.fact(table, name, float(features[name]), own)
    for name in ("suction_kpa", "travel_s", "fan_kw"):
        if api.rows.known(features, name):
            value = round(float(features[name]), 1)
            yield api.network.fact(table, name, value, COLUMNS[name].provenance)
    stream = api.rows.text_of(features, "stream")
    if stream:
        yield api.network.fact(table, "stream", stream, own)
