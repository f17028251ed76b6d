"""CGMES models, zipped or as a folder of profiles, give the flows that pandapower gives in plain Python."""

from __future__ import annotations

import io
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.twin.network import cim_town
from twin.errors import BelvedereError
from twin.io import inspect, read
from twin.model.geoframe import GeoFrame
from twin.network.outage import outage
from twin.network.plain_files import network_of
from twin.network.solve.client import shared
from twin.network.solve.completing import completed
from twin.progress import Unattended
from twin.work.assemble import assemble
from twin.work.file_systems import file_of, run_file
from twin.work.file_systems import network_of as file_network
from twin.work.systems import is_solvable_file, solve_file
from ui.cli.projects import registry

pytest.importorskip("pandapower")
pytest.importorskip("lxml")


@pytest.fixture(autouse=True, scope="module")
def solver() -> Iterator[None]:
    yield
    shared().close()


def test_flows_are_those_of_pandapower(tmp_path: Path) -> None:
    path = cim_town.write_zip(tmp_path / "town.zip")
    code = (
        "import sys, pandapower as p; from pandapower.converter.cim.cim2pp.from_cim import from_cim\n"
        "n = from_cim(file_list=[sys.argv[1]]); p.runpp(n, numba=False); print(repr(float(n.res_bus.vm_pu[1])))"
    )
    plain = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code, str(path)],
        capture_output=True,
        text=True,
        check=True,
    )
    for model in (path, cim_town.write_folder(tmp_path / "town")):
        assert is_solvable_file(model)
        found = solve_file(model).as_dict()
        assert found["nodes"]["vm_pu"]["1"] == pytest.approx(float(plain.stdout), abs=1e-9)
        assert found["devices"]["p_mw"]["load:0"] == pytest.approx(3.0)


def test_archives_within_an_archive_are_looked_into(tmp_path: Path) -> None:
    """As grid operators exchange them: a zip for each profile, all in one, beside papers and what a Mac adds."""
    path = tmp_path / "Assembled é.ZIP"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("__MACOSX/._town_EQ.xml", b"\x00\x05")
        archive.writestr("doc/readme.pdf", b"%PDF")
        for name, text in cim_town.profiles().items():
            inner = io.BytesIO()
            with zipfile.ZipFile(inner, "w") as one:
                one.writestr(f"20260101_{name}.XML", "\ufeff" + text)
            archive.writestr(f"profiles/{name}.zip", inner.getvalue())
    assert is_solvable_file(path)
    found = solve_file(path).as_dict()
    assert found["devices"]["p_mw"]["load:0"] == pytest.approx(3.0)


def test_a_model_is_traced_and_cut(tmp_path: Path) -> None:
    made = network_of(
        cim_town.write_zip(tmp_path / "town.zip"), meaning=None, progress=Unattended()
    )
    lost = outage(made, ["0"])
    assert lost.power_mw == pytest.approx(3.0)


def test_entities_are_refused_wherever_they_stand(tmp_path: Path) -> None:
    text = cim_town.profiles()["EQ"]
    evil = text.replace(
        "\n",
        "\n<!--" + "x" * 20_000 + '-->\n<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]>\n',
        1,
    )
    path = tmp_path / "town.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("town_EQ.xml", evil)
        archive.writestr("town_TP.xml", cim_town.profiles()["TP"])
    with pytest.raises(BelvedereError, match="xml_entities"):
        solve_file(path)


def test_a_model_with_places_is_drawn_there(tmp_path: Path) -> None:
    path = cim_town.write_placed(tmp_path / "town.zip")
    (layer,) = inspect(path).layers
    assert (layer.count, layer.crs, layer.details["network"]) == (5, "EPSG:4326", "cgmes")
    table = read(
        path, target=GeoFrame(crs="EPSG:2154"), progress=Unattended(), options={"mixed": True}
    )
    rows = table.frame.set_index("feature_id")
    assert rows.loc["l", "kind"] == "line"
    assert rows.loc["l", ["from_node", "to_node"]].tolist() == ["n1", "n2"]
    assert rows.loc["l"].geometry.length == pytest.approx(1466, abs=5)
    assert rows.loc["c", "p_kw"] == 3000.0


def test_a_model_without_places_is_laid_out(tmp_path: Path) -> None:
    (layer,) = inspect(cim_town.write_folder(tmp_path / "town")).layers
    assert layer.crs_reason == "io.crs_reason.diagram"


def test_a_single_profile_says_that_it_is_a_part(tmp_path: Path) -> None:
    folder = cim_town.write_folder(tmp_path / "town")
    found = inspect(folder / "town_EQ.xml")
    assert [p.key for p in found.problems] == ["io.cgmes_without_nodes"]


def test_a_layer_of_a_model_is_solved_as_its_file(tmp_path: Path) -> None:
    path = cim_town.write_placed(tmp_path / "town.zip")
    project, _ = assemble([path], registry())
    (spec,) = project.layers
    assert spec.type == "belvedere.grid"
    assert file_of(spec, tmp_path) == path
    table = read(path, target=project.frame, progress=Unattended(), options={"mixed": True})
    network = file_network(path, table)
    done = run_file(path, network, datetime(2026, 4, 14, tzinfo=UTC))
    plain = solve_file(path).as_dict()["nodes"]["vm_pu"]["1"]
    assert done.solution.as_dict()["nodes"]["vm_pu"]["n2"] == plain
    assert network.has("l")
    assert network.nodes.x_m[0] == pytest.approx(table.frame.geometry.iloc[0].x)


def _two_machines() -> object:
    import pandapower

    net = pandapower.create_empty_network()
    pandapower.create_buses(net, 3, 110.0)
    pandapower.create_lines_from_parameters(net, [0, 1], [1, 2], 1.0, 0.1, 0.3, 10.0, 1.0)
    pandapower.create_gens(net, [0, 2], [5.0, 40.0], vm_pu=1.02)
    pandapower.create_loads(net, [1], 44.0)
    for table, ids in (("bus", ["_n0", "_n1", "_n2"]), ("gen", ["_g0", "_g1"]), ("load", ["_c"])):
        net[table]["origin_id"] = ids
    return net


@pytest.mark.parametrize(("angles", "chosen"), [({"n0": 0, "n2": 3}, 0), ({}, 1)])
def test_the_reference_is_where_the_angle_was_zero_else_the_largest(
    tmp_path: Path, angles: dict[str, int], chosen: int
) -> None:
    states = "".join(
        f'<cim:SvVoltage rdf:ID="_u{n}"><cim:SvVoltage.angle>{a}</cim:SvVoltage.angle>'
        f'<cim:SvVoltage.TopologicalNode rdf:resource="#_{n}"/></cim:SvVoltage>'
        for n, a in angles.items()
    )
    path = tmp_path / "SV.xml"
    path.write_text(cim_town.HEAD + states + "</rdf:RDF>", encoding="utf-8")
    net = _two_machines()
    (said,) = completed(net, path, "2.4.15")
    assert said.key == "network.reference_assumed"
    assert net.gen.slack.tolist() == [row == chosen for row in net.gen.index]


def test_what_is_connected_is_in_service_where_nothing_says_otherwise(tmp_path: Path) -> None:
    off = (
        '<cim:Terminal rdf:ID="_t"><cim:Terminal.ConductingEquipment rdf:resource="#_g0"/>'
        "<cim:ACDCTerminal.connected>false</cim:ACDCTerminal.connected></cim:Terminal>"
    )
    path = tmp_path / "SSH.xml"
    path.write_text(cim_town.HEAD + off + "</rdf:RDF>", encoding="utf-8")
    net = _two_machines()
    net.gen["in_service"] = net.load["in_service"] = False
    completed(net, path, "3.0")
    assert net.gen.in_service.tolist() == [False, True]
    assert net.load.in_service.tolist() == [True]


def test_missing_voltages_are_those_of_the_windings_and_spread_along_lines() -> None:
    import pandapower

    net = _two_machines()
    pandapower.create_ext_grid(net, 0)
    low = pandapower.create_bus(net, 20.0)
    pandapower.create_transformer_from_parameters(
        net, 2, low, 40, 115.0, 20.0, 0.5, 12.0, 20.0, 0.1
    )
    net.bus["vn_kv"] = float("nan")
    (said,) = completed(net, Path("town.zip"), "2.4.15")
    assert said.values == {"count": 4}
    assert net.bus.vn_kv.tolist() == [115.0, 115.0, 115.0, 20.0]


def _zipped(path: Path, names: tuple[str, ...], folder: str = "") -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name in names:
            archive.writestr(f"{folder}{name}.xml", cim_town.profiles()[name])
    return path


def test_profiles_in_folders_of_an_archive_or_of_a_folder(tmp_path: Path) -> None:
    names = tuple(cim_town.profiles())
    apart = tmp_path / "apart"
    for name in names:
        (apart / name).mkdir(parents=True)
        (apart / name / f"{name}.xml").write_text(cim_town.profiles()[name], encoding="utf-8")
    for path in (_zipped(tmp_path / "in.zip", names, "2026/north/"), apart):
        assert solve_file(path).as_dict()["devices"]["p_mw"]["load:0"] == pytest.approx(3.0)


def test_a_model_that_was_never_solved_has_no_state_profile(tmp_path: Path) -> None:
    names = tuple(name for name in cim_town.profiles() if name != "SV")
    found = solve_file(_zipped(tmp_path / "new.zip", names)).as_dict()
    assert found["devices"]["p_mw"]["load:0"] == pytest.approx(3.0)


def test_profiles_that_lack_are_named(tmp_path: Path) -> None:
    with pytest.raises(BelvedereError) as refused:
        solve_file(_zipped(tmp_path / "part.zip", ("EQ", "SSH")))
    assert refused.value.problem.key == "network.profiles_missing"
    assert refused.value.problem.values == {"profiles": "TP"}


def _across(kv: float, x_ohm: float, c_nf: float):
    """Return two machines and a load, the last of three lines from 110 kV to another voltage."""
    import pandapower

    net = _two_machines()
    net.gen["slack"] = [True, False]
    far = pandapower.create_bus(net, kv)
    pandapower.create_line_from_parameters(net, 2, far, 1.0, 0.0, x_ohm, c_nf, 1.0, name="odd")
    pandapower.create_load(net, far, 5.0)
    return net


def test_lines_between_voltages_are_as_the_library_reads_them_where_that_is_solved() -> None:
    net = _across(20.0, 1.0, 0.0)
    (said,) = completed(net, Path("town.zip"), "2.4.15")
    assert (said.key, said.values["count"]) == ("network.lines_between_voltages", 1)
    assert net.line.x_ohm_per_km.iloc[-1] == 1.0


def test_lines_between_voltages_are_per_unit_where_nothing_converges() -> None:
    import pandapower

    net = _across(1.0, 2.0, 1e7)
    with pytest.raises(pandapower.LoadflowNotConverged):
        pandapower.runpp(net, numba=False)
    (said,) = completed(net, Path("town.zip"), "2.4.15")
    assert said.key == "network.lines_per_unit"
    assert "odd" in said.values["edges"]
    assert net.line.x_ohm_per_km.iloc[-1] == pytest.approx(220.0)  # at the mean of 110 and 1 kV
    pandapower.runpp(net, numba=False)


def test_links_of_direct_current_without_a_target_hold_the_nominal_voltage() -> None:
    import pandapower

    net = _two_machines()
    net.gen["slack"] = [True, False]
    pandapower.create_dcline(net, 0, 1, 5.0, 0.0, 0.0, 1.02, 0.0)
    (said,) = completed(net, Path("town.zip"), "2.4.15")
    assert (said.key, said.values) == ("network.dc_voltages_taken", {"count": 1})
    assert net.dcline[["vm_from_pu", "vm_to_pu"]].iloc[0].tolist() == [1.02, 1.0]


def test_switches_are_as_they_stand_where_nothing_says_what_is_in_service(tmp_path: Path) -> None:
    import pandapower

    path = tmp_path / "SSH.xml"
    path.write_text(
        cim_town.HEAD
        + '<cim:Breaker rdf:about="#_a"><cim:Switch.open>true</cim:Switch.open></cim:Breaker>'
        + '<cim:Breaker rdf:about="#_b"><cim:Switch.open>false</cim:Switch.open></cim:Breaker></rdf:RDF>',
        encoding="utf-8",
    )
    net = _two_machines()
    for name in ("_a", "_b"):
        at = pandapower.create_bus(net, 110.0)
        pandapower.create_switch(net, 0, at, et="b", closed=False)
        net.switch.loc[net.switch.index[-1], "origin_id"] = name
    completed(net, path, "3.0")
    assert net.switch.closed.tolist() == [False, True]
    assert net.xward.in_service.dtype == bool
