"""A city in one command: every dataset of a catalogue fetched for a place, made into a project.

What was fetched before is not fetched again; a service that fails is named, and the rest arrives.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import shapely

from twin.errors import BelvedereError, ProjectError
from twin.io import inspect
from twin.model.layer import LayerSpec, Source
from twin.model.project import Project
from twin.model.style import Constant, Style, style_from_dict
from twin.model.table import Provenance
from twin.problems import Problem, Severity
from twin.progress import Progress
from twin.registry import Registry
from twin.services.area import Area
from twin.services.asked import Asked, FeatureFile, feature
from twin.services.catalogue import Catalogue, Dataset
from twin.services.client import HttpClient, ServiceError
from twin.services.joins import join
from twin.services.kinds import connector
from twin.services.places import find_place
from twin.store.project_folder import PROJECT_FILE, save_project, write_atomically
from twin.work.assemble import bright_moment, free_id, type_for
from twin.work.brought.data import datasets
from twin.work.placing import frame_for, time_zone_of

RECORD = "fetched.json"
CACHE = ".fetched"
DATA = "data"
LIMIT_LAYER, LIMIT_COLOUR = "belvedere.vector", "#b0685c"


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of a dataset; ``problem`` says why it is not there.

    Parameters
    ----------
    file : str
        Relative to the project folder; empty where nothing came.
    at : str
        When the service said so, ISO 8601.
    """

    id: str
    file: str = ""
    count: int = 0
    address: str = ""
    at: str = ""
    source: str = ""
    licence: str = ""
    problem: Problem | None = None


Watch = Callable[[Dataset, Outcome | None], None]


@dataclass(frozen=True, kw_only=True)
class City:
    """A place that was fetched."""

    area: Area
    project: Project
    outcomes: tuple[Outcome, ...]


def fetch_city(
    name: str,
    folder: Path,
    catalogue: Catalogue,
    registry: Registry,
    progress: Progress,
    *,
    only: Sequence[str] = (),
    watch: Watch | None = None,
) -> City:
    """Fetch a place into a project folder; a second call goes on where the first one ended.

    Parameters
    ----------
    name : str
        A commune, its INSEE code, or any place that a geocoder knows.
    only : sequence of str
        Ids of the datasets wanted; empty: all.
    watch : callable or None
        Told of each dataset when it begins (None) and when it ends (its outcome).

    Raises
    ------
    ServiceError
        The place is unknown, or nothing of it could be fetched.
    ProjectError
        The folder holds a project of another making.
    """
    if (folder / PROJECT_FILE).exists() and not (folder / RECORD).exists():
        raise ProjectError("project.folder_taken", str(folder))
    with HttpClient(folder / CACHE, progress) as http:
        area, country = find_place(name, catalogue.places, http, progress)
        before = _recorded(folder)
        outcomes: list[Outcome] = []
        there = [*catalogue.of(country), *datasets(registry, country, progress.report)]
        wanted = [d for d in there if not only or d.id in only]
        for dataset in wanted:
            if watch is not None:
                watch(dataset, None)
            made = _one(
                dataset,
                before,
                outcomes,
                Asked(
                    dataset=dataset, area=area, folder=folder / DATA, http=http, progress=progress
                ),
            )
            if made is not None:
                outcomes.append(made)
                _record(folder, area, outcomes)
            if watch is not None:
                watch(dataset, made or Outcome(id=dataset.id))
    _join(catalogue, folder, outcomes, progress)
    project = _project(area, wanted, outcomes, folder, registry)
    save_project(project, folder)
    return City(area=area, project=project, outcomes=tuple(outcomes))


def fetch_layer(
    dataset: Dataset,
    project: Project,
    bounds_in_scene: Sequence[float],
    folder: Path,
    *,
    registry: Registry,
    progress: Progress,
) -> LayerSpec:
    """Fetch one dataset for what an open project shows; return its layer, whose source is an absolute path.

    Parameters
    ----------
    bounds_in_scene : sequence of 6 float
        x_min, y_min, z_min, x_max, y_max, z_max.
    folder : Path
        Where the data goes.

    Raises
    ------
    ServiceError
        The service does not answer, or has nothing here.
    """
    x0, y0, _, x1, y1, _ = bounds_in_scene
    corners = project.frame.lonlat_from_scene([(x0, y0), (x1, y0), (x1, y1), (x0, y1)])
    outline = shapely.Polygon(corners)
    area = Area(name=dataset.id, outline=outline, crs=project.frame.crs)
    with HttpClient(folder / CACHE, progress) as http:
        asked = Asked(
            dataset=dataset, area=area, folder=folder / DATA, http=http, progress=progress
        )
        fetched = connector(dataset.kind)(asked)
    found = inspect(fetched.path).layers if fetched.count else []
    outcome = Outcome(
        id=dataset.id,
        file=fetched.path.as_posix(),
        count=fetched.count,
        address=fetched.address,
        at=fetched.at.isoformat(timespec="seconds"),
        source=dataset.source,
        licence=dataset.licence,
    )
    taken = {spec.id for spec in project.layers}
    spec = _layer(dataset, outcome, found[0], registry, taken) if found else None
    if spec is None:
        raise ServiceError("service.empty", fetched.address, dataset=dataset.id)
    return replace(spec, visible=True)


def _one(
    dataset: Dataset, before: Mapping[str, Outcome], so_far: Sequence[Outcome], asked: Asked
) -> Outcome | None:
    """Fetch a dataset; None where it stands in for one that has arrived."""
    instead_of = dataset.instead_of.split()
    if any(o.id in instead_of and o.file for o in so_far):
        return None
    known = before.get(dataset.id)
    if known is not None and known.file and (asked.folder.parent / known.file).exists():
        return known
    base = Outcome(id=dataset.id, source=dataset.source, licence=dataset.licence)
    try:
        fetched = connector(dataset.kind)(asked)
    except BelvedereError as error:
        asked.progress.report(error.problem)
        return replace(base, problem=error.problem)
    return replace(
        base,
        file=fetched.path.relative_to(asked.folder.parent).as_posix(),
        count=fetched.count,
        address=fetched.address,
        at=fetched.at.isoformat(timespec="seconds"),
    )


def _join(
    catalogue: Catalogue, folder: Path, outcomes: Sequence[Outcome], progress: Progress
) -> None:
    files = {o.id: folder / o.file for o in outcomes if o.file.endswith(".geojson")}
    for how in catalogue.joins:
        if how.into in files and how.source in files:
            matched, total = join(files[how.into], files[how.source], how)
            values = {"source": how.source, "count": matched, "total": total}
            progress.report(Problem("fetch.joined", how.into, values, Severity.INFO))


def _project(
    area: Area,
    datasets: Sequence[Dataset],
    outcomes: Sequence[Outcome],
    folder: Path,
    registry: Registry,
) -> Project:
    by_id = {o.id: o for o in outcomes if o.file}
    specs: list[LayerSpec] = []
    infos: list[Any] = []
    for dataset in datasets:
        outcome = by_id.get(dataset.id)
        if outcome is None or not outcome.count or dataset.layer == "-" or dataset.role:
            continue
        found = inspect(folder / outcome.file)
        if not found.layers:
            continue
        infos.append(found.layers[0])
        spec = _layer(dataset, outcome, found.layers[0], registry, {s.id for s in specs})
        if spec is not None:
            specs.append(spec)
    if not infos:
        raise _nothing(area, outcomes)
    specs = [_dressed(spec, datasets, by_id) for spec in specs]
    specs += _limit(area, folder, registry, {s.id for s in specs})
    frame = frame_for(infos, area.crs)
    return Project(
        title={"en": area.name, "fr": area.name},
        frame=frame,
        layers=tuple(specs),
        at=bright_moment(frame),
        time_zone=time_zone_of(frame),
    )


def _layer(
    dataset: Dataset, outcome: Outcome, info: Any, registry: Registry, taken: set[str]
) -> LayerSpec | None:
    declared = registry.layer_types.get(dataset.layer) or type_for(info, registry)
    if declared is None:
        return None
    return LayerSpec(
        id=free_id(dataset.id, taken),
        type=declared.id,
        title=dataset.title,
        sources={declared.roles[0]: _source(outcome)},
        visible=dataset.shown,
        group=dataset.group,
        params=dataset.params,
        style=style_from_dict(dataset.style) if dataset.style else None,
    )


def _dressed(
    spec: LayerSpec, datasets: Sequence[Dataset], by_id: Mapping[str, Outcome]
) -> LayerSpec:
    """Give a layer its further sources: the picture that lies on the terrain."""
    more = {
        d.role: _source(by_id[d.id])
        for d in datasets
        if d.role and d.layer == spec.type and d.id in by_id
    }
    return replace(spec, sources={**spec.sources, **more}) if more else spec


def _limit(area: Area, folder: Path, registry: Registry, taken: set[str]) -> list[LayerSpec]:
    """Return the outline of the place as a layer of lines."""
    path = folder / DATA / "limit.geojson"
    with FeatureFile(path) as file:
        ring = shapely.boundary(area.outline)
        file.add([feature({"name": area.name}, shapely.geometry.mapping(ring))])
    if LIMIT_LAYER not in registry.layer_types:
        return []
    return [
        LayerSpec(
            id=free_id("limit", taken),
            type=LIMIT_LAYER,
            title={
                "en": "Limit of the place",
                "fr": "Limite du lieu",
                "ko": "대상 구역 경계",
                "ar": "حدود المكان",
            },
            sources={"features": Source(path=f"{DATA}/limit.geojson")},
            params={"as_": "lines", "line_width_px": 2.0, "lift_m": 1.5},
            style=Style(rule=Constant(colour=LIMIT_COLOUR)),
            legend=False,
        )
    ]


def _source(outcome: Outcome) -> Source:
    made = Provenance(
        source=f"{outcome.source} ({outcome.address})",
        date=datetime.fromisoformat(outcome.at).date().isoformat(),
        licence=outcome.licence,
    )
    return Source(path=outcome.file, provenance=made)


def _nothing(area: Area, outcomes: Sequence[Outcome]) -> BelvedereError:
    error = ServiceError("fetch.nothing", area.name)
    error.others = tuple(o.problem for o in outcomes if o.problem is not None)
    return error


def _record(folder: Path, area: Area, outcomes: Sequence[Outcome]) -> None:
    rows = [{k: v for k, v in asdict(o).items() if k != "problem"} for o in outcomes if o.file]
    data = {"place": area.name, "code": area.code, "crs": area.crs, "datasets": rows}
    folder.mkdir(parents=True, exist_ok=True)
    write_atomically(folder / RECORD, json.dumps(data, ensure_ascii=False, indent=1) + "\n")


def _recorded(folder: Path) -> dict[str, Outcome]:
    try:
        rows = json.loads((folder / RECORD).read_text(encoding="utf-8"))["datasets"]
        return {row["id"]: Outcome(**row) for row in rows}
    except (OSError, ValueError, KeyError, TypeError):
        return {}
