"""``fetch PLACE --out DIR``: a city from the services that have it, as a project."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from twin.problems import Problem
from twin.services.catalogue import read_catalogue
from twin.work.fetch import City, fetch_city
from ui.cli.output import print_json, print_problems, with_text
from ui.cli.projects import registry
from ui.shipped import SERVICES

EVERY_S = 0.5


class Told:
    """Says on stderr how far the work is, where a person watches; keeps the problems."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self._last = 0.0
        self._watched = sys.stderr.isatty()

    def check_cancelled(self) -> None:
        """Ctrl+C ends the program; nothing else cancels."""

    def progress(self, done: float, total: float | None = None, unit: str = "") -> None:
        """Say how far the work is."""
        if self._watched and time.monotonic() - self._last > EVERY_S:
            self._last = time.monotonic()
            of = f" / {total:,.0f}" if total else ""
            print(f"\r{done:,.0f}{of} {unit}   ", end="", file=sys.stderr, flush=True)

    def report(self, problem: Problem) -> None:
        """Keep a problem."""
        self.problems.append(problem)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("place", help="a commune, its INSEE code, or any place")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR")
    parser.add_argument(
        "--services", type=Path, default=SERVICES, metavar="TOML", help="another catalogue"
    )
    parser.add_argument(
        "--only", action="append", default=[], metavar="DATASET", help="may be given several times"
    )


def run(options: argparse.Namespace) -> int:
    """Fetch; 0 if anything came."""
    told = Told()
    catalogue = read_catalogue(options.services)
    city = fetch_city(options.place, options.out, catalogue, registry(), told, only=options.only)
    if options.json:
        print_json(_as_json(city, options.out, told.problems))
    else:
        print(f"{options.out}: {city.area.name}, {city.area.crs}")
        for outcome in city.outcomes:
            what = f"{outcome.count:,}" if outcome.file else "-"
            print(f"  {outcome.id}: {what}  {outcome.address}  {outcome.licence}")
    print_problems(told.problems)
    return 0


def _as_json(city: City, folder: Path, problems: list[Problem]) -> dict[str, object]:
    return {
        "project": str(folder),
        "place": city.area.name,
        "code": city.area.code,
        "crs": city.area.crs,
        "datasets": [
            {
                "id": o.id,
                "file": o.file,
                "count": o.count,
                "address": o.address,
                "date": o.at,
                "source": o.source,
                "licence": o.licence,
                "problem": with_text(o.problem) if o.problem else None,
            }
            for o in city.outcomes
        ],
        "layers": [spec.id for spec in city.project.layers],
        "problems": [with_text(p) for p in problems],
    }
