"""Buildings begin in their year of construction, so that scrubbing through the years lets a city grow."""

from __future__ import annotations

from datetime import UTC, datetime

import pandas as pd
import pytest

from tests.layers.buildings.test_buildings import BOX, loaded
from twin.work.validity import Validity


def standing(in_year: int, /, **columns: object) -> list[bool]:
    count = len(next(iter(columns.values())))
    features, _ = loaded([BOX] * count, **columns)
    validity = Validity.of(features.frame)
    return list(validity.at(datetime(in_year, 6, 1, tzinfo=UTC))) if validity else [True] * count


@pytest.mark.parametrize("name", ["year", "annee_construction", "start_date", "yearOfConstruction"])
def test_a_city_grows_with_the_years(name: str) -> None:
    told = {name: [1900, 1950, None, 2035]}
    assert standing(1899, **told) == [False, False, True, False]
    assert standing(1950, **told) == [True, True, True, False]
    assert standing(2040, **told) == [True, True, True, True]


def test_dates_and_words_around_a_year_and_marks_for_unknown() -> None:
    told = {"start_date": ["1931-05-02", "1888", "", "0000", "9999"]}
    assert standing(1900, **told) == [False, True, True, True, True]


def test_what_the_data_says_of_its_beginning_goes_before_its_year() -> None:
    told = {"year": [1900, 1950], "valid_from": ["1920-01-01", None]}
    assert standing(1910, **told) == [False, False]
    assert standing(1930, **told) == [True, False]
    assert standing(1960, **told) == [True, True]


def test_a_frame_without_years_has_no_beginnings() -> None:
    features, _ = loaded([BOX])
    assert "valid_from" not in features.frame
    features, _ = loaded([BOX], valid_from=pd.to_datetime(["2001-01-01"]), year=[1900])
    assert str(features.frame["valid_from"].dtype).startswith("datetime64")
