"""A stop that follows a vehicle: the camera goes with it while the clock runs, and waits at its last place."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import numpy as np
import pytest

from tests.twin.show.story_of_town import SOUTH
from twin.model.story import Motion, Stop, Story
from twin.show.following import whereabouts
from twin.show.motion import Mover, poses_of
from twin.store.story_codec import story_from_json, story_to_json

AT = datetime(2026, 6, 21, 9, 0, tzinfo=UTC)
TRAM = ("trams", "tram-2")
STOP = Stop(
    id="tram", title={"en": "Tram"}, camera=SOUTH, at=AT, hold_s=10.0,
    motion=Motion(kind="follow", subject=TRAM),
)  # fmt: skip


class Trams:
    """The second goes east at 8 m/s for eight seconds, then nobody knows."""

    def columns_at(self, table: object, params: object, at: datetime) -> dict[str, np.ndarray]:
        seconds = (at - AT).total_seconds()
        x = 8.0 * seconds if seconds <= 8.0 else np.nan
        return {"x_in_scene": np.array([0.0, x]), "y_in_scene": np.array([0.0, 30.0])}


@pytest.fixture
def session() -> SimpleNamespace:
    trams = SimpleNamespace(
        spec=SimpleNamespace(id="trams"),
        layer=Trams(),
        params=None,
        table=SimpleNamespace(feature_ids=np.array(["tram-1", "tram-2"], object)),
    )
    ground = SimpleNamespace(height_m=lambda xy: np.full(len(xy), 5.0))
    return SimpleNamespace(
        layers=lambda: (trams,), ground=ground, clock=SimpleNamespace(at=AT + timedelta(seconds=2))
    )


def test_the_place_is_that_of_the_moment_or_of_the_clock(session: SimpleNamespace) -> None:
    where = whereabouts(session, TRAM)
    assert where(AT + timedelta(seconds=4)) == (32.0, 30.0, 5.0)
    assert where(None) == (16.0, 30.0, 5.0)
    assert where(AT + timedelta(seconds=9)) is None
    assert whereabouts(session, ("trams", "nobody"))(AT) is None
    assert whereabouts(session, None)(AT) is None


def test_the_camera_goes_along_as_fast_as_time_passes_and_waits_where_it_was_lost(
    session: SimpleNamespace,
) -> None:
    moments = list(poses_of(STOP, 11, None, whereabouts(session, TRAM)))
    assert [moment.pose.target[0] for moment in moments[:9]] == [8.0 * n for n in range(9)]
    assert moments[10].pose.target == (64.0, 30.0, 5.0)
    assert moments[4].at == AT + timedelta(seconds=4)
    distances = {round(moment.pose.distance_m, 6) for moment in moments}
    assert len(distances) == 1


def test_time_runs_faster_where_the_stop_says_so_and_not_at_all_by_itself_where_it_is_live(
    session: SimpleNamespace,
) -> None:
    where = whereabouts(session, TRAM)
    fast = replace(STOP, motion=replace(STOP.motion, until=AT + timedelta(seconds=8)), hold_s=2.0)
    assert Mover(fast, None, where).at(0.5).pose.target[0] == 32.0
    live = Mover(replace(STOP, live=True), None, where).at(0.5)
    assert live.at is None
    assert live.pose.target[0] == 16.0


def test_it_is_kept_in_the_project_file() -> None:
    story = Story(id="s", title={"en": "S"}, stops=(STOP,))
    assert story_from_json(story_to_json(story)) == story
