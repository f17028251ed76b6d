"""What every history does, held against the folder and against a real PostgreSQL server."""

from __future__ import annotations

import math
import re
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from tests.servers import Postgres
from twin.store.history import (
    Datastream,
    Flag,
    History,
    HistoryError,
    batch_of,
    copy_history,
    homes,
)

Open = Callable[..., History]
START = datetime(2026, 3, 1, tzinfo=UTC)
START_US = int(START.timestamp()) * 1_000_000


def rows(table: object) -> list[tuple[object, ...]]:
    columns = table.to_pydict()  # type: ignore[attr-defined]
    return sorted(zip(*columns.values(), strict=True), key=repr)


def fill(history: History, *, series: int = 3, minutes: int = 120) -> None:
    for number in range(series):
        times = START_US + np.arange(minutes) * 60_000_000
        history.append(
            batch_of([f"s{number}"] * minutes, times, np.arange(minutes) + 1000 * number)
        )
    history.commit()


def test_what_went_in_comes_out(history: History) -> None:
    history.describe([Datastream(id="a", name="A", unit="°C", lon=2.27, lat=48.82, ttl_s=60.0)])
    batch = batch_of(
        ["a", "b", "a"],
        [START_US, START_US + 1, START_US + 2_000_001],
        [1.5, math.nan, -0.1],
        [0, Flag.WRONG, Flag.LATE],
        [None, "É\u202f!", None],
    )
    history.append(batch)
    history.commit()
    table = history.observations(None, START, START + timedelta(hours=1))
    found = {(r["datastream"], r["time"], r["quality"], r["text"]) for r in table.to_pylist()}
    assert found == {
        ("a", START, 0, None),
        ("b", START + timedelta(microseconds=1), int(Flag.WRONG), "É\u202f!"),
        ("a", START + timedelta(microseconds=2_000_001), int(Flag.LATE), None),
    }
    assert history.count() == 3
    assert history.extent() == (START, START + timedelta(microseconds=2_000_001))
    streams = history.streams()
    assert streams["a"].unit == "°C"
    assert streams["a"].placed
    assert not streams["b"].placed


def test_a_stretch_of_some_series(history: History) -> None:
    fill(history)
    table = history.observations(
        ["s1", "nobody"], START + timedelta(minutes=10), START + timedelta(minutes=13)
    )
    assert table["datastream"].to_pylist() == ["s1"] * 3
    assert table["result"].to_pylist() == [1010.0, 1011.0, 1012.0]
    assert history.observations(["s1"], START - timedelta(days=2), START).num_rows == 0


def test_who_asks_for_many_gets_only_these(where: str, opened: Open) -> None:
    """More names than there are rows: what is kept of others stays out."""
    history = opened(where)
    fill(history, minutes=3)
    history.close()
    history = opened(where)
    wanted = ["s1", *(f"nobody{n}" for n in range(100))]
    table = history.observations(wanted, START, START + timedelta(hours=1))
    assert table["datastream"].to_pylist() == ["s1"] * 3


def test_steps_are_means_of_what_is_true(history: History) -> None:
    fill(history, series=2)
    history.append(
        batch_of(["s0"] * 2, [START_US + 1, START_US + 2], [9e9, 7e9], [Flag.WRONG, Flag.DUPLICATE])
    )
    history.append(batch_of(["s0"], [START_US + 3], [math.nan]))
    history.commit()
    table = history.observations(["s0", "s1"], START, START + timedelta(hours=2), step_s=3600)
    by_name = {(r["datastream"], r["time"].hour): r for r in table.to_pylist()}
    assert len(by_name) == 4
    first = by_name["s0", 0]
    assert (first["result"], first["low"], first["high"], first["count"]) == (29.5, 0, 59, 60)
    assert by_name["s1", 1]["result"] == 1089.5
    assert by_name["s1", 1]["time"] == START + timedelta(hours=1)


def test_the_latest_of_each_that_is_true(history: History) -> None:
    fill(history, series=2)
    history.append(batch_of(["s1"], [START_US + 7_200_000_000], [-1.0], [Flag.FUTURE]))
    history.commit()
    at = START + timedelta(minutes=30, seconds=30)
    assert sorted(history.latest(at)["result"].to_pylist()) == [30.0, 1030.0]
    end = START + timedelta(hours=3)
    assert sorted(history.latest(end)["result"].to_pylist()) == [119.0, 1119.0]
    assert history.latest(end, within_s=60.0).num_rows == 0
    assert history.latest(START - timedelta(seconds=1)).num_rows == 0


def test_what_is_old_is_forgotten(history: History) -> None:
    fill(history)
    assert history.forget(START + timedelta(minutes=30)) == 90
    assert history.count() == 270


def test_averages_remember_what_they_stand_for(where: str, opened: Open) -> None:
    history = opened(where)
    fill(history, series=2)
    history.append(batch_of(["s0"], [START_US + 5], [9e9], [Flag.WRONG]))
    history.close()
    history = opened(where)
    assert history.thin(START + timedelta(hours=1), 600.0) == 2 * (60 - 6)
    table = history.observations(["s0"], START, START + timedelta(hours=1), step_s=3600)
    (row,) = table.to_pylist()
    assert (row["result"], row["low"], row["high"], row["count"]) == (29.5, 0.0, 59.0, 60)
    kept = history.observations(["s0"], START, START + timedelta(hours=1))
    assert sorted(set(kept["quality"].to_pylist())) == [int(Flag.WRONG), int(Flag.AVERAGED)]
    assert (
        history.observations(
            ["s0"], START + timedelta(hours=1), START + timedelta(hours=2)
        ).num_rows
        == 60
    )
    assert history.forget(START + timedelta(hours=1)) == 2 * 6 + 1


def test_two_writers_and_a_reader_at_once(where: str, opened: Open) -> None:
    one, two = opened(where), opened(where)
    reader = opened(where, write=False)
    one.append(batch_of(["a"], [START_US], [1.0]))
    two.append(batch_of(["b"], [START_US], [2.0]))
    assert reader.count() == 0
    one.commit()
    assert reader.count() == 1
    two.commit()
    assert sorted(reader.observations(None, START, START + timedelta(1))["result"].to_pylist()) == [
        1,
        2,
    ]
    assert set(reader.streams()) == {"a", "b"}


def test_there_and_back_loses_nothing(tmp_path: Path, postgres: Postgres, opened: Open) -> None:
    first = opened(tmp_path / "first")
    fill(first)
    first.describe([Datastream(id="s0", name="Zéro", unit="µg/m³", lon=2.0, lat=48.0, ttl_s=5.0)])
    first.append(batch_of(["s0"], [START_US + 7], [math.nan], [Flag.WRONG], ["no number"]))
    first.append(batch_of(["s1"], [START_US + 8], [0.1 + 0.2]))
    first.close()
    first = opened(tmp_path / "first")
    first.thin(START + timedelta(minutes=30), 600.0)
    server = opened(postgres.database(f"t{uuid.uuid4().hex}"))
    assert copy_history(first, server) == first.count() == server.count()
    back = opened(tmp_path / "back")
    copy_history(server, back)

    def everything(history: History) -> list[str]:
        return sorted(repr(r) for b in history.batches() for r in b.to_pylist())

    assert everything(back) == everything(server) == everything(first)
    described = {name: s.as_dict() for name, s in first.streams().items()}
    assert {name: s.as_dict() for name, s in back.streams().items()} == described


def test_what_tells_of_one_home_is_refused(history: History) -> None:
    told = Datastream(id="a", home="h7")
    for offer in (
        lambda: history.describe([told]),
        lambda: history.describe([Datastream(id="homeassistant/sensor/t")]),
        lambda: history.append(batch_of(["ha:u1"], [START_US], [20.5])),
    ):
        with pytest.raises(HistoryError) as caught:
            offer()
        assert caught.value.problem.key == "history.one_home"
    history.append(batch_of(["a"], [START_US], [20.5]))
    history.commit()
    assert set(history.streams()) == {"a"}
    assert history.count() == 1


def test_what_an_earlier_writer_kept_of_a_home_is_not_shown(
    where: str, opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as before:
        before.setattr(homes, "_NAMED", re.compile("(?!)"))
        earlier = opened(where)
        earlier.append(batch_of(["homie:d/n/p", "street"], [START_US] * 2, [20.5, 3.0]))
        earlier.close()
    later, end = opened(where), START + timedelta(hours=1)
    assert set(later.streams()) == {"street"}
    shown = [
        later.observations(None, START, end),
        later.observations(["homie:d/n/p", "street"], START, end),
        later.observations(None, START, end, step_s=60.0),
        later.latest(end),
        *later.batches(),
    ]
    assert [table.column("datastream").to_pylist() for table in shown] == [["street"]] * 5


def test_what_is_no_history_is_said_so(where: str, opened: Open) -> None:
    with pytest.raises(HistoryError) as caught:
        opened(where, write=False)
    assert caught.value.problem.key == "history.none"


def test_an_address_never_shows_its_password(opened: Open) -> None:
    with pytest.raises(HistoryError) as caught:
        opened("postgresql://ada:sesame@127.0.0.1:1/nothing")
    assert caught.value.problem.key == "history.server"
    assert "sesame" not in str(caught.value)
    assert "sesame" not in str(caught.value.problem.as_dict())
