"""``replay``: what was recorded, by its times, and copied to a real database and back."""

from __future__ import annotations

import json
import shutil
import uuid
from pathlib import Path

import pytest

from tests.servers import Postgres, postgres
from twin.model.geoframe import GeoFrame
from twin.model.layer import LayerSpec, Source
from twin.model.project import Project
from twin.store.history import Datastream, Flag, batch_of, open_history
from twin.store.project_folder import save_project
from ui.cli import main

__all__ = ["postgres"]
START_US = 1_772_359_200_000_000


@pytest.fixture
def record(tmp_path: Path) -> Path:
    folder = tmp_path / "record"
    history = open_history(folder / "history", write=True)
    history.describe([Datastream(id="a", unit="°C"), Datastream(id="b")])
    times = [START_US + minute * 60_000_000 for minute in range(120)]
    history.append(batch_of(["a"] * 120, times, range(120)))
    history.append(batch_of(["b"], [START_US + 1], [9.0], [Flag.WRONG]))
    history.close()
    return folder


def answer(capsys: pytest.CaptureFixture[str]) -> dict[str, object]:
    return json.loads(capsys.readouterr().out)


def test_all_that_is_true(record: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["replay", str(record), "--json"]) == 0
    found = answer(capsys)
    assert (found["observations"], found["flagged"], found["state"]) == (120, 1, "replayed")


def test_a_pack_plays_what_it_brought_along(
    record: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    frame = GeoFrame(crs="EPSG:2154", origin=(645000.0, 6858000.0, 0.0))
    source = Source(path="history")
    layer = LayerSpec(id="s", type="belvedere.sensors", title={}, sources={"observations": source})
    save_project(Project(title={"en": "Town"}, frame=frame, layers=(layer,)), record)
    pack = tmp_path / "day.belvedere"
    assert main(["pack", str(record), "--out", str(pack)]) == 0
    shutil.rmtree(record)
    capsys.readouterr()
    assert main(["replay", str(pack), "--json"]) == 0
    assert answer(capsys)["observations"] == 120


def test_a_stretch_in_words(record: Path, capsys: pytest.CaptureFixture[str]) -> None:
    stretch = ["--from", "2026-03-01T10:58Z", "--to", "2026-03-01T11:01Z"]
    assert main(["replay", str(record), *stretch]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "2026-03-01T10:58:00+00:00  a  58 °C"
    assert len(lines) == 4


def test_at_a_speed_it_takes_its_time(record: Path, capsys: pytest.CaptureFixture[str]) -> None:
    import time

    began = time.monotonic()
    assert main(["replay", str(record), "--speed", "10000", "--json"]) == 0
    assert time.monotonic() - began > 0.6  # 119 minutes
    assert answer(capsys)["observations"] == 120


def test_to_a_database_and_back(
    record: Path, tmp_path: Path, postgres: Postgres, capsys: pytest.CaptureFixture[str]
) -> None:
    url = postgres.database(f"t{uuid.uuid4().hex}")
    assert main(["replay", str(record), "--copy", url, "--json"]) == 0
    assert answer(capsys)["observations"] == 121
    assert main(["replay", url, "--copy", str(tmp_path / "back"), "--json"]) == 0
    assert answer(capsys)["observations"] == 121
    assert main(["replay", str(tmp_path / "back"), "--json"]) == 0
    assert answer(capsys)["observations"] == 120


def test_an_empty_place_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["replay", str(tmp_path), "--json"]) == 2
    problems = answer(capsys)["problems"]
    assert problems[0]["key"] == "history.none"  # type: ignore[index]
