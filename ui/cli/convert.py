"""``convert IN... --out FILE``: files, or a layer of a project, written in another format."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from twin.errors import ReadError
from twin.io import WRITTEN, LayerInfo, inspect, read, write_table
from twin.io.merge import merged
from twin.io.write import is_model
from twin.model.geoframe import GeoFrame, is_metric
from twin.model.layer import LayerSpec
from twin.model.project import Project
from twin.model.table import FeatureTable
from twin.progress import Unattended
from twin.store.project_folder import is_project, load_project
from twin.work.context import resolve
from twin.work.placing import frame_for
from ui.cli.output import print_json, print_problems, with_text
from ui.cli.projects import project_path

BUILDINGS = "belvedere.buildings"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("inputs", nargs="+", metavar="IN", help="files, a project folder, or demo")
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help=" ".join(WRITTEN))
    parser.add_argument(
        "--crs", default="", help="CRS of the result; default: that of the first file"
    )
    parser.add_argument("--source-crs", default="", help="CRS of the files, where they do not say")
    parser.add_argument(
        "--layer", default="", help="layer of a file or project; default: the first"
    )
    parser.add_argument(
        "--lod", default="highest", help="level of detail: highest, all, or one such as 1.2"
    )


def run(options: argparse.Namespace) -> int:
    """Convert; 0 when the file is written."""
    if not options.out.resolve().parent.is_dir():
        raise ReadError("io.cannot_write", str(options.out), reason="no such folder")
    progress = Unattended()
    tables = []
    frame = GeoFrame(crs=options.crs) if options.crs else None
    for name in options.inputs:
        for table in _tables(name, options, frame, progress):
            frame = frame or (GeoFrame(crs=table.crs) if table.crs else None)
            tables.append(table)
    table = tables[0] if len(tables) == 1 else merged(tables, name=options.out.name.split(".")[0])
    written = write_table(table, options.out)
    triangles = 0 if written.mesh is None else len(written.mesh.triangles)
    if options.json:
        print_json(
            {
                "out": str(options.out),
                "rows": len(table),
                "triangles": triangles,
                "crs": table.crs,
                "bytes": options.out.stat().st_size,
                "problems": [with_text(problem) for problem in progress.problems],
            }
        )
    else:
        print(f"{options.out}: {len(table)} rows, {triangles} triangles, {table.crs or 'no CRS'}")
    print_problems(progress.problems)
    return 0


def _tables(
    name: str, options: argparse.Namespace, frame: GeoFrame | None, progress: Unattended
) -> Iterator[FeatureTable]:
    path = project_path(name)
    if is_project(path):
        project, folder, problems = load_project(path)
        progress.problems.extend(problems)
        spec = _chosen(project, options.layer)
        source = next(iter(spec.sources.values()))
        target = frame or project.frame
        yield read(
            resolve(folder, source), sublayer=source.sublayer, crs=source.crs, target=target, progress=progress,
            options={**source.options, "lod": options.lod},
        )  # fmt: skip
        return
    found = inspect(path)
    if not found.layers:
        worst = found.problems[0]
        raise ReadError(worst.key, worst.where, **worst.values)
    wanted = [layer.name for layer in found.layers if options.layer in {"", layer.name}]
    if not wanted:
        names = ", ".join(layer.name for layer in found.layers)
        raise ReadError("io.no_such_layer", f"{path.name} › {options.layer}", layers=names)
    frame = frame or _in_metres(found.layers, options)
    table = read(
        path, sublayer=wanted[0] if len(found.layers) > 1 else "", crs=options.source_crs, target=frame,
        progress=progress, options={"lod": options.lod},
    )  # fmt: skip
    yield table if table.name else replace(table, name=wanted[0])


def _in_metres(layers: Sequence[LayerInfo], options: argparse.Namespace) -> GeoFrame | None:
    """Return the zone in metres of a model made of degrees, None where the file's own CRS will do."""
    own = options.source_crs or layers[0].crs
    if not is_model(options.out) or not own or is_metric(own):
        return None
    return GeoFrame(crs=frame_for(layers, "").crs)


def _chosen(project: Project, layer: str) -> LayerSpec:
    """Return the layer of that id; else the first buildings; else the first of all."""
    specs = [spec for spec in project.layers if spec.sources]
    for spec in specs:
        if spec.id == layer:
            return spec
    if layer or not specs:
        names = ", ".join(spec.id for spec in specs)
        raise ReadError("io.no_such_layer", layer or "project", layers=names)
    return next((spec for spec in specs if spec.type == BUILDINGS), specs[0])
