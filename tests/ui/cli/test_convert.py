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
