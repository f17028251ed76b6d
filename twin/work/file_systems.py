"""Networks of layers whose source is a file of pandapower or pandapipes: the file's own network under the layer's ids.

The layer's features leave out what cannot be drawn (which bus a load hangs on, what a transformer joins); the
file has it all, and is solved as it is, with its own parameters.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.model.layer import LayerSpec
from twin.model.table import FeatureTable
from twin.network import balance, panda_file, panda_tables, plain_files
from twin.network.model import Network, Role
from twin.network.profiles import Day
from twin.network.results import solution
from twin.network.run import Run
from twin.network.solve.client import Answer, shared
from twin.progress import Progress
from twin.work.context import resolve

FEATURES = "features"


def file_of(spec: LayerSpec, folder: Path) -> Path | None:
    """Return the file of pandapower or pandapipes behind a layer, None where it has none."""
    source = spec.sources.get(FEATURES)
    if source is None or not source.path.lower().endswith(".json"):
        return None
    path = resolve(folder, source)
    return path if path.is_file() and plain_files.is_panda(path) else None


def network_of(path: Path, table: FeatureTable) -> Network:
    """Return the network of a file with the ids and the places that the layer's features have."""
    document = panda_tables.read(path)
    made = panda_file.network_of(document, path.stem)
    pipes = document.kind == panda_tables.PIPES
    node, main = ("junction", "pipe") if pipes else ("bus", "line")
    ids = _named(made.nodes.ids, node)
    frame = table.frame
    places = frame[frame["feature_id"].isin(set(ids)) & (frame.geometry.geom_type == "Point")]
    at = {str(i): (g.x, g.y) for i, g in zip(places["feature_id"], places.geometry, strict=True)}
    xy = np.array([at.get(str(i), (np.nan, np.nan)) for i in ids]).reshape(-1, 2)
    return replace(
        made,
        crs=table.crs,
        nodes=replace(made.nodes, ids=ids, x_m=xy[:, 0], y_m=xy[:, 1]),
        edges=replace(made.edges, ids=_named(made.edges.ids, main)),
        devices=replace(made.devices, ids=_named(made.devices.ids, "")),
        aliases={_plain(k, main): _plain(v, main) for k, v in made.aliases.items()},
    )


def _plain(name: str, main: str) -> str:
    table, _, index = name.partition(":")
    return f"{table}-{index}" if index else f"{main}-{name}"


def _named(ids: NDArray[Any], main: str) -> NDArray[Any]:
    made = np.empty(len(ids), dtype=object)
    made[:] = [_plain(str(i), main) for i in ids]
    return made


def run_file(
    path: Path, network: Network, at: datetime, *, name: str = "", progress: Progress | None = None
) -> Run:
    """Solve a file as its library does and return a run of one moment, by the layer's ids.

    Raises
    ------
    NetworkError
        It cannot be solved.
    """
    answer = shared().ask({"path": str(path), "where": path.name}, progress)
    found = solution(answer, {t: _ids(t, rows) for t, rows in _by_position(answer).items()})
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


def _by_position(answer: Answer) -> dict[str, list[str]]:
    return dict(answer.index)


def _ids(table: str, rows: list[str]) -> list[str]:
    """Return the layer's ids of a table's rows; a transformer is found by the name of its edge."""
    prefix = "trafo:" if table == "trafo" else ""
    return [f"{prefix}{table}-{row}" for row in rows]


__all__ = ["file_of", "network_of", "run_file"]
