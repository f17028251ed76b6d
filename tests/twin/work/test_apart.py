"""Functions in a process of their own: what they answer, what they say went wrong, how soon they stop."""

from __future__ import annotations

import sys
import threading
import time

import numpy as np
import pytest

from twin.errors import BelvedereError, Cancelled
from twin.work import apart
from twin.work.answers import export_answer
from twin.work.jobs import Job


def half(values: np.ndarray, _progress: object) -> list[float]:
    return [float(v) / 2 for v in values]


def wordy(progress: object) -> str:
    sys.stdout.write("a library that prints does not disturb the messages")
    progress.progress(3, 7, "things")
    return "said"


def forever(_progress: object) -> None:
    time.sleep(600)


def wrong(_progress: object) -> None:
    raise BelvedereError("analyse.no_place", "here", count=3)


def broken(_progress: object) -> None:
    raise RuntimeError("no such thing")


def dies(_progress: object) -> None:
    import os

    os._exit(3)


def test_arrays_go_there_and_json_comes_back() -> None:
    values = np.arange(300_000, dtype=np.float64)
    found = apart.call(half, (values,), Job("job.analyse", ""))
    assert found[-1] == pytest.approx(149_999.5)
    assert len(found) == 300_000


def test_progress_is_passed_on_and_prints_are_not() -> None:
    job = Job("job.analyse", "")
    assert apart.call(wordy, (), job) == "said"
    assert (job.done, job.total, job.unit) == (3, 7, "things")


@pytest.mark.parametrize(
    ("work", "key", "value"),
    [
        (wrong, "analyse.no_place", "3"),
        (broken, "job.failed", "no such thing"),
        (dies, "job.process_died", ""),
    ],
)
def test_what_goes_wrong_is_said(work, key: str, value: str) -> None:
    with pytest.raises(BelvedereError) as told:
        apart.call(work, (), Job("job.analyse", ""))
    assert told.value.problem.key == key
    assert value in str(told.value.problem.values)


def test_it_stops_at_once() -> None:
    job = Job("job.analyse", "")
    threading.Timer(0.8, job.cancel).start()
    with pytest.raises(Cancelled):
        apart.call(forever, (), job)
    # The time is in the benchmark; here nothing may be left behind.
    assert not [t for t in threading.enumerate() if t.name.startswith("Thread") and t.is_alive()]


def test_an_answer_that_is_gone_is_named(tmp_path) -> None:
    with pytest.raises(BelvedereError) as told:
        export_answer(str(tmp_path / "x.parquet"), "sun", str(tmp_path / "x.csv"), None)
    assert told.value.problem.key == "analyse.no_answer"
