"""A plain drawing of others as a network: which of its columns is what, what flows, what its repair does.

A meaning is guessed from the names of the columns, changed by people, kept in the options of the source, and
applied wherever the drawing is read: in the window, on the command line, in a layer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from twin.network import features, kinds, model, names, topology
from twin.network.model import Network, NetworkError
from twin.problems import Problem, Severity

if TYPE_CHECKING:
    import geopandas as gpd

NUMBERS: Mapping[str, tuple[tuple[str, float], ...]] = {
    "diameter_mm": (("mm", 1.0), ("cm", 10.0), ("m", 1000.0), ("in", 25.4)),
    "length_m": (("m", 1.0), ("km", 1000.0)),
    "depth_m": (("m", 1.0), ("cm", 0.01)),
    "voltage_kv": (("kV", 1.0), ("V", 0.001)),
    "power_kw": (("kW", 1.0), ("MW", 1000.0), ("W", 0.001)),
    "annual_kwh": (("kWh", 1.0), ("MWh", 1000.0)),
    "dwellings": (("", 1.0),),
}
"""Columns that hold numbers, with the units that files use and their factors to ours."""
TEXTS = (
    "kind",
    "name",
    "from_node",
    "to_node",
    "side",
    "state",
    "building",
    "valid_from",
    "valid_to",
)
COMMODITIES = (model.HEAT, model.TEMPERATE, model.COLD, model.ELECTRICITY, model.GAS)
SNAP_LIMITS_M = (0.01, 50.0)
OPTION_COLUMNS, OPTION_FACTORS, OPTION_COMMODITY, OPTION_SNAP = (
    "network_columns", "network_factors", "network_kind", "snap_m",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Meaning:
    """What a drawing means.

    Parameters
    ----------
    columns : mapping of str to str
        Our name of a column to that of the file.
    factors : mapping of str to float
        From the unit of the file to ours, where it is not 1.
    commodity : str
        What flows where the file does not say; empty: as the file tells.
    snap_m : float
        Ends nearer than this are joined.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    factors: Mapping[str, float] = field(default_factory=dict)
    commodity: str = ""
    snap_m: float = topology.SNAP_M

    def as_options(self) -> dict[str, Any]:
        """Return the meaning as options of a source."""
        return {
            OPTION_COLUMNS: dict(self.columns),
            OPTION_FACTORS: dict(self.factors),
            OPTION_COMMODITY: self.commodity,
            OPTION_SNAP: self.snap_m,
        }


@dataclass(frozen=True, eq=False, kw_only=True)
class Look:
    """A drawing as a network, before it is taken.

    Parameters
    ----------
    network : Network
    lines : (n,) object of LineString
        The edges that are drawn.
    island : (n,) int
        The part that each of them belongs to, the largest is 0.
    points : (k, 2) float64
        Where devices hang.
    problems : tuple of Problem
        What the repair did.
    """

    network: Network
    lines: NDArray[Any]
    island: NDArray[np.intp]
    points: NDArray[np.float64]
    problems: tuple[Problem, ...]


def of_options(options: Mapping[str, Any]) -> Meaning | None:
    """Return the meaning in the options of a source, None where they hold none. Wrong values are left out."""
    if not isinstance(options.get(OPTION_COLUMNS), Mapping):
        return None
    columns = {
        str(k): str(v) for k, v in options[OPTION_COLUMNS].items() if k in (*NUMBERS, *TEXTS)
    }
    told = options.get(OPTION_FACTORS)
    factors = {
        str(k): float(v)
        for k, v in (told.items() if isinstance(told, Mapping) else ())
        if _is_size(v)
    }
    snap, commodity = options.get(OPTION_SNAP), str(options.get(OPTION_COMMODITY, ""))
    return Meaning(
        columns=columns,
        factors=factors,
        commodity=commodity,
        snap_m=float(snap) if _is_size(snap) else topology.SNAP_M,  # type: ignore[arg-type]
    )


def _is_size(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < 1e6


def guessed(frame: gpd.GeoDataFrame, name: str) -> Meaning:
    """Return what the columns of a drawing most likely mean, by their names and by the size of their numbers."""
    import pandas as pd

    lower = {str(c).lower(): str(c) for c in frame.columns if c != frame.geometry.name}
    columns, factors = {}, {}
    for ours, others in names.NUMBERS.items():
        found = next(((lower[o], f) for o, f in others if o in lower), None)
        if found is not None and ours in NUMBERS:
            columns[ours], factor = found
            numbers = pd.to_numeric(frame[found[0]], errors="coerce").abs()
            if ours == "diameter_mm" and factor == 1.0 and 0 < numbers.median() < 3:
                factor = 1000.0  # nobody lays a main of three millimetres: these are metres
            if factor != 1.0:
                factors[ours] = factor
    for ours, words in names.TEXTS.items():
        column = next((lower[w] for w in words if w in lower), None)
        if column is not None:
            columns[ours] = column
    commodity = names.commodity_of(frame, name) or features.commodity_in(frame)
    told = kinds.words_of(commodity)
    for word in ("kind", *kinds.TYPE_COLUMNS):
        if word in lower and any(kinds.by_words(frame[lower[word]].dropna().astype(str), told)):
            columns["kind"] = lower[word]
            break
    return Meaning(columns=columns, factors=factors, commodity=commodity)


def taken(frame: gpd.GeoDataFrame, meaning: Meaning) -> gpd.GeoDataFrame:
    """Return the features under our names, in our units, with a kind for every row.

    Raises
    ------
    NetworkError
        A column of the meaning is not in the file.
    """
    import pandas as pd

    missing = [c for c in meaning.columns.values() if c not in frame]
    if missing:
        raise NetworkError("network.no_such_column", "", column=", ".join(missing))
    numbers = {}
    for ours in NUMBERS:
        if ours in meaning.columns:
            texts = frame[meaning.columns[ours]].astype("string").str.replace(",", ".", regex=False)
            size = pd.to_numeric(texts.str.extract(r"(-?\d+\.?\d*)")[0], errors="coerce")
            numbers[ours] = size.astype("float64") * meaning.factors.get(ours, 1.0)
    plain = {o: c for o, c in meaning.columns.items() if o not in numbers}
    made = names.ours(frame.assign(**numbers), plain)
    made = names.told_kinds(made, meaning.commodity or features.commodity_in(made))
    if meaning.commodity and "network_kind" not in frame:
        made["network_kind"] = meaning.commodity
    made[OPTION_SNAP] = meaning.snap_m
    return made


def looked(frame: gpd.GeoDataFrame, meaning: Meaning, name: str) -> Look:
    """Return what a drawing becomes.

    Parameters
    ----------
    frame : GeoDataFrame
        In a metric CRS.

    Raises
    ------
    NetworkError
        It has no lines, or a column of the meaning is not there.
    """
    from twin.network.graph import Graph

    made = taken(frame, meaning)
    found = features.network_of(made, name=name, commodity=meaning.commodity, snap_m=meaning.snap_m)
    edges, nodes = found.edges, found.nodes
    everything = np.ones(len(edges), bool)
    graph = Graph(len(nodes), edges.start, edges.end, length_m=edges.length_m, conducts=everything)
    _, label = graph.components()
    # An assumed return lies where its supply is drawn.
    drawn = np.array([g is not None for g in edges.geometry], bool)
    if any(p.key == "network.returns_assumed" for p in found.problems):
        drawn &= ~np.array([str(i).endswith(features.RETURN) for i in edges.ids], bool)
    order = np.argsort(-np.bincount(label[edges.start[drawn]], minlength=label.max(initial=0) + 1))
    rank = np.empty(len(order), np.intp)
    rank[order] = np.arange(len(order))
    at = np.unique(found.devices.node)
    return Look(
        network=found,
        lines=edges.geometry[drawn],
        island=rank[label[edges.start[drawn]]],
        points=np.column_stack([nodes.x_m[at], nodes.y_m[at]]),
        problems=(*found.problems, *_unfed(found)),
    )


def _unfed(network: Network) -> Sequence[Problem]:
    """Say where nothing feeds the network: nothing can be traced to a source or computed then."""
    if (network.devices.role == model.Role.SOURCE).any():
        return ()
    return (Problem("network.no_source_drawn", "", {}, Severity.INFO),)


__all__ = [
    "COMMODITIES",
    "NUMBERS",
    "TEXTS",
    "Look",
    "Meaning",
    "guessed",
    "looked",
    "of_options",
    "taken",
]
