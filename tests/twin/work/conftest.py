"""A tiny plugin folder whose behaviour the tests steer through its parameters."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from twin.model.geoframe import GeoFrame
from twin.model.layer import LayerSpec
from twin.model.project import Project
from twin.registry import Registry
from twin.work.session import Session

MANIFEST = """
id = "probe"
version = "1"
api = "0.1"
title = "Probe"
[[contributions.layers]]
id = "probe"
class = "layer:Probe"
title = "Probe"
accepts = ["point"]
[[contributions.layers]]
id = "probe.hill"
class = "layer:Hill"
title = "Hill"
"""

CODE = """
import time
import geopandas as gpd
import numpy as np
from twin import api

@api.params
class ProbeParams:
    fail: str = ""
    rows: int = 3
    size_px: float = 4.0

class Probe:
    Params = ProbeParams
    load_params = ("rows", "fail")
    def load(self, ctx):
        if ctx.params.fail == "load":
            raise RuntimeError("no luck")
        if ctx.params.fail == "report":
            ctx.report(api.Problem("probe.bad_row", "row 2"))
        while ctx.params.fail == "forever":
            ctx.progress(1, 2, "rows")
            time.sleep(0.005)
        n = ctx.params.rows
        frame = gpd.GeoDataFrame(
            {"feature_id": [f"p{i}" for i in range(n)], "kind": ["a", "b", "c", "d"][:n],
             "valid_from": ["1900", "2000-05-01", None, None][:n]},
            geometry=gpd.points_from_xy(range(n), range(n)))
        return api.FeatureTable(frame=frame, crs=ctx.frame.crs)
    def build(self, table, params, view):
        if params.fail == "empty":
            return
        if params.fail == "nan":
            yield api.Points(xyz_in_scene=np.full((1, 3), np.nan, dtype=np.float32))
        if params.fail == "row":
            yield api.Points(xyz_in_scene=np.zeros((1, 3), np.float32),
                             row_of_point=np.array([len(table)], np.int32))
        if params.fail == "colour":
            yield api.Points(xyz_in_scene=np.zeros((1, 3), np.float32), rgba=(1, 1, "red", 1))
        if params.fail == "thing":
            yield 5
        z = view.ground.height_m(np.zeros((len(table), 2)))
        xyz = np.column_stack([np.arange(len(table)), np.zeros(len(table)), z]).astype(np.float32)
        yield api.Points(xyz_in_scene=xyz, row_of_point=np.arange(len(table), dtype=np.int32),
                         size_px=params.size_px)
    def columns_at(self, table, params, at):
        if params.fail == "clock":
            raise RuntimeError("no clock")
        more = params.fail == "columns" and at.isoformat().startswith("2026-01-01T23")
        return {"hour": np.full(len(table) + more, float(at.hour))}

class Hill(Probe):
    def ground(self, table, params, frame):
        return api.FlatGround(42.0)
"""


@pytest.fixture
def registry(tmp_path: Path) -> Registry:
    folder = tmp_path / "plugins" / "probe"
    folder.mkdir(parents=True)
    (folder / "plugin.toml").write_text(MANIFEST)
    (folder / "layer.py").write_text(CODE)
    return Registry.discover([tmp_path / "plugins"])


def spec(layer_id: str = "probe", kind: str = "probe", **changes: object) -> LayerSpec:
    return LayerSpec(id=layer_id, type=kind, title={"en": layer_id}, **changes)  # type: ignore[arg-type]


def project(*specs: LayerSpec) -> Project:
    return Project(title={"en": "t"}, frame=GeoFrame(crs="EPSG:2154"), layers=specs)


@pytest.fixture
def open_session(registry: Registry, tmp_path: Path) -> Iterator[object]:
    opened: list[Session] = []

    def start(*specs: LayerSpec) -> Session:
        session = Session(project(*specs), tmp_path, registry)
        opened.append(session)
        session.start()
        return session

    yield start
    for session in opened:
        session.close()
