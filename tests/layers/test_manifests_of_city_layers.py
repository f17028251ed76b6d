"""Each setting of the terrain, buildings and vector layers is labelled in English and French."""

from __future__ import annotations

from pathlib import Path

import pytest

from layers.buildings.options import BuildingsParams
from layers.terrain.layer import TerrainParams
from layers.vector.options import VectorParams
from twin.model.params import fields_of
from twin.registry import Registry

LAYERS = Path(__file__).resolve().parents[2] / "layers"
PARAMS = {
    "belvedere.terrain": TerrainParams,
    "belvedere.buildings": BuildingsParams,
    "belvedere.vector": VectorParams,
}


@pytest.mark.parametrize("type_id", PARAMS)
def test_manifest(type_id: str) -> None:
    registry = Registry.discover([LAYERS])
    layer = registry.create(type_id)
    assert layer.Params is PARAMS[type_id] or layer.Params.__name__ == PARAMS[type_id].__name__
    translations = registry.plugins[type_id].translations
    fields = fields_of(PARAMS[type_id])
    wanted = {f"params.{field.name}" for field in fields}
    wanted |= {f"choice.{choice}" for field in fields for choice in field.choice}
    assert set(translations) == {"en", "fr"}
    for texts in translations.values():
        labels = {key for key in texts if key.startswith(("params.", "choice."))}
        assert labels == wanted
    assert set(registry.layer_types[type_id].title) == {"en", "fr"}
