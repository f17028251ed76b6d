from __future__ import annotations

from pathlib import Path

from twin.live.alerts import AlertWatch, Event, Happened
from twin.live.eventlog import EventLog
from twin.live.homes import FEWEST_HOMES, WINDOW_US, Homes, HomesDialect, HomeValue
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
    assert kinds(watch.take(by_id, names, [2, 2], [2.5, 48.5], [0, 0])) == [Happened.RAISED]
    assert kinds(watch.take(by_id, names, [3, 3], [3.5, 48.5], [0, 0])) == [Happened.OVER]


def test_the_log_is_there_again(tmp_path: Path) -> None:
    log = EventLog(tmp_path)
    log.add(Event(at_us=1, kind=Happened.RAISED, subject="r", text="hot", value=3.5))
    log.add(Event(at_us=2, kind=Happened.MARK, subject="mark", text="fête"))
    with (tmp_path / "events.jsonl").open("a") as file:
        file.write('{"torn')
    again = EventLog(tmp_path).recent()
    assert [(e.kind, e.text) for e in again] == [(Happened.MARK, "fête"), (Happened.RAISED, "hot")]


def of_homes(count: int, name: str = "temperature") -> Homes:
    homes = Homes()
    for number in range(count):
        homes.take(HomeValue("rnb-1", f"home-{number}", name, 5, 20.0 + number))
    return homes


def test_fewer_than_ten_homes_are_never_told() -> None:
    few = of_homes(FEWEST_HOMES - 1)
    assert few.finished(WINDOW_US).readings == []
    assert few.suppressed == 1
    enough = of_homes(FEWEST_HOMES).finished(WINDOW_US)
    values = {r.stream: r.result for r in enough.readings}
    assert values["homes:rnb-1:temperature_mean"] == 24.5
    assert values["homes:rnb-1:n_homes"] == 10.0
    assert not any("home-" in r.stream for r in enough.readings)


def test_presence_is_never_taken_and_a_quarter_hour_is_waited_for() -> None:
    assert of_homes(50, "presence").finished(WINDOW_US).readings == []
    homes = of_homes(50)
    assert homes.finished(WINDOW_US - 1).readings == []
    assert homes.finished(WINDOW_US).readings
    assert homes.finished(9 * WINDOW_US).readings == []


def test_messages_of_homes_come_out_as_buildings_only() -> None:
    moments = [5]
    dialect = HomesDialect({}, lambda: moments[0])
    for number in range(FEWEST_HOMES):
        assert dialect(f"fort/rnb-1/h{number}/temperature", b"20.5").readings == []
    for number in range(3):
        dialect(f"fort/rnb-2/h{number}/temperature", b"20.5")
    moments[0] = WINDOW_US
    said = dialect("fort/rnb-1/h0/temperature", b"21").readings
    assert {r.stream.split(":")[1] for r in said} == {"rnb-1"}
    assert {r.result for r in said} == {20.5, 10.0}
