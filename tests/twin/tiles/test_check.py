from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.twin.tiles.cities import bake, footprints
from twin.tiles.check import findings

ELSEWHERE = (
    "extensionNotDeclared", "extensionNotNecessary", "extensionUsedButNotFound", "extrasUnexpectedType",
    "statistics", "tileMetadata", "tilesetMetadata", "tilesetWith", "groupClassIdInvalid.json", "invalidJson",
    "customSemantics", "NotInTileBoundingVolume", "extensionFoundButNotUsed", "WithTransform", "WithRotationTransform",
    "tileRefineMissingInRoot",
)  # fmt: skip
"""Faults of metadata, contents, extensions and files of files: not of the tree that is checked here."""


def test_what_is_baked_keeps_to_the_standard(tmp_path, capsys):
    bake(capsys, footprints(tmp_path, 5_000), "--out", tmp_path / "out")
    assert findings(json.loads((tmp_path / "out" / "tileset.json").read_text())) == []


def test_faults_are_named_with_their_place():
    root = {"boundingVolume": {"box": [0] * 11}, "geometricError": 5, "refine": "replace"}
    child = {"boundingVolume": {"sphere": [0, 0, 0, 1]}, "geometricError": 9}
    document = {
        "asset": {"version": "2.0"},
        "geometricError": -1,
        "root": {**root, "children": [child]},
    }
    assert findings(document) == [
        "$.asset.version: unknown",
        "$.geometricError: negative",
        "$.root.boundingVolume.box: not 12 numbers",
        "$.root.refine: neither ADD nor REPLACE",
        "$.root.children[0].geometricError: larger than that of its parent",
    ]


@pytest.mark.parametrize("document", [None, [], 3, {}, {"root": 1}, {"root": {"children": [None]}}])
def test_anything_at_all_can_be_asked(document):
    assert findings(document)


def _specs(shared_data: Path) -> list[Path]:
    folder = shared_data / "3dtiles_validator_specs" / "specs" / "data" / "tilesets"
    return sorted(folder.glob("*.json"))


@pytest.mark.shared_data
def test_tilesets_that_the_official_validator_takes_are_taken(shared_data):
    valid = [p for p in _specs(shared_data) if p.name.startswith("valid") or "Valid.json" in p.name]
    assert len(valid) >= 8
    for path in valid:
        assert findings(json.loads(path.read_text(encoding="utf-8-sig"))) == [], path.name


@pytest.mark.shared_data
def test_faults_that_the_official_validator_names_are_found(shared_data):
    faulty = [
        p for p in _specs(shared_data)
        if not p.name.startswith("valid") and "Valid.json" not in p.name and not any(e in p.name for e in ELSEWHERE)
    ]  # fmt: skip
    assert len(faulty) > 60
    missed = [p.name for p in faulty if not findings(json.loads(p.read_text(encoding="utf-8-sig")))]
    assert missed == []
