"""Flows are those of pandapower and pandapipes in plain Python; files cannot make the solver run anything."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from twin.errors import Cancelled
from twin.network.model import NetworkError
from twin.network.results import solution
from twin.network.solve.client import Solver
from twin.progress import Unattended

pytest.importorskip("pandapower")
pytest.importorskip("pandapipes")

POWER = ("lv_schutterwald", "mv_oberrhein_substations", "simbench_1-LV-semiurb4--0-sw",
         "simbench_1-LV-urban6--0-sw", "simbench_1-MV-urban--0-sw")  # fmt: skip
PIPES = ("gas_net_schutterwald_1bar", "sw_heat")


@pytest.fixture(scope="module")
def solver() -> Iterator[Solver]:
    made = Solver()
    yield made
    made.close()


def plain(path: Path, *, heat: bool) -> str:
    """Return the results of the library itself as JSON, from a process that knows nothing of us."""
    run = (
        "import pandapipes as p; n = p.from_json(sys.argv[1]); p.pipeflow(n)"
        if heat
        else "import pandapower as p; n = p.from_json(sys.argv[1]); p.runpp(n, numba=False)"
    )
    code = (
        f"import sys, json; {run}\n"
        "print(json.dumps({k: {c: {str(i): float(x) for i, x in v[c].items()} for c in"
        " v.select_dtypes('number').columns} for k, v in n.items() if k.startswith('res_') and len(v)}))"
    )
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code, str(path)], capture_output=True, check=True
    )
    return done.stdout.decode().splitlines()[-1]


@pytest.mark.shared_data
@pytest.mark.parametrize("name", [*POWER, *PIPES])
def test_flows_are_those_of_the_library(shared_data: Path, solver: Solver, name: str) -> None:
    heat = name in PIPES
    folder = "heat_networks/pandapipes" if heat else "power_nets"
    path = shared_data / folder / f"{name}.json"
    ours = solver.ask({"path": str(path), "where": path.name})
    theirs = json.loads(plain(path, heat=heat))
    compared = 0
    for table, columns in theirs.items():
        for column, by_index in columns.items():
            values = ours.values[table.removeprefix("res_"), column][0]
            expected = np.array(list(by_index.values()))
            assert ours.index[table.removeprefix("res_")] == list(by_index)
            assert np.allclose(values, expected, rtol=0, atol=1e-6, equal_nan=True), (table, column)
            compared += len(expected)
    assert compared > 500


@pytest.mark.shared_data
def test_results_are_by_node_and_edge_id(shared_data: Path, solver: Solver) -> None:
    path = shared_data / "power_nets" / "simbench_1-LV-urban6--0-sw.json"
    found = solution(solver.ask({"path": str(path)})).as_dict()
    assert 0.9 < found["nodes"]["vm_pu"]["0"] < 1.1
    loading = found["edges"]["loading_percent"]
    assert {"0", "trafo:0"} <= set(loading)
    assert "p_mw" in found["devices"]


def net_with(tmp_path: Path, **changes: object) -> Path:
    """Write a small net of two buses, its document changed."""
    import pandapower

    net = pandapower.create_empty_network()
    one, two = (pandapower.create_bus(net, 20.0, name=n) for n in ("Nord", "Sud"))
    pandapower.create_ext_grid(net, one)
    pandapower.create_line(net, one, two, 1.0, "NA2XS2Y 1x185 RM/25 12/20 kV")
    pandapower.create_load(net, two, 1.0)
    document = json.loads(pandapower.to_json(net))
    document["_object"].update(changes)
    path = tmp_path / "net.json"
    path.write_text(json.dumps(document))
    return path


def test_a_file_makes_nothing_run(tmp_path: Path, solver: Solver) -> None:
    mark = tmp_path / "ran"
    evil = {"_module": "subprocess", "_class": "getoutput", "_object": f"touch {mark}"}
    bus = {"_module": "os", "_class": "system", "_object": f"touch {mark}"}
    path = net_with(tmp_path, user_pf_options=evil, profiles=[bus], std_types={"line": evil})
    found = solver.ask({"path": str(path)})
    assert found.values["bus", "vm_pu"].shape == (1, 2)
    assert not mark.exists()


def test_a_fluid_of_a_foreign_class_is_refused(tmp_path: Path, solver: Solver) -> None:
    import pandapipes

    net = pandapipes.create_empty_network(fluid="water")
    document = json.loads(pandapipes.to_json(net))
    document["_object"]["fluid"] = {"_module": "os", "_class": "system", "_object": "true"}
    path = tmp_path / "net.json"
    path.write_text(json.dumps(document))
    with pytest.raises(NetworkError) as caught:
        solver.ask({"path": str(path)})
    assert caught.value.problem.key == "network.forbidden_object"


def test_what_does_not_converge_names_its_nodes(tmp_path: Path, solver: Solver) -> None:
    import pandapower

    net = pandapower.create_empty_network()
    buses = [pandapower.create_bus(net, 0.4, name=f"Bus {n}") for n in "ABC"]
    pandapower.create_ext_grid(net, buses[0])
    pandapower.create_line(net, buses[0], buses[1], 0.1, "NAYY 4x150 SE")
    pandapower.create_line(net, buses[1], buses[2], 2.0, "NAYY 4x150 SE")
    pandapower.create_load(net, buses[2], 1.0)
    path = tmp_path / "net.json"
    pandapower.to_json(net, str(path))
    with pytest.raises(NetworkError) as caught:
        solver.ask({"path": str(path)})
    assert caught.value.problem.key == "network.collapses"
    assert str(caught.value.problem.values["nodes"]).startswith("Bus C (2)")


def test_a_net_without_a_source_says_so(tmp_path: Path, solver: Solver) -> None:
    path = net_with(tmp_path, ext_grid=None)
    with pytest.raises(NetworkError) as caught:
        solver.ask({"path": str(path), "where": "net.json"})
    assert caught.value.problem.key == "network.no_source"


def test_a_cancelled_solver_ends_and_serves_again(tmp_path: Path, solver: Solver) -> None:
    class Stopped(Unattended):
        def check_cancelled(self) -> None:
            raise Cancelled

    path = net_with(tmp_path)
    with pytest.raises(Cancelled):
        solver.ask({"path": str(path)}, Stopped())
    assert solver.ask({"path": str(path)}).steps == 1


def test_pandapower_is_not_imported_before_it_is_needed() -> None:
    code = (
        "import sys, twin.api, twin.network.solving, twin.work.systems, ui.cli.network\n"
        "print([m for m in sys.modules if m.split('.')[0] in ('pandapower', 'pandapipes')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
