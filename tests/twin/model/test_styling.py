"""Styles: colours and legends that say what they mean, and no number for what is missing."""

from __future__ import annotations

import numpy as np
import pytest

from twin.model.ramps import DIVERGING, RAMPS, hex_of_rgba, ramp_rgba, rgba_of_hex
from twin.model.style import (
    Categories,
    Category,
    Constant,
    Graduated,
    Style,
    style_from_dict,
    style_to_dict,
)
from twin.model.styling import breaks_of, categories_of, fixed, legend_of, rgba_of_rows

USE = np.array(["housing", "office", None, "barn"], dtype=object)
HEIGHT = np.array([3.0, 9.0, np.nan, 30.0])


def column(name: str) -> np.ndarray | None:
    return {"use": USE, "height_m": HEIGHT}.get(name)


CATEGORIES = Style(
    rule=Categories(
        column="use",
        categories=(
            Category(value="housing", colour="#aa0000"),
            Category(value="office", colour="#0000aa"),
        ),
        other="#777777",
    )
)
GRADUATED = Style(rule=Graduated(column="height_m", breaks=(5.0, 20.0), missing="#123456"))


def test_constant_colours_every_row() -> None:
    rgba = rgba_of_rows(Style(rule=Constant(colour="#102030")), 3, column)
    assert rgba.tolist() == [[16, 32, 48, 255]] * 3


def test_categories_colour_by_value_and_the_rest_alike() -> None:
    assert [hex_of_rgba(c) for c in rgba_of_rows(CATEGORIES, 4, column)] == [
        "#aa0000",
        "#0000aa",
        "#777777",
        "#777777",
    ]


def test_graduated_puts_values_in_classes_and_marks_the_missing() -> None:
    rgba = rgba_of_rows(GRADUATED, 4, column)
    ramp = ramp_rgba("viridis", 3)
    assert rgba[0].tolist() == ramp[0].tolist()
    assert rgba[1].tolist() == ramp[1].tolist()
    assert rgba[3].tolist() == ramp[2].tolist()
    assert hex_of_rgba(rgba[2]) == "#123456"


def test_a_column_that_is_not_there_is_shown_as_missing_not_as_low() -> None:
    rgba = rgba_of_rows(Style(rule=Graduated(column="nothing", missing="#010203")), 2, column)
    assert {hex_of_rgba(c) for c in rgba} == {"#010203"}


def test_legend_says_bounds_unit_and_missing() -> None:
    legend = legend_of(GRADUATED, column, lambda _: "m")
    assert legend.unit == "m"
    assert [(e.low, e.high) for e in legend.entries[:3]] == [(None, 5.0), (5.0, 20.0), (20.0, None)]
    assert legend.entries[-1].missing
    assert legend.entries[-1].colour == "#123456"


def test_legend_of_categories_lists_others_only_where_there_are_some() -> None:
    assert len(legend_of(CATEGORIES, column, lambda _: "").entries) == 3
    only = {"use": np.array(["housing"], dtype=object)}
    assert len(legend_of(CATEGORIES, only.get, lambda _: "").entries) == 2


def test_quantile_breaks_put_as_many_in_each_class() -> None:
    values = np.arange(1000, dtype=float)
    breaks = breaks_of(Graduated(column="x", classes=4), values)
    counts = np.bincount(np.searchsorted(breaks, values, side="right"))
    assert counts.max() - counts.min() <= 20


def test_fixed_writes_the_classes_in_so_that_time_does_not_move_them() -> None:
    style = fixed(Style(rule=Graduated(column="height_m", method="equal", classes=3)), column)
    assert isinstance(style.rule, Graduated)
    assert style.rule.breaks == pytest.approx((12.0, 21.0))


@pytest.mark.parametrize("style", [Style(), CATEGORIES, GRADUATED])
def test_a_style_survives_its_dictionary(style: Style) -> None:
    assert style_from_dict(style_to_dict(style)) == style


def test_an_unknown_style_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown kind"):
        style_from_dict({"kind": "rainbow"})
    with pytest.raises(ValueError, match="colour"):
        rgba_of_hex("red")


@pytest.mark.parametrize("name", sorted(RAMPS))
def test_each_ramp_exists_and_is_ordered_in_lightness(name: str) -> None:
    rgb = ramp_rgba(name, 16)[:, :3].astype(float)
    luminance = rgb @ [0.2126, 0.7152, 0.0722]
    if name not in DIVERGING:
        steps = np.sign(np.diff(luminance))
        assert abs(steps.sum()) == len(steps), "not monotonic: unreadable without colour vision"


def test_categories_are_proposed_from_the_frequent_values() -> None:
    rule = categories_of("use", np.array(["a", "b", "b", None], dtype=object))
    assert [c.value for c in rule.categories] == ["b", "a"]
