"""Tiles of a pack are read where they lie, each held to the sum that was signed."""

from __future__ import annotations

import math
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from tests.twin.tiles.cities import ROOT, footprints
from twin.errors import ReadError
from twin.export.pack import Luggage, write_pack
from twin.registry import Registry
from twin.render.binding import SessionStage
from twin.render.stage import Stage
from twin.store.project_folder import load_project, save_project
from twin.tiles.fetch import Place
from twin.work.assemble import assemble
from twin.work.session import Session
from ui.cli.main import main

pytestmark = pytest.mark.render


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project whose one layer streams a baked town, beside a file of somebody else."""
    folder = tmp_path_factory.mktemp("town")
    source = footprints(folder, 1_500)
    out = folder / "city" / "tiles"
    assert main(["bake", str(source), "--out", str(out), "--workers", "1"]) == 0
    registry = Registry.discover([ROOT / "layers"])
    project, _ = assemble([out / "tileset.json"], registry, crs="EPSG:2154")
    (spec,) = project.layers
    inside = replace(spec.sources["tileset"], path="tiles/tileset.json")
    project = project.with_layer(replace(spec, sources={"tileset": inside}))
    save_project(project, folder / "city")
    made = folder / "town.belvedere"
    luggage = Luggage(project=project, folder=folder / "city", more={}, plugins={})
    write_pack(luggage, made, private_key=bytes(range(32)))
    return made


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BELVEDERE_STATE", str(tmp_path / "state"))


def test_the_pack_has_the_tiles_and_not_what_the_next_bake_needs(pack: Path) -> None:
    with zipfile.ZipFile(pack) as archive:
        names = archive.namelist()
        stored = {i.compress_type for i in archive.infolist() if i.filename.endswith(".glb")}
    assert any(name.startswith("tiles/tiles/") and name.endswith(".glb") for name in names)
    assert not [name for name in names if ".bake" in name]
    assert stored == {zipfile.ZIP_STORED}, "so that a tile is one read"


def test_tiles_are_drawn_out_of_the_pack_and_never_unpacked(pack: Path) -> None:
    project, folder, problems = load_project(pack)
    assert problems == []
    assert not list(folder.rglob("*.glb"))
    registry = Registry.discover([ROOT / "layers"])
    session = Session(project, folder, registry)
    stage = Stage(size=(320, 200))
    try:
        session.start()
        session.wait()
        binding = SessionStage(session, stage)
        stage.camera.home()
        while stage.upload(math.inf):
            pass
        binding.follow()
        session.wait()
        (tiles,) = stage.streamed().values()
        assert sum(held.rows for held in tiles.stream.drawn) == 1_500
        assert tiles.problems == []
        assert len(session.layer(project.layers[0].id).table) >= 1_500
        binding.close()
    finally:
        stage.close()
        session.close()


def test_a_tile_that_was_changed_after_signing_is_refused(pack: Path, tmp_path: Path) -> None:
    _, folder, _ = load_project(pack)
    with zipfile.ZipFile(pack) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    victim = next(name for name in members if name.endswith(".glb"))
    place = Place(str(folder / "tiles" / "tileset.json"))
    assert place.read(str(folder / victim)) == members[victim]
    members[victim] = members[victim][:-1] + b"!"
    changed = tmp_path / "changed.belvedere"
    with zipfile.ZipFile(changed, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    _, again, _ = load_project(changed)  # what is unpacked is as it was signed
    with pytest.raises(ReadError) as error:
        Place(str(again / "tiles" / "tileset.json")).read(str(again / victim))
    assert error.value.problem.key == "tiles.changed_in_pack"


def test_only_what_was_signed_is_found(pack: Path) -> None:
    _, folder, _ = load_project(pack)
    place = Place(str(folder / "tiles" / "tileset.json"))
    with pytest.raises(ReadError) as error:
        place.read(str(folder / "tiles" / "tiles" / "none.glb"))
    assert error.value.problem.key == "tiles.not_loaded"


def test_a_picture_of_a_packed_city_from_the_command_line(pack: Path, tmp_path: Path) -> None:
    out = tmp_path / "town.png"
    assert main(["render", str(pack), "--out", str(out), "--size", "320x200"]) == 0
    assert out.stat().st_size > 4_000
