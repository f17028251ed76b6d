"""The door of authors changes only on purpose, its deprecations end by themselves, and its parts are typed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.twin.api.surface import STORED, surface
from twin import api
from twin.api import testing
from twin.api.deprecation import DEPRECATED, ApiDeprecationWarning, Deprecated, look_up


def test_the_public_surface_did_not_change_unnoticed() -> None:
    """On purpose: python -m tests.twin.api.surface, and a line in docs/compatibility.md if a name went."""
    assert surface() == STORED.read_text(encoding="utf-8")


def test_every_public_name_exists_and_is_documented() -> None:
    missing = [n for n in api.__all__ if not hasattr(api, n)]
    plain = {"API_VERSION", "FEATURE_ID", "Text", "Drawable"}
    bare = [
        n for n in api.__all__ if n not in plain and not (getattr(api, n).__doc__ or "").strip()
    ]
    assert (missing, bare) == ([], [])


OLD = {"old": Deprecated(value=5, until="1.2", instead="new")}


def test_a_deprecated_name_warns_until_its_version_and_is_then_gone() -> None:
    with pytest.warns(ApiDeprecationWarning, match="use new"):
        assert look_up("twin.api", "old", names=OLD, now="1.1") == 5
    with pytest.raises(AttributeError, match="use new"):
        look_up("twin.api", "old", names=OLD, now="1.10")
    with pytest.raises(AttributeError, match="no_such_name"):
        api.no_such_name  # noqa: B018


def test_no_deprecation_outlives_its_version() -> None:
    now = tuple(map(int, api.API_VERSION.split(".")))
    assert [n for n, d in DEPRECATED.items() if tuple(map(int, d.until.split("."))) <= now] == []


def test_the_engine_says_that_it_is_typed() -> None:
    import twin

    assert (Path(twin.__file__).parent / "py.typed").is_file()


def test_pictures_are_compared_by_what_can_be_seen() -> None:
    first = np.full((10, 10, 3), 100, dtype=np.uint8)
    second = first.copy()
    second[0, 0] = 110
    assert not testing.compare_pictures(first, second)
    second[0, 0] = 200
    assert testing.compare_pictures(first, second).share == 0.01
    with pytest.raises(ValueError, match="pixels"):
        testing.compare_pictures(first, second[:5])
