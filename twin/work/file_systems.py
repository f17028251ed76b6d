"""Networks of layers whose source is a file of pandapower, pandapipes, CGMES or ESDL: its own, by the ids of the layer.

The layer's features leave out what cannot be drawn (which bus a load hangs on, what a transformer joins); the
file has it all, and is solved as it is, with its own parameters.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.io import cgmes_file
from twin.model.layer import LayerSpec
from twin.model.table import FeatureTable
from twin.network import balance, esdl, panda_file, panda_tables, plain_files
from twin.network.model import Network, Role
from twin.network.panda_tables import Document
from twin.network.phases import with_sums
from twin.network.profiles import Day
from twin.network.results import solution
from twin.network.run import Run
from twin.network.solve.client import shared
from twin.progress import Progress, Unattended
from twin.work.context import resolve

FEATURES = "features"
ORIGIN = "origin_id"
"""Column in which pandapower keeps the id that a model of CGMES gave to a thing."""


def own_of(
    spec: LayerSpec, folder: Path, table: FeatureTable
) -> tuple[Network, Path | None] | None:
    """Return the network that the file behind a layer holds, with the file if its library solves it as it is.

    None where the file is a drawing: then the layer says what its network is.
    """
    source = spec.sources.get(FEATURES)
    path = resolve(folder, source) if source is not None else None
    if path is not None and path.suffix.lower() == ".esdl" and path.is_file():
        ids = table.frame["feature_id"].astype(str)
        drawn = dict(zip(ids, table.frame.geometry, strict=True))
        return esdl.network_of(path, drawn, table.crs), None
    file = file_of(spec, folder)
    return None if file is None else (network_of(file, table), file)


def file_of(spec: LayerSpec, folder: Path) -> Path | None:
    """Return the file of pandapower, pandapipes or CGMES behind a layer, None where it has none."""
    source = spec.sources.get(FEATURES)
    if source is None:
        return None
    path = resolve(folder, source)
    if path.suffix.lower() == ".json":
        return path if path.is_file() and plain_files.is_panda(path) else None
    return path if cgmes_file.looks_like(path) else None


def network_of(path: Path, table: FeatureTable) -> Network:
    """Return the network of a file with the ids and the places that the layer's features have."""
    cgmes = path.suffix.lower() != ".json"
    document = plain_files.cgmes_document(path, Unattended()) if cgmes else panda_tables.read(path)
    made = panda_file.network_of(document, path.stem)
    pipes = document.kind == panda_tables.PIPES
    node, main = ("junction", "pipe") if pipes else ("bus", "line")
    name = _Naming(_origins(document) if cgmes else {})
    ids = name.all(made.nodes.ids, node)
    frame = table.frame
    places = frame[frame["feature_id"].isin(set(ids)) & (frame.geometry.geom_type == "Point")]
    at = {str(i): (g.x, g.y) for i, g in zip(places["feature_id"], places.geometry, strict=True)}
    xy = np.array([at.get(str(i), (np.nan, np.nan)) for i in ids]).reshape(-1, 2)
    return replace(
        made,
        crs=table.crs,
        nodes=replace(made.nodes, ids=ids, x_m=xy[:, 0], y_m=xy[:, 1]),
        edges=replace(made.edges, ids=name.all(made.edges.ids, main)),
        devices=replace(made.devices, ids=name.all(made.devices.ids, "")),
        aliases={name.one(k, main): name.one(v, main) for k, v in made.aliases.items()},
    )


@dataclass(frozen=True)
class _Naming:
    """The layer's ids of what a file calls by table and row; CGMES has ids of its own."""

    origin: Mapping[str, str]

    def one(self, name: str, main: str) -> str:
        """Return an id; a bare row is one of the table ``main``."""
        table, _, row = name.rpartition(":")
        key = f"{table or main}-{row}"
        return self.origin.get(key, key)

    def all(self, ids: NDArray[Any], main: str) -> NDArray[Any]:
        """Return (n,) ids."""
        made = np.empty(len(ids), dtype=object)
        made[:] = [self.one(str(i), main) for i in ids]
        return made


def _origins(document: Document) -> dict[str, str]:
    """Return the ids that a model of CGMES gave to the rows of its tables, by table and row."""
    found = {}
    for name, table in document.tables.items():
        for index, own in zip(table.index, table.columns.get(ORIGIN, ()), strict=False):
            found[f"{name}-{index}"] = str(own).removeprefix("_")
    return found


def run_file(
    path: Path,
    network: Network,
    at: datetime,
    *,
    name: str = "",
    mode: str = "",
    progress: Progress | None = None,
) -> Run:
    """Solve a file as its library does and return a run of one moment, by the layer's ids.

    ``mode`` as for :func:`twin.network.solving.solve_for`.

    Raises
    ------
    NetworkError
        It cannot be solved.
    """
    cgmes = path.suffix.lower() != ".json"
    request = {"path": str(path), "where": path.name, "mode": mode}
    request |= {"format": "cgmes", "names": ORIGIN} if cgmes else {}
    answer = shared().ask(request, progress)
    names = {
        table: [_shown(table, row, own=cgmes) for row in rows]
        for table, rows in answer.index.items()
    }
    found = with_sums(solution(answer, names))
    devices = network.devices
    kw = found.column("device", "p_mw", devices.ids)[0] * 1000.0
    kw = np.where(np.isfinite(kw), kw, found.column("edge", "qext_w", devices.ids)[0] / 1000.0)
    produced = (devices.role == Role.PRODUCER).astype(bool)
    kw = np.nan_to_num(np.where(produced, -kw, kw))
    sources = (devices.role == Role.SOURCE).astype(bool)
    day = Day(
        times=(at.astimezone(UTC),),
        power_kw=np.where(sources, 0.0, kw)[None, :],
        estimated=np.zeros(len(devices), bool),
    )
    numbers = balance.indicators(network, found, day)
    return Run(name=name, network=network, changes=(), day=day, solution=found, indicators=numbers)


def _shown(table: str, row: str, *, own: bool) -> str:
    """Return the layer's id of a row of results; a transformer is found by the name of its edge."""
    name = row if own else f"{table}-{row}"
    return f"trafo:{name}" if table == "trafo" else name


__all__ = ["file_of", "network_of", "own_of", "run_file"]
