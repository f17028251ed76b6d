"""Notes as BCF and GeoJSON, and in the project's file."""

from __future__ import annotations

import io
import json
import xml.etree.ElementTree as ET
import zipfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from tests.twin.work.test_plan import PROJECT
from twin.errors import BelvedereError
from twin.export.bcf import bcf, geojson, write_notes
from twin.model.notes import Note, with_note, without_note
from twin.store.codec import from_json, to_json

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


def test_bcf_has_a_topic_with_comment_and_viewpoint_for_each_note() -> None:
    data = bcf([NOTE, replace(NOTE, id="note-2", position=None, target=None)], PROJECT.frame)
    assert data == bcf(
        [NOTE, replace(NOTE, id="note-2", position=None, target=None)], PROJECT.frame
    )
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = archive.namelist()
        assert ET.fromstring(archive.read("bcf.version")).attrib["VersionId"] == "2.1"
        (first, *_), views = (
            [n for n in names if n.endswith(end)] for end in ("markup.bcf", "viewpoint.bcfv")
        )
        assert len(views) == 2
        markup = ET.fromstring(archive.read(first))
        view = ET.fromstring(archive.read(first.replace("markup.bcf", "viewpoint.bcfv")))
    topic = markup.find("Topic")
    assert topic.attrib["TopicStatus"] == "In Progress"
    assert topic.findtext("Description") == NOTE.text
    assert topic.findtext("CreationAuthor") == NOTE.author
    assert markup.find("Viewpoints").attrib["Guid"] == view.attrib["Guid"]
    camera = view.find("PerspectiveCamera")
    eye, way, up = (
        np.array([float(camera.find(name).findtext(c)) for c in "XYZ"])
        for name in ("CameraViewPoint", "CameraDirection", "CameraUpVector")
    )
    np.testing.assert_allclose(eye, [645_000.0, 6_857_950.0, 60.0])
    assert np.linalg.norm(way) == pytest.approx(1.0, abs=1e-3)
    assert way @ up == pytest.approx(0.0, abs=1e-3)


def test_geojson_is_in_degrees_with_the_height_beside() -> None:
    (feature,) = json.loads(geojson([NOTE], PROJECT.frame))["features"]
    lon, lat = feature["geometry"]["coordinates"]
    assert (lon, lat) == (pytest.approx(2.25, abs=0.1), pytest.approx(48.8, abs=0.1))
    assert feature["properties"]["height_m"] == 35.5
    assert feature["properties"]["feature"] == "h0"


def test_notes_survive_the_file_and_a_damaged_one_is_left_out() -> None:
    project = with_note(PROJECT, NOTE)
    data = json.loads(json.dumps(to_json(project)))
    again, problems = from_json(data, "x")
    assert not problems
    assert again.notes == project.notes
    data["notes"].append({"id": "bad", "text": "x", "at": "2026-01-01", "xyz": [1, 2, "up"]})
    again, problems = from_json(data, "x")
    assert again.notes == project.notes
    assert [p.key for p in problems] == ["project.bad_part"]
    assert without_note(project, NOTE.id).notes == ()


def test_what_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(BelvedereError, match="cannot_write"):
        write_notes([NOTE], PROJECT.frame, tmp_path / "none" / "x.bcfzip")
