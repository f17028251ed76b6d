"""A toy town from a plugin written for the test: ground, four houses of known heights, a pipe below, labels."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from twin.model.geoframe import GeoFrame
from twin.model.layer import LayerSpec, Source
from twin.model.project import Project, View
from twin.model.style import Categories, Category, Style
from twin.model.table import Provenance
from twin.registry import Registry
from twin.work.session import Session

MANIFEST = """
id = "toy"
version = "1"
api = "0.1"
title = "Toy"
[[contributions.layers]]
id = "toy.ground"
class = "layer:Ground"
title = "Ground"
[[contributions.layers]]
id = "toy.houses"
class = "layer:Houses"
title = "Houses"
[[contributions.layers]]
id = "toy.pipe"
class = "layer:Pipe"
title = "Pipe"
"""

CODE = """
import geopandas as gpd
import numpy as np
import shapely
from twin import api
from twin.api import shapes

def table(ctx, n, **columns):
    frame = gpd.GeoDataFrame({"feature_id": [f"f{i}" for i in range(n)], **columns},
                             geometry=[None] * n)
    return api.FeatureTable(frame=frame, crs=ctx.frame.crs)

class Ground:
    def load(self, ctx):
        return table(ctx, 0)
    def build(self, table, params, view):
        corners = np.array([[-100, -100, 0], [100, -100, 0], [100, 100, 0], [-100, 100, 0]], np.float32)
        return [api.Mesh(xyz_in_scene=corners, triangles=np.array([[0, 1, 2], [0, 2, 3]], np.int32),
                         rgba=(0.62, 0.72, 0.52, 1.0), styled=False, role=api.Role.GROUND)]

class Houses:
    def load(self, ctx):
        return table(ctx, 4, use=["red", "red", "blue", "blue"])
    def build(self, table, params, view):
        boxes = np.array([shapely.box(x - 14, y - 14, x + 14, y + 14)
                          for x, y in ((-50, -50), (50, -50), (-50, 50), (50, 50))])
        top = np.array([10.0, 20.0, 30.0, 45.0])
        made = shapes.extrude(boxes, np.arange(4, dtype=np.int32), z_bottom=np.zeros(4), z_top=top)
        name = api.Labels(xyz_in_scene=np.array([[50, 50, 50]], np.float32), texts=({"en": "Tower", "fr": "Tour"},),
                          rank=np.zeros(1, np.int32), row_of_label=np.array([3], np.int32))
        shade = np.where(made.part_of_vertex == shapes.Part.ROOF, 1.0, 0.9).astype(np.float32)
        return [api.Mesh(xyz_in_scene=made.xyz.astype(np.float32), triangles=made.triangles,
                         row_of_vertex=made.row_of_vertex, shade_of_vertex=shade, facades=True,
                         closed=True), name]

class Pipe:
    def load(self, ctx):
        return table(ctx, 1)
    def build(self, table, params, view):
        xyz = np.array([[-90, 0, -4], [90, 0, -4]], np.float32)
        return [api.Lines(xyz_in_scene=xyz, offsets=np.array([0, 2], np.int32), row_of_line=np.zeros(1, np.int32),
                          radius_m=3.0, role=api.Role.UNDERGROUND, rgba=(1.0, 0.0, 1.0, 1.0), styled=False)]
"""

AT = datetime(2026, 6, 21, 10, 0, tzinfo=UTC)

RED, BLUE = "#d03020", "#2040d0"


def project() -> Project:
    """Return the town as a project with one bookmark."""
    rule = Categories(
        column="use",
        categories=(
            Category(value="red", colour=RED, label={"en": "Red", "fr": "Rouge"}),
            Category(value="blue", colour=BLUE, label={"en": "Blue", "fr": "Bleu"}),
        ),
    )
    source = Source(path="none", provenance=Provenance(source="Nobody", date="2026"))
    titles = {"en": "Toy town", "fr": "Ville jouet"}
    return Project(
        title=titles,
        frame=GeoFrame(crs="EPSG:2154", origin=(652_000.0, 6_862_000.0, 0.0)),
        layers=(
            LayerSpec(id="ground", type="toy.ground", title={"en": "Ground"}),
            LayerSpec(
                id="houses",
                type="toy.houses",
                title={"en": "Houses", "fr": "Maisons"},
                sources={"features": source},
                style=Style(rule=rule),
                notice={"en": "Toy houses", "fr": "Maisons jouets"},
            ),
            LayerSpec(id="pipe", type="toy.pipe", title={"en": "Pipe"}),
        ),
        views=(
            View(
                id="south",
                title={"en": "From the south"},
                position=(0.0, -260.0, 120.0),
                target=(0.0, 0.0, 10.0),
                hidden=("pipe",),
            ),
        ),
        at=AT,
        notice={"en": "Synthetic model", "fr": "Maquette synthétique"},
    )


def open_town(folder: Path) -> Session:
    """Return a session in which the town is loaded."""
    plugin = folder / "plugins" / "toy"
    plugin.mkdir(parents=True)
    (plugin / "plugin.toml").write_text(MANIFEST, encoding="utf-8")
    (plugin / "layer.py").write_text(CODE, encoding="utf-8")
    session = Session(project(), folder, Registry.discover([plugin.parent]))
    session.start()
    assert session.wait(30)
    return session
