"""Notes read back from BCF and GeoJSON: ours, those of others, and hostile ones."""

from __future__ import annotations

import zipfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from tests.twin.work.test_plan import PROJECT
from twin.errors import ReadError
from twin.export.bcf import write_notes
from twin.io.notes import read_notes
from twin.model.ground import FlatGround
from twin.model.notes import Note, merged

NOTE = Note(
    id="note-1",
    text='Trop haut <ici> & "là"\nvoir la coupe',
    author="Zoé <z@x>",
    at=datetime(2026, 4, 1, 9, tzinfo=UTC),
    xyz_in_crs=(645_010.0, 6_858_020.0, 35.5),
    state="in_progress",
    position=(0.0, -50.0, 60.0),
    target=(10.0, 20.0, 35.0),
    feature=("houses", "h0"),
)
FRAME = PROJECT.frame

FOREIGN = """<?xml version="1.0"?>
<Markup xmlns:x="y"><Topic Guid="abc" TopicStatus="Active"><Title>Clash</Title>
<CreationDate>2025-01-02T03:04:05Z</CreationDate><CreationAuthor>a@b</CreationAuthor></Topic></Markup>"""
VIEW = """<VisualizationInfo Guid="v"><PerspectiveCamera>
<CameraViewPoint><X>645000</X><Y>6858000</Y><Z>{z}</Z></CameraViewPoint>
<CameraDirection><X>0</X><Y>0.7071</Y><Z>-0.7071</Z></CameraDirection>
</PerspectiveCamera></VisualizationInfo>"""


def packed(path: Path, **members: str) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in members.items():
            archive.writestr(f"t/{name.replace('_', '.')}", text)
    return path


def read(path: Path) -> list[Note]:
    return read_notes(path, FRAME, FlatGround())


def test_ours_come_back_from_bcf_with_place_state_view_and_feature(tmp_path: Path) -> None:
    write_notes([NOTE], FRAME, tmp_path / "n.bcfzip")
    (found,) = read(tmp_path / "n.bcfzip")
    assert replace(found, id=NOTE.id, position=None, target=None) == replace(
        NOTE, position=None, target=None
    )
    np.testing.assert_allclose(found.position, NOTE.position, atol=0.01)
    way = np.array(NOTE.target) - NOTE.position
    seen = np.array(found.target) - found.position
    np.testing.assert_allclose(seen / np.linalg.norm(seen), way / np.linalg.norm(way), atol=1e-3)


def test_ours_come_back_from_geojson(tmp_path: Path) -> None:
    write_notes([NOTE], FRAME, tmp_path / "n.geojson")
    (found,) = read(tmp_path / "n.geojson")
    np.testing.assert_allclose(found.xyz_in_crs, NOTE.xyz_in_crs, atol=0.01)
    assert (found.text, found.state, found.feature) == (NOTE.text, NOTE.state, NOTE.feature)


def test_a_file_that_was_answered_updates_its_notes_and_adds_new_ones(tmp_path: Path) -> None:
    project = merged(
        PROJECT, [NOTE, replace(NOTE, id="note-2", xyz_in_crs=(645_011.0, 6_858_020.0, 35.5))]
    )
    answered = replace(NOTE, text="Corrigé", state="resolved")
    fresh = replace(NOTE, id="other", at=datetime(2026, 5, 1, tzinfo=UTC))
    write_notes([answered, fresh], FRAME, tmp_path / "n.bcfzip")
    again = merged(project, read(tmp_path / "n.bcfzip"))
    assert [(n.text, n.state) for n in again.notes][:2] == [
        ("Corrigé", "resolved"),
        (NOTE.text, "in_progress"),
    ]
    assert len(again.notes) == 3
    assert again.notes[0].id == "note-1"


def test_a_note_of_others_stands_where_its_view_meets_the_ground(tmp_path: Path) -> None:
    path = packed(tmp_path / "x.bcf", markup_bcf=FOREIGN, viewpoint_bcfv=VIEW.format(z=40))
    (found,) = read(path)
    assert (found.text, found.state, found.author) == ("Clash", "open", "a@b")
    np.testing.assert_allclose(found.xyz_in_crs, (645_000.0, 6_858_040.0, 0.0), atol=1.0)
    path = packed(tmp_path / "y.bcf", markup_bcf=FOREIGN)
    assert read(path) == []  # it names no place at all


@pytest.mark.parametrize(
    ("name", "content"),
    [("x.bcfzip", b"no zip"), ("x.geojson", b"{}"), ("y.geojson", b'{"features": [{"a": 1}]}')],
)
def test_what_is_no_file_of_notes_is_named(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ReadError):
        read(tmp_path / name)


def test_entities_are_refused(tmp_path: Path) -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + FOREIGN[21:]
    with pytest.raises(ReadError, match="xml_entities"):
        read(packed(tmp_path / "x.bcf", markup_bcf=bomb))
    with pytest.raises(ReadError, match="not_read"):
        read(packed(tmp_path / "y.bcf", markup_bcf="<Markup>"))
