"""Reading one row: names by language, its own source."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import pytest

from twin.model.rows import known, provenance_of, text_of, texts_of, word
from twin.model.table import FeatureTable, Provenance, Quality

NAN = float("nan")


@pytest.mark.parametrize(
    "values, expected",
    [
        ({"name": "A"}, {"en": "A", "fr": "A"}),
        ({"name": "A", "name_fr": "B"}, {"en": "A", "fr": "B"}),
        ({"name_fr": "B"}, {"en": "B", "fr": "B"}),
        ({"name": None, "name_en": NAN}, {}),
        ({"name": ""}, {}),
        ({}, {}),
    ],
)
def test_text_of(values: dict[str, object], expected: dict[str, str]) -> None:
    assert text_of(values, "name") == expected


def test_known() -> None:
    assert known({"a": 0}, "a")
    assert not known({"a": NAN}, "a")
    assert not known({}, "a")


def test_a_row_may_have_a_source_of_its_own() -> None:
    whole = Provenance("file", "2020", "MIT", Quality.DECLARED)
    table = FeatureTable(
        frame=gpd.GeoDataFrame({"feature_id": []}, geometry=[]), crs="", provenance=whole
    )
    assert provenance_of(table, {}) == whole
    own = provenance_of(table, {"source": "press", "date": "2013", "quality": "estimated"})
    assert own == Provenance("press", "2013", "MIT", Quality.ESTIMATED)
    assert provenance_of(table, {"quality": "guess"}).quality is Quality.DECLARED


def test_word_falls_back_to_the_value() -> None:
    assert word({"a": {"en": "x", "fr": "y"}}, "a")["fr"] == "y"
    assert word({}, 3) == {"en": "3", "fr": "3"}


def test_all_rows_at_once_say_what_each_says_by_itself() -> None:
    frame = pd.DataFrame(
        {"name": ["A", None, "", "D"], "name_fr": [None, "B", NAN, "d"], "other": range(4)}
    )
    each = [text_of(row, "name") for _, row in frame.iterrows()]
    assert (
        texts_of(frame, "name")
        == each
        == [{"en": "A", "fr": "A"}, {"en": "B", "fr": "B"}, {}, {"en": "D", "fr": "d"}]
    )
    assert texts_of(frame, "unknown") == [{}, {}, {}, {}]
