"""A vacuum waste network on the clock: inlets that fill, a round that empties them, air that flows in the tubes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Annotated, Any

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from twin import api

from . import cycle

SIMULATED = api.Provenance(source="Belvedere", quality=api.Quality.SIMULATED)
STATES: Mapping[str, tuple[str, str, str]] = {
    "idle": ("#4f9a6b", "idle", "au repos"),
    "full": ("#d9822b", "full", "pleine"),
    "sucking": ("#2a7fc4", "being emptied", "en aspiration"),
    "blocked": ("#8c2d19", "blocked", "bouchée"),
    "door_fault": ("#b0338f", "door fault", "porte en défaut"),
    "open": ("#2a7fc4", "air flows", "air en mouvement"),
    "closed": ("#8a6bab", "valves closed", "vannes fermées"),
    "suction": ("#3a5a80", "suction point", "point d'aspiration"),
}
COLUMNS = {
    "state": api.Column(label={"en": "State", "fr": "État"}, provenance=SIMULATED),
    "fill_percent": api.Column(
        unit="%", label={"en": "Filled", "fr": "Remplissage"}, provenance=SIMULATED
    ),
    "flow_m_s": api.Column(
        unit="m/s", label={"en": "Speed of air", "fr": "Vitesse de l'air"}, provenance=SIMULATED
    ),
    "diameter_mm": api.Column(unit="mm", label={"en": "Diameter", "fr": "Diamètre"}),
    "depth_m": api.Column(unit="m", label={"en": "Depth", "fr": "Profondeur"}),
    "length_m": api.Column(unit="m", label={"en": "Length", "fr": "Longueur"}),
    "stream": api.Column(label={"en": "Stream", "fr": "Flux"}),
    "kind": api.Column(label={"en": "Kind", "fr": "Nature"}),
}
KINDS = {
    "tube": {"en": "tube", "fr": "tube"},
    "inlet": {"en": "inlet", "fr": "borne"},
    "suction": {"en": "suction point", "fr": "point d'aspiration"},
    "terminal": {"en": "terminal", "fr": "terminal"},
}
SOURCES = ("suction", "terminal")


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
        frame = pd.concat([lines, points], ignore_index=True)
        frame["network_kind"] = "vacuum"
        made = gpd.GeoDataFrame(frame, geometry="geometry", crs=tubes.frame.crs)
        return replace(tubes, frame=made, columns={**tubes.columns, **inlets.columns, **COLUMNS})

    def networks(self, table: api.FeatureTable) -> Sequence[api.network.Network]:
        """Return the tubes as a network, for tracing and outages."""
        made = _ways(table, "").network
        return () if made is None else (made,)

    def build(
        self, table: api.FeatureTable, params: PneumaticWasteParams, view: api.ViewQuery
    ) -> list[api.Drawable]:
        """Draw tubes at their depth, inlets and suction points on the ground."""
        return [*_tubes(table, params, view), *_symbols(table, params, view)]

    def default_style(self, table: api.FeatureTable) -> api.Style | None:
        """Colour by state."""
        chosen = tuple(
            api.Category(value=name, colour=colour, label={"en": en, "fr": fr})
            for name, (colour, en, fr) in STATES.items()
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
            ({"en": "Inlets", "fr": "Bornes"}, (table.frame["kind"] == "inlet").to_numpy()),
            ({"en": "Inlets that are full", "fr": "Bornes pleines"}, state == "full"),
            (
                {"en": "Inlets that no air reaches", "fr": "Bornes sans aspiration"},
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
    """

    network: Any
    rows: NDArray[np.intp]
    ids: NDArray[Any]
    order: NDArray[np.intp]
    reached: NDArray[np.bool_]
    tubes: tuple[NDArray[np.intp], ...]
    along: tuple[NDArray[np.float64], ...]


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
    tubes, along, ends = [], [], np.full(len(rows), -1)
    for n in range(len(rows)):
        way = ready.supply.path(int(node[n]), ready.before) if reached[n] else None
        if way is None:
            tubes.append(np.zeros(0, np.intp))
            along.append(np.zeros(0))
            continue
        ends[n] = way.nodes[-1]
        names = [str(made.edges.ids[e]).partition("#")[0] for e in way.edges]
        tubes.append(np.array([row_of.get(name, -1) for name in names], np.intp))
        along.append(np.where(made.edges.start[way.edges] == way.nodes[:-1], 1.0, -1.0))
    ranked = np.lexsort((-np.nan_to_num(far, posinf=0.0), ends))
    order = np.empty(len(rows), np.intp)
    order[ranked] = np.arange(len(rows))
    return _Ways(made, rows, ids, order, reached, tuple(tubes), tuple(along))


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
    return {
        "state": state,
        "fill_percent": fill,
        "flow_m_s": np.where(kind == "tube", flow, np.nan),
    }


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
    part = api.network.lines_of(xyz, offsets, np.arange(len(offsets) - 1))
    yield api.Lines(
        xyz_in_scene=part[0],
        offsets=part[1],
        row_of_line=row,
        radius_m=float(params.radius_m),
        flow_column="flow_m_s",
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
    words = {name: {"en": en, "fr": fr} for name, (_, en, fr) in STATES.items()}
    yield api.network.fact(table, "state", api.rows.word(words, now["state"][row]), SIMULATED)
    for name in ("fill_percent", "flow_m_s"):
        value = float(now[name][row])
        if np.isfinite(value):
            yield api.network.fact(table, name, value, SIMULATED)
    for name in ("diameter_mm", "depth_m", "length_m"):
        if api.rows.known(features, name):
            yield api.network.fact(table, name, float(features[name]), own)
    stream = api.rows.text_of(features, "stream")
    if stream:
        yield api.network.fact(table, "stream", stream, own)
