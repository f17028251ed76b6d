"""Which layer type a file is shown with."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from twin import io
from twin.registry import Registry
from twin.work.assemble import type_for

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def registry() -> Registry:
    return Registry.discover([ROOT / "layers", ROOT / "plugins"])


def _network(path: Path, kind: str, node: str) -> Path:
    geo = {"type": "Point", "coordinates": [2.27, 48.82]}
    body = json.dumps({"columns": ["geo"], "index": [0], "data": [[geo]]})
    content = {node: {"_class": "DataFrame", "_object": body}}
    path.write_text(json.dumps({"_class": kind, "_object": content}), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    "kind, node, expected",
    [
        ("pandapipesNet", "junction", "belvedere.heat"),
        ("pandapowerNet", "bus", "belvedere.grid"),
    ],
)
def test_networks_go_to_their_layers(
    tmp_path: Path, registry: Registry, kind: str, node: str, expected: str
) -> None:
    (layer,) = io.inspect(_network(tmp_path / "net.json", kind, node)).layers
    chosen = type_for(layer, registry)
    assert chosen is not None
    assert chosen.id == expected


def test_mixed_geometry_is_for_layers_that_take_more_than_one_kind(registry: Registry) -> None:
    ids = {layer_type.id for layer_type in registry.accepting("mixed")}
    assert {"belvedere.vector", "belvedere.heat", "belvedere.grid"} <= ids
    assert "hello_points" not in ids
    assert "belvedere.terrain" not in ids
