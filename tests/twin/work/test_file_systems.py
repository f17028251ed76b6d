"""A layer of a pandapower or pandapipes file has the file's own network, and is solved as the library does."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from twin.network.solve.client import shared
from twin.progress import Unattended
from twin.work import file_systems, systems
from ui.cli.projects import open_any, registry

pytest.importorskip("pandapower")


@pytest.fixture(autouse=True)
def solver() -> Iterator[None]:
    yield
    shared().close()


@pytest.mark.shared_data
def test_ids_are_those_of_the_layer_and_flows_those_of_the_file(shared_data: Path) -> None:
    path = shared_data / "power_nets" / "simbench_1-MV-urban--0-sw.json"
    types = registry()
    opened = open_any([str(path)], types)
    (system,) = systems._of_project(
        opened.project, opened.folder, types, only="", progress=Unattended()
    )
    network = system.network
    assert set(network.nodes.ids) <= set(system.row_of)
    assert {str(d) for d in network.devices.ids if str(d).startswith("load-")} <= set(system.row_of)
    one = systems.Systems(systems=(system,), at=datetime.now(UTC))
    lost = systems.without(one, ["line-20"])
    assert lost["affected"]["power_mw"] == pytest.approx(1.943)
    assert lost["resupply"][0]["operate"] == ["switch:278"]
    run = file_systems.run_file(system.file, network, datetime.now(UTC))
    plain = systems.solve_file(path)
    ours = run.solution.column("node", "vm_pu", network.nodes.ids)
    theirs = plain.column("node", "vm_pu", np.arange(len(network.nodes)).astype(str))
    assert np.allclose(ours, theirs, atol=1e-9)
    assert run.indicators.delivered_mwh == pytest.approx(49.707)
