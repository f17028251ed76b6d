"""``bake SOURCE... --out DIR``: a 3D Tiles 1.1 tileset of a project, of files, or of a database."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from twin.problems import Problem, Severity
from twin.progress import Progress, Unattended
from twin.services.postgis import fetch, is_database
from twin.store.project_folder import is_project
from ui.cli.output import print_json, print_problems, with_text
from ui.cli.projects import open_any, project_path, registry
from ui.shipped import ROOT

if TYPE_CHECKING:
    from twin.tiles.baking import BakeReport

MOST_NAMED = 20
"""So many baked tiles are named in JSON by default."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "sources", nargs="+", metavar="SOURCE", help="project, files, demo, or postgresql://..."
    )
    parser.add_argument("--out", required=True, type=_folder, metavar="DIR")
    parser.add_argument(
        "--crs", default="", help="projected CRS, in metres; default: that of the data"
    )
    parser.add_argument("--hide", action="append", default=[], metavar="LAYER")
    parser.add_argument("--workers", type=int, default=0, help="processes; default: one a core")
    parser.add_argument(
        "--scheduler", default="", metavar="tcp://HOST:PORT", help="of Dask distributed"
    )


def run(options: argparse.Namespace) -> int:
    """Bake; 0 if there is a tileset."""
    progress = _Told(quiet=options.json)
    with tempfile.TemporaryDirectory(prefix="belvedere-") as spool:
        sources = [
            str(found)
            for name in options.sources
            for found in _fetched(name, Path(spool), progress)
        ]
        return _bake(options, sources, progress)


def _fetched(source: str, spool: Path, progress: Progress) -> list[Path | str]:
    """Return a source as files: a database is streamed to a folder of our own."""
    if not is_database(source):
        return [source]
    return [*fetch(source, spool, progress)]


def _bake(options: argparse.Namespace, sources: list[str], progress: _Told) -> int:
    from twin.tiles.baking import bake
    from twin.work.baking import layers_to_bake, snapped

    started = time.perf_counter()
    types = registry()
    opened = open_any(sources, types, crs=options.crs, streaming=False)
    project = opened.project
    if not (len(sources) == 1 and is_project(project_path(sources[0]))):
        project = replace(project, frame=snapped(project.frame))
    shown = [s.id for s in project.layers if s.visible and s.id not in options.hide]
    project = project.showing(shown)
    roots = [ROOT / "layers", ROOT / "plugins"]
    layers, placement = layers_to_bake(
        project, opened.folder, types, roots=roots, progress=progress
    )
    title = project.title.get("en") or next(iter(project.title.values()), "")
    report = bake(
        layers,
        options.out,
        placement=placement,
        progress=progress,
        workers=options.workers,
        scheduler=options.scheduler,
        about={"title": title, "notice": dict(project.notice)},
    )
    problems = [*opened.problems, *progress.problems, *report.problems]
    if not placement.geoid:
        problems.append(Problem("tiles.no_geoid", str(options.out), {}, Severity.WARNING))
    seconds = time.perf_counter() - started
    if options.json:
        told = _answer(report, problems)
        print_json(
            told
            | {
                "seconds": round(seconds, 2),
                "crs": project.frame.crs,
                "geoid": placement.geoid,
            }
        )
    else:
        print(
            f"{options.out / 'tileset.json'}: {report.features} features, {report.tiles} tiles "
            f"({len(report.baked)} baked, {report.kept} kept), {report.size_bytes / 1e6:.1f} MB, {seconds:.1f} s"
        )
    print_problems(problems)
    return 0


def _answer(report: BakeReport, problems: list[Problem]) -> dict[str, object]:
    return {
        "out": str(report.out),
        "tileset": str(report.out / "tileset.json"),
        "layers": report.layers,
        "features": report.features,
        "triangles": report.triangles,
        "tiles": report.tiles,
        "baked": len(report.baked),
        "kept": report.kept,
        "removed": report.removed,
        "baked_tiles": report.baked[:MOST_NAMED],
        "bytes": report.size_bytes,
        "problems": [with_text(p) for p in problems],
    }


class _Told(Unattended):
    """A progress that prints a line now and then to stderr, where somebody watches."""

    def __init__(self, *, quiet: bool) -> None:
        super().__init__()
        self._quiet = quiet or not sys.stderr.isatty()
        self._last = 0.0

    def progress(self, done: float, total: float | None = None, unit: str = "") -> None:
        """Print at most twice a second."""
        now = time.monotonic()
        if self._quiet or now - self._last < 0.5:
            return
        self._last = now
        of = f" / {total:.0f}" if total else ""
        print(f"\r{done:.0f}{of} {unit}", end="", file=sys.stderr)


def _folder(text: str) -> Path:
    path = Path(text)
    if path.exists() and not path.is_dir():
        raise argparse.ArgumentTypeError(f"{text} is a file; a tileset is a folder")
    return path
