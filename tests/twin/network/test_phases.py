"""Three phases: each for itself, summed for what reads one value, and what is missing named."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from twin import io
from twin.model.geoframe import GeoFrame
from twin.network.model import NetworkError
from twin.network.result_layer import grid_values
from twin.network.solve.client import shared
from twin.progress import Unattended
from twin.work.file_systems import network_of, run_file
from twin.work.systems import solve_file

pandapower = pytest.importorskip("pandapower")


@pytest.fixture(autouse=True, scope="module")
def solver() -> Iterator[None]:
    yield
    shared().close()


def _street() -> Any:
    """A station and two houses, one on the first phase only."""
    net = pandapower.create_empty_network()
    pandapower.create_buses(net, 3, 0.4)
    pandapower.create_ext_grid(net, 0, s_sc_max_mva=10.0, rx_max=0.1, x0x_max=1.0, r0x0_max=0.1)
    pandapower.create_lines_from_parameters(
        net, [0, 1], [1, 2], 0.1, 0.2, 0.08, 200.0, 0.27, r0_ohm_per_km=0.8, x0_ohm_per_km=0.3, c0_nf_per_km=100.0
    )  # fmt: skip
    pandapower.create_asymmetric_load(net, 2, p_a_mw=0.012, p_b_mw=0.002, p_c_mw=0.001)
    pandapower.create_asymmetric_load(net, 1, p_a_mw=0.003, p_b_mw=0.003, p_c_mw=0.003)
    return net


def _file(net: Any, path: Path) -> Path:
    pandapower.to_json(net, str(path))
    return path


def test_phases_are_those_of_pandapower(tmp_path: Path) -> None:
    net = _street()
    found = solve_file(_file(net, tmp_path / "street.json"), mode="unbalanced").as_dict()
    pandapower.runpp_3ph(net)
    for column in ("vm_a_pu", "vm_b_pu", "vm_c_pu", "unbalance_percent"):
        ours = [found["nodes"][column][str(i)] for i in net.bus.index]
        np.testing.assert_allclose(ours, net.res_bus_3ph[column], rtol=1e-9)


def test_a_layer_has_the_phases_and_their_sums(tmp_path: Path) -> None:
    path = _file(_street(), tmp_path / "street.json")
    table = io.read(path, target=GeoFrame(crs="EPSG:2154"), progress=Unattended())
    network = network_of(path, table)
    run = run_file(path, network, datetime(2026, 4, 14, tzinfo=UTC), mode="unbalanced")
    ids = table.frame["feature_id"].to_numpy(object)
    values = {name: column[0] for name, column in grid_values(run, ids).items()}
    far, line = ids.tolist().index("bus-2"), ids.tolist().index("line-0")
    phases = [values[f"voltage_{p}_pu"][far] for p in "abc"]
    assert phases[0] == min(phases) < 0.99
    assert values["voltage_pu"][far] == pytest.approx(np.mean(phases))
    assert values["loading_a_percent"][line] > values["loading_b_percent"][line]
    assert values["p_kw"][line] == pytest.approx(24.0, rel=0.02)
    assert values["unbalance_percent"][far] > 0.1


def test_what_is_missing_is_named(tmp_path: Path) -> None:
    net = _street()
    net.line = net.line.drop(columns=["x0_ohm_per_km"])
    with pytest.raises(NetworkError) as caught:
        solve_file(_file(net, tmp_path / "street.json"), mode="unbalanced")
    problem = caught.value.problem
    assert (problem.key, problem.values["table"]) == ("network.no_zero_sequence", "line")
    assert problem.values["columns"] == "x0_ohm_per_km"


def test_where_nothing_converges_the_nodes_of_uneven_loads_are_named(tmp_path: Path) -> None:
    net = _street()
    net.asymmetric_load["p_a_mw"] *= 200
    with pytest.raises(NetworkError) as caught:
        solve_file(_file(net, tmp_path / "street.json"), mode="unbalanced")
    assert caught.value.problem.values["nodes"].startswith("2")
