"""Templates are files of strangers: what is wrong is named, and nothing in them is ever run."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin.errors import BelvedereError
from twin.export.template import filled, read_template, template_of

ROOT = Path(__file__).resolve().parents[3]
SHIPPED = sorted((ROOT / "assets" / "templates").glob("*.toml"))
GOOD = {"pages": [{"items": [{"kind": "text", "box": [0, 0, 50, 10], "text": "x"}]}]}


@pytest.mark.parametrize("path", SHIPPED, ids=lambda p: p.stem)
def test_templates_that_come_along_are_whole_and_inside_their_page(path: Path) -> None:
    template = read_template(path)
    width, height = template.size_mm
    assert {"en", "fr"} <= set(template.title)
    for page in template.pages:
        for item in page.items:
            left, top, wide, high = item.box_mm
            assert left >= 0
            assert top >= 0
            assert left + wide <= width + 1e-6, item
            assert top + high <= height + 1e-6, item


def test_json_is_read_like_toml(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(json.dumps({**GOOD, "page": "A3", "landscape": True}))
    assert read_template(tmp_path / "a.json").size_mm == (420.0, 297.0)


@pytest.mark.parametrize(
    ("change", "part"),
    [
        ({"pages": []}, "pages"),
        ({"pages": "many"}, "pages"),
        ({"pages": [GOOD["pages"][0]] * 1000}, "pages"),
        ({"page": [1e9, 10]}, "page"),
        ({"page": [float("nan"), 100]}, "page"),
        ({"page": "A99"}, "page"),
        ({"dpi": 1e6}, "dpi"),
        ({"dpi": True}, "dpi"),
        ({"pages": [{"items": [{"kind": "python", "box": [0, 0, 1, 1]}]}]}, "pages[0].items[0].kind"),
        ({"pages": [{"items": [{"kind": "text", "box": [0, 0, 0, 1]}]}]}, "pages[0].items[0].box"),
        ({"pages": [{"items": [{"kind": "text", "box": [0, 0, float("inf"), 1]}]}]}, "pages[0].items[0].box"),
        ({"pages": [{"items": [{"kind": "text", "box": "all"}]}]}, "pages[0].items[0].box"),
        ({"pages": [{"items": [{"kind": "box", "box": [0, 0, 1, 1], "colour": "red"}]}]}, "pages[0].items[0].colour"),
        ({"pages": [{"each": "atom", **GOOD["pages"][0]}]}, "pages[0].each"),
        ({"pages": [["no"]]}, "pages[0].items"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(change: dict[str, object], part: str) -> None:
    with pytest.raises(BelvedereError) as error:
        template_of({**GOOD, **change}, "mine")
    assert error.value.problem.key == "template.wrong"
    assert error.value.problem.values["part"] == part


@pytest.mark.parametrize("text", ["{", "[]", "[[pages", "\x00", "", "[" * 100_000])
@pytest.mark.parametrize("suffix", [".toml", ".json"])
def test_what_is_no_template_is_refused(text: str, suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"bad{suffix}"
    path.write_text(text)
    with pytest.raises(BelvedereError) as error:
        read_template(path)
    assert error.value.problem.key.startswith("template.")


def test_a_huge_file_is_not_even_read(tmp_path: Path) -> None:
    path = tmp_path / "huge.json"
    path.write_bytes(b" " * 2_000_000)
    with pytest.raises(BelvedereError, match="1 MB"):
        read_template(path)


def test_places_are_filled_and_nothing_else_is_understood() -> None:
    words = {"title": "Town {year}", "year": "2026"}
    assert filled("{title}, {year}", words) == "Town {year}, 2026"
    for hostile in ("{title.__class__}", "{0}", "{title!r}", "{unknown}", "{{title", "%(title)s"):
        assert filled(hostile, {}) == hostile


KEYS = ["pages", "items", "kind", "box", "page", "dpi", "each", "text"]
JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4)
    | st.dictionaries(st.sampled_from(KEYS), inner, max_size=4),
    max_leaves=20,
)  # fmt: skip


@given(JSON)
def test_no_json_does_anything_but_make_a_template_or_name_what_is_wrong(data: object) -> None:
    try:
        pages = template_of(data, "fuzz").pages
    except BelvedereError as error:
        pages = (error.problem.key == "template.wrong",)
    assert all(pages)
    assert pages
