"""What the desk asks of the networks of a session: pure questions, answered on a worker."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from twin.model.layer import LayerSpec
from twin.network.features import LOW_SIDE, RETURN
from twin.network.model import Network, NetworkError
from twin.network.outage import Outage, outage
from twin.network.serving import Affected, Buildings, affected, buildings_of, served_by
from twin.network.trace import Trace, trace
from twin.network.validity import in_time
from twin.work.systems import System, systems_of

if TYPE_CHECKING:
    from twin.model.table import FeatureTable
    from twin.work.runtime import LayerRuntime
    from twin.work.session import Session

FeatureRef = tuple[str, str]
PIECE = re.compile(r"#\d+$")
RESULT = re.compile(r"_run_\d+(_\d+)?$")
"""What the id of a computed layer adds to that of its network's."""
BUILDINGS = "buildings"


@dataclass(frozen=True, eq=False, kw_only=True)
class Town:
    """The networks of a session and the buildings that they serve, as of one moment.

    Parameters
    ----------
    systems : tuple of System
    buildings : Buildings or None
    buildings_layer : str
    homes : frozenset of str
        Layers whose features have the ids of buildings.
    results : mapping of str to System
        What was computed, by the layer that shows it: with what was added, and flowing as computed.
    key : tuple
        Changes when a layer was loaded again.
    """

    systems: tuple[System, ...] = ()
    buildings: Buildings | None = None
    buildings_layer: str = ""
    homes: frozenset[str] = frozenset()
    key: tuple[Any, ...] = ()
    at: datetime = field(default_factory=lambda: datetime.now(UTC))
    serving: dict[str, tuple[Any, str]] = field(default_factory=dict)
    results: Mapping[str, System] = field(default_factory=dict)

    def system(self, layer: str, name: str) -> System | None:
        """Return the network of a layer that has something of this name; a result is a network of its own."""
        run = self.results.get(layer)
        if run is not None and run.network.has(name):
            return run
        return next((s for s in self._own(layer) if s.network.has(name)), None)

    def base(self, layer: str, name: str) -> System | None:
        """Return the network as it is, to be computed: that of a result is the one that the result came from."""
        own = self._own(layer)
        found = next((s for s in own if s.network.has(name)), None)
        return found or (own[0] if own and layer in self.results else None)

    def _own(self, layer: str) -> list[System]:
        return [s for s in self.systems if s.layer == RESULT.sub("", layer)]

    def serves(self, network: Network) -> tuple[Any, str]:
        """Return which device serves each building, and the rule; kept for the next question."""
        if self.buildings is None:
            return np.zeros(0, np.intp), ""
        if network.id not in self.serving:
            self.serving[network.id] = served_by(network, self.buildings)
        return self.serving[network.id]


@dataclass(frozen=True, eq=False, kw_only=True)
class Layers:
    """What a worker needs of the layers, taken on the owner's thread."""

    networks: tuple[tuple[Any, LayerSpec, FeatureTable], ...]
    buildings: tuple[str, FeatureTable] | None
    homes: frozenset[str]
    key: tuple[Any, ...]
    at: datetime
    folder: Path


@dataclass(frozen=True, eq=False, kw_only=True)
class Traced:
    """A trace from a thing, or from the device that serves a building; several networks may serve one."""

    system: System
    found: Trace
    rule: str = ""


@dataclass(frozen=True, eq=False, kw_only=True)
class Cut:
    """An outage with the buildings that it reaches."""

    system: System
    found: Outage
    people: Affected | None


def layers_of(session: Session) -> Layers:
    """Return the layers that declare networks, and the first with buildings. Quick: nothing is computed."""
    loaded = [r for r in session.layers() if r.table is not None and r.layer is not None]
    networks = [r for r in loaded if hasattr(r.layer, "networks") and not RESULT.search(r.spec.id)]
    houses: LayerRuntime | None = next((r for r in loaded if BUILDINGS in r.spec.sources), None)
    key = tuple((r.spec.id, id(r.table)) for r in [*networks, *([houses] if houses else [])])
    return Layers(
        networks=tuple((r.layer, r.spec, r.table) for r in networks),
        buildings=None if houses is None else (houses.spec.id, houses.table),
        homes=frozenset(r.spec.id for r in loaded if BUILDINGS in r.spec.sources),
        key=(*key, session.clock.at.date()),
        at=session.clock.at,
        folder=session.folder,
    )


def town_of(layers: Layers) -> Town:
    """Build the networks of all layers. Slow for large ones: on a worker."""
    systems: list[System] = []
    for layer, spec, table in layers.networks:
        try:
            systems += systems_of(layer, spec, table, layers.folder, layers.at)
        except NetworkError:
            continue  # a layer of points only has no network
    if layers.buildings is None:
        return Town(systems=tuple(systems), key=layers.key, at=layers.at)
    name, table = layers.buildings
    houses = buildings_of(table.frame)
    return Town(
        systems=tuple(systems),
        buildings=houses,
        buildings_layer=name,
        homes=layers.homes,
        key=layers.key,
        at=layers.at,
    )


def traces(town: Town, feature: FeatureRef) -> list[Traced]:
    """Return the trace of a feature; of a building one for every network that serves it.

    Raises
    ------
    NetworkError
        The feature is in no network, and served by none.
    """
    layer, name = feature
    system = town.system(layer, name)
    if system is not None:
        return [Traced(system=system, found=trace(system.network, name))]
    found = []
    own = np.flatnonzero(town.buildings.ids == name) if town.buildings is not None else ()
    if layer in town.homes and len(own):
        row = int(own[0])
        for candidate in (s for s in town.systems if in_time(s.network, town.at)):
            serving, rule = town.serves(candidate.network)
            if len(serving) and serving[row] >= 0:
                device = str(candidate.network.devices.ids[serving[row]])
                found.append(
                    Traced(system=candidate, found=trace(candidate.network, device), rule=rule)
                )
    if not found:
        raise NetworkError("network.not_served", name)
    return found


def served(town: Town, feature: FeatureRef) -> FeatureRef:
    """Return what in a network a feature stands for; see :func:`traces`."""
    first = traces(town, feature)[0]
    network, start = first.system.network, first.found.start
    ids = {"node": network.nodes, "edge": network.edges, "device": network.devices}[start.sort].ids
    return first.system.layer, feature_of(str(ids[start.index]))


def cut(town: Town, features: Sequence[FeatureRef]) -> Cut:
    """Return what happens when features are taken out.

    Raises
    ------
    NetworkError
        None of them is in a network, or the network has no source.
    """
    system = next((s for s in (town.system(*f) for f in features) if s is not None), None)
    if system is None:
        raise NetworkError("network.not_served", features[0][1] if features else "")
    names = [name for layer, name in features if layer == system.layer and system.network.has(name)]
    result = outage(system.network, names)
    people = None
    if town.buildings is not None:
        serving, rule = town.serves(system.network)
        people = affected(town.buildings, serving, result.consumers, rule)
    return Cut(system=system, found=result, people=people)


def feature_of(name: str) -> str:
    """Return the feature id behind the id of a node, edge or device."""
    bare = name.removeprefix("trafo:").removesuffix(RETURN).removesuffix(LOW_SIDE)
    return PIECE.sub("", bare.removesuffix(".b"))


def features_in(system: System, names: Sequence[str], layer: str) -> list[FeatureRef]:
    """Return the features behind some ids, in the layer that shows the network."""
    known = system.row_of
    bare = dict.fromkeys(feature_of(str(name)) for name in names)
    return [(layer, name) for name in bare if name in known]


def shown_layer(session: Session, base: str) -> str:
    """Return the layer that shows a network: its latest result in sight, else its own."""
    results = [
        spec.id
        for spec in session.project.layers
        if spec.visible and spec.id != base and RESULT.sub("", spec.id) == base
    ]
    return results[-1] if results else base


def traced_features(session: Session, traced: Traced) -> list[FeatureRef]:
    """Return what lies between a thing and its source, and all above it, in the layer that shows it."""
    network, found = traced.system.network, traced.found
    names = [str(i) for i in network.edges.ids[found.upstream_edges]]
    if found.to_source is not None:
        names += [str(network.nodes.ids[n]) for n in found.to_source.nodes]
    return features_in(traced.system, names, shown_layer(session, traced.system.layer))


def cut_features(session: Session, town: Town, made: Cut) -> list[FeatureRef]:
    """Return what is without supply: lines, consumers, and the buildings behind them."""
    network = made.system.network
    names = [str(i) for i in network.edges.ids[made.found.lost_edges]]
    names += [str(network.devices.ids[i]) for i in made.found.consumers]
    features = features_in(made.system, names, shown_layer(session, made.system.layer))
    if made.people is not None and town.buildings is not None:
        ids = town.buildings.ids
        features += [(town.buildings_layer, str(ids[i])) for i in made.people.rows]
    return features
