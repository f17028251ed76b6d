"""Asking a history of 100 million observations in a folder: an hour of one series, a day of a thousand.

Wanted: any hour of one series in 0.1 s, and any day of 1,000 series, down-sampled, in 1 s. The ratio
compares the hour with reading one file of a day with pyarrow and filtering it.
"""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from benchmarks.common import machine, main, ms

SERIES = 10_000
EVERY_S = 60
START = datetime(2026, 3, 1, tzinfo=UTC)
DAYS = 7
QUICK_SERIES = 500
ASKED = 9


def fill(folder: Path, series: int, days: int) -> int:
    """Write a history of so many series, a value a minute each; return how many observations."""
    import pyarrow as pa

    from twin.store.history import Datastream, FolderHistory
    from twin.store.history.model import key_of
    from twin.store.history.segment import stored_schema, write_segment

    rng = np.random.default_rng(7)
    history = FolderHistory(folder, write=True)
    history.describe(Datastream(id=f"s{i}", observed_property="air_no2") for i in range(series))
    history.close()
    keys = np.sort([key_of(f"s{i}") for i in range(series)])
    steps = 86_400 // EVERY_S
    start_us = int(START.timestamp()) * 1_000_000
    for day in range(days):
        times = start_us + (day * steps + np.arange(steps)) * EVERY_S * 1_000_000
        count = series * steps
        table = pa.table(
            {
                "key": np.repeat(keys, steps),
                "time": np.tile(times, series),
                "result": np.round(rng.normal(30.0, 8.0, count), 2),
                "quality": np.zeros(count, np.uint16),
                "text": pa.nulls(count, pa.string()),
                "low": pa.nulls(count, pa.float64()),
                "high": pa.nulls(count, pa.float64()),
                "count": pa.nulls(count, pa.int32()),
            },
            schema=stored_schema(),
        )
        label = (START + timedelta(days=day)).date().isoformat()
        write_segment(folder / "segments" / label, table, level=2, source=f"day{day}")
    return series * steps * days


def run(quick: bool) -> dict[str, object]:  # noqa: FBT001 - one switch
    """Return the milliseconds of questions about random series at random times."""
    import pyarrow.parquet as pq

    from twin.store.history import open_history

    series, days = (QUICK_SERIES, 2) if quick else (SERIES, DAYS)
    rng = np.random.default_rng(3)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "history"
        count = fill(folder, series, days)
        size = sum(p.stat().st_size for p in folder.rglob("*") if p.is_file())
        history = open_history(folder)
        hours, whole = [], []
        for _ in range(ASKED):
            stream = f"s{rng.integers(series)}"
            start = START + timedelta(hours=int(rng.integers(days * 24 - 1)))
            hours.append(
                ms(lambda: history.observations([stream], start, start + timedelta(hours=1)))  # noqa: B023
            )
            ids = [f"s{i}" for i in rng.choice(series, min(1000, series), replace=False)]
            day = START + timedelta(days=int(rng.integers(days)))
            whole.append(
                ms(lambda: history.observations(ids, day, day + timedelta(days=1), step_s=600.0))  # noqa: B023
            )
        latest = ms(lambda: history.latest(START + timedelta(hours=30)))
        path = next((folder / "segments").glob("*/*.parquet"))
        filters = [("key", "==", 1)]
        raw = ms(lambda: pq.read_table(path, columns=["key", "time", "result"], filters=filters))
        history.close()
    hour_ms, day_ms = float(np.median(hours[1:])), float(np.median(whole[1:]))
    return {
        "observations": count,
        "series": series,
        **machine(),
        "bytes_per_observation": round(size / count, 2),
        "hour_of_one_series_ms": round(hour_ms, 1),
        "hour_at_worst_ms": round(max(hours), 1),
        "day_of_1000_series_ms": round(day_ms, 1),
        "day_at_worst_ms": round(max(whole), 1),
        "latest_of_all_ms": round(latest, 1),
        "pyarrow_ms": round(raw, 1),
        "ratio": round(hour_ms / raw, 3),
    }


if __name__ == "__main__":
    main(run)
