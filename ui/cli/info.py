"""``info PATH...``: what is in files, without opening a window."""

from __future__ import annotations

import argparse
from pathlib import Path

from twin.io import Inspection, inspect
from twin.problems import Severity
from ui.cli.output import print_json, print_problems, with_text
from ui.cli.projects import DEMO
from ui.i18n import tr


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("paths", nargs="+", metavar="PATH")


def run(options: argparse.Namespace) -> int:
    """Inspect every path; 0 if any could be read."""
    found = [inspect(path) for name in options.paths for path in _files(name)]
    if options.json:
        rows = [{**i.as_dict(), "problems": [with_text(p) for p in i.problems]} for i in found]
        print_json({"files": rows})
    for inspection in found:
        if not options.json:
            _print(inspection)
        print_problems(inspection.problems)
    return 0 if any(_shown(i) for i in found) else 2


def _files(name: str) -> list[Path]:
    """A project stands for its data files."""
    path = DEMO if name == "demo" else Path(name)
    if (path / "project.json").is_file():
        from twin.store.project_folder import load_project

        project, folder, _ = load_project(path)
        names = dict.fromkeys(s.path for spec in project.layers for s in spec.sources.values())
        return [folder / n for n in names]
    return [path]


def _shown(inspection: Inspection) -> bool:
    return bool(inspection.layers) and not any(
        p.severity is Severity.ERROR and not inspection.layers for p in inspection.problems
    )


def _print(inspection: Inspection) -> None:
    print(f"{inspection.path}: {inspection.format or 'unknown format'}")
    for layer in inspection.layers:
        crs = layer.crs or "no CRS"
        reason = f" ({tr(layer.crs_reason)})" if layer.crs_reason else ""
        print(f"  {layer.name}: {layer.count} {layer.kind}, {crs}{reason}")
        if layer.extent:
            print("    extent " + " ".join(f"{v:.2f}" for v in layer.extent))
        if layer.lods:
            print("    LoD " + ", ".join(layer.lods))
        for attribute in layer.attributes:
            nulls = f", {attribute.null_count} null" if attribute.null_count else ""
            print(f"    {attribute.name}: {attribute.type}{nulls}")
