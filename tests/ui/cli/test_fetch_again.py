"""A fetch that is killed goes on where it was when it is called again."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.twin.services.town_hall import TownHall, catalogue

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def town_hall() -> Iterator[TownHall]:
    made = TownHall()
    made.held.add("lines")
    yield made
    made.held.clear()
    made.close()


def test_a_killed_fetch_goes_on(town_hall: TownHall, tmp_path: Path) -> None:
    services = tmp_path / "services.toml"
    services.write_text(catalogue(town_hall.url), encoding="utf-8")
    command = [
        sys.executable, str(ROOT / "main.py"), "fetch", "Bourg-le-Test",
        "--out", str(tmp_path / "town"), "--services", str(services), "--json",
    ]  # fmt: skip
    first = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    record = tmp_path / "town" / "fetched.json"
    ends = time.monotonic() + 60
    while town_hall.asked["lines"] == 0 and time.monotonic() < ends and first.poll() is None:
        time.sleep(0.02)
    first.kill()
    first.wait(timeout=10)
    had = [row["id"] for row in json.loads(record.read_text())["datasets"]]
    assert had == ["terrain", "buildings"]
    assert not (tmp_path / "town" / "project.json").exists()

    before = dict(town_hall.asked)
    town_hall.held.clear()
    again = subprocess.run(command, capture_output=True, check=False, timeout=120, text=True)
    assert again.returncode == 0, again.stderr
    counts = {row["id"]: row["count"] for row in json.loads(again.stdout)["datasets"]}
    assert counts["buildings"] == 120
    assert counts["substations"] == 7
    for name in ("wms", "wfs", "communes"):
        assert town_hall.asked[name] == before[name]
    assert (tmp_path / "town" / "project.json").exists()
    assert not list((tmp_path / "town" / "data").glob(".*.part"))
