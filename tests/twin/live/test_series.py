"""Reading long tables of values over time."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest

from twin.errors import ReadError
from twin.live import read_series, timeline_of
from twin.model.table import FeatureTable
from twin.progress import Unattended

HEAD = "feature_id,phenomenon_time,result\n"


def _read(path: Path, text: str) -> tuple[pd.DataFrame, list[str]]:
    path.write_text(HEAD + text, encoding="utf-8")
    progress = Unattended()
    table = read_series(path, ["result"], progress=progress)
    return table, [p.key for p in progress.problems]


def test_times_of_any_zone_become_utc(tmp_path: Path) -> None:
    text = "1,2026-06-21T10:00:00+02:00,3\n1,2026-06-21T09:00:00Z,4\n"
    table, keys = _read(tmp_path / "a.csv", text)
    assert keys == []
    assert table["phenomenon_time"].dt.hour.tolist() == [8, 9]
    assert table["feature_id"].tolist() == ["1", "1"]
    assert str(table["phenomenon_time"].dt.tz) == "UTC"


def test_times_without_zone_are_taken_as_utc_and_reported(tmp_path: Path) -> None:
    table, keys = _read(tmp_path / "a.csv", "a,2026-06-21T10:00:00,3\n")
    assert keys == ["series.time_without_zone"]
    assert table["phenomenon_time"].dt.hour.tolist() == [10]


def test_bad_rows_are_counted_and_the_good_kept(tmp_path: Path) -> None:
    text = "a,never,3\na,2026-06-21T10:00:00Z,many\na,2026-06-21T11:00:00Z,5\n"
    table, keys = _read(tmp_path / "a.csv", text)
    assert set(keys) >= {"series.bad_time", "series.not_a_number"}
    assert len(table) == 2
    assert table["result"].isna().tolist() == [True, False]


def test_parquet(tmp_path: Path) -> None:
    times = pd.to_datetime(["2026-06-21T10:00Z", "2026-06-21T11:00Z"], utc=True)
    frame = pd.DataFrame({"feature_id": ["a", "b"], "phenomenon_time": times, "p_kw": [1, 2]})
    frame.to_parquet(tmp_path / "a.parquet")
    progress = Unattended()
    table = read_series(tmp_path / "a.parquet", ["loading", "p_kw"], progress=progress)
    assert table["p_kw"].tolist() == [1.0, 2.0]
    assert progress.problems == []


@pytest.mark.parametrize(
    "name, content, key",
    [
        ("gone.csv", None, "series.no_file"),
        ("a.txt", b"x", "series.format"),
        ("broken.parquet", b"PAR1 not a parquet file", "series.unreadable"),
        ("empty.csv", b"", "series.unreadable"),
        ("other.csv", b"a,b\n1,2\n", "series.columns_missing"),
    ],
)
def test_what_cannot_be_read_says_so(
    tmp_path: Path, name: str, content: bytes | None, key: str
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(ReadError) as caught:
        read_series(tmp_path / name, ["result"], progress=Unattended())
    assert caught.value.problem.key == key


def test_a_timeline_is_made_once_a_table() -> None:
    frame = gpd.GeoDataFrame({"feature_id": ["a"]}, geometry=[None])
    samples = pd.DataFrame(
        {
            "feature_id": ["a"],
            "phenomenon_time": pd.to_datetime(["2026-06-21T10:00Z"]),
            "result": [1.0],
        }
    )
    table = FeatureTable(frame=frame, crs="", tables={"observations": samples})
    first = timeline_of(table, "observations", ["result"])
    assert first is timeline_of(table, "observations", ["result"])
    assert timeline_of(table, "series", ["result"]) is None
