"""A missing optional package gives one line that names its extra."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from twin.errors import BelvedereError
from twin.extras import MissingExtraError, require


def test_an_installed_module_is_returned() -> None:
    assert require("network", "json.decoder") is sys.modules["json.decoder"]


def test_a_missing_package_names_its_extra_in_one_line() -> None:
    with pytest.raises(MissingExtraError) as caught:
        require("network", "no_such_solver.core")
    message = str(caught.value)
    assert "no_such_solver.core" in message
    assert "'network'" in message
    assert "make setup" in message
    assert "\n" not in message
    assert isinstance(caught.value, BelvedereError)
    assert caught.value.problem.key == "extra.missing"
    assert caught.value.problem.values == {"extra": "network"}


def test_a_broken_package_keeps_its_own_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "half_solver.py").write_text("import a_package_that_is_not_there\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    with pytest.raises(ModuleNotFoundError, match="a_package_that_is_not_there") as caught:
        require("network", "half_solver")
    assert not isinstance(caught.value, MissingExtraError)
