"""A small project whose layers come from a plugin written for the test: no file readers needed."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from twin.model.geoframe import GeoFrame
from twin.model.layer import LayerSpec, Source
from twin.model.project import Project, View
from twin.model.style import Graduated, Style
from twin.model.table import Provenance, Quality
from twin.registry import Registry

MANIFEST = """
id = "town"
version = "1.0"
api = "0.1"
title = { en = "Town", fr = "Ville" }
[[contributions.layers]]
id = "town.houses"
class = "layer:Houses"
title = { en = "Houses", fr = "Maisons" }
icon = "mdi6.home-city-outline"
accepts = ["polygon"]
roles = ["features"]
[[contributions.layers]]
id = "town.sensors"
class = "layer:Sensors"
title = { en = "Sensors", fr = "Capteurs" }
icon = "mdi6.access-point"
accepts = ["point"]
roles = ["features"]
[[contributions.layers]]
id = "town.broken"
class = "layer:Broken"
title = { en = "Broken", fr = "Cassée" }
[translations.en]
"params.storey_m" = "storey height"
"params.roofs" = "draw the roofs"
"params.detail" = "detail"
"params.height_column" = "height from"
"params.copies" = "copies"
"params.title" = "title"
"choice.coarse" = "coarse"
"choice.fine" = "fine"
[translations.fr]
"params.storey_m" = "hauteur d’étage"
"params.roofs" = "dessiner les toits"
"params.detail" = "niveau de détail"
"params.height_column" = "hauteur d’après"
"params.copies" = "copies"
"params.title" = "titre"
"choice.coarse" = "grossier"
"choice.fine" = "fin"
"""

LAYER = """
from __future__ import annotations
from typing import Annotated
import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from twin.drawables import Labels, Points
from twin.errors import ReadError
from twin.model.layer import Fact, Series
from twin.model.params import Choice, ColumnName, Range, Unit, params
from twin.model.table import Column, FeatureTable, Provenance, Quality
from twin.problems import Problem

BDTOPO = Provenance("IGN BD TOPO", "2025-06-15", "Licence Ouverte 2.0", Quality.MEASURED)
GUESS = Provenance("Simulation", "2026", "", Quality.SIMULATED)
USES = ("Résidentiel", "Commercial", "Industriel", "Indifférencié")

@params
class HouseParams:
    storey_m: Annotated[float, Range(2.0, 5.0), Unit("m")] = 3.0
    copies: Annotated[int, Range(1, 9)] = 1
    roofs: bool = True
    detail: Annotated[str, Choice("coarse", "fine")] = "fine"
    height_column: Annotated[str, ColumnName(numeric=True)] = "height_m"
    title: str = ""

class Houses:
    Params = HouseParams

    def load(self, ctx):
        n = int(next(iter(ctx.sources.values())).options.get("rows", 12)) if ctx.sources else 12
        i = np.arange(n)
        x, y = 651_000 + 20.0 * (i % 40), 6_857_000 + 20.0 * (i // 40)
        height = 5.0 + (i * 7) % 30
        height[3::10] = np.nan
        frame = gpd.GeoDataFrame({
            "feature_id": [f"house-{k}" for k in i],
            "name": [f"Maison n° {k}" for k in i],
            "use": np.array(USES, dtype=object)[i % 4],
            "height_m": height,
            "storeys": (height // 3),
            "built": pd.to_datetime("1950-01-01") + pd.to_timedelta(i * 200 % 20000, unit="D"),
            "listed": i % 5 == 0,
        }, geometry=shapely.box(x, y, x + 15, y + 15), crs="EPSG:2154")
        ctx.report(Problem("params.unknown", "houses", {"name": "colour"}))
        columns = {
            "height_m": Column("m", BDTOPO, {"en": "height", "fr": "hauteur"}),
            "use": Column("", BDTOPO, {"en": "use", "fr": "usage"}),
            "storeys": Column("", Provenance("", "", "", Quality.ESTIMATED), {"en": "storeys", "fr": "étages"}),
        }
        return FeatureTable(frame=frame, crs="EPSG:2154", name="houses", columns=columns, provenance=BDTOPO)

    def build(self, table, params, view):
        centre = shapely.centroid(table.frame.geometry.to_numpy())
        xyz = np.column_stack([shapely.get_x(centre), shapely.get_y(centre), np.zeros(len(table))])
        rows = np.arange(len(table), dtype=np.int32)
        scene = view.frame.scene_from_crs(xyz)
        label = Labels(xyz_in_scene=scene[:1], texts=({"en": "Town hall", "fr": "Mairie"},),
                       rank=np.zeros(1, dtype=np.int32))
        return [Points(xyz_in_scene=scene, row_of_point=rows), label]

class Sensors:
    def load(self, ctx):
        n = 3
        frame = gpd.GeoDataFrame({
            "feature_id": [f"s{k}" for k in range(n)],
            "name": ["Air – quai", "Bruit – mairie", "Trafic – N118"],
            "value": [21.5, 63.0, np.nan],
        }, geometry=shapely.points(651_100 + 50.0 * np.arange(n), np.full(n, 6_857_100.0)), crs="EPSG:2154")
        return FeatureTable(frame=frame, crs="EPSG:2154", columns={"value": Column("ug/m3", GUESS)})

    def build(self, table, params, view):
        xyz = np.column_stack([table.frame.geometry.x, table.frame.geometry.y, np.zeros(len(table))])
        return [Points(xyz_in_scene=view.frame.scene_from_crs(xyz), row_of_point=np.arange(len(table), dtype=np.int32))]

    def describe(self, table, row, params, at):
        return [
            Fact(label={"en": "Nitrogen dioxide", "fr": "Dioxyde d’azote"}, value=float(table.frame["value"][row]),
                 unit="ug/m3", provenance=GUESS),
            Fact(label={"en": "Last value", "fr": "Dernière valeur"}, value=at, provenance=GUESS),
            Fact(label={"en": "Owner", "fr": "Gestionnaire"}, value="Airparif",
                 provenance=Provenance("Airparif", "2025-01-01", "ODbL", Quality.DECLARED)),
        ]

    def series(self, table, row, params):
        time = np.arange("2026-06-21T00:00", "2026-06-22T00:00", 15, dtype="datetime64[m]").astype("datetime64[ns]")
        hours = np.arange(len(time)) / 4
        value = 30 + 18 * np.sin((hours - 8) / 24 * 4 * np.pi) + 3 * np.sin(hours * 5)
        value[40:46] = np.nan
        return [Series(name={"en": "Nitrogen dioxide", "fr": "Dioxyde d’azote"}, unit="ug/m3", time_utc=time,
                       value=value, provenance=GUESS, thresholds={"warn_above": 40.0, "alarm_above": 47.0})]

class Broken:
    def load(self, ctx):
        raise ReadError("crs.unknown", "EPSG:1")

    def build(self, table, params, view):
        return []
"""

AT = datetime(2026, 6, 21, 14, 30, tzinfo=UTC)


def registry(folder: Path) -> Registry:
    """Write the plugin into a folder and discover it."""
    plugin = folder / "plugins_of_test" / "town"
    plugin.mkdir(parents=True, exist_ok=True)
    (plugin / "plugin.toml").write_text(MANIFEST, encoding="utf-8")
    (plugin / "layer.py").write_text(LAYER, encoding="utf-8")
    return Registry.discover([plugin.parent])


def project(*, rows: int = 12, broken: bool = True) -> Project:
    """Return the town: houses and sensors, and a layer that cannot be read."""
    source = Source(
        path="data/houses.fgb",
        provenance=Provenance("IGN BD TOPO", "2025-06-15", "Licence Ouverte 2.0", Quality.MEASURED),
        options={"rows": rows},
    )
    layers = [
        LayerSpec(
            id="houses",
            type="town.houses",
            title={"en": "Buildings", "fr": "Bâtiments"},
            group="model",
            sources={"features": source},
            style=Style(rule=Graduated(column="height_m", classes=5)),
        ),
        LayerSpec(
            id="sensors",
            type="town.sensors",
            title={"en": "Air quality", "fr": "Qualité de l’air"},
            group="model",
            visible=False,
        ),
    ]
    if broken:
        titles = {"en": "Cadastral plots", "fr": "Parcelles cadastrales"}
        layers.append(LayerSpec(id="broken", type="town.broken", title=titles))
    return Project(
        title={"en": "Small town", "fr": "Petite ville"},
        frame=GeoFrame(crs="EPSG:2154", origin=(651_000.0, 6_857_000.0, 0.0)),
        layers=tuple(layers),
        views=(
            View(
                id="fort",
                title={"en": "The fort", "fr": "Le fort"},
                position=(0, -500, 300),
                target=(0, 0, 0),
            ),
            View(
                id="river",
                title={"en": "By the river", "fr": "Au bord de l’eau"},
                position=(0, 500, 30),
                target=(0, 0, 0),
            ),
        ),
        at=AT,
    )
