"""The filter language: what it keeps, how it treats what is missing, and how it says no."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from twin.model.expressions import ExpressionError, Rows, matching_rows, parse, values_of
from ui.i18n import translator

COLUMNS: dict[str, NDArray[Any]] = {
    "height": np.array([5.0, 12.0, np.nan, 30.0]),
    "storeys": np.array([2, 4, 1, 9]),
    "use": np.array(["Résidentiel", "Commercial", None, "résidence"], dtype=object),
    "listed": np.array([True, False, False, True]),
    "built": np.array(["1950-01-01", "2001-05-06", "NaT", "2020-01-01"], dtype="datetime64[ns]"),
    "as text": np.array(["5", "12.5", "", "n/a"], dtype=object),
    "O'Neil": np.array([0, 0, 0, 1]),
}

ROWS = Rows(count=4, columns=tuple(COLUMNS), column_of=COLUMNS.get)


def kept(text: str) -> list[int]:
    rows = matching_rows(parse(text), ROWS)
    return [int(row) for row in np.flatnonzero(rows)]


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("height > 10", [1, 3]),
        ("HEIGHT ≥ 12 and storeys < 5", [1]),
        ("not height > 10", [0]),
        ("height is missing", [2]),
        ("height is not null", [0, 1, 3]),
        ("height != 5", [1, 3]),
        ("height / storeys > 2.6", [1, 3]),
        ("-height < -10", [1, 3]),
        ("storeys % 2 = 0 or listed", [0, 1, 3]),
        ("10 < height", [1, 3]),
        ("height > 1e1 and (storeys = 4 or storeys = 9)", [1, 3]),
        ('use = "Commercial"', [1]),
        ("use contains 'RESID'", [0, 3]),
        ("use starts with “rési”", [0, 3]),
        ("not use contains 'resid'", [1]),
        ("use in ('Commercial', 'x')", [1]),
        ("storeys not in (2, 4)", [2, 3]),
        ("listed", [0, 3]),
        ("listed = false", [1, 2]),
        ("built >= '2001-05-06'", [1, 3]),
        ("`as text` > 5", [1]),
        ("`as text` = '5'", [0]),
        ("`O'Neil` = 1", [3]),
        ("storeys contains '9'", [3]),
        ("use != 'Commercial'", [0, 3]),
        ("1 = 1", [0, 1, 2, 3]),
        ("height > 10 et use contient 'COMM'", [1]),
        ("use commence par « Rési » ou height est vide", [0, 2, 3]),
        ("non listed et storeys dans (1, 4)", [1, 2]),
        ("listed = vrai", [0, 3]),
    ],
)
def test_what_is_kept(text: str, rows: list[int]) -> None:
    assert kept(text) == rows


@pytest.mark.parametrize(
    ("text", "key", "at"),
    [
        ("heigth > 3", "expression.unknown_column_near", 0),
        ("zzz > 3", "expression.unknown_column", 0),
        ("height >", "expression.incomplete", 8),
        ("height > 3)", "expression.unexpected", 10),
        ("height > 'tall'", "expression.not_a_number", 7),
        ("use = 'open", "expression.open_text", 6),
        ("height", "expression.no_condition", 0),
        ("height + 1", "expression.no_condition", 0),
        ("use and listed", "expression.no_condition", 0),
        ("listed + 1 > 2", "expression.number_wanted", 0),
        ("listed > 2", "expression.cannot_compare", 7),
        ("built > 3", "expression.not_a_day", 6),
        ("built > 'yesterday'", "expression.not_a_day", 6),
        ("use contains 3", "expression.text_wanted", 13),
        ("use starts 'a'", "expression.expected", 11),
        ("__import__('os')", "expression.unknown_function", 0),
        ("height.__class__ > 1", "expression.unknown_column_near", 0),
        ("height; storeys", "expression.unexpected", 6),
        ("(" * 100 + "1=1" + ")" * 100, "expression.too_deep", 60),
        ("1=1 or " * 400 + "1=1", "expression.too_long", 0),
    ],
)
def test_what_is_refused_says_why_and_where(text: str, key: str, at: int) -> None:
    with pytest.raises(ExpressionError) as caught:
        kept(text)
    assert (caught.value.key, caught.value.at) == (key, at)
    for language in ("en", "fr"):
        translator.set_language(language)
        assert "{" not in translator.tr(caught.value.key, **caught.value.values)


@given(st.text(alphabet="height use()<>=!'\"`+-*/%, 0123456789.andornotiscontains\n", max_size=60))
def test_nothing_but_an_expression_error_is_ever_raised(text: str) -> None:
    at = 0
    try:
        kept(text)
    except ExpressionError as error:
        at = error.at
    assert 0 <= at <= len(text)


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("height * 2", [10.0, 24.0, np.nan, 60.0]),
        ("round(height / 7, 1)", [0.7, 1.7, np.nan, 4.3]),
        ("max(storeys, 3)", [3.0, 4.0, 3.0, 9.0]),
        ("min(height, storeys)", [2.0, 4.0, 1.0, 9.0]),
        ("abs(storeys - 4)", [2.0, 0.0, 3.0, 5.0]),
        ("if(storeys > 3, 1, 0)", [0.0, 1.0, 0.0, 1.0]),
    ],
)
def test_numbers_are_reckoned(text: str, values: list[float]) -> None:
    np.testing.assert_allclose(values_of(parse(text), ROWS), values)


@pytest.mark.parametrize(
    ("text", "values"),
    [
        (
            "use & ' R+' & (storeys - 1)",
            ["Résidentiel R+1", "Commercial R+3", None, "résidence R+8"],
        ),
        ("'n° ' & storeys", ["n° 2", "n° 4", "n° 1", "n° 9"]),
        ("si(listed, 'classé', 'libre')", ["classé", "libre", "libre", "classé"]),
        ("listed & ''", ["true", "false", "false", "true"]),
    ],
)
def test_texts_are_joined(text: str, values: list[str | None]) -> None:
    assert list(values_of(parse(text), ROWS)) == values


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("near('stops', 100)", "expression.no_places"),
        ("nearr('stops', 100)", "expression.unknown_function"),
        ("if(height, 1, 2) > 1", "expression.if_wanted"),
        ("if(listed, 1, 'a') = 1", "expression.cannot_compare"),
        ("round('a') > 1", "expression.number_wanted"),
        ("round(", "expression.incomplete"),
        ("round(1,", "expression.incomplete"),
        ("height & 'm'", "expression.no_condition"),
    ],
)
def test_calls_say_no(text: str, key: str) -> None:
    with pytest.raises(ExpressionError) as told:
        matching_rows(parse(text), ROWS)
    assert told.value.key == key
    assert translator.has(key)
