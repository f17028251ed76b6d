"""``fetch`` with the shipped catalogue, every host of which is a stand-in on loopback: the whole of a commune."""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.twin.services.france import France
from ui.shipped import SERVICES

ROOT = Path(__file__).resolve().parents[3]
INSTEAD = {"terrain_points", "terrain_world"}


@pytest.fixture
def france() -> Iterator[France]:
    made = France()
    yield made
    made.close()


def fetch(france: France, folder: Path, *more: str) -> subprocess.CompletedProcess[str]:
    services = france.catalogue(folder / "services.toml")
    command = [
        sys.executable, str(ROOT / "main.py"), "fetch", "Bourg-le-Test", "--out", str(folder / "town"),
        "--services", str(services), "--json", *more,
    ]  # fmt: skip
    return subprocess.run(command, capture_output=True, check=False, timeout=180, text=True)


def test_every_dataset_of_a_commune_arrives(france: France, tmp_path: Path) -> None:
    france.down.add("data.geopf.fr/wmts")
    done = fetch(france, tmp_path)
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    rows = {row["id"]: row for row in said["datasets"]}
    shipped = tomllib.loads(SERVICES.read_text(encoding="utf-8"))["dataset"]
    wanted = {row["id"] for row in shipped if row.get("where") == "fr"} - INSTEAD
    assert wanted <= rows.keys()
    missing = {name for name in wanted if not rows[name]["file"]}
    assert missing == {"orthophoto"}
    assert "wmts" in rows["orthophoto"]["problem"]["text"]
    assert rows["orthophoto_wms"]["file"], "what stands in for it has come"
    for name in wanted - missing:
        row = rows[name]
        assert row["count"] > 0, name
        assert row["address"].startswith("http"), name
        assert all(row[part] for part in ("date", "source", "licence")), name
        assert (tmp_path / "town" / row["file"]).exists()
    features = json.loads((tmp_path / "town" / rows["buildings"]["file"]).read_text())["features"]
    labels = [f["properties"].get("energy_label") for f in features]
    assert len(features) == 120
    assert sum(label is not None for label in labels) >= 30
    assert any(f["properties"].get("rnb_id") for f in features)
    assert {"terrain", "buildings", "roads", "zoning"} <= set(said["layers"])

    before = sum(france.asked.values())
    france.down.clear()
    again = fetch(france, tmp_path)
    assert again.returncode == 0, again.stderr
    fresh = sum(france.asked.values()) - before
    assert fresh < 8, "only what was missing is asked again"


def test_nothing_that_answers_is_exit_2_and_says_which(france: France, tmp_path: Path) -> None:
    france.down |= {
        "data.geopf",
        "apicarto",
        "chaleur",
        "geoscience",
        "data-fair",
        "exports",
        "rnb",
        "bdnb",
        "s3.",
    }
    done = fetch(france, tmp_path, "--only", "buildings", "--only", "zoning", "--only", "charging")
    assert done.returncode == 2
    assert "zone-urba" in done.stderr
    assert "data.geopf.fr/wfs" in done.stderr
    assert not (tmp_path / "town" / "project.json").exists()
