"""``info PATH...``: what is in files, without opening a window."""

from __future__ import annotations

import argparse
from pathlib import Path

from twin.errors import BelvedereError
from twin.io import Inspection, inspect
from twin.io.inspection import AttributeInfo, LayerInfo
from twin.model.layer import Source
from twin.store.history import FolderHistory, is_history
from twin.store.project_folder import is_project, load_project
from twin.work.context import resolve
from ui.cli.output import print_json, print_problems, with_text
from ui.cli.projects import project_path
from ui.i18n import tr

PROJECT = "Belvedere"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("paths", nargs="+", metavar="PATH")


def run(options: argparse.Namespace) -> int:
    """Inspect every path; 0 if any could be read."""
    found = [inspection for name in options.paths for inspection in _inspected(name)]
    if options.json:
        rows = [{**i.as_dict(), "problems": [with_text(p) for p in i.problems]} for i in found]
        print_json({"files": rows})
    for inspection in found:
        if not options.json:
            _print(inspection)
        print_problems(inspection.problems)
    return 0 if any(i.shown for i in found) else 2


def _inspected(name: str) -> list[Inspection]:
    """Look into a file, or into every data file of a project and into the project itself."""
    path = project_path(name)
    if not is_project(path):
        return [_history(path) if is_history(path) else inspect(path)]
    try:
        project, folder, problems = load_project(path)
    except BelvedereError as error:
        return [Inspection(path=path, format=PROJECT, problems=(error.problem,))]
    found = [Inspection(path=path, format=PROJECT, problems=tuple(problems))] if problems else []
    sources = dict.fromkeys(s.path for spec in project.layers for s in spec.sources.values())
    for source in sources:
        try:
            # A source may not lead out of the project.
            full = resolve(folder, Source(path=source))
            found.append(_history(full) if is_history(full) else inspect(full))
        except BelvedereError as error:
            found.append(Inspection(path=Path(source), format="", problems=(error.problem,)))
    return found


def _history(path: Path) -> Inspection:
    """Describe a record of observations. Raises HistoryError where it cannot be read."""
    with FolderHistory(path) as history:
        streams, ends = history.streams().values(), history.extent()
        placed = [s for s in streams if s.placed]
        extent = None
        if placed:
            lon, lat = [s.lon for s in placed], [s.lat for s in placed]
            extent = (min(lon), min(lat), max(lon), max(lat))
        details: dict[str, object] = {"datastreams": len(streams)}
        if ends is not None:
            details |= {"first": ends[0].isoformat(), "last": ends[1].isoformat()}
        layer = LayerInfo(
            name="observations",
            kind="table",
            count=history.count(),
            crs="EPSG:4326" if placed else "",
            extent=extent,
            details=details,
            attributes=tuple(
                AttributeInfo(name=name, type=kind)
                for name, kind in (
                    *(("datastream", "text"), ("time", "date"), ("result", "number")),
                    *(("quality", "integer"), ("text", "text")),
                )
            ),
        )
    return Inspection(path=path, format="history", layers=(layer,))


def _print(inspection: Inspection) -> None:
    print(f"{inspection.path}: {inspection.format or 'unknown format'}")
    for layer in inspection.layers:
        crs = layer.crs or "no CRS"
        reason = f" ({tr(layer.crs_reason)})" if layer.crs_reason else ""
        print(f"  {layer.name}: {layer.count} {layer.kind}, {crs}{reason}")
        if layer.extent:
            print("    extent " + " ".join(f"{v:.2f}" for v in layer.extent))
        for name in ("datastreams", "first", "last"):
            if name in layer.details:
                print(f"    {name} {layer.details[name]}")
        if layer.lods:
            print("    LoD " + ", ".join(layer.lods))
        for attribute in layer.attributes:
            nulls = f", {attribute.null_count} null" if attribute.null_count else ""
            print(f"    {attribute.name}: {attribute.type}{nulls}")
