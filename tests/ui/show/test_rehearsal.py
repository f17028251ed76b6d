"""Half a minute of the rehearsal that goes wrong on purpose: the same code as the two hours of ``make rehearse``."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.ui.show import one_house

ROOT = Path(__file__).resolve().parents[3]
RECOVERED = (
    "alive",
    "same_stop",
    "all_came_back",
    "screens_followed",
    "plugin_set_aside",
    "feeds_stood_in",
    "memory_flat",
    "nothing_lost",
)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Xvfb is a program of Linux")
@pytest.mark.skipif(
    not (shutil.which("Xvfb") and shutil.which("xrandr")), reason="Xvfb or xrandr is not installed"
)
def test_a_show_recovers_from_screens_feed_plugin_and_kill(tmp_path: Path) -> None:
    project = tmp_path / "house"
    project.mkdir()
    out = tmp_path / "rehearsal.json"
    command = [sys.executable, "-m", "benchmarks.rehearsal", "--story", "tour", "--rounds", "1"]
    command += ["--project", str(one_house.write(project)), "--minutes", "0.15", "--cut", "0"]
    command += ["--speed", "5", "--size", "480x270", "--out", str(out)]
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False
    )
    found = json.loads(out.read_text("utf-8")) if out.exists() else {}
    assert {name: found.get(name) for name in RECOVERED} == dict.fromkeys(RECOVERED, True), (
        done.stderr,
        found.get("events"),
    )
    assert done.returncode == 0
    assert len(set(found["stops"])) == 3
