"""Notes of others: BCF 2.0, 2.1 and 3.0 (buildingSMART, BIM Collaboration Format), and GeoJSON as we write it."""

from __future__ import annotations

import json
import re
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.errors import ReadError
from twin.io import guard
from twin.model.geoframe import GeoFrame
from twin.model.ground import Ground
from twin.model.notes import STATES, Note

MOST_NOTES = 5_000
MOST_BYTES = 2_000_000
"""Of one member of a BCF, and of texts in it."""

REACH_M, STEP_M, USUAL_M = 2_000.0, 1.0, 30.0
"""A note of others is put where its view meets the ground, else a little ahead of the viewer."""

BELVEDERE = "Belvedere"
MARKUP = "markup.bcf"
"""The member of a BCF that has a topic."""

_DOCTYPE = re.compile(rb"<!\s*(DOCTYPE|ENTITY)", re.IGNORECASE)
_STATE_OF = {
    "open": "open", "active": "open", "new": "open", "error": "open", "warning": "open",
    "in progress": "in_progress", "inprogress": "in_progress", "assigned": "in_progress",
    "resolved": "resolved", "done": "resolved", "closed": "closed",
}  # fmt: skip


def read_notes(path: Path, frame: GeoFrame, ground: Ground) -> list[Note]:
    """Return the notes of a file: ``.bcf`` and ``.bcfzip``, else GeoJSON.

    Parameters
    ----------
    frame : GeoFrame
        BCF counts in its CRS, GeoJSON in degrees.
    ground : Ground
        Where notes are put that name only a view.

    Raises
    ------
    ReadError
        ``notes.not_read``, or why the file is refused.
    """
    guard.sample(path)
    if path.suffix.lower() in (".bcf", ".bcfzip"):
        return _bcf(path, frame, ground)
    return _geojson(path, frame)


def _bcf(path: Path, frame: GeoFrame, ground: Ground) -> list[Note]:
    members = {member.filename: member for member in guard.zip_members(path)}
    topics = [name for name in members if name.rpartition("/")[2] == MARKUP][:MOST_NOTES]
    if not topics:
        raise ReadError("notes.not_read", path.name, reason=MARKUP)
    found = []
    with zipfile.ZipFile(path) as archive:

        def tree(name: str) -> Any:
            return _tree(archive, members[name], path)

        for name in sorted(topics):
            folder = name.rpartition("/")[0]
            markup = tree(name)
            views = [n for n in members if n.startswith(f"{folder}/") and n.endswith(".bcfv")]
            view = tree(min(views)) if views else None
            note = _note(markup, view, frame, ground)
            if note is not None:
                found.append(note)
    return found


def _tree(archive: zipfile.ZipFile, member: zipfile.ZipInfo, path: Path) -> Any:
    from lxml import etree

    with archive.open(member) as file:
        text = file.read(MOST_BYTES + 1)
    if len(text) > MOST_BYTES or _DOCTYPE.search(text):
        raise ReadError("io.xml_entities", path.name)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        return etree.fromstring(text, parser)
    except etree.XMLSyntaxError as error:
        raise ReadError("notes.not_read", path.name, reason=str(error)[:120]) from error


def _note(markup: Any, view: Any, frame: GeoFrame, ground: Ground) -> Note | None:
    topic = _first(markup, "Topic")
    if topic is None:
        return None
    eye, way = _camera(view)
    anchor = _anchor(view)
    origin = np.array(frame.origin)
    if anchor is None:
        if eye is None or way is None:
            return None
        anchor = _met(eye, way, frame, ground)
    target = anchor if eye is None else _along(eye, way, anchor)
    return Note(
        id=topic.get("Guid", "")[:80] or "note",
        text=(_text(topic, "Description") or _text(topic, "Title"))[:20_000],
        author=_text(topic, "CreationAuthor")[:200],
        at=_moment(_text(topic, "CreationDate")),
        xyz_in_crs=_three(anchor),
        state=_STATE_OF.get(topic.get("TopicStatus", "").strip().lower(), "open"),
        position=None if eye is None else _three(eye - origin),
        target=None if eye is None else _three(target - origin),
        feature=_feature(view),
    )


def _along(eye: NDArray[np.float64], way: Any, anchor: NDArray[np.float64]) -> Any:
    """Return what is looked at: as far ahead of the viewer as the note is."""
    return anchor if way is None else eye + way * max(float((anchor - eye) @ way), 1.0)


def _camera(view: Any) -> tuple[Any, Any]:
    """Return eye (3,) and direction (3,) of a viewpoint, in the CRS; None where it has none."""
    if view is None:
        return None, None
    for kind in ("PerspectiveCamera", "OrthogonalCamera"):
        camera = _first(view, kind)
        if camera is not None:
            eye = _xyz(_first(camera, "CameraViewPoint"))
            way = _xyz(_first(camera, "CameraDirection"))
            size = 0.0 if way is None else float(np.linalg.norm(way))
            return eye, way / size if way is not None and size > 1e-9 else None
    return None, None


def _anchor(view: Any) -> Any:
    """Return the place of a note of ours: the start of its line."""
    line = _first(_first(_first(view, "Lines"), "Line"), "StartPoint")
    return _xyz(line)


def _feature(view: Any) -> tuple[str, str] | None:
    selection = _first(_first(view, "Components"), "Selection")
    component = _first(selection, "Component")
    system, _, layer = _text(component, "OriginatingSystem").partition("/")
    name = _text(component, "AuthoringToolId")
    return (layer, name) if system == BELVEDERE and layer and name else None


def _met(
    eye: NDArray[np.float64], way: NDArray[np.float64], frame: GeoFrame, ground: Ground
) -> NDArray[np.float64]:
    """Return where a view meets the ground."""
    along = np.arange(STEP_M, REACH_M, STEP_M)
    xyz = eye + along[:, None] * way - np.array(frame.origin)
    below = np.flatnonzero(xyz[:, 2] <= ground.height_m(xyz[:, :2]))
    far = float(along[below[0]]) if len(below) else USUAL_M
    return eye + far * way


def _geojson(path: Path, frame: GeoFrame) -> list[Note]:
    if path.stat().st_size > MOST_BYTES * 10:
        raise ReadError("notes.not_read", path.name, reason="> 20 MB")
    try:
        features = json.loads(path.read_text(encoding="utf-8"))["features"]
        return [_of_feature(feature, frame) for feature in features[:MOST_NOTES]]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ReadError("notes.not_read", path.name, reason=str(error)[:120]) from error


def _of_feature(feature: Any, frame: GeoFrame) -> Note:
    told = feature["properties"]
    lon, lat = (float(v) for v in feature["geometry"]["coordinates"][:2])
    x, y = frame.scene_from_lonlat(np.array([[lon, lat]]))[0]
    z = float(told.get("height_m") or 0.0)
    place = (float(x) + frame.origin[0], float(y) + frame.origin[1], z)
    if not np.isfinite(place).all():
        raise ValueError("coordinates")
    state, layer, name = (told.get(key) for key in ("state", "layer", "feature"))
    return Note(
        id=str(told.get("id") or "note")[:80],
        text=str(told.get("text") or "")[:20_000],
        author=str(told.get("author") or "")[:200],
        at=_moment(str(told.get("at") or "")),
        xyz_in_crs=_three(np.array(place)),
        state=state if state in STATES else "open",
        feature=(str(layer), str(name)) if layer and name else None,
    )


def _first(element: Any, name: str) -> Any:
    """Return the first child of a name, whatever its namespace; None where there is none."""
    if element is None:
        return None
    return next((c for c in element if isinstance(c.tag, str) and _local(c) == name), None)


def _local(element: Any) -> str:
    return str(element.tag).rpartition("}")[2]


def _text(element: Any, name: str) -> str:
    child = _first(element, name)
    return "" if child is None else (child.text or "").strip()


def _xyz(element: Any) -> NDArray[np.float64] | None:
    try:
        found = np.array([float(_text(element, axis)) for axis in "XYZ"])
    except ValueError:
        return None
    return found if np.isfinite(found).all() else None


def _moment(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return datetime(1970, 1, 1, tzinfo=UTC)
    return at if at.tzinfo is not None else at.replace(tzinfo=UTC)


def _three(values: Any) -> tuple[float, float, float]:
    x, y, z = (round(float(v), 3) for v in values)
    return (x, y, z)
