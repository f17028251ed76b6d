"""The planner's parts of ``project.json``: kept analyses."""

from __future__ import annotations

from typing import Any

from twin.model.kept import KINDS, KeptAnalysis

Json = dict[str, Any]


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
