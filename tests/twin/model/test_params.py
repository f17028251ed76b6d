"""Typed parameters: what an author declares is what is checked, saved and shown."""

from __future__ import annotations

from typing import Annotated

import pytest

from twin.model.params import Choice, ColumnName, Range, Unit, fields_of, make, params


@params
class Wells:
    depth_m: Annotated[float, Range(0, 3000), Unit("m")] = 600.0
    kind: Annotated[str, Choice("hot", "cold")] = "hot"
    column: Annotated[str, ColumnName(numeric=True)] = ""
    shown: bool = True
    count: int = 3


def test_fields_carry_what_the_form_needs() -> None:
    by_name = {field.name: field for field in fields_of(Wells)}
    assert by_name["depth_m"].range == Range(0, 3000)
    assert by_name["depth_m"].unit == "m"
    assert by_name["kind"].choice == ("hot", "cold")
    assert by_name["column"].column == ColumnName(numeric=True)
    assert [f.name for f in fields_of(Wells)] == ["depth_m", "kind", "column", "shown", "count"]


def test_saved_values_come_back_typed() -> None:
    made, problems = make(Wells, {"depth_m": 700, "kind": "cold", "shown": False})
    assert (made.depth_m, made.kind, made.shown, made.count) == (700.0, "cold", False, 3)
    assert isinstance(made.depth_m, float)
    assert problems == []


@pytest.mark.parametrize(
    ("name", "value", "key"),
    [
        ("depth_m", 4000, "params.outside"),
        ("depth_m", "deep", "params.no_number"),
        ("kind", "warm", "params.no_choice"),
        ("kind", 3, "params.no_text"),
        ("shown", 1, "params.no_truth"),
        ("count", True, "params.no_number"),
    ],
)
def test_a_wrong_value_is_reported_and_takes_its_default(
    name: str, value: object, key: str
) -> None:
    made, problems = make(Wells, {name: value}, "wells")
    assert getattr(made, name) == getattr(Wells(), name)
    assert [(p.key, p.where, p.values["name"]) for p in problems] == [(key, "wells", name)]


def test_an_unknown_name_is_reported() -> None:
    _, problems = make(Wells, {"dpeth_m": 3})
    assert [p.key for p in problems] == ["params.unknown"]


def test_a_field_without_default_or_of_an_odd_type_is_refused_at_once() -> None:
    with pytest.raises(TypeError, match="needs a default"):

        @params
        class NoDefault:
            depth_m: float

    with pytest.raises(TypeError, match="type must be"):

        @params
        class Odd:
            names: list = ()  # type: ignore[type-arg,assignment]
