"""What was built once is taken from disk the next time, and only as long as nothing it follows from has changed."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.twin.work.conftest import project, spec
from twin.model.ground import FlatGround
from twin.model.layer import LayerSpec, LayerState, Source
from twin.registry import Registry
from twin.store.project_folder import load_project
from twin.work import sameness
from twin.work.prepared import Prepared
from twin.work.session import Session

MANIFEST = """
id = "slow"
version = "1"
api = "0.1"
title = "Slow"
[[contributions.layers]]
id = "slow"
class = "layer:Slow"
title = "Slow"
repeatable = true
[[contributions.layers]]
id = "slow.moody"
class = "layer:Slow"
title = "Moody"
[[contributions.layers]]
id = "slow.hill"
class = "layer:Hill"
title = "Hill"
"""

CODE = """
import time
from pathlib import Path
import geopandas as gpd
import numpy as np
from twin import api

@api.params
class SlowParams:
    size_px: float = 4.0
    height_m: float = 1.0

def note(ctx_folder, word):
    with (ctx_folder / "calls.txt").open("a") as file:
        file.write(word + " ")

class Slow:
    Params = SlowParams
    def load(self, ctx):
        path = ctx.path("features")
        self_folder = path.parent.parent
        note(self_folder, "load")
        time.sleep(0.02)
        n = len(path.read_text().split())
        frame = gpd.GeoDataFrame(
            {"feature_id": [f"p{i}" for i in range(n)], "kind": ["a", None] * (n // 2) + ["c"] * (n % 2)},
            geometry=gpd.points_from_xy(range(n), range(n)))
        ctx.report(api.Problem("slow.said", "here"))
        return api.FeatureTable(frame=frame, crs=ctx.frame.crs, name=str(self_folder))
    def build(self, table, params, view):
        note(Path(table.name), "build")
        time.sleep(0.02)
        z = view.ground.height_m(np.zeros((len(table), 2)))
        xyz = np.column_stack([np.arange(len(table)), np.zeros(len(table)), z]).astype(np.float32)
        yield api.Points(xyz_in_scene=xyz, row_of_point=np.arange(len(table), dtype=np.int32),
                         size_px=params.size_px)

class Hill(Slow):
    def ground(self, table, params, frame):
        return api.FlatGround(params.height_m)
"""

ROOT = Path(__file__).resolve().parents[3]
Run = Callable[..., Session]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a project folder with one source."""
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "points.csv").write_text("one two three")
    return tmp_path


@pytest.fixture
def run(folder: Path) -> Iterator[Run]:
    """Return what opens a project in a new session, as a new start of the application does."""
    plugin = folder / "types" / "slow"
    plugin.mkdir(parents=True)
    (plugin / "plugin.toml").write_text(MANIFEST)
    (plugin / "layer.py").write_text(CODE)
    opened: list[Session] = []

    def start(*specs: LayerSpec, prepared: Prepared | None = None) -> Session:
        session = Session(
            project(*specs),
            folder,
            Registry.discover([folder / "types"]),
            prepared=prepared or Prepared(folder / "kept"),
        )
        opened.append(session)
        session.start()
        assert session.wait(20)
        return session

    yield start
    for session in opened:
        session.close()


def slow(kind: str = "slow", **params: float) -> LayerSpec:
    source = Source(path="data/points.csv")
    return spec("it", kind, sources={"features": source}, params=params)


def calls(folder: Path) -> str:
    path = folder / "calls.txt"
    found = path.read_text() if path.exists() else ""
    path.unlink(missing_ok=True)
    return found.strip()


def test_a_second_start_neither_reads_nor_builds(run: Run, folder: Path) -> None:
    first = run(slow()).layer("it")
    assert calls(folder) == "load build"
    again = run(slow()).layer("it")
    assert calls(folder) == ""
    assert again.state is first.state is LayerState.PARTIAL  # a problem was reported
    assert again.table is not None
    assert first.table is not None
    assert again.table.frame.equals(first.table.frame)
    assert _same(again.drawables[0], first.drawables[0])
    assert again.bounds == first.bounds
    assert again.problems == first.problems
    assert again.problems[0].key == "slow.said"


def test_a_changed_file_is_read_again(run: Run, folder: Path) -> None:
    run(slow())
    calls(folder)
    (folder / "data" / "points.csv").write_text("one two three four")
    layer = run(slow()).layer("it")
    assert calls(folder) == "load build"
    assert layer.table is not None
    assert len(layer.table) == 4


def test_so_is_one_with_another_file_beside_it(run: Run, folder: Path) -> None:
    run(slow())
    calls(folder)
    (folder / "data" / "points.prj").write_text("another CRS")
    run(slow())
    assert calls(folder) == "load build"


def test_other_parameters_other_code_another_ground_are_built_anew(run: Run, folder: Path) -> None:
    run(slow())
    calls(folder)
    layer = run(slow(size_px=9.0)).layer("it")
    assert "build" in calls(folder)
    assert layer.drawables[0].size_px == 9.0  # type: ignore[union-attr]
    hill = replace(slow("slow.hill", height_m=12.0), id="hill")
    layer = run(slow(), hill).layer("it")
    assert "build" in calls(folder)
    assert layer.bounds is not None
    assert layer.bounds[2] == 12.0
    code = folder / "types" / "slow" / "layer.py"
    code.write_text(CODE + "# now otherwise\n")
    sameness._code_in.cache_clear()  # it is looked at once a start
    calls(folder)
    run(slow())
    assert calls(folder) == "load build"


def test_only_layers_that_promise_to_be_repeatable_are_kept(run: Run, folder: Path) -> None:
    for _ in range(2):
        run(slow("slow.moody"))
        assert calls(folder) == "load build"


def test_what_cannot_be_read_back_is_made_anew(run: Run, folder: Path) -> None:
    run(slow())
    calls(folder)
    for path in (folder / "kept").iterdir():
        path.write_bytes(path.read_bytes()[:100])
    layer = run(slow()).layer("it")
    assert calls(folder) == "load build"
    assert layer.state is LayerState.PARTIAL
    for path in (folder / "kept").iterdir():
        path.write_bytes(b"")
    run(slow())
    assert calls(folder) == "load build"


def test_the_longest_unused_goes_when_there_is_no_room(tmp_path: Path) -> None:
    values = np.zeros(10_000, np.float32)
    prepared = Prepared(tmp_path / "kept", budget_bytes=100_000)
    prepared.keep("a", values)
    prepared.keep("b", values)
    for age, name in ((100, "a"), (200, "b")):
        path = prepared.folder / f"{name}.kept"
        os.utime(path, (path.stat().st_mtime - age,) * 2)
    assert prepared.take("b") is not None
    prepared.keep("c", values)
    assert prepared.take("a") is None
    assert prepared.take("b") is not None
    assert prepared.take("c") is not None


def test_what_is_no_plain_data_is_not_kept(tmp_path: Path) -> None:
    prepared = Prepared(tmp_path / "kept")
    prepared.keep("a", object())
    assert prepared.take("a") is None
    assert prepared.empty


def test_the_ground_is_kept_too(run: Run, folder: Path) -> None:
    hill = slow("slow.hill", height_m=7.0)
    assert run(hill).ground == FlatGround(7.0)
    assert run(hill).ground == FlatGround(7.0)


def test_the_demo_city_comes_back_as_it_was(tmp_path: Path) -> None:
    registry = Registry.discover([ROOT / "layers"])
    demo, _, _ = load_project(ROOT / "assets" / "demo")
    wanted = ("terrain", "buildings", "land", "trees", "heat_fort", "grid")
    city = replace(demo, layers=tuple(x for x in demo.layers if x.id in wanted))
    prepared = Prepared(tmp_path / "kept")
    found = []
    for _ in range(2):
        session = Session(city, ROOT / "assets" / "demo", registry, prepared=prepared)
        session.start()
        assert session.wait(60)
        found.append({r.spec.id: r for r in session.layers()})
        session.close()
    assert len(list(prepared.folder.iterdir())) >= 8
    for name in wanted:
        first, again = (layers[name] for layers in found)
        assert first.table is not None
        assert again.table is not None
        assert again.table.frame.equals(first.table.frame), name
        assert again.table.columns == first.table.columns
        assert len(first.drawables) == len(again.drawables) > 0
        assert all(map(_same, first.drawables, again.drawables)), name
        assert np.array_equal(first.rgba, again.rgba)


def _same(one: Any, other: Any) -> bool:
    if type(one) is not type(other):
        return False
    for field in dataclasses.fields(one):
        a, b = getattr(one, field.name), getattr(other, field.name)
        if isinstance(a, np.ndarray):
            if a.dtype != b.dtype or not np.array_equal(a, b):
                return False
        elif a != b:
            return False
    return True
