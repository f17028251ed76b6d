"""The places of brackets in a JSON text, against the parser of the standard library."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twin.errors import ReadError
from twin.io import jsonstream
from twin.io.jsonstream import Document, Span, parse, scan, slices
from twin.progress import Unattended

TEXT = st.text(alphabet=st.sampled_from('ab{}[]",:\\ \né'), max_size=8)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-99, 99) | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=30,
)


def document(text: str, depth: int = 4) -> Document:
    return scan(text.encode(), depth=depth, progress=Unattended())


def rebuilt(found: Document, span: Span) -> Any:
    """The value of a span, put together from its pieces."""
    text = found.text(span)
    if text[:1] == b"{":
        return {
            k: rebuilt(found, v) if isinstance(v, Span) else v
            for k, v in found.members(span).items()
        }
    return parse(text)


@settings(max_examples=150, deadline=None)
@given(
    st.dictionaries(TEXT, VALUES, max_size=5),
    st.sampled_from([3, 7, 64, 10_000]),
    st.sampled_from([None, 1]),
)
def test_pieces_make_the_whole(value: dict[str, Any], block: int, indent: int | None) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(jsonstream, "_BLOCK", block)
        found = document(json.dumps(value, indent=indent, ensure_ascii=False), depth=2)
    assert found.complete
    (root,) = found.spans(1)
    assert rebuilt_shallow(found, root) == value


def rebuilt_shallow(found: Document, root: Span) -> Any:
    members = found.members(root)
    return {k: parse(found.text(v)) if isinstance(v, Span) else v for k, v in members.items()}


@settings(max_examples=60, deadline=None)
@given(st.lists(st.dictionaries(TEXT, VALUES, max_size=3), min_size=1, max_size=4))
def test_values_one_after_the_other(values: list[dict[str, Any]]) -> None:
    found = document("\n".join(json.dumps(value, indent=1) for value in values), depth=1)
    assert [parse(found.text(span)) for span in found.spans(1)] == values


@settings(max_examples=100, deadline=None)
@given(st.dictionaries(TEXT, VALUES, min_size=1, max_size=5), st.data())
def test_a_text_that_breaks_off_gives_what_came_before(
    value: dict[str, Any], data: st.DataObject
) -> None:
    text = json.dumps(value, ensure_ascii=True)
    cut = data.draw(st.integers(1, len(text) - 1))
    found = document(text[:cut], depth=3)
    assert not found.complete
    (root,) = found.spans(1)
    assert not root.closed
    for child in found.children(root):
        if child.closed:
            assert parse(found.text(child)) in list(value.values())


def test_slices_are_arrays_of_their_own() -> None:
    found = document(json.dumps({"v": [[i, i] for i in range(10)]}), depth=3)
    vertices = found.members(found.spans(1)[0])["v"]
    parts = [(parse(text), count) for text, count in slices(found, vertices, 4)]
    assert [count for _, count in parts] == [4, 4, 2]
    assert [row for part, _ in parts for row in part] == [[i, i] for i in range(10)]


def test_more_closing_than_opening_brackets_end_the_reading() -> None:
    found = document('{"a": [1]} ]] {"b": [2]}')
    assert [found.text(span) for span in found.spans(1)] == [b'{"a": [1]}']
    assert not found.complete


def test_deep_nesting_is_refused() -> None:
    with pytest.raises(ReadError) as raised:
        document("[" * 100_000 + "]" * 100_000)
    assert raised.value.problem.key == "io.too_deep"


def test_numbers_that_json_does_not_know() -> None:
    assert str(parse(b"[NaN, 1e999, -Infinity]")) == "[nan, inf, -inf]"
    with pytest.raises(ValueError, match=r".+"):
        parse(b"[1,")
