"""The networks of a file or of a project, opened for tracing and solving without a window."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from twin.errors import BelvedereError
from twin.model.layer import LayerSpec
from twin.model.project import Project
from twin.network.model import Network, NetworkError
from twin.network.validity import as_of, in_time
from twin.problems import Problem, Severity
from twin.progress import Progress, Unattended
from twin.registry import Registry
from twin.store.project_folder import is_project, load_project
from twin.work.context import JobContext
from twin.work.jobs import Job

if TYPE_CHECKING:
    from twin.live.timeline import Timeline
    from twin.model.table import FeatureTable
    from twin.network.chargers import Charger
    from twin.network.drawing import Meaning
    from twin.network.results import Solution
    from twin.network.serving import Buildings


@dataclass(frozen=True, eq=False, kw_only=True)
class System:
    """A network with what the project knows about it.

    Parameters
    ----------
    network : Network
    layer : str
        Id of its layer; empty for a file.
    table : FeatureTable or None
        The rows of its layer.
    """

    network: Network
    layer: str = ""
    title: Mapping[str, str] = field(default_factory=dict)
    table: FeatureTable | None = None
    file: Path | None = None

    @property
    def timeline(self) -> Timeline | None:
        """The series of the layer."""
        from twin.live import timeline_of

        if self.table is None:
            return None
        return timeline_of(self.table, "series", ("heat_kw", "p_kw"))

    @property
    def row_of(self) -> Mapping[str, int]:
        """Row of the table by feature id."""
        if self.table is None:
            return {}
        return {str(i): n for n, i in enumerate(self.table.frame["feature_id"])}


@dataclass(frozen=True, eq=False, kw_only=True)
class Systems:
    """All networks that were opened, the moment, and the buildings they serve."""

    systems: tuple[System, ...]
    at: datetime
    buildings: Buildings | None = None
    problems: tuple[Problem, ...] = ()


def is_solvable_file(path: Path) -> bool:
    """Whether a file is a network of pandapower, pandapipes or CGMES, by its name and first bytes."""
    if path.is_file() and path.suffix.lower() == ".json":
        with path.open("rb") as stream:
            head = stream.read(4096)
        return b"_class" in head or b"pandapower" in head or b"pandapipes" in head
    from twin.io import cgmes_file

    return cgmes_file.looks_like(path)


def solve_file(path: Path, *, mode: str = "", progress: Progress | None = None) -> Solution:
    """Solve a network file as the library itself would.

    Raises
    ------
    NetworkError
        It cannot be read or solved.
    """
    from twin.network.results import solution
    from twin.network.solve.client import shared

    request: dict[str, Any] = {"path": str(path.resolve()), "mode": mode, "where": path.name}
    if path.suffix.lower() != ".json":
        request["format"] = "cgmes"
    return solution(shared().ask(request, progress))


def open_systems(
    path: Path,
    registry: Registry,
    *,
    only: str = "",
    crs: str = "",
    meaning: Meaning | None = None,
    progress: Progress | None = None,
) -> Systems:
    """Open the networks of a project, or that of a file.

    Parameters
    ----------
    only : str
        Id of a layer or network.
    meaning : Meaning or None
        What the columns of a drawing are.

    Raises
    ------
    BelvedereError
        Nothing in it is a network.
    """
    watch = progress or Unattended()
    if is_project(path):
        project, folder, problems = load_project(path)
        found = _of_project(project, folder, registry, only=only, progress=watch)
        at = project.at or datetime.now(UTC)
        if not found:
            where = only or str(path)
            raise NetworkError("network.none_in_project", where)
        shared_buildings = _buildings(project, folder, registry, watch)
        return Systems(
            systems=tuple(found), at=at, buildings=shared_buildings, problems=tuple(problems)
        )
    from twin.network import plain_files

    found_in = plain_files.networks_of(path, crs=crs, meaning=meaning, progress=watch)
    chosen = [n for n in found_in if only in {"", n.id, n.commodity}]
    if not chosen:
        raise NetworkError("network.none_in_project", only)
    return Systems(systems=tuple(System(network=n) for n in chosen), at=datetime.now(UTC))


def _of_project(
    project: Project, folder: Path, registry: Registry, *, only: str, progress: Progress
) -> list[System]:
    found: list[System] = []
    at = project.at or datetime.now(UTC)
    wanted = [s for s in project.layers if not only or only.partition(".")[0] == s.id]
    for spec in wanted:
        layer = _layer(spec, registry)
        if layer is None or not hasattr(layer, "networks"):
            continue
        try:
            table = _load(layer, spec, folder, project, progress)
            found += systems_of(layer, spec, table, folder, at)
        except BelvedereError as error:
            progress.report(error.problem)
    if "." in only:
        found = [s for s in found if s.network.id == only]
    return found


def systems_of(
    layer: Any, spec: LayerSpec, table: FeatureTable, folder: Path, at: datetime | None = None
) -> list[System]:
    """Return the networks that a layer declares, as of a moment; that of its file where it has its own."""
    from dataclasses import replace

    from twin.work import file_systems

    own = file_systems.own_of(spec, folder, table)
    many, file = (layer.networks(table), None) if own is None else ((own[0],), own[1])
    made = []
    for network in many:
        name = spec.id if len(many) == 1 else f"{spec.id}.{network.commodity}"
        named = replace(as_of(network, at), id=name, title=spec.title)
        made.append(System(network=named, layer=spec.id, title=spec.title, table=table, file=file))
    return made


def _layer(spec: LayerSpec, registry: Registry) -> Any:
    try:
        return registry.create(spec.type)
    except BelvedereError:
        return None


def _load(
    layer: Any, spec: LayerSpec, folder: Path, project: Project, progress: Progress
) -> FeatureTable:
    from twin.work.runtime import make_layer

    params = make_layer(layer, spec).params
    job = Job("job.load", spec.id)
    table: FeatureTable = layer.load(JobContext(spec, folder, project.frame, params, job))
    for problem in job.problems:
        if problem.severity is not Severity.INFO:
            progress.report(problem)
    return table


def _buildings(
    project: Project, folder: Path, registry: Registry, progress: Progress
) -> Buildings | None:
    """Return the buildings of the first layer that has any."""
    from twin.network.serving import buildings_of

    for spec in project.layers:
        if "buildings" in spec.sources:
            layer = _layer(spec, registry)
            if layer is None:
                continue
            try:
                return buildings_of(_load(layer, spec, folder, project, progress).frame)
            except BelvedereError as error:
                progress.report(error.problem)
    return None


def _named(opened: Systems, name: str) -> System:
    """Return the network that has something of this name.

    Raises
    ------
    NetworkError
        None of them.
    """
    for system in opened.systems:
        if system.network.has(name):
            return system
    first = opened.systems[0].network
    some = ", ".join(str(i) for i in [*first.nodes.ids[:3], *first.devices.ids[:3]])
    raise NetworkError("network.no_such_id", first.id, id=name, examples=some)


def solved(
    opened: Systems,
    *,
    mode: str = "",
    steps: int = 1,
    chargers: Sequence[Charger] = (),
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Solve every network that exists at the moment and has a solver; merge what came out.

    Parameters
    ----------
    chargers : sequence of Charger
        Hung on the electric networks as loads.

    Raises
    ------
    NetworkError
        Not one of them could be solved; the reason of the first.
    """
    from twin.network import solving
    from twin.network.profiles import moments
    from twin.work.carried import carried
    from twin.work.file_systems import run_file

    problems: list[Problem] = []
    failure: BelvedereError | None = None
    merged: dict[str, Any] = {"nodes": {}, "edges": {}, "devices": {}}
    modes: dict[str, str] = {}
    times = moments(opened.at, steps)
    for system in opened.systems:
        network = system.network
        if len(opened.systems) > 1 and not in_time(network, opened.at):
            values = {"until": network.valid[1]}
            problems.append(Problem("network.past", network.id, values, Severity.INFO))
            continue
        if len(opened.systems) > 1 and network.commodity not in solving.SOLVABLE:
            continue
        try:
            if system.file is not None and not chargers and steps == 1:
                found = run_file(system.file, network, opened.at, progress=progress).solution
            else:
                network, day = carried(system, times, chargers, merged, problems)
                found = solving.solve(network, day, progress, mode=mode)
        except NetworkError as error:
            failure = failure or error
            problems.append(error.problem)
            continue
        modes[network.id] = found.mode
        problems += found.problems
        _merge(merged, found, steps)
    if not modes:
        raise failure or NetworkError("network.none_in_project", "")
    times_said = {"times": [t.isoformat() for t in times]} if steps > 1 else {}
    return {"networks": modes, **times_said, **merged, "_problems": problems}


def _merge(merged: dict[str, Any], found: Solution, steps: int) -> None:
    for sort in ("nodes", "edges", "devices"):
        for column, group in getattr(found, sort).items():
            values = group.values.T.tolist() if steps > 1 else group.values[0].tolist()
            merged[sort].setdefault(column, {}).update(zip(group.ids, values, strict=True))


def exported(opened: Systems, target: Path, progress: Progress | None = None) -> dict[str, Any]:
    """Write the first network that has a library to a file of that library.

    Raises
    ------
    NetworkError
        None has one, or the file cannot be written.
    """
    from twin.network import solving
    from twin.network.profiles import day_of, moments

    able = [s for s in opened.systems if s.network.commodity in solving.IN_LIBRARIES]
    if not able:
        first = opened.systems[0].network
        raise NetworkError("network.no_solver", first.id, commodity=first.commodity)
    system = able[0]
    day = day_of(system.network, moments(opened.at, 1), system.timeline, row_of=system.row_of)
    content = solving.written(system.network, day, progress)
    try:
        target.write_bytes(content)
    except OSError as error:
        raise NetworkError("network.sheet_not_written", str(target)) from error
    return {"network": system.network.id, "file": str(target), "bytes": len(content)}


def traced(opened: Systems, name: str, to: str = "") -> dict[str, Any]:
    """Return a trace from ``name``, or the shortest way to ``to``."""
    from twin.network import trace
    from twin.network.reports import trace_report

    if not to and not any(system.network.has(name) for system in opened.systems):
        from twin.work.homes import of_building

        told = of_building(opened, name)
        if told:
            return told
    system = _named(opened, name)
    network = system.network
    if to:
        way = trace.between(network, name, to)
        return {
            "network": network.id,
            "path": {
                "nodes": [str(network.nodes.ids[i]) for i in way.nodes],
                "edges": [str(network.edges.ids[i]) for i in way.edges],
                "length_m": round(way.length_m, 3),
            },
        }
    report = trace_report(trace.trace(network, name))
    return {"network": network.id, "trace": name, **report, "_problems": network.problems}


def without(opened: Systems, names: Sequence[str]) -> dict[str, Any]:
    """Return what happens when some things are taken out."""
    from twin.network.outage import outage
    from twin.network.reports import outage_report

    system = _named(opened, names[0])
    report = outage_report(outage(system.network, names), opened.buildings)
    return {"network": system.network.id, "outage": list(names), **report}


def summary(opened: Systems) -> dict[str, Any]:
    """Return what the networks have."""
    return {
        "networks": {
            s.network.id: {
                "commodity": s.network.commodity,
                "nodes": len(s.network.nodes),
                "edges": len(s.network.edges),
                "devices": len(s.network.devices),
                "length_m": round(float(np.nansum(s.network.edges.length_m)), 1),
                "sources": [
                    str(s.network.devices.ids[i])
                    for i in np.flatnonzero(s.network.devices.role == "source")
                ],
                "valid": list(s.network.valid),
            }
            for s in opened.systems
        },
        "_problems": [p for s in opened.systems for p in s.network.problems],
    }
