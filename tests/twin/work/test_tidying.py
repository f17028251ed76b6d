"""A project forgets and averages what is old while it records, by its own rules."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from tests.servers import wait_for
from twin.model.feed import FeedSpec, Retention
from twin.model.geoframe import GeoFrame
from twin.model.project import Project
from twin.store import codec
from twin.store.history import FolderHistory, batch_of, open_history
from twin.work import living as room
from twin.work.living import Living
from twin.work.recording import tidied

NOW = datetime.now(UTC)
DAY_US = 86_400_000_000


def filled(folder: Path) -> None:
    with FolderHistory(folder / "history", write=True) as history:
        for days in (400, 40, 0.01):
            first = round(NOW.timestamp() * 1e6 - days * DAY_US)
            times = first + np.arange(60) * 1_000_000
            history.append(batch_of(["s"] * 60, times, np.arange(60.0)))


def test_old_is_averaged_and_very_old_forgotten(tmp_path: Path) -> None:
    filled(tmp_path)
    with FolderHistory(tmp_path / "history", write=True) as history:
        fewer = tidied(history, Retention(keep_days=365, thin_days=30), NOW)
        assert fewer >= 60 + 58
        assert history.count() in (61, 62)
        assert tidied(history, Retention(), NOW) == 0


def test_a_window_that_records_keeps_house_by_itself(tmp_path: Path, monkeypatch) -> None:
    filled(tmp_path)
    monkeypatch.setattr(room, "FIRST_TIDY_S", 0.0)
    feed = FeedSpec(
        id="f", kind="simulator", url="", options={"sensors": [["a", "noise", "A", 2, 48]]}
    )
    project = Project(title={"en": "T"}, frame=GeoFrame(crs="EPSG:2154"), feeds=(feed,))
    made = Living(tmp_path, lambda _spec, _name: "")
    try:
        made.follow(replace(project, retention=Retention(keep_days=100)))

        def forgotten() -> bool:
            made.look()
            history = open_history(tmp_path / "history")
            ends = history.extent()
            history.close()
            return ends is not None and ends[0] > NOW - timedelta(days=100)

        wait_for(forgotten, "the oldest day to be forgotten")
    finally:
        made.close()
    history = open_history(tmp_path / "history")
    assert history.count() > 120  # and the feed was recorded meanwhile
    history.close()


def test_it_is_saved_with_the_project() -> None:
    project = Project(title={"en": "T"}, frame=GeoFrame(crs="EPSG:2154"))
    assert "retention" not in codec.to_json(project)
    kept = replace(project, retention=Retention(keep_days=365.0, thin_days=30.0))
    again, problems = codec.from_json(codec.to_json(kept), "here")
    assert not problems
    assert again.retention == kept.retention
    broken, _ = codec.from_json({**codec.to_json(kept), "retention": {"keep_days": "x"}}, "here")
    assert not broken.retention
