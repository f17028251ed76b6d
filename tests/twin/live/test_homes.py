"""Homes are told of as aggregates of ten or more, on every way into memory and onto the screen."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from twin.live.decoded import Decoded, Reading
from twin.live.dialects import DIALECTS, dialect_of
from twin.live.feed import FeedContext
from twin.live.homes import FEWEST_HOMES, MEASURES, WINDOW_US, Homes, HomesGate, HomeValue
from twin.live.latest import Latest
from twin.live.runner import Runner
from twin.model.feed import FeedSpec
from twin.store.history import Datastream, FolderHistory, batch_of

SPEC = FeedSpec(id="flats", kind="mqtt", url="mqtt://localhost/#")


class Silent:
    async def run(self, ctx: FeedContext) -> None:
        """Say nothing."""


class Told:
    """A runner with everybody who is told of what its feed emits, at a time of ours."""

    def __init__(self, folder: Path) -> None:
        self.history = FolderHistory(folder, write=True)
        self.latest = Latest()
        self.watched: list[str] = []
        self.runner = Runner(
            SPEC,
            Silent(),
            history=self.history,
            latest=self.latest,
            secrets=lambda _spec, _name: "",
            on_batch=lambda _runner, ids, *_rest: self.watched.extend(ids),
        )
        self.now_us = 5
        self.runner.now_us = lambda: self.now_us  # type: ignore[method-assign]

    def hear(self, decoded: Decoded) -> None:
        self.runner.emit(decoded.batch(), decoded.streams.values(), messages=1)

    def known(self) -> set[str]:
        """Return every datastream that anybody has heard of."""
        self.history.commit()
        shown = set(self.watched) | set(self.runner.streams) | set(self.history.streams())
        kept = (name for b in self.history.batches() for name in b.column("datastream").to_pylist())
        return shown | set(kept) | {n for n in shown if self.latest.get(n)}


@pytest.fixture
def told(tmp_path: Path) -> Iterator[Told]:
    made = Told(tmp_path / "history")
    yield made
    made.history.close()


def of_homes(count: int) -> Homes:
    homes = Homes()
    for number in range(count):
        value = HomeValue("rnb-1", f"h{number}", MEASURES["temperature"], 5, 20.0 + number)
        homes.take(value)
    return homes


def test_fewer_than_ten_homes_are_never_told() -> None:
    few = of_homes(FEWEST_HOMES - 1)
    assert few.finished(WINDOW_US).readings == []
    assert few.suppressed == 1
    enough = of_homes(FEWEST_HOMES).finished(WINDOW_US)
    values = {r.stream: r.result for r in enough.readings}
    assert values["homes:rnb-1:temperature_mean"] == 24.5
    assert values["homes:rnb-1:n_homes"] == 10.0
    assert not any("h3" in r.stream for r in enough.readings)


def test_a_quarter_hour_is_waited_for_and_homes_are_forgotten_then() -> None:
    homes = of_homes(50)
    assert homes.finished(WINDOW_US - 1).readings == []
    assert homes.finished(WINDOW_US).readings
    assert homes.finished(9 * WINDOW_US).readings == []


def test_a_clock_that_is_wrong_brings_nothing() -> None:
    homes = of_homes(50)
    assert homes.finished(-9 * WINDOW_US).readings == []
    assert homes.finished(WINDOW_US).readings == []


def test_presence_and_units_that_are_not_known_are_not_taken() -> None:
    gate = HomesGate("f")
    for number in range(50):
        for name, unit in (("presence", ""), ("motion", ""), ("temperature", "°F")):
            stream = Datastream(id=f"{number}/{name}", observed_property=name, unit=unit, home="h")
            assert gate.let_by([stream]) == []
            assert gate.sift([stream.id], [5], [20.0], [0], received_us=5) == []
    assert gate.finished(WINDOW_US).readings == []
    assert gate.held == 150


def message(home: int) -> dict[str, tuple[str, bytes]]:
    """Return what a home says of its temperature in every dialect that can be one of homes."""
    return {
        "homes": (f"fort/rnb-1/h{home}/temperature", b"20.5"),
        "homie": (f"rnb-1/h{home}/5/dev/air/temperature", b"20.5"),
        "homeassistant": (f"rnb-1/h{home}/z/t", b"20.5"),
        "plain": (f"rnb-1/h{home}/z/t", b'{"value": 20.5}'),
    }


@pytest.mark.parametrize("dialect", ["homes", "homie", "homeassistant", "plain"])
def test_no_dialect_lets_a_single_home_by(told: Told, dialect: str) -> None:
    assert dialect in DIALECTS
    decode = dialect_of(dialect, {})
    for home in range(FEWEST_HOMES):
        if dialect in ("homeassistant", "plain"):
            config = b'{"state_topic": "z/t", "device_class": "temperature"}'
            told.hear(decode(f"rnb-1/h{home}/homeassistant/sensor/t/config", config))
        told.hear(decode(*message(home)[dialect]))
    told.runner.release()
    assert told.known() == set()
    assert told.runner.status().held == FEWEST_HOMES
    told.now_us = WINDOW_US
    told.runner.release()
    if dialect != "plain":  # there, a topic says home and value, and nobody knows which property
        assert "homes:rnb-1:temperature_mean" in told.known()
    assert all(name.startswith("homes:rnb-1:") for name in told.known())


@pytest.mark.parametrize(
    "stream",
    [
        *("ha:u1", "homie:homie/5/d/n/p", "homeassistant/sensor/x/state", "a/zigbee2mqtt/lamp"),
        *("homie/5/d/n/p", "shellies/plug/power#total"),
    ],
)
def test_a_feed_that_hides_it_is_found_out_by_the_name(told: Told, stream: str) -> None:
    told.runner.emit(batch_of([stream], [5], [20.5]), [Datastream(id=stream)])
    told.runner.emit(batch_of([stream], [6], [20.5]))
    assert told.known() == set()


def test_what_is_found_to_be_of_a_home_later_is_held_from_then_on(told: Told) -> None:
    plain = Decoded([Reading("flat/t", 5, 20.5)], {"flat/t": Datastream(id="flat/t")})
    told.hear(plain)
    own = Datastream(id="flat/t", observed_property="temperature", home="h")
    told.hear(Decoded([Reading("flat/t", 6, 21.5)], {"flat/t": own}))
    told.history.commit()
    results = [r for b in told.history.batches() for r in b.column("result").to_pylist()]
    assert results == [20.5]
