"""One request in the solver's process: make the net, solve it once or step by step, gather what came out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from twin.network.model import NetworkError
from twin.network.solve import faults, nets, recipes
from twin.network.solve.wire import Wire
from twin.problems import Problem

UNBALANCED = "unbalanced"


def answer(request: dict[str, Any], wire: Wire) -> None:
    """Solve and send the result, or convert a file and send its text."""
    if request.get("convert"):
        from twin.network.solve import cgmes

        wire.send_bytes({"type": "done"}, cgmes.as_json(Path(request["path"])))
        return
    net, where, assumed = _net(request)
    if request.get("write"):
        _set(net, (request.get("steps") or [{}])[0])
        wire.send_bytes({"type": "done"}, _text(net))
        return
    options = dict(request.get("options", {}))
    steps = request.get("steps") or [{}]
    gathered: list[dict[str, Any]] = []
    problems: list[dict[str, Any]] = []
    for number, step in enumerate(steps):
        _set(net, step)
        _solve(net, request.get("mode", ""), options, where)
        gathered.append(results_of(net))
        if number == 0:
            problems = [*(p.as_dict() for p in assumed), *faults.warnings(net)]
        wire.send({"type": "progress", "done": number + 1, "total": len(steps)})
    arrays, tables = _stacked(gathered)
    if request.get("names"):
        _name(tables, net, request["names"])
    sector = "power" if "bus" in net else "pipes"
    header = {"type": "done", "sector": sector, "tables": tables, "problems": problems}
    wire.send({**header, "mode": mode_of(net, request.get("mode", ""))}, arrays)


def _text(net: Any) -> bytes:
    """Return a net as the text of the library's own JSON file."""
    import pandapipes
    import pandapower

    library: Any = pandapower if "bus" in net else pandapipes
    return str(library.to_json(net)).encode()


def _net(request: dict[str, Any]) -> tuple[Any, str, list[Problem]]:
    """Return the net of a request, what messages call it, and what was assumed to have it."""
    if "path" in request:
        path = Path(request["path"])
        if request.get("format") == "cgmes":
            from twin.network.solve import cgmes

            net, assumed = cgmes.from_path(path)
            return net, path.name, assumed
        return nets.from_file(path), path.name, []
    return recipes.net_of(request["recipe"]), str(request.get("where", "")), []


def _set(net: Any, step: dict[str, dict[str, list[Any]]]) -> None:
    for table, columns in step.items():
        for name, values in columns.items():
            net[table][name] = values


def _solve(net: Any, mode: str, options: dict[str, Any], where: str) -> None:
    if "bus" in net:
        import pandapower

        faults.check_power(net, where)
        if mode == UNBALANCED:
            _unbalanced(net, where)
            return
        try:
            pandapower.runpp(net, numba=False, **options)
        except pandapower.LoadflowNotConverged as error:
            raise faults.not_converged_power(net, where) from error
        return
    import pandapipes
    from pandapipes.pf.pipeflow_setup import PipeflowNotConverged

    faults.check_pipes(net, where)
    try:
        if mode:
            options["mode"] = mode
        pandapipes.pipeflow(net, **options)
    except PipeflowNotConverged as error:
        raise faults.not_converged_pipes(net, where, options) from error


def _unbalanced(net: Any, where: str) -> None:
    import pandapower

    faults.check_phases(net, where)
    try:
        pandapower.runpp_3ph(net)
    except pandapower.LoadflowNotConverged as error:
        raise faults.not_converged_phases(net, where) from error
    except (KeyError, AttributeError) as error:
        reason = f"{type(error).__name__}: {error}"[:160]
        raise NetworkError("network.not_unbalanced", where, reason=reason) from error


def mode_of(net: Any, mode: str) -> str:
    """Return what was solved: the mode asked for, else the one that the file or the library has."""
    if "bus" in net:
        return mode or "balanced"
    said = dict(net.get("user_pf_options") or {})
    return str(mode or said.get("mode") or "hydraulics")


def results_of(net: Any) -> dict[str, Any]:
    """Return the result tables that have rows, without the ``res_`` of their names."""
    found = {}
    for name, table in net.items():
        if not str(name).startswith("res_") or not hasattr(table, "columns") or not len(table):
            continue
        element = str(name).removeprefix("res_").removesuffix("_3ph")
        numbers = table.select_dtypes("number")
        if len(numbers.columns):
            found[element] = numbers
    return found


def _name(tables: dict[str, Any], net: Any, column: str) -> None:
    """Label the rows of results by a column of their tables, where they have it."""
    for name, table in tables.items():
        if column in net[name]:
            table["index"] = [str(i).removeprefix("_") for i in net[name][column]]


def _stacked(gathered: list[dict[str, Any]]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return arrays (steps, rows) by ``table/column``, and the row labels of each table."""
    arrays, tables = {}, {}
    for name, first in gathered[0].items():
        tables[name] = {"index": [str(i) for i in first.index], "columns": list(first.columns)}
        for column in first.columns:
            values = [step[name][column].to_numpy(np.float64) for step in gathered]
            arrays[f"{name}/{column}"] = np.stack(values)
    return arrays, tables
