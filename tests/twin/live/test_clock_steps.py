"""The machine's clock is set back or forward while feeds run: nothing of before stands in the way of what comes."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.servers import wait_for
from twin.live.alerts import AlertWatch, Happened
from twin.live.decoded import NO_TIME, Decoded, Reading
from twin.live.engine import LiveEngine
from twin.live.feed import FeedContext, FeedState
from twin.live.wall import Wall
from twin.model.feed import AlertRule, FeedSpec
from twin.store.history import UNTRUE, Datastream, Flag, FolderHistory

HOUR_S = 3600.0
S = 1_000_000


class WallClock:
    """A clock that somebody sets."""

    def __init__(self) -> None:
        self.off_s = 0.0

    def __call__(self) -> int:
        return time.time_ns() + round(self.off_s * 1e9)


class Said:
    """A feed that says what a test tells it to."""

    polled = False

    def __init__(self) -> None:
        self.ctx: FeedContext | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    async def run(self, ctx: FeedContext) -> None:
        self._loop, self.ctx = asyncio.get_running_loop(), ctx
        ctx.connected()
        await ctx.stopping.wait()

    def say(self, value: float, at_us: int = NO_TIME) -> None:
        assert self.ctx is not None
        decoded = Decoded()
        decoded.streams["a"] = Datastream(id="a", thing="a")
        decoded.readings.append(Reading("a", at_us, value))

        async def emit() -> None:
            assert self.ctx is not None
            self.ctx.emit(decoded.batch(), decoded.streams.values(), messages=1)

        assert self._loop is not None
        asyncio.run_coroutine_threadsafe(emit(), self._loop).result()


@pytest.fixture
def clock() -> WallClock:
    return WallClock()


@pytest.fixture
def said() -> Said:
    return Said()


@pytest.fixture
def engine(tmp_path: Path, clock: WallClock, said: Said) -> Iterator[LiveEngine]:
    history = FolderHistory(tmp_path / "history", write=True)
    made = LiveEngine(history, make=lambda _spec: said, wall_ns=clock)
    made.start(FeedSpec(id="f", kind="said", url="said://"))
    wait_for(lambda: said.ctx is not None, "the feed")
    yield made
    made.close()
    history.close()


@pytest.mark.parametrize("off_s", [-HOUR_S, -20.0, 20.0, HOUR_S])
@pytest.mark.parametrize("timed", [True, False], ids=["own times", "arrival"])
def test_what_comes_after_a_step_is_what_is(
    engine: LiveEngine, said: Said, clock: WallClock, off_s: float, *, timed: bool
) -> None:
    def at() -> int:
        return clock() // 1000 if timed else NO_TIME

    said.say(1.0, at())
    clock.off_s = off_s
    for value in (2.0, 3.0):
        said.say(value, at())
        found = engine.latest.get("a")
        assert found is not None
        assert found.result == value
        assert abs(found.time_us - clock() // 1000) < 2 * S
        assert not found.quality & int(UNTRUE | Flag.OUT_OF_ORDER | Flag.LATE)


def test_a_value_that_is_not_said_again_is_not_from_the_future(
    engine: LiveEngine, said: Said, clock: WallClock
) -> None:
    said.say(1.0)
    clock.off_s = -HOUR_S
    wait_for(lambda: engine.latest.get("a").time_us <= clock() // 1000, "its time", 5.0)
    assert clock() // 1000 - engine.latest.get("a").time_us < 10 * S


def test_what_was_from_the_future_may_be_said_again(
    engine: LiveEngine, said: Said, clock: WallClock
) -> None:
    said.polled = True
    engine.start(FeedSpec(id="f", kind="said", url="said://again"))
    wait_for(lambda: said.ctx is not None and said.ctx.url.endswith("again"), "the feed")
    true_us = clock() // 1000
    clock.off_s = -HOUR_S
    said.say(7.0, true_us)
    assert engine.latest.get("a") is None, "its time has not come"
    clock.off_s = 0.0
    said.say(7.0, true_us)
    assert engine.latest.get("a").result == 7.0


def test_a_feed_stays_live_and_loses_nothing(
    engine: LiveEngine, said: Said, clock: WallClock
) -> None:
    for off_s in (0.0, -HOUR_S, HOUR_S, 0.0):
        clock.off_s = off_s
        said.say(off_s)
    (status,) = engine.statuses()
    assert status.state is FeedState.LIVE
    assert (status.observations, status.wrong, status.duplicates) == (4, 0, 0)
    assert status.age_s < 5


@pytest.fixture
def steps() -> tuple[Wall, Callable[[float], None]]:
    clock = {"wall": 10**18, "steady": 0}
    wall = Wall(lambda: clock["wall"], lambda: clock["steady"])

    def go(wall_s: float, steady_s: float = 0.0) -> None:
        clock["wall"] += round(wall_s * 1e9)
        clock["steady"] += round(steady_s * 1e9)

    return wall, go


def test_a_wall_clock_knows_that_it_was_set(steps) -> None:
    wall, go = steps
    go(500.0, 500.01)  # it runs a little slower than it ought to
    assert wall.stepped_us() == 0
    go(-HOUR_S)
    assert wall.stepped_us() == -3600 * S
    assert wall.stepped_us() == 0
    go(30.0, 10.0)
    assert wall.stepped_us() == 20 * S


def take(watch: AlertWatch, at_s: float, value: float) -> list[Happened]:
    streams = {"a": Datastream(id="a")}
    told = watch.take(streams, ["a"], [round(at_s * S)], [value], [0])
    return [event.kind for event in told]


@pytest.mark.parametrize("off_s", [-HOUR_S, HOUR_S])
def test_rates_and_holds_begin_anew(off_s: float) -> None:
    watch = AlertWatch([AlertRule(id="r", kind="rate", limit=5.0)])
    take(watch, 7200, 0.0)
    now = 7200 + off_s
    watch.begin_anew(round(now * S))
    assert take(watch, now, 100.0) == [], "of one value there is no rate"
    assert take(watch, now + 60, 200.0) == [Happened.RAISED]


@pytest.mark.parametrize("off_s", [-HOUR_S, HOUR_S])
def test_silence_is_counted_from_the_step_on(off_s: float) -> None:
    watch = AlertWatch([AlertRule(id="r", kind="silence", limit=60.0)])
    take(watch, 7200, 1.0)
    now = 7200 + off_s
    watch.begin_anew(round(now * S))
    assert watch.listen(round((now + 59) * S)) == []
    assert [e.kind for e in watch.listen(round((now + 61) * S))] == [Happened.RAISED]
    watch.begin_anew(round((now - off_s) * S))
    assert watch.listen(round((now - off_s + 1) * S)) == [], (
        "it stands: neither over nor raised again"
    )
    assert len(watch.standing) == 1
