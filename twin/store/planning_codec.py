"""The planner's parts of ``project.json``: kept analyses and notes."""

from __future__ import annotations

from datetime import datetime

from twin.model.kept import KINDS, KeptAnalysis
from twin.model.notes import STATES, Note
from twin.store.fields import Json, point


def analysis_to_json(kept: KeptAnalysis) -> Json:
    """Return the JSON form of a kept analysis."""
    return {
        "id": kept.id,
        "kind": kept.kind,
        "title": dict(kept.title),
        "asked": dict(kept.asked),
        "layer": kept.layer,
        "made_of": kept.made_of,
    }


def analysis_from_json(row: Json) -> KeptAnalysis:
    """Build a kept analysis. Raises KeyError, TypeError or ValueError where it is none."""
    if row["kind"] not in KINDS:
        raise ValueError(f"unknown kind of analysis: {row['kind']!r}")
    asked = row.get("asked", {})
    if not isinstance(asked, dict):
        raise TypeError("asked must be an object")
    return KeptAnalysis(
        id=str(row["id"]),
        kind=str(row["kind"]),
        title={str(k): str(v) for k, v in row["title"].items()},
        asked=asked,
        layer=str(row.get("layer", "")),
        made_of=str(row.get("made_of", "")),
    )


def note_to_json(note: Note) -> Json:
    """Return the JSON form of a note."""
    return {
        "id": note.id,
        "text": note.text,
        "author": note.author,
        "at": note.at.isoformat(),
        "xyz": list(note.xyz_in_crs),
        "state": note.state,
        "position": list(note.position) if note.position else None,
        "target": list(note.target) if note.target else None,
        "feature": list(note.feature) if note.feature else None,
    }


def note_from_json(row: Json) -> Note:
    """Build a note. Raises KeyError, TypeError or ValueError where it is none."""
    at = datetime.fromisoformat(row["at"])
    if at.tzinfo is None:
        raise ValueError("a time needs a zone")
    feature = row.get("feature")
    if row.get("state", "open") not in STATES:
        raise ValueError(f"unknown state of a note: {row['state']!r}")
    return Note(
        id=str(row["id"]),
        text=str(row["text"]),
        author=str(row.get("author", "")),
        at=at,
        xyz_in_crs=point(row["xyz"]),
        state=str(row.get("state", "open")),
        position=point(row["position"]) if row.get("position") else None,
        target=point(row["target"]) if row.get("target") else None,
        feature=(str(feature[0]), str(feature[1])) if feature else None,
    )
