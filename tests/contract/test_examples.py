"""The code of the cook-book runs: each example keeps the contract as it stands."""

from __future__ import annotations

from pathlib import Path

import pytest

from twin.contract import check_folder, plugin_folders

EXAMPLES = Path(__file__).resolve().parents[2] / "docs" / "examples"
COOKBOOK = EXAMPLES.parent / "cookbook.md"


@pytest.mark.parametrize("folder", plugin_folders(EXAMPLES), ids=lambda p: p.name)
def test_an_example_keeps_the_contract(folder: Path) -> None:
    assert [f"{p.key} {dict(p.values)}" for p in check_folder(folder)] == []
    assert f"examples/{folder.name}/" in COOKBOOK.read_text(encoding="utf-8")


def test_the_short_one_is_short() -> None:
    lines = (EXAMPLES / "thirty_lines" / "layer.py").read_text(encoding="utf-8").splitlines()
    assert len(lines) <= 30
    lines = (EXAMPLES / "hundred_lines" / "layer.py").read_text(encoding="utf-8").splitlines()
    assert len(lines) <= 100
