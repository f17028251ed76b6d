"""``convert`` as a script calls it: every format that is written, what it says of it, and that it is there again."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from twin import io
from twin.progress import Unattended
from ui.cli import main

MODELS = {".city.json", ".city.jsonl", ".glb", ".gltf", ".obj"}


@pytest.mark.parametrize("suffix", io.WRITTEN)
def test_every_format_says_what_it_wrote(
    town: Path, tmp_path: Path, suffix: str, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / f"out{suffix}"
    assert main(["convert", str(town), "--out", str(out), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert set(told) == {"out", "rows", "triangles", "crs", "bytes", "problems"}
    assert (told["out"], told["rows"], told["crs"]) == (str(out), 4, "EPSG:2154")
    assert told["bytes"] == out.stat().st_size > 0
    again = io.read(out, progress=Unattended())
    assert len(again) == 4
    if suffix in MODELS:
        assert again.mesh is not None
        assert len(again.mesh.triangles) == told["triangles"] > 0
    else:
        assert told["triangles"] == 0


def test_another_suffix_is_refused(
    town: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["convert", str(town), "--out", str(tmp_path / "out.skp")]) == 2
    assert ".city.json" in capsys.readouterr().err
    assert not list(tmp_path.glob("out*"))


def test_a_model_of_degrees_is_made_in_the_metres_of_its_zone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ring = [[2.26, 48.82], [2.261, 48.82], [2.261, 48.821], [2.26, 48.82]]
    house = {"type": "Polygon", "coordinates": [ring]}
    feature = {"type": "Feature", "properties": {"height": 9.0}, "geometry": house}
    source = tmp_path / "osm.geojson"
    source.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    out = tmp_path / "out.city.json"
    assert main(["convert", str(source), "--out", str(out), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["crs"] == "EPSG:32631"
    mesh = io.read(out, progress=Unattended()).mesh
    assert mesh is not None
    size = mesh.xyz_in_crs.max(axis=0) - mesh.xyz_in_crs.min(axis=0)
    assert size.tolist() == pytest.approx([74.3, 111.5, 9.0], abs=2.0)
