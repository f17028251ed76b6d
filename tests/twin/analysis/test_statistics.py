"""Statistics, histograms and cross tables, against pandas and numpy."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from twin.analysis.statistics import MISSING, OTHERS, histogram_of, pivot_of, summary_of


@pytest.fixture
def frame() -> pd.DataFrame:
    rng = np.random.default_rng(11)
    made = pd.DataFrame(
        {
            "use": rng.choice(["home", "office", "school"], 400),
            "year": rng.choice([1900, 1950, 2000], 400),
            "height": rng.gamma(3.0, 4.0, 400),
        }
    )
    made.loc[::17, "height"] = np.nan
    made.loc[::23, "use"] = None
    return made


def test_a_summary_is_that_of_pandas(frame: pd.DataFrame) -> None:
    column = frame["height"]
    found = summary_of(column.to_numpy())
    expected = {
        "count": column.count(),
        "missing": column.isna().sum(),
        "sum": column.sum(),
        "mean": column.mean(),
        "median": column.median(),
        "min": column.min(),
        "max": column.max(),
        "deviation": column.std(ddof=0),
    }
    for name, value in expected.items():
        assert found[name] == pytest.approx(value), name
    assert summary_of(frame["use"].to_numpy(object)) == {
        "count": frame["use"].count(),
        "missing": frame["use"].isna().sum(),
        "distinct": 3,
    }
    assert summary_of(np.array([np.nan])) == {"count": 0, "missing": 1, "distinct": 0}


def test_every_number_is_in_one_bin(frame: pd.DataFrame) -> None:
    values = frame["height"].to_numpy()
    found = histogram_of(values)
    assert found.counts.sum() == np.isfinite(values).sum()
    expected, _ = np.histogram(values[np.isfinite(values)], bins=found.edges)
    np.testing.assert_array_equal(found.counts, expected)
    for number in range(len(found.counts)):
        inside = values[found.bin_of_row == number]
        assert len(inside) == found.counts[number]
        assert ((inside >= found.edges[number]) & (inside <= found.edges[number + 1])).all()
    assert (found.bin_of_row[np.isnan(values)] == -1).all()


@pytest.mark.parametrize("values", [[], [np.nan], [4.0], [4.0, 4.0], list(range(100_000))])
def test_odd_columns_have_histograms(values: list[float]) -> None:
    found = histogram_of(np.array(values, np.float64))
    assert found.counts.sum() == np.isfinite(values).sum()
    assert len(found.counts) <= 60


@pytest.mark.parametrize("how", ["count", "sum", "mean", "median", "min", "max"])
def test_a_cross_table_is_that_of_pandas(frame: pd.DataFrame, how: str) -> None:
    found = pivot_of(
        frame["use"].to_numpy(object), frame["year"].to_numpy(), frame["height"].to_numpy(), how
    )
    assert found.columns == ("1900", "1950", "2000")
    assert found.rows == ("home", "office", "school", MISSING)
    known = frame if how == "count" else frame[frame["height"].notna()]
    expected = known.fillna({"use": MISSING}).pivot_table(
        index="use", columns="year", values="year" if how == "count" else "height",
        aggfunc="size" if how == "count" else how,
    )  # fmt: skip
    np.testing.assert_allclose(found.table, expected.loc[list(found.rows)].to_numpy())


def test_rare_groups_are_put_together() -> None:
    words = np.array([f"w{i % 200}" for i in range(1000)] + ["w3"] * 9, object)
    found = pivot_of(words, None, None)
    assert len(found.rows) == 61
    assert found.rows[-1] == OTHERS
    assert "w3" in found.rows
    assert np.nansum(found.table) == 1009
