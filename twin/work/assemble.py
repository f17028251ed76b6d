"""A project from plain files: each gets the layer type that its contents ask for."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path, PurePosixPath

import numpy as np

from twin.errors import ProjectError, ReadError
from twin.io import Inspection, LayerInfo, gives_first, inspect
from twin.io.gtfs import read_timetable
from twin.io.guess import columns_for
from twin.model.geoframe import GeoFrame
from twin.model.layer import LayerSpec, Source
from twin.model.project import Project
from twin.model.table import Provenance
from twin.problems import Problem, Severity
from twin.registry import LayerType, Registry
from twin.store.data_files import Copies
from twin.store.project_folder import save_project
from twin.tiles.about import About, about, is_tileset
from twin.work.placing import far_problems, frame_for, time_zone_of
from twin.work.sheets import BUILDINGS, TERRAIN, Sheet, cut_to, gathered, sheet_of

PREFERRED = {
    "raster": "belvedere.terrain",
    "mesh": "belvedere.buildings",
    "cloud": "belvedere.points",
    "point": "belvedere.vector",
    "line": "belvedere.vector",
    "mixed": "belvedere.vector",
    "table": "belvedere.vector",
}
NETWORKS = {
    "pandapipesNet": "belvedere.heat",
    "pandapowerNet": "belvedere.grid",
    "cgmes": "belvedere.grid",
    "electricity": "belvedere.grid",
    **dict.fromkeys(("heat", "cold", "gas", "esdl"), "belvedere.heat"),
}
"""Layer types by the kind of network, or what it carries, that a file says it is."""

VEHICLES = "belvedere.vehicles"


LOOKED_AT = 2_000
NAMELESS = frozenset({"tileset", "model", "doc"})
"""Names that files of a format always have: the layer inside says more."""


def assemble(
    paths: Sequence[Path],
    registry: Registry,
    *,
    crs: str = "",
    title: str = "",
    addresses: Sequence[str] = (),
    streaming: bool = True,
) -> tuple[Project, list[Problem]]:
    """Make a project in memory whose layers show the files where they are.

    Parameters
    ----------
    crs : str
        Projected CRS of the project; empty: that of the first file that has one, else a UTM zone.
    addresses : sequence of str
        Tilesets on servers.
    streaming : bool
        Tilesets on this machine are streamed; else they are read whole, as any other file.

    Returns
    -------
    (project, problems)

    Raises
    ------
    ReadError
        Nothing in any of the files can be shown; ``others`` of it has what else was found.
    CrsError
        ``crs`` is unknown or not a projected CRS in metres.
    """
    addresses = [*addresses, *(str(path) for path in paths if streaming and is_tileset(path))]
    paths = [path for path in paths if str(path) not in addresses]
    # Of a large model the first objects tell what it is and where; the rest is read once, as a layer.
    found = [inspect(path, first=LOOKED_AT if gives_first(path) else None) for path in paths]
    problems = [p for inspection in found for p in inspection.problems]
    pairs = _shown(found, streaming=streaming)
    streamed = [about(address) for address in addresses]
    if not pairs and not streamed:
        raise _reason(problems, paths)
    frame = frame_for([layer for _, layer in pairs], crs) if pairs else frame_of(streamed[0], crs)
    problems += [p for i, layer in pairs for p in far_problems(layer, frame, i.path.name)]
    specs: list[LayerSpec] = []
    for tileset in streamed:
        specs.append(spec_of_tileset(tileset, {s.id for s in specs}))
    specs += _layers(pairs, registry, frame, crs=crs, taken={s.id for s in specs}, told=problems)
    name = title or _name(paths, pairs, specs)
    project = Project(
        title={"en": name, "fr": name},
        frame=frame,
        layers=tuple(specs),
        at=_moment(found, frame),
        time_zone=time_zone_of(frame),
    )
    return project, problems


def _shown(found: Sequence[Inspection], *, streaming: bool) -> list[tuple[Inspection, LayerInfo]]:
    """Return what of the files becomes a layer: tables without a place, and those behind stops, do not."""
    return [
        (i, layer if streaming else _read_whole(layer))
        for i in found
        for layer in i.layers
        if (layer.kind != "table" or layer.extent) and not _only_of_timetable(i, layer)
    ]


def _name(
    paths: Sequence[Path],
    pairs: Sequence[tuple[Inspection, LayerInfo]],
    specs: Sequence[LayerSpec],
) -> str:
    """Return the title of a project after its first file, or the layer in it where files are all named alike."""
    first = paths[0].stem if paths else str(specs[0].title["en"])
    own = pairs[0][1].name if first in NAMELESS and pairs else ""
    return own or first


def _moment(found: Sequence[Inspection], frame: GeoFrame) -> datetime:
    """Return a moment at which there is something to see."""
    timetable = next((i.path for i in found if is_timetable(i)), None)
    bright = bright_moment(frame)
    if timetable is None:
        return bright
    try:
        day = read_timetable(timetable).usual_day(datetime.now(UTC).date())
    except (ReadError, ValueError):
        return bright
    return bright.replace(year=day.year, month=day.month, day=day.day)


def _layers(
    pairs: Sequence[tuple[Inspection, LayerInfo]],
    registry: Registry,
    frame: GeoFrame,
    *,
    crs: str,
    taken: set[str],
    told: list[Problem],
) -> list[LayerSpec]:
    """Return the layers of files: the ground first, buildings next, as a reader looks for them."""
    sheets: list[Sheet] = []
    for inspection, layer in pairs:
        spec = spec_for(inspection, layer, registry, taken=taken, crs="" if layer.crs else crs)
        if spec is None:
            where = str(inspection.path)
            told.append(Problem("assemble.no_layer_type", where, {"kind": layer.kind}))
            continue
        taken.add(spec.id)
        sheets.append(sheet_of(spec, layer, frame))
    specs = cut_to(gathered(sheets), sheets, frame)
    return sorted(specs, key=lambda s: {TERRAIN: 0, BUILDINGS: 1}.get(s.type, 2))


def frame_of(tileset: About, crs: str) -> GeoFrame:
    """Return a frame around a tileset: in the wanted CRS, that it was made from, or a UTM zone."""
    lon, lat = tileset.lonlat or (0.0, 0.0)
    zone = 32600 + (100 if lat < 0 else 0) + int((lon + 180) // 6) % 60 + 1
    frame = GeoFrame(crs=crs or tileset.crs or f"EPSG:{zone}")
    x, y = frame.scene_from_lonlat([(lon, lat)])[0]
    return replace(frame, origin=(round(float(x)), round(float(y)), 0.0))


def spec_of_tileset(tileset: About, taken: set[str]) -> LayerSpec:
    """Return the layer that streams a tileset."""
    parts = [part for part in tileset.address.partition("?")[0].split("/") if part]
    name = tileset.title or (parts[-2] if len(parts) > 1 else parts[-1])
    return LayerSpec(
        id=free_id(name, taken),
        type="belvedere.tileset",
        title={"en": name, "fr": name},
        sources={"tileset": Source(path=tileset.address)},
        notice=tileset.notice,
    )


def bright_moment(frame: GeoFrame, year: int | None = None) -> datetime:
    """Return mid-afternoon by the sun on midsummer's day there: a light in which a model reads well."""
    lon, lat = frame.lonlat_from_scene([(0.0, 0.0)])[0]
    year = year or datetime.now(UTC).year
    month = 6 if not np.isfinite(lat) or lat >= 0 else 12
    offset_h = lon / 15.0 if np.isfinite(lon) else 0.0
    return datetime(year, month, 21, tzinfo=UTC) + timedelta(minutes=round((14.5 - offset_h) * 60))


def spec_for(
    inspection: Inspection,
    layer: LayerInfo,
    registry: Registry,
    *,
    taken: set[str],
    type_id: str = "",
    crs: str = "",
) -> LayerSpec | None:
    """Return the layer that shows one sublayer of a file, None if no layer type accepts it."""
    timetable = is_timetable(inspection) and not type_id
    wanted = VEHICLES if timetable else type_id
    chosen = registry.layer_types.get(wanted) if wanted else type_for(layer, registry)
    if chosen is None:
        return None
    several = len(inspection.layers) > 1 and not timetable
    own = layer.name if several or inspection.path.stem in NAMELESS else ""
    name = own or inspection.path.name.split(".")[0]
    source = Source(
        path=str(inspection.path.resolve()),
        sublayer=layer.name if several else "",
        crs=crs,
        provenance=Provenance(source=inspection.path.name),
    )
    return LayerSpec(
        id=free_id(name, taken),
        type=chosen.id,
        title={"en": name, "fr": name},
        sources={chosen.roles[0]: source},
        visible=not layer.details.get("hidden", False),
    )


def is_timetable(inspection: Inspection) -> bool:
    """Whether a file is a timetable of public transport (GTFS)."""
    names = {PurePosixPath(layer.name).stem for layer in inspection.layers}
    return {"stops", "trips", "stop_times"} <= names


def _only_of_timetable(inspection: Inspection, layer: LayerInfo) -> bool:
    """Whether a layer is one of the tables behind the stops of a timetable, which is shown as a whole."""
    return is_timetable(inspection) and PurePosixPath(layer.name).stem != "stops"


def _read_whole(layer: LayerInfo) -> LayerInfo:
    """Return what a tileset holds as any model: it is not streamed."""
    return replace(layer, details={k: v for k, v in layer.details.items() if k != "tilesets"})


def type_for(layer: LayerInfo, registry: Registry) -> LayerType | None:
    """Return the layer type for what a file holds: footprints become buildings, the rest is drawn as it is."""
    if "tilesets" in layer.details and "belvedere.tileset" in registry.layer_types:
        return registry.layer_types["belvedere.tileset"]
    network = NETWORKS.get(str(layer.details.get("network", "")), "")
    preferred = network or PREFERRED.get(layer.kind, "")
    if layer.kind == "polygon":
        preferred = "belvedere.buildings" if looks_like_buildings(layer) else "belvedere.vector"
    if preferred in registry.layer_types:
        return registry.layer_types[preferred]
    accepting = registry.accepting(layer.kind)
    return accepting[0] if accepting else None


def looks_like_buildings(layer: LayerInfo) -> bool:
    """Whether polygons are building footprints, by their columns or their name."""
    found = columns_for(attribute.name for attribute in layer.attributes)
    if {"height", "storeys"} & set(found):
        return True
    return bool(
        re.search(r"b[âa]ti|build|footprint|pand|gebaeude|gebouw|edific", layer.name, re.IGNORECASE)
    )


def write_project(project: Project, folder: Path) -> Project:
    """Write a project and copies of its files to a folder; return it as written.

    Nothing that is in the folder is written over, and nothing stays behind where it could not be written.

    Raises
    ------
    ProjectError
        The folder cannot be written, or a file cannot be copied.
    """
    copies = Copies(folder)
    names: dict[str, str] = {}
    try:
        for spec in project.layers:
            for source in spec.sources.values():
                if spec.type == "belvedere.tileset":  # thousands of files: they stay where they are
                    names[source.path] = source.path
                elif source.path not in names:
                    names[source.path] = copies.add(Path(source.path))
        layers = tuple(
            replace(
                spec, sources={r: replace(s, path=names[s.path]) for r, s in spec.sources.items()}
            )
            for spec in project.layers
        )
        written = replace(project, layers=layers)
        save_project(written, folder)
    except OSError as error:
        copies.undo()
        reason = error.strerror or str(error)
        raise ProjectError("project.cannot_make", str(folder), reason=reason) from error
    except ProjectError:
        copies.undo()
        raise
    return written


def free_id(name: str, taken: set[str]) -> str:
    """Return an id made of a name that is not taken yet."""
    base = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_") or "layer"
    candidate, number = base, 2
    while candidate in taken:
        candidate, number = f"{base}_{number}", number + 1
    return candidate


def _reason(problems: Sequence[Problem], paths: Sequence[Path]) -> ReadError:
    """Return the error that says why nothing can be shown: what is worst, and all the rest with it."""
    if not problems:
        return ReadError("assemble.nothing", ", ".join(path.name for path in paths))
    worst = next((p for p in problems if p.severity is Severity.ERROR), problems[0])
    error = ReadError(worst.key, worst.where, **worst.values)
    error.others = tuple(p for p in problems if p is not worst)
    return error
