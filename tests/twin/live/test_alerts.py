from __future__ import annotations

import math
from pathlib import Path

from twin.live.alerts import AlertWatch, Event, Happened
from twin.live.eventlog import EventLog
from twin.model.feed import AlertRule
from twin.store.history import Datastream, Flag

S = 1_000_000
STREAM = {"a": Datastream(id="a", observed_property="air_no2", unit="µg/m³")}


def kinds(events: list[Event]) -> list[Happened]:
    return [event.kind for event in events]


def take(watch: AlertWatch, at_s: int, value: float, flags: int = 0) -> list[Event]:
    return watch.take(STREAM, ["a"], [at_s * S], [value], [flags])


def test_a_threshold_is_raised_once_and_over_once() -> None:
    watch = AlertWatch([AlertRule(id="r", kind="above", limit=10.0, observed_property="air_no2")])
    assert take(watch, 1, 9.0) == []
    assert kinds(take(watch, 2, 11.0)) == [Happened.RAISED]
    assert take(watch, 3, 12.0) == []
    assert watch.standing[0].value == 12.0
    assert watch.acknowledge("r", "a", at_us=3 * S) is not None
    assert watch.acknowledge("r", "a", at_us=3 * S) is None
    assert kinds(take(watch, 4, 10.0)) == [Happened.OVER]
    assert watch.standing == []


def test_what_is_not_true_raises_nothing() -> None:
    watch = AlertWatch([AlertRule(id="r", kind="above", limit=10.0)])
    assert take(watch, 1, 99.0, int(Flag.WRONG)) == []


def test_a_condition_must_hold_for_a_while() -> None:
    watch = AlertWatch([AlertRule(id="r", kind="below", limit=0.0, hold_s=60.0)])
    assert take(watch, 0, -1.0) == []
    assert take(watch, 30, 1.0) == []
    assert take(watch, 40, -1.0) == []
    assert kinds(take(watch, 100, -1.0)) == [Happened.RAISED]


def test_rate_of_change_is_a_minute() -> None:
    watch = AlertWatch([AlertRule(id="r", kind="rate", limit=5.0)])
    assert take(watch, 0, 0.0) == []
    assert take(watch, 60, 4.0) == []
    assert kinds(take(watch, 120, 10.0)) == [Happened.RAISED]


def test_silence_is_heard() -> None:
    watch = AlertWatch([AlertRule(id="r", kind="silence", limit=60.0)])
    take(watch, 0, 1.0)
    assert watch.listen(59 * S) == []
    assert kinds(watch.listen(61 * S)) == [Happened.RAISED]
    assert watch.listen(99 * S) == []
    assert kinds(take(watch, 100, 1.0)) == [Happened.OVER]


def test_a_vehicle_enters_a_zone() -> None:
    square = ((2.0, 48.0), (3.0, 48.0), (3.0, 49.0), (2.0, 49.0))
    watch = AlertWatch([AlertRule(id="z", kind="zone", zone=square)])
    streams = {
        name: Datastream(id=f"v:{name}", thing="v", observed_property=name)
        for name in ("longitude", "latitude")
    }
    by_id = {s.id: s for s in streams.values()}
    names = ["v:longitude", "v:latitude"]
    assert watch.take(by_id, names, [1, 1], [1.0, 48.5], [0, 0]) == []
    (raised,) = watch.take(by_id, names, [2, 2], [2.5, 48.5], [0, 0])
    assert raised.kind is Happened.RAISED
    assert math.isnan(raised.value), "a longitude says nothing of a zone"
    assert kinds(watch.take(by_id, names, [3, 3], [3.5, 48.5], [0, 0])) == [Happened.OVER]


def test_the_log_is_there_again(tmp_path: Path) -> None:
    log = EventLog(tmp_path)
    log.add(Event(at_us=1, kind=Happened.RAISED, subject="r", text="hot", value=3.5))
    log.add(Event(at_us=2, kind=Happened.MARK, subject="mark", text="fête"))
    with (tmp_path / "events.jsonl").open("a") as file:
        file.write('{"torn')
    again = EventLog(tmp_path).recent()
    assert [(e.kind, e.text) for e in again] == [(Happened.MARK, "fête"), (Happened.RAISED, "hot")]
