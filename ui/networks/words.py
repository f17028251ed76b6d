"""What a trace, an outage and a run say, in rows of words: for the panel and for the printed sheet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import numpy as np

from twin.network.model import COMMODITIES, Network
from ui.i18n import text, tr
from ui.i18n.catalogue import LANGUAGES
from ui.i18n.formats import quantity
from ui.networks.questions import Cut, Town, Traced, feature_of, shown_layer

if TYPE_CHECKING:
    from twin.work.session import Session

MOST_ROWS = 400
MOST_VALUES = 3
KINDS = frozenset({"pipe", "line", "tube", "node", "valve", "switch"})
"""Of these many have no name of their own."""
SIDES = frozenset({"supply", "return"})
VALUES = (
    "temperature_c",
    "pressure_bar",
    "flow_m_s",
    "voltage_pu",
    "loading_percent",
    "heat_kw",
    "p_kw",
)


@dataclass(frozen=True)
class Row:
    """A row: words, value, what it stands for in the scene, and how and from whom the value was obtained."""

    name: str
    value: str = ""
    feature: tuple[str, str] | None = None
    quality: str = ""
    source: str = ""


Groups = tuple[tuple[str, list[Row]], ...]
"""Rows under their titles."""


def commodity(session: Session, network: Network) -> str:
    """Return what a network carries, as we or the plugin that brings the commodity word it; else its own word."""
    if network.commodity in COMMODITIES:
        return tr(f"networks.commodity.{network.commodity}")
    brought = session.registry.contributions("commodities")
    titles = (c.title for c in brought if c.id == network.commodity)
    return text(next(titles, {}), network.commodity)


def trace_head(session: Session, traced: Traced) -> list[Row]:
    """Return the numbers of a trace."""
    found, way = traced.found, traced.found.to_source
    rows = [
        Row(tr("networks.commodity"), commodity(session, traced.system.network)),
        Row(tr("networks.upstream"), _elements(found.upstream_edges.sum())),
        Row(tr("networks.downstream"), _elements(found.downstream_edges.sum())),
        Row(tr("networks.connected"), _elements(found.connected_edges.sum())),
    ]
    if way is None:
        rows.append(Row(tr("networks.to_source"), tr("networks.no_source")))
    else:
        rows.append(Row(tr("networks.to_source"), quantity(way.length_m, "m")))
    if traced.rule:
        rows.append(Row(tr("networks.rule"), tr(f"networks.rule.{traced.rule}")))
    return rows


def trace_groups(session: Session, traced: Traced, others: Sequence[Traced]) -> Groups:
    """Return what a trace says: in numbers, its chain, and the chains through other networks."""
    return (
        (tr("networks.numbers"), trace_head(session, traced)),
        (tr("networks.chain"), chain(session, traced)),
        *((text(other.system.title), chain(session, other)) for other in others),
    )


def chain(session: Session, traced: Traced) -> list[Row]:
    """Return every part of the way from a thing to its source, named, with its values now and their source."""
    network, way = traced.system.network, traced.found.to_source
    if way is None:
        return []
    names: list[str] = []
    for i, node in enumerate(way.nodes):
        names.append(str(network.nodes.ids[node]))
        if i < len(way.edges):
            names.append(str(network.edges.ids[way.edges[i]]))
    known, layer = traced.system.row_of, shown_layer(session, traced.system.layer)
    features = dict.fromkeys(feature_of(n) for n in names)
    return [_described(session, layer, name) for name in features if name in known][:MOST_ROWS]


def _described(session: Session, layer: str, name: str) -> Row:
    try:
        runtime = session.layer(layer)
    except KeyError:  # the layer is gone, its answer still stands there
        return Row(name)
    table = runtime.table
    if table is None:
        return Row(name, feature=(layer, name))
    found = np.flatnonzero(table.frame["feature_id"].to_numpy(object) == name)
    if not len(found):
        return Row(name, feature=(layer, name))
    row = int(found[0])
    values = runtime.columns_now
    known = [c for c in VALUES if c in values and np.isfinite(values[c][row])][:MOST_VALUES]
    said = [quantity(float(values[c][row]), table.column(c).unit) for c in known]
    own = table.column(known[0]).provenance if known else table.provenance
    return Row(
        label_of(session, layer, name),
        " · ".join(said),
        (layer, name),
        str(own.quality),
        own.source,
    )


def label_of(session: Session, layer: str, name: str) -> str:
    """Return the name of a feature in the language of the window, else its id."""
    try:
        table = session.layer(layer).table
    except KeyError:  # the layer is gone, its answer still stands there
        return name
    if table is None:
        return name
    found = table.frame[table.frame["feature_id"] == name]
    if not len(found):
        return name
    row = found.iloc[0]
    by_language = {
        lang: str(row[f"name_{lang}"])
        for lang in LANGUAGES
        if f"name_{lang}" in found and isinstance(row[f"name_{lang}"], str) and row[f"name_{lang}"]
    }
    own = str(row["name"]) if "name" in found and isinstance(row["name"], str) else ""
    return (text(by_language) if by_language else own) or _kind_and_id(row, name)


def _kind_and_id(row: Any, name: str) -> str:
    """Return what a thing without a name is, with its size and its id: ``pipe DN 150, supply (p-12)``."""
    kind = str(row.get("kind") or "")
    if kind not in KINDS:
        return name
    size, side = row.get("diameter_mm"), str(row.get("side") or "")
    words = tr(f"networks.kind.{kind}")
    if isinstance(size, int | float) and size > 0:
        words += f" DN {size:.0f}"
    if side in SIDES:
        words += f", {tr(f'networks.side.{side}')}"
    return f"{words} ({name})"


def outage_head(made: Cut) -> list[Row]:
    """Return the numbers of an outage."""
    found, people = made.found, made.people
    power = quantity(found.power_mw * 1000.0, "kW")
    rows = [
        Row(tr("networks.consumers"), str(len(found.consumers))),
        Row(tr("networks.power"), power),
    ]
    if people is not None:
        rows += [
            Row(tr("networks.buildings"), str(len(people.rows))),
            Row(tr("networks.dwellings"), str(people.dwellings)),
            Row(tr("networks.schools"), str(people.schools)),
            Row(tr("networks.shops"), str(people.shops)),
            Row(tr("networks.rule"), tr(f"networks.rule.{people.rule}")),
        ]
    if not found.resupply:
        rows.append(Row(tr("networks.resupply"), tr("networks.no_resupply")))
    for way in found.resupply[:3]:
        name = ", ".join(way.operate)
        back = tr(
            "networks.restores",
            count=len(way.restored),
            power=quantity(way.power_mw * 1000.0, "kW"),
        )
        target = (made.system.layer, feature_of(way.operate[0]))
        rows.append(Row(tr("networks.operate", name=name), back, target))
    return rows


def affected_rows(session: Session, town: Town, made: Cut) -> list[Row]:
    """Return the buildings without supply, the most dwellings first; without buildings the consumers."""
    network, people, houses = made.system.network, made.people, town.buildings
    if people is None or houses is None or not len(people.rows):
        return _consumers(session, made, network)
    order = people.rows[np.argsort(-np.nan_to_num(houses.dwellings[people.rows]), kind="stable")]
    rows = []
    for i in order[:MOST_ROWS]:
        name = str(houses.names[i]) or str(houses.ids[i])
        homes = houses.dwellings[i]
        value = (
            tr("networks.dwelling_count", count=int(homes))
            if homes > 0
            else use_word(houses.use[i])
        )
        rows.append(Row(name, value, (town.buildings_layer, str(houses.ids[i]))))
    return rows


def use_word(use: object) -> str:
    """Return the use of a building in words."""
    known = ("home", "school", "shop", "office", "public", "industry")
    return tr(f"networks.use.{use}") if use in known else str(use)


def _consumers(session: Session, made: Cut, network: Network) -> list[Row]:
    layer, devices = shown_layer(session, made.system.layer), network.devices
    return [
        Row(
            label_of(session, layer, str(devices.ids[i])),
            quantity(float(devices.power_mw[i]) * 1000.0, "kW")
            if np.isfinite(devices.power_mw[i])
            else "",
            (layer, feature_of(str(devices.ids[i]))),
        )
        for i in made.found.consumers[:MOST_ROWS]
    ]


def moment(at: datetime) -> str:
    """Return a moment as a file name has it."""
    return at.strftime("%Y%m%d-%H%M")


def _elements(count: object) -> str:
    return tr("networks.element_count", count=int(count))  # type: ignore[call-overload]
