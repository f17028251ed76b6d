"""Values through the wall: what goes in comes out, what is damaged or not allowed is refused."""

from __future__ import annotations

import contextlib
import json
import pickle
import struct
from datetime import UTC, date, datetime

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twin.api import testing
from twin.contract.drawn import same
from twin.drawables import Glyphs, Labels, Lines, Mesh, Points, Role
from twin.model.layer import Fact, Series
from twin.model.style import Graduated, Style
from twin.plain import codec
from twin.problems import Problem, Severity


def through(value: object) -> object:
    return codec.decode(memoryview(body(value)))


def body(value: object) -> bytes:
    return b"".join(bytes(part) for part in codec.encode(value))


@pytest.mark.parametrize("kind", ["point", "line", "polygon", "mesh", "raster", "table"])
def test_tables_come_out_as_they_went_in(kind: str) -> None:
    table = testing.sample_table(kind)
    other = through(table)
    assert other.frame.equals(table.frame)  # type: ignore[attr-defined]
    assert other.frame.crs == table.frame.crs  # type: ignore[attr-defined]
    assert same(other.mesh, table.mesh)  # type: ignore[attr-defined]
    assert same(other.raster, table.raster)  # type: ignore[attr-defined]
    assert other.columns == table.columns  # type: ignore[attr-defined]


def test_drawables_facts_series_and_problems_come_out_as_they_went_in() -> None:
    xyz = np.arange(9, dtype=np.float32).reshape(3, 3)
    values = [
        Points(xyz_in_scene=xyz, rgba_of_point=np.ones((3, 4), np.uint8)),
        Mesh(xyz_in_scene=xyz, triangles=np.array([[0, 1, 2]], np.int32), role=Role.GROUND),
        Lines(xyz_in_scene=xyz, offsets=np.array([0, 3], np.int32)),
        Glyphs(xyz_in_scene=xyz, shape="sphere", scale_m=xyz),
        Labels(xyz_in_scene=xyz[:1], texts=({"en": "A", "fr": "À"},), rank=np.zeros(1, np.int32)),
        Fact(label={"en": "a"}, value=3.5, unit="m"),
        Series(
            name={"en": "a"},
            unit="m",
            time_utc=np.array(["2026-01-01"], "datetime64[ns]"),
            value=np.array([np.nan]),
        ),
        Style(rule=Graduated(column="a", breaks=(1.0, 2.0))),
        Problem("a.b", "here", {"n": 1}, Severity.ERROR),
        (datetime(2026, 1, 1, tzinfo=UTC), None, True, {"a": [1, 2]}),
        {"empty": np.zeros((0, 3), np.float32), "text": np.array(["a", None], dtype=object)},
    ]
    assert same(through(values), values)


def test_a_column_of_mixed_values_comes_through_as_they_are() -> None:
    import pandas as pd

    frame = pd.DataFrame({"mixed": [1, "a", None, {"k": [1]}]})
    assert through(frame)["mixed"].tolist() == [1, "a", None, {"k": [1]}]  # type: ignore[index]


class Reaching:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return eval, ("1 / 0",)


def test_nothing_is_ever_unpickled() -> None:
    with pytest.raises(codec.NotPlainError):
        codec.encode(Reaching())
    with pytest.raises(codec.NotPlainError):
        codec.decode(memoryview(pickle.dumps(Reaching())))


def tree(value: object, tail: bytes = b"") -> memoryview:
    text = json.dumps(value).encode()
    head = struct.pack("=Q", len(text)) + text
    return memoryview(head + b"\0" * (-len(head) % 64) + tail)


@pytest.mark.parametrize(
    "value",
    [
        {"$c": ["Popen", {"args": "ls"}]},
        {"$c": ["Mesh", {"wrong": 1}]},
        {"$e": ["Role", "nowhere"]},
        {"$a": [0, "<f8", [10]]},
        {"$a": [-8, "<f8", [1]]},
        {"$a": [0, "|O", [1]]},
        {"$a": [0, "<f8", [2**40, 2**40]]},
        {"$a": [0, "<f8", [-1]]},
        {"$f": [{"geometry": None}, [], [0, 8]]},
        {"$f": [{"geometry": "g", "encoding": "points", "crs": "no", "at": 0}, [], [0, 0]]},
        {"$x": 1},
        {"a": 1, "b": 2},
        {"$m": [[[1], 2]]},
        {"$d": "yesterday"},
    ],
)
def test_what_is_not_allowed_is_refused(value: object) -> None:
    with pytest.raises(codec.NotPlainError):
        codec.decode(tree(value, b"\0" * 64))


SAMPLE = body([testing.sample_table("polygon"), np.arange(5.0), {"a": "b"}])


@settings(max_examples=150, deadline=None)
@given(at=st.integers(0, len(SAMPLE) - 1), byte=st.integers(0, 255), cut=st.booleans())
def test_damaged_bytes_never_do_more_than_be_refused(at: int, byte: int, cut: bool) -> None:
    damaged = bytearray(SAMPLE[:at] if cut else SAMPLE)
    if not cut:
        damaged[at] = byte
    with contextlib.suppress(codec.NotPlainError):
        codec.decode(memoryview(bytes(damaged)))


def test_columns_keep_their_types_gaps_and_all() -> None:
    frame = pd.DataFrame(
        {
            "year": pd.Series([1975, None], dtype=object),
            "built": pd.Series([date(2020, 1, 1), None], dtype=object),
            "heated": pd.Series([True, None], dtype=object),
            "rate": pd.Series([1.5, None], dtype=object),
            "rooms": pd.Series([[1], [2, 3]]),
            "count": pd.Series([1, None], dtype="Int64"),
            "kind": pd.Categorical(["a", "b"]),
            "seen": pd.Series([pd.Timestamp("2020-01-01", tz="UTC"), pd.NaT]),
        }
    )
    other = through(frame)
    assert isinstance(other, pd.DataFrame)
    assert other.dtypes.to_dict() == frame.dtypes.to_dict()
    for name in frame:
        assert list(map(repr, other[name])) == list(map(repr, frame[name]))
