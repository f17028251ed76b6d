"""Every network of a folder of files of others: opened, traced, cut and solved, as a table.

    python -m tests.twin.network.survey DIR... [--write docs/networks.md]

Files of pandapower, pandapipes and CGMES are solved as they are; drawings are opened, joined, traced and cut.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from twin import io
from twin.errors import BelvedereError
from twin.io import cgmes_file
from twin.network.model import Network
from twin.network.outage import outage
from twin.network.plain_files import is_panda, network_of
from twin.network.solve.client import shared
from twin.network.trace import trace
from twin.progress import Unattended
from twin.work.systems import is_solvable_file, solve_file

DRAWN = {".geojson", ".gpkg", ".shp", ".gml", ".esdl"}
BEGIN, END = "<!-- survey: written by tests/twin/network/survey.py -->", "<!-- end of survey -->"
HEAD = "| file | listed by `info` | nodes, edges, devices | traced | cut | solved | s |"


@dataclass(frozen=True, kw_only=True)
class Row:
    """What became of one file."""

    name: str
    listed: str
    size: str
    traced: str = "–"
    cut: str = "–"
    solved: str = "–"
    seconds: float = 0.0

    def __str__(self) -> str:
        cells = (
            self.name,
            self.listed,
            self.size,
            self.traced,
            self.cut,
            self.solved,
            f"{self.seconds:.1f}",
        )
        return "| " + " | ".join(cells) + " |"


def networks_in(folder: Path) -> Iterator[Path]:
    """Yield the files of a folder that may be networks: those of solvers, and drawings with lines."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and (_is_solvers(path) or _is_drawing(path)):
            yield path


def _is_solvers(path: Path) -> bool:
    return (path.suffix == ".json" and is_panda(path)) or cgmes_file.looks_like(path)


def _is_drawing(path: Path) -> bool:
    return path.suffix.lower() in DRAWN and _has_lines(path)


def _has_lines(path: Path) -> bool:
    kinds = {layer.kind for layer in io.inspect(path).layers}
    return path.suffix == ".esdl" or bool(kinds & {"line", "mixed"})


def row_of(path: Path) -> Row:
    """Open one file in every way."""
    began = time.perf_counter()
    counts = [str(layer.count) for layer in io.inspect(path).layers]
    listed = ", ".join(counts) or "no"
    try:
        network = network_of(path, progress=Unattended())
    except BelvedereError as error:
        return Row(name=_named(path), listed=listed, size=error.problem.key)
    size = f"{len(network.nodes)}, {len(network.edges)}, {len(network.devices)}"
    solved = _solved(path) if is_solvable_file(path) else "–"
    return Row(
        name=_named(path),
        listed=listed,
        size=size,
        traced=_traced(network),
        cut=_cut(network),
        solved=solved,
        seconds=time.perf_counter() - began,
    )


def _named(path: Path) -> str:
    """Return the file with its folder: several are called alike."""
    return f"{path.parent.name}/{path.name}"


def _traced(network: Network) -> str:
    start = network.devices.ids if len(network.devices) else network.nodes.ids
    try:
        found = trace(network, str(start[-1]))
    except BelvedereError as error:
        return error.problem.key
    return "to its source" if found.to_source is not None else "no source"


def _cut(network: Network) -> str:
    middle = network.edges.ids[int(np.argmax(network.edges.length_m))]
    try:
        return f"{len(outage(network, [str(middle)]).consumers)} consumers"
    except BelvedereError as error:
        return error.problem.key


def _solved(path: Path) -> str:
    try:
        return solve_file(path).mode
    except BelvedereError as error:
        return error.problem.key


def main() -> None:
    """Print the table, or write it between its marks."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--write", type=Path)
    given = parser.parse_args()
    rows = [row_of(path) for folder in given.folders for path in networks_in(folder)]
    shared().close()
    table = "\n".join([HEAD, "| --- | --- | --- | --- | --- | --- | --- |", *map(str, rows)])
    if given.write is None:
        sys.stdout.write(table + "\n")
        return
    before, _, rest = given.write.read_text(encoding="utf-8").partition(BEGIN)
    after = rest.partition(END)[2]
    given.write.write_text(f"{before}{BEGIN}\n{table}\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
