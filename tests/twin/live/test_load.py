"""The load of ten minutes, for a few seconds: the same program at a lower rate."""

from __future__ import annotations

import shutil

import pytest

from benchmarks.feeds import Load, soak


def test_nothing_is_lost_under_load() -> None:
    if not shutil.which("mosquitto", path="/usr/sbin:/usr/bin:/usr/local/bin"):
        pytest.skip("mosquitto is not installed")
    measured = soak(Load(sensors=2000, rate=1000, seconds=4.0))
    assert measured["lost"] == 0
    assert measured["messages"] == 4000
