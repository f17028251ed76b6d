"""Traces on a million edges, and files solved by us beside the plain libraries.

Wanted: a trace or an outage on 1,000,000 edges in under 0.5 s once the network is loaded; reading and solving a file at
most 1.2 times what the library needs in plain Python. Ours runs in the solver's process, warm; the library in this one.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.common import machine, main

EDGES, FEW_EDGES = 1_000_000, 50_000
TIMES, QUICK_TIMES = 7, 3
WANTED_TRACE_S, WANTED_RATIO = 0.5, 1.2


def run(quick: bool) -> dict[str, object]:  # noqa: FBT001 - the benchmarks' one signature
    """Trace on a grid of streets; solve the libraries' own larger examples."""
    traced = _traces(FEW_EDGES if quick else EDGES)
    solved = _solves(QUICK_TIMES if quick else TIMES)
    worst = max(float(entry["ratio"]) for entry in solved.values())
    slowest = max(traced["trace_s"], traced["outage_s"])
    return {
        "machine": machine(),
        **traced,
        "solve": solved,
        "ratio": worst,
        "wanted": WANTED_RATIO,
        "met": worst <= WANTED_RATIO and slowest < WANTED_TRACE_S,
    }


def grid(edges: int) -> Any:
    """Return a network of streets: a square grid of which some edges are missing."""
    from twin.network.model import Devices, Edges, Network, Nodes, Role, State

    rng = np.random.default_rng(1)
    side = int(np.sqrt(edges / 2 / 0.85)) + 2
    cell = np.arange(side * side)
    right, down = cell[cell % side < side - 1], cell[cell // side < side - 1]
    start = np.concatenate([right, down]).astype(np.intp)
    end = np.concatenate([right + 1, down + side]).astype(np.intp)
    keep = np.sort(rng.permutation(len(start))[:edges])
    start, end, count = start[keep], end[keep], len(cell)
    both = np.array(["source", "load"], dtype=object)
    return Network(
        id="grid",
        commodity="heat",
        nodes=Nodes(ids=_names("n", count), x_m=cell * 1.0, y_m=cell * 1.0),
        edges=Edges(
            ids=_names("e", edges),
            start=start,
            end=end,
            kind=np.full(edges, "pipe", object),
            state=np.full(edges, State.IN_SERVICE, object),
            length_m=rng.random(edges) * 50 + 1,
            geometry=np.full(edges, None, object),
        ),
        devices=Devices(
            ids=both,
            node=np.array([0, count - 1]),
            kind=both,
            role=np.array([Role.SOURCE, Role.CONSUMER], dtype=object),
            power_mw=np.ones(2),
            in_service=np.ones(2, bool),
            edge=np.array([-1, -1]),
        ),
    )


def _names(prefix: str, count: int) -> Any:
    made = np.empty(count, dtype=object)
    made[:] = [f"{prefix}{i}" for i in range(count)]
    return made


def _traces(edges: int) -> dict[str, Any]:
    from twin.network.outage import outage
    from twin.network.trace import trace

    network = grid(edges)
    first = _seconds(lambda: trace(network, "n7"), 1)
    middle = len(network.nodes) // 2
    return {
        "edges": edges,
        "first_trace_s": round(first, 3),
        "trace_s": round(_seconds(lambda: trace(network, f"n{middle}"), 3), 3),
        "outage_s": round(_seconds(lambda: outage(network, [f"e{edges // 2}"]), 3), 3),
    }


def _solves(times: int) -> dict[str, dict[str, float]]:
    import logging
    import warnings

    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    import pandapipes
    import pandapower

    from twin.network.solve.client import Solver

    found = {}
    solver = Solver()
    with tempfile.TemporaryDirectory() as name:
        for label, path, plain in _files(Path(name), pandapower, pandapipes):
            request = {"path": str(path), "where": label}
            solver.ask(request)
            plain(path)
            theirs, ours = [], []
            for _ in range(times):  # in turns, so that both meet the same machine
                theirs.append(_seconds(lambda p=path, f=plain: f(p), 1))
                ours.append(_seconds(lambda r=request: solver.ask(r), 1))
            ratio = float(np.median(ours) / np.median(theirs))
            found[label] = {
                "plain_s": round(float(np.median(theirs)), 3),
                "ours_s": round(float(np.median(ours)), 3),
                "ratio": round(ratio, 2),
            }
    solver.close()
    return found


def _files(folder: Path, pandapower: Any, pandapipes: Any) -> list[tuple[str, Path, Any]]:
    """Return files of the libraries' larger examples, and how to solve each plainly."""
    from pandapower import networks

    def power(path: Path) -> None:
        pandapower.runpp(pandapower.from_json(str(path)), numba=False)

    def pipes(path: Path) -> None:
        pandapipes.pipeflow(pandapipes.from_json(str(path)), mode="sequential")

    made = []
    for label, net in (
        ("lv_schutterwald", networks.lv_schutterwald()),
        ("mv_oberrhein", networks.mv_oberrhein()),
        ("case2848rte", networks.case2848rte()),
    ):
        path = folder / f"{label}.json"
        pandapower.to_json(net, str(path))
        made.append((label, path, power))
    path = folder / "heat_4000.json"
    pandapipes.to_json(_heat(pandapipes, 2000), str(path))
    made.append(("heat_4000_junctions", path, pipes))
    return made


def _heat(pandapipes: Any, houses: int) -> Any:
    """Return a heat network: a main with a house at every junction."""
    net = pandapipes.create_empty_network(fluid="water")
    net.user_pf_options = {"mode": "sequential"}
    ends = [pandapipes.create_junctions(net, houses, 5.0, 343.0) for _ in range(2)]
    for side in ends:
        pandapipes.create_pipes_from_parameters(
            net, side[:-1], side[1:], 0.005, inner_diameter_mm=600.0, k_mm=0.1, u_w_per_m2k=0.5, text_k=283.0
        )  # fmt: skip
    pandapipes.create_heat_consumers(net, ends[0][1:], ends[1][1:], qext_w=5000.0, deltat_k=30.0)
    pandapipes.create_circ_pump_const_pressure(
        net, ends[1][0], ends[0][0], 8.0, 5.0, t_flow_k=343.0
    )
    return net


def _seconds(work: Callable[[], object], times: int) -> float:
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return float(np.median(taken))


if __name__ == "__main__":
    main(run)
