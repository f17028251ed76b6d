"""The suite finds what it is there to find: plugins broken on purpose, one rule at a time."""

from __future__ import annotations

from pathlib import Path
from zlib import crc32

import pytest

from twin.contract import check_folder

MANIFEST = """
id = "broken"
version = "1"
api = "0.1"
title = { en = "Broken", fr = "Cassé" }
[[contributions.layers]]
id = "broken"
class = "layer:Broken"
title = { en = "Broken", fr = "Cassé" }
icon = "mdi6.map-marker"
accepts = ["point"]
[translations.en]
"params.size_m" = "Size"
[translations.fr]
"params.size_m" = "Taille"
"""

GOOD = """
from typing import Annotated
import numpy as np
from twin import api

@api.params
class Params:
    size_m: Annotated[float, api.Range(1, 9)] = 2.0

class Broken:
    Params = Params
    def load(self, ctx):
        return ctx.read("features")
    def build(self, table, params, view):
        points = table.frame.geometry
        rows = np.flatnonzero((points.geom_type == "Point") & ~points.is_empty)
        points = points.iloc[rows]
        xyz = np.column_stack([points.x, points.y, np.zeros(len(rows))])
        xyz = view.frame.scene_from_crs(xyz)
        return [api.Points(xyz_in_scene=xyz, row_of_point=rows.astype(np.int32))]
"""


@pytest.fixture
def plugin(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    # The id is part of the name of the imported package: each test needs its own.
    folder = tmp_path / "broken"
    folder.mkdir()
    name = f"broken_{crc32(request.node.name.encode()):08x}"
    (folder / "README.md").write_text("What it shows. " * 5, encoding="utf-8")
    _write(folder, manifest=MANIFEST.replace('"broken"', f'"{name}"'), code=GOOD)
    return folder


def _write(folder: Path, *, manifest: str = "", code: str = "") -> None:
    if manifest:
        (folder / "plugin.toml").write_text(manifest, encoding="utf-8")
    if code:
        (folder / "layer.py").write_text(code, encoding="utf-8")


def _replace(folder: Path, name: str, old: str, new: str) -> None:
    path = folder / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def _keys(folder: Path) -> set[str]:
    return {problem.key for problem in check_folder(folder)}


def test_a_good_plugin_has_no_finding(plugin: Path) -> None:
    assert [f"{p.key} {p.values}" for p in check_folder(plugin)] == []


@pytest.mark.parametrize(
    "old, new, key",
    [
        (', fr = "Cassé" }', " }", "contract.text_missing"),
        ('"params.size_m" = "Taille"', "", "contract.text_missing"),
        ('icon = "mdi6.map-marker"', "", "contract.icon_missing"),
        ('accepts = ["point"]', "", "contract.no_sample"),
        ('api = "0.1"', 'api = "9.9"', "plugin.other_api"),
        ("layer:Broken", "layer:Nothing", "plugin.cannot_create"),
    ],
)
def test_manifests(plugin: Path, old: str, new: str, key: str) -> None:
    _replace(plugin, "plugin.toml", old, new)
    assert key in _keys(plugin)


@pytest.mark.parametrize(
    "line",
    [
        "import PySide6.QtWidgets",
        "import subprocess",
        "from socket import socket",
        "import vtkmodules.all",
        "from twin.work import session",
        "from twin import render",
        "import requests",
        "import importlib",
        "requests = __import__('requests')",
    ],
)
def test_forbidden_imports_even_inside_functions(plugin: Path, line: str) -> None:
    (plugin / "helper.py").write_text(f"def f():\n    {line}\n", encoding="utf-8")
    found = [p for p in check_folder(plugin) if p.key == "contract.import_forbidden"]
    assert [p.where for p in found] == ["broken/helper.py:2"]


def test_allowed_imports(plugin: Path) -> None:
    lines = "import json\nimport numpy\nimport scipy.spatial\nfrom twin.api import Style\n"
    (plugin / "helper.py").write_text(lines + "from . import layer\n", encoding="utf-8")
    assert _keys(plugin) == set()


@pytest.mark.parametrize(
    "old, new, key",
    [
        ("api.Range(1, 9)", "api.Range(5, 9)", "contract.param_default"),
        ("return ctx.read", "ctx.read", "contract.result"),
        ('return ctx.read("features")', "return 5", "contract.table"),
        ("rows.astype(np.int32)", "(rows + 900).astype(np.int32)", "contract.row_outside"),
        ("rows.astype(np.int32)", "rows[1:].astype(np.int32)", "contract.drawable"),
        ("xyz_in_scene=xyz,", "xyz_in_scene=xyz / 0,", "contract.drawable"),
        ("api.Points(", "api.Lines(offsets=1, ", "contract.raised"),
        ("& ~points.is_empty", "", "contract.drawable"),
        ("return [api.Points", "return [] or [][0:0] and [api.Points", "contract.nothing_drawn"),
        ("xyz = np.col", "xyz = np.random.rand(3) + np.col", "contract.not_deterministic"),
        (
            "points = points.iloc",
            'table.frame["x"] = 1; points = points.iloc',
            "contract.table_changed",
        ),
        ("def build(self, table, params, view)", "def build(self, table)", "contract.raised"),
        ("def build(", "def draw(", "contract.method_missing"),
        ("np.column_stack([", "np.column_stack([1 / len(rows), ", "contract.raised"),
    ],
)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_layers(plugin: Path, old: str, new: str, key: str) -> None:
    _replace(plugin, "layer.py", old, new)
    assert key in _keys(plugin)


def test_a_load_that_swallows_everything(plugin: Path) -> None:
    swallowing = (
        "try:\n            return ctx.read('features')\n"
        "        except Exception:\n            import pandas as pd, geopandas as gpd\n"
        "            frame = gpd.GeoDataFrame({'feature_id': []}, geometry=[])\n"
        "            return api.FeatureTable(frame=frame, crs=ctx.frame.crs)"
    )
    _replace(plugin, "layer.py", 'return ctx.read("features")', swallowing)
    assert {"contract.cancel_ignored", "contract.missing_file"} <= _keys(plugin)


OPTIONAL = {
    "columns of another length": (
        "columns_at(self, t, p, at)",
        "{'v': np.zeros(3)}",
        "contract.columns_shape",
    ),
    "columns without a unit": (
        "columns_at(self, t, p, at)",
        "{'v': np.zeros(len(t))}",
        "contract.unit_missing",
    ),
    "columns by chance": (
        "columns_at(self, t, p, at)",
        "{'v': np.random.rand(len(t))}",
        "contract.not_deterministic",
    ),
    "a fact in one language": (
        "describe(self, t, row, p, at)",
        "[api.Fact(label={'en': 'A'}, value=1)]",
        "contract.text_missing",
    ),
    "a measure without a unit": (
        "describe(self, t, row, p, at)",
        "[api.Fact(label={'en': 'A', 'fr': 'A'}, value=1.5)]",
        "contract.unit_missing",
    ),
    "facts that are none": ("describe(self, t, row, p, at)", "['A']", "contract.result"),
    "a fault": ("indicators(self, t, p, at)", "1 / 0", "contract.raised"),
    "a style of a column that is not there": (
        "default_style(self, t)",
        "api.Style(rule=api.Graduated(column='nowhere', unit='m'))",
        "contract.column_missing",
    ),
    "a title in one language": (
        "default_style(self, t)",
        "api.Style(title={'en': 'T'})",
        "contract.text_missing",
    ),
    "no style at all": ("default_style(self, t)", "'red'", "contract.result"),
    "ground with holes": (
        "ground(self, t, p, frame)",
        "api.FlatGround(float('nan'))",
        "contract.ground",
    ),
    "times backwards": (
        "series(self, t, row, p)",
        """[api.Series(name={'en': 'A', 'fr': 'A'}, unit='m', value=np.zeros(2),
            time_utc=np.array(['2026-01-02', '2026-01-01'], 'datetime64[ns]'))]""",
        "contract.series_order",
    ),
    "times without a zone": (
        "time_extent(self, t)",
        "(np.datetime64('2026-01-01', 'us').item(), np.datetime64('2026-01-02', 'us').item())",
        "contract.result",
    ),
}


@pytest.mark.parametrize("case", OPTIONAL)
def test_optional_methods(plugin: Path, case: str) -> None:
    method, answer, key = OPTIONAL[case]
    added = f"    def {method}:\n        return {answer}\n    def load("
    _replace(plugin, "layer.py", "    def load(", added)
    assert key in _keys(plugin)


def test_flows_and_glyphs(plugin: Path) -> None:
    drawn = """offsets = np.array([0, len(xyz)], dtype=np.int32)
        return [
            api.Lines(xyz_in_scene=xyz, offsets=offsets, flow_column='wind'),
            api.Glyphs(xyz_in_scene=xyz, shape='unicorn', scale_m=xyz),
            """
    _replace(plugin, "layer.py", "return [", drawn)
    assert {"contract.column_missing", "contract.glyph_unknown"} <= _keys(plugin)


def test_a_parameter_that_breaks_at_its_limit(plugin: Path) -> None:
    _replace(plugin, "layer.py", "return [", "1 / (9 - params.size_m)\n        return [")
    raised = [p for p in check_folder(plugin) if p.key == "contract.raised"]
    assert [p.values["call"] for p in raised] == ["build"]
