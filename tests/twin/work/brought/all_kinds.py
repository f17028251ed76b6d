"""A plugin that brings one of each kind, written into a folder."""

from __future__ import annotations

import json
from pathlib import Path

import trimesh

ID = "many"

MANIFEST = """
id = "many"
version = "1"
api = "0.1"
title = { en = "Many", fr = "Multiple" }

[[contributions.layers]]
id = "many"
class = "code:Layer"
title = { en = "Posts", fr = "Poteaux" }
icon = "mdi6.help"
accepts = ["point"]

[[contributions.networks]]
id = "many.net"
class = "code:network"
layer = "many"
title = { en = "Hydrogen", fr = "Hydrogène" }

[[contributions.commodities]]
id = "many.hydrogen"
title = { en = "Hydrogen", fr = "Hydrogène" }

[[contributions.indicators]]
id = "many.count"
class = "code:indicators"
title = { en = "Posts", fr = "Poteaux" }

[[contributions.readers]]
id = "many.reader"
class = "code:read"
suffixes = [".manypoints"]
title = { en = "Points", fr = "Points" }

[[contributions.feeds]]
id = "many.feed"
class = "code:Feed"
title = { en = "Levels", fr = "Niveaux" }

[[contributions.services]]
id = "many.service"
data = "services.toml"
title = { en = "Benches", fr = "Bancs" }

[[contributions.tools]]
id = "many.tool"
class = "code:tool"
places = 2
title = { en = "How far", fr = "Distance" }

[[contributions.commands]]
id = "many.command"
class = "code:command"
title = { en = "Hide the posts", fr = "Masquer les poteaux" }

[[contributions.analyses]]
id = "many.analysis"
class = "code:analysis"
title = { en = "Near", fr = "Proches" }

[[contributions.panels]]
id = "many.panel"
class = "code:panel"
title = { en = "Overview", fr = "Vue d'ensemble" }

[[contributions.styles]]
id = "many.style"
data = "style.json"
title = { en = "By height", fr = "Par hauteur" }

[[contributions.stories]]
id = "many.story"
data = "story.json"
title = { en = "A walk", fr = "Une promenade" }

[[contributions.glyphs]]
id = "many.cone"
data = "cone.glb"
title = { en = "Cone", fr = "Cône" }

[[contributions.translations]]
id = "many.korean"
language = "ko"
data = "words.ko.json"
title = { en = "Korean", fr = "Coréen" }

[capabilities]
network = ["data.example.org"]
project = ["whether the posts are shown"]

[contract]
sources = { features = "points.csv" }
"""

CODE = """
from __future__ import annotations

from typing import Annotated

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from twin import api


@api.params
class Settings:
    size_m: Annotated[float, api.Range(1.0, 20.0), api.Unit("m")] = 6.0


class Layer:
    Params = Settings

    def load(self, ctx):
        return ctx.read("features")

    def build(self, table, params, view):
        rows, xyz = api.shapes.standing(table.frame.geometry, view.frame, view.ground)
        size = np.full((len(rows), 3), params.size_m, np.float32)
        return [api.Glyphs(xyz_in_scene=xyz, shape="many.cone", scale_m=size, row_of_glyph=rows)]


def network(table):
    points = table.frame.geometry
    line = shapely.LineString([points.iloc[0], points.iloc[1]])
    frame = gpd.GeoDataFrame(
        {"feature_id": ["source", "pipe"], "kind": ["plant", "pipe"]},
        geometry=[points.iloc[0], line], crs=table.crs,
    )
    return api.network.network_of(frame, name="hydrogen", commodity="many.hydrogen", crs=table.crs)


def indicators(tables, at):
    count = sum(len(t) for t in tables.values())
    return [api.Fact(label={"en": "Posts", "fr": "Poteaux"}, value=count)]


def read(path):
    rows = pd.read_csv(path)
    return gpd.GeoDataFrame(rows, geometry=gpd.points_from_xy(rows.x, rows.y), crs="EPSG:2154")


class Feed:
    polled = True

    async def run(self, ctx):
        ctx.connected()
        stream = api.Datastream(id="one/level", name="One", thing="one",
                                observed_property="water_level", unit="m")
        ctx.emit(api.batch_of([stream.id], [ctx.now_us()], [1.5]), [stream], messages=1)
        await ctx.pause(60)


def tool(tables, places, view):
    label = {"en": "Distance", "fr": "Distance"}
    there = np.asarray(view.frame.scene_from_crs(places), np.float32)
    line = api.Lines(xyz_in_scene=there, offsets=np.array([0, len(there)], np.int32))
    return [api.Fact(label=label, value=float(np.hypot(*(places[1] - places[0])[:2])), unit="m"), line]


def command(tables, at, values):
    return [api.Edit(layer=name, visible=False) for name in tables]


def analysis(tables, at):
    (table,) = tables.values()
    frame = table.frame.copy()
    frame["geometry"] = frame.geometry.buffer(5.0)
    return api.FeatureTable(frame=frame, crs=table.crs, name="near")


def panel(tables, at, values):
    least = values.get("least_m", 2.0)
    words = {"en": "Over", "fr": "Au-dessus de"}
    times = np.array(["2026-01-01", "2026-01-02"], "datetime64[ns]")
    return [
        api.Paragraph(text={"en": "All posts", "fr": "Tous les poteaux"}, heading=True),
        api.Fact(label=words, value=float(least), unit="m"),
        api.Form(fields=[api.Field(name="least_m", label=words, value=2.0, low=0.0, high=9.0, unit="m")]),
        api.Grid(columns=[{"en": "Name", "fr": "Nom"}], rows=[[{"en": "One", "fr": "Un"}], [2.0]]),
        api.Series(name=words, unit="m", time_utc=times, value=np.array([1.0, 2.0])),
        api.Image(rgba=np.full((8, 8, 4), 200, np.uint8), text={"en": "Grey", "fr": "Gris"}),
        api.Button(command="many.command", text={"en": "Hide", "fr": "Masquer"}),
    ]
"""

SERVICES = """
[[dataset]]
id = "benches"
kind = "wfs"
url = "https://data.example.org/wfs"
title = { en = "Benches", fr = "Bancs" }
"""

STYLE = {
    "kind": "graduated",
    "column": "height_m",
    "ramp": "viridis",
    "unit": "m",
    "title": {"en": "Height", "fr": "Hauteur"},
}
STORY = {
    "id": "many.story",
    "title": {"en": "A walk", "fr": "Une promenade"},
    "languages": ["en", "fr"],
    "stops": [{"id": "first", "title": {"en": "First", "fr": "D'abord"}}],
}
POINTS = "x,y,height_m\n652000,6862000,3\n652100,6862050,6\n652050,6862090,9\n"


def write(folder: Path) -> Path:
    """Write the plugin and return its folder."""
    folder.mkdir(parents=True)
    (folder / "plugin.toml").write_text(MANIFEST)
    (folder / "code.py").write_text(CODE)
    (folder / "README.md").write_text("What it shows, and where its data comes from. " * 4)
    (folder / "services.toml").write_text(SERVICES)
    (folder / "style.json").write_text(json.dumps(STYLE))
    (folder / "story.json").write_text(json.dumps(STORY))
    (folder / "words.ko.json").write_text(json.dumps({"params.size_m": "크기"}))
    (folder / "points.csv").write_text(POINTS)
    cone = trimesh.creation.cone(radius=1, height=3)
    cone.vertices = cone.vertices[:, [0, 2, 1]] * (1, 1, -1)  # glTF has y up
    (folder / "cone.glb").write_bytes(cone.export(file_type="glb"))
    return folder
