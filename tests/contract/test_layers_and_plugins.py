"""Every folder in ``layers/`` and ``plugins/`` keeps the contract; a new folder needs no edit here."""

from __future__ import annotations

from pathlib import Path

import pytest

from twin.contract import check_folder, plugin_folders

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = plugin_folders(ROOT / "layers", ROOT / "plugins")


def test_the_built_in_layers_are_found() -> None:
    names = {folder.name for folder in FOLDERS}
    assert {"terrain", "buildings", "vector", "heat", "grid", "sensors", "hello_points"} <= names


@pytest.mark.parametrize(
    "folder", FOLDERS, ids=lambda folder: f"{folder.parent.name}-{folder.name}"
)
def test_keeps_the_contract(folder: Path) -> None:
    found = [f"{p.key} {p.where} {dict(p.values)}" for p in check_folder(folder)]
    assert found == []
