"""Values that come in are worked out on a worker: the owner of a session waits for none of them."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from tests.twin.work.conftest import spec
from twin.work.session import Session

Open = Callable[..., Session]
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def hours(session: Session) -> list[float]:
    return [float(hour) for hour in session.layer("probe").columns_now["hour"]]


def test_news_come_on_a_worker_and_nobody_hears_of_the_job(open_session: Open) -> None:
    session = open_session(spec())
    session.wait(10)
    session.clock.set(NOON)
    runtime = session.layer("probe")
    runtime.columns_now = {}
    told: list[object] = []
    session.jobs.changed.connect(lambda: told.append(threading.current_thread()))
    session.renew()
    assert runtime.columns_now == {}
    assert session.wait(10)
    assert hours(session) == [12.0, 12.0, 12.0]
    assert told == []


def test_an_answer_about_the_present_does_not_replace_the_past_that_is_shown_since(
    open_session: Open,
) -> None:
    session = open_session(spec())
    session.wait(10)
    session.clock.set(NOON)
    session.renew()
    session.clock.set(NOON - timedelta(hours=3))
    assert hours(session) == [9.0, 9.0, 9.0]
    assert session.wait(10)
    assert hours(session) == [9.0, 9.0, 9.0]


def test_news_still_come_after_all_work_was_cancelled(open_session: Open) -> None:
    session = open_session(spec())
    session.wait(10)
    session.clock.set(NOON)
    session.renew()
    session.jobs.cancel_all()
    session.layer("probe").columns_now = {}
    session.renew()
    assert session.wait(10)
    assert hours(session) == [12.0, 12.0, 12.0]


def test_what_goes_wrong_is_told_as_at_any_other_moment(open_session: Open) -> None:
    session = open_session(spec(params={"fail": "clock"}))
    session.wait(10)
    runtime = session.layer("probe")
    runtime.build_problems = runtime.load_problems = ()
    session.renew()
    assert session.wait(10)
    assert [p.key for p in runtime.problems] == ["layer.columns_failed"]
