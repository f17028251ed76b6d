"""A project that brings a plugin: its layers load, build and answer from behind the walls, beside others."""

from __future__ import annotations

from pathlib import Path

from tests.twin.isolation.conftest import SMALL, needs_walls, write_plugin
from twin.isolation.discovery import installed_packages, open_registry
from twin.isolation.trust import TrustStore, digest
from twin.isolation.warden import Warden
from twin.model.geoframe import GeoFrame
from twin.model.layer import LayerSpec, LayerState, Source
from twin.model.project import Project
from twin.work.session import Session

CSV = "feature_id,longitude,latitude\na,2.27,48.82\nb,2.26,48.83\n"


def project(*types: str) -> Project:
    layers = tuple(
        LayerSpec(id=f"l{i}", type=t, title={"en": t}, sources={"features": Source(path="p.csv")})
        for i, t in enumerate(types)
    )
    return Project(title={"en": "P"}, frame=GeoFrame(crs="EPSG:2154"), layers=layers)


def session(tmp_path: Path, warden: Warden, *types: str) -> Session:
    (tmp_path / "p.csv").write_text(CSV)
    (tmp_path / "project.json").write_text("{}")
    bundled = [Path(__file__).resolve().parents[3] / "plugins"]
    registry = open_registry(bundled, warden, user=None)
    made = Session(project(*types), tmp_path, registry)
    made.start()
    assert made.wait(60)
    return made


@needs_walls
def test_it_works_beside_the_others(tmp_path: Path) -> None:
    write_plugin(tmp_path / "plugins" / "stranger")
    open_ = session(tmp_path, Warden(TrustStore(), SMALL), "stranger", "hello_points")
    try:
        states = [(r.state, len(r.table or ())) for r in open_.layers()]
        assert states == [(LayerState.READY, 2)] * 2
        assert open_.registry.is_isolated("stranger")
        assert len(open_.layer("l0").drawables) == 1
    finally:
        open_.close()


@needs_walls
def test_a_crash_is_a_problem_of_its_own_layer_and_the_others_go_on(tmp_path: Path) -> None:
    write_plugin(tmp_path / "plugins" / "stranger", build="import os\nos.abort()")
    open_ = session(tmp_path, Warden(TrustStore(), SMALL), "stranger", "hello_points")
    try:
        bad, good = open_.layers()
        assert (bad.state, good.state) == (LayerState.FAILED, LayerState.READY)
        assert [p.key for p in bad.problems] == ["plugin.crashed"]
        assert good.problems == ()
    finally:
        open_.close()


def test_a_project_cannot_take_the_place_of_a_bundled_plugin(tmp_path: Path) -> None:
    folder = write_plugin(tmp_path / "plugins" / "stranger")
    text = (folder / "plugin.toml").read_text().replace("stranger", "hello_points")
    (folder / "plugin.toml").write_text(text)
    (tmp_path / "project.json").write_text("{}")
    bundled = [Path(__file__).resolve().parents[3] / "plugins"]
    registry = open_registry(bundled, Warden(TrustStore()), user=None).for_project(tmp_path)
    assert [p.key for p in registry.problems] == ["plugin.duplicate_id"]
    assert not registry.is_isolated("hello_points")


def test_trust_is_bound_to_what_was_in_the_folder(tmp_path: Path) -> None:
    folder = write_plugin(tmp_path / "stranger")
    store = TrustStore(tmp_path / "decisions.json")
    store.change(folder, trusted=digest(folder))
    assert TrustStore(tmp_path / "decisions.json").is_trusted(folder)
    (folder / "more.py").write_text("x = 1")
    assert not store.is_trusted(folder)


def test_a_file_of_decisions_that_cannot_be_read_trusts_nobody(tmp_path: Path) -> None:
    (tmp_path / "decisions.json").write_text('{"plugins": {"/x": {"trusted": 5}, "/y": []}}')
    assert TrustStore(tmp_path / "decisions.json").of(Path("/x")).trusted == ""


def test_packages_announce_plugins_without_being_imported(tmp_path: Path) -> None:
    write_plugin(tmp_path / "city_walks" / "plugin")
    info = tmp_path / "city_walks-1.dist-info"
    info.mkdir()
    (info / "entry_points.txt").write_text("[belvedere.plugins]\nwalks = city_walks.plugin\n")
    assert installed_packages([str(tmp_path)]) == [tmp_path / "city_walks" / "plugin"]


def test_files_without_a_project_bring_no_plugins(tmp_path: Path) -> None:
    write_plugin(tmp_path / "plugins" / "stranger")
    registry = open_registry([], Warden(TrustStore()), user=None)
    assert registry.for_project(tmp_path) is registry
