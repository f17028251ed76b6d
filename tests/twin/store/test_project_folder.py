"""A project on disk: it comes back as it was, and a damaged one says what is wrong."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from twin.errors import ProjectError
from twin.model.geoframe import GeoFrame
from twin.model.layer import LayerSpec, Source
from twin.model.project import Delta, Phase, Project, Variant, View
from twin.model.style import Graduated, Style
from twin.model.table import Provenance, Quality
from twin.store.codec import to_json
from twin.store.journal import Journal, recoveries
from twin.store.project_folder import load_project, save_project, save_project_as

PROJECT = Project(
    title={"fr": "Essai", "en": "Trial"},
    notice={"fr": "maquette synthétique"},
    frame=GeoFrame(crs="EPSG:2154", origin=(646000.0, 6858000.0, 0.0)),
    at=datetime(2026, 6, 21, 12, tzinfo=UTC),
    layers=(
        LayerSpec(
            id="b",
            type="belvedere.buildings",
            title={"en": "Buildings"},
            sources={
                "buildings": Source(
                    path="data/b.geojson",
                    provenance=Provenance(source="survey", date="2025", quality=Quality.MEASURED),
                )
            },
            params={"storey_height_m": 3.2},
            style=Style(rule=Graduated(column="height_m", breaks=(3.0, 9.0))),
            opacity=0.5,
        ),
    ),
    views=(
        View(
            id="v",
            title={"en": "V"},
            position=(1.0, 2.0, 3.0),
            target=(0.0, 0.0, 0.0),
            hidden=("b",),
        ),
    ),
    variants=(Variant(id="base", label={"en": "Base"}),),
    phases=(Phase(id="p1", label={"en": "1"}, start=datetime(2027, 1, 1, tzinfo=UTC)),),
    deltas=(Delta(variant="base", phase="p1", layer="b", feature_id="x", op="remove"),),
)


def saved(folder: Path, **changes: object) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "project.json").write_text(json.dumps({**to_json(PROJECT), **changes}))
    return folder


def test_a_project_comes_back_as_it_was_saved(tmp_path: Path) -> None:
    save_project(PROJECT, tmp_path / "city")
    project, folder, problems = load_project(tmp_path / "city")
    assert project == PROJECT
    assert folder == tmp_path / "city"
    assert problems == []
    assert load_project(tmp_path / "city" / "project.json")[0] == PROJECT


def test_saving_leaves_no_other_file_and_the_same_bytes(tmp_path: Path) -> None:
    save_project(PROJECT, tmp_path)
    first = (tmp_path / "project.json").read_bytes()
    save_project(PROJECT, tmp_path)
    assert (tmp_path / "project.json").read_bytes() == first
    assert [p.name for p in tmp_path.iterdir()] == ["project.json"]


@pytest.mark.skipif(os.name == "nt", reason="modes of files are those of POSIX")
def test_a_saved_project_is_as_readable_as_any_file(tmp_path: Path) -> None:
    (tmp_path / "plain").touch()
    save_project(PROJECT, tmp_path)
    file = tmp_path / "project.json"
    assert file.stat().st_mode == (tmp_path / "plain").stat().st_mode
    file.chmod(0o640)
    save_project(PROJECT, tmp_path)
    assert file.stat().st_mode & 0o777 == 0o640


def test_a_save_that_fails_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save_project(PROJECT, tmp_path)
    old = (tmp_path / "project.json").read_bytes()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(ProjectError) as caught:
        save_project(replace(PROJECT, title={"en": "other"}), tmp_path)
    assert caught.value.problem.key == "project.cannot_save"
    assert (tmp_path / "project.json").read_bytes() == old
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("", "project.not_json"),
        ("{", "project.not_json"),
        ("[1]", "project.not_a_project"),
        ('{"schema_version": 99}', "project.newer"),
        ('{"schema_version": 0}', "project.not_a_project"),
        ('{"schema_version": 1}', "project.no_crs"),
        ("[" * 200_000, "project.not_json"),
    ],
)
def test_a_damaged_file_says_what_is_wrong(tmp_path: Path, text: str, key: str) -> None:
    (tmp_path / "project.json").write_text(text)
    with pytest.raises(ProjectError) as caught:
        load_project(tmp_path)
    assert caught.value.problem.key == key


def test_a_missing_project_says_so(tmp_path: Path) -> None:
    with pytest.raises(ProjectError) as caught:
        load_project(tmp_path / "nowhere")
    assert caught.value.problem.key == "project.not_found"


def test_a_broken_layer_is_left_out_and_the_rest_opens(tmp_path: Path) -> None:
    layers = [*to_json(PROJECT)["layers"], {"id": "x"}, {"id": "b", "type": "t"}, "nonsense"]
    project, _, problems = load_project(saved(tmp_path / "c", layers=layers))
    assert [spec.id for spec in project.layers] == ["b"]
    assert sorted(p.key for p in problems) == [
        "project.bad_part",
        "project.bad_part",
        "project.duplicate_layer",
    ]


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"crs": "EPSG:4326"}, "project.crs_unusable"),
        ({"crs": "EPSG:999999"}, "project.crs_unusable"),
        ({"crs": 5}, "project.no_crs"),
        ({"origin": None}, "project.bad_origin"),
        ({"origin": [float("nan"), 0, 0]}, "project.bad_origin"),
        ({"origin": [10**400, 0, 0]}, "project.bad_origin"),
        ({"origin": [0, 0]}, "project.bad_origin"),
        ({"schema_version": True}, "project.not_a_project"),
    ],
)
def test_a_project_that_cannot_be_placed_is_refused(
    tmp_path: Path, changes: dict[str, object], key: str
) -> None:
    with pytest.raises(ProjectError) as caught:
        load_project(saved(tmp_path / "c", **changes))
    assert caught.value.problem.key == key


VIEW = {"id": "v", "title": {"en": "V"}, "position": [0, 0, 9], "target": [0, 0, 0]}


@pytest.mark.parametrize(
    ("changes", "part"),
    [
        ({"at": "yesterday"}, "at"),
        ({"at": "2026-06-21T12:00"}, "at"),
        ({"at": "9999-12-31T23:59:59+00:00"}, "at"),
        ({"layers": {"a": 1}}, "layers"),
        ({"views": [{**VIEW, "field_of_view_deg": float("nan")}]}, "views[0]"),
        ({"views": [{**VIEW, "field_of_view_deg": -400}]}, "views[0]"),
        ({"views": [{**VIEW, "position": [10**400, 0, 0]}]}, "views[0]"),
    ],
)
def test_a_damaged_part_is_named_and_the_rest_opens(
    tmp_path: Path, changes: dict[str, object], part: str
) -> None:
    project, _, problems = load_project(saved(tmp_path / "c", **changes))
    assert [problem.values["part"] for problem in problems] == [part]
    assert project.title == PROJECT.title


def test_saving_over_a_file_with_damaged_parts_keeps_that_file(tmp_path: Path) -> None:
    layers = [*to_json(PROJECT)["layers"], {"id": "by hand", "type": 5}]
    folder = saved(tmp_path / "c", layers=layers)
    before = (folder / "project.json").read_bytes()
    project, _, _ = load_project(folder)
    save_project(project, folder)
    save_project(project, folder)
    assert [p.name for p in folder.glob("*damaged*")] == ["project.damaged.json"]
    assert (folder / "project.damaged.json").read_bytes() == before


def test_save_as_takes_the_data_along(tmp_path: Path) -> None:
    old = saved(tmp_path / "old")
    (old / "data").mkdir()
    (old / "data" / "b.geojson").write_text("{}")
    save_project_as(PROJECT, old, tmp_path / "new")
    assert (tmp_path / "new" / "data" / "b.geojson").read_text() == "{}"
    assert load_project(tmp_path / "new")[0] == PROJECT
    with pytest.raises(ProjectError) as caught:
        save_project_as(PROJECT, old, tmp_path / "new")
    assert caught.value.problem.key == "project.folder_taken"


def test_the_journal_of_a_dead_process_is_offered_and_that_of_a_living_one_is_not(
    tmp_path: Path,
) -> None:
    journal = Journal(tmp_path, tmp_path / "city")
    journal.write(PROJECT)
    assert recoveries(tmp_path) == []
    body = json.loads(journal.path.read_text())
    dead = journal.path.with_name("dead.json")
    dead.write_text(json.dumps({**body, "pid": 2**22 + 12345}))
    (found,) = recoveries(tmp_path)
    assert found.project == PROJECT
    assert found.folder == tmp_path / "city"
    journal.clear()
    assert [p.name for p in dead.parent.iterdir()] == ["dead.json"]


def test_a_journal_cut_short_is_forgotten(tmp_path: Path) -> None:
    (tmp_path / "journal").mkdir()
    (tmp_path / "journal" / "x.json").write_text('{"pid": 1')
    assert recoveries(tmp_path) == []
    assert list((tmp_path / "journal").iterdir()) == []


def test_save_as_writes_over_nothing(tmp_path: Path) -> None:
    old = saved(tmp_path / "old")
    (old / "data").mkdir()
    (old / "data" / "b.geojson").write_text("{}")
    mine = tmp_path / "new" / "data" / "b.geojson"
    mine.parent.mkdir(parents=True)
    mine.write_text("mine")
    with pytest.raises(ProjectError) as caught:
        save_project_as(PROJECT, old, tmp_path / "new")
    assert caught.value.problem.key == "project.file_in_the_way"
    assert mine.read_text() == "mine"
    assert not (tmp_path / "new" / "project.json").exists()
