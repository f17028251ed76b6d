"""A project on disk with one house and a story of three stops: what a show in a process of its own opens quickly."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from tests.twin.render import toy_town
from tests.twin.show.story_of_town import story
from twin.model.layer import LayerSpec, Source
from twin.store.project_folder import save_project

HOUSE = {
    "type": "Feature",
    "properties": {"height_m": 12.0},
    "geometry": {
        "type": "Polygon",
        "coordinates": [[[2.27, 48.82], [2.271, 48.82], [2.271, 48.821], [2.27, 48.82]]],
    },
}


def write(folder: Path) -> Path:
    """Write the project; return its folder."""
    source = {"type": "FeatureCollection", "features": [HOUSE]}
    (folder / "house.geojson").write_text(json.dumps(source), encoding="utf-8")
    layer = LayerSpec(
        id="houses",
        type="belvedere.buildings",
        title={"en": "Houses"},
        sources={"buildings": Source(path="house.geojson")},
    )
    told = story()
    told = replace(told, stops=tuple(replace(stop, layers=None) for stop in told.stops))
    save_project(replace(toy_town.project(), layers=(layer,), stories=(told,)), folder)
    return folder
