"""CGMES models, zipped or as a folder of profiles, give the flows that pandapower gives in plain Python."""

from __future__ import annotations

import io
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.twin.network import cim_town
from twin.network.model import NetworkError
from twin.network.outage import outage
from twin.network.plain_files import network_of
from twin.network.solve.client import shared
from twin.progress import Unattended
from twin.work.systems import is_solvable_file, solve_file

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
    with pytest.raises(NetworkError, match="forbidden_object"):
        solve_file(path)
