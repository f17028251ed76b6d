"""Stories in ``project.json``: to JSON and back. What is at its default is left out, so that files stay readable."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any

from twin.model.story import (
    DIVISIONS,
    MOST_PLANES,
    MOTIONS,
    QUALIFIERS,
    TRANSITIONS,
    Beside,
    Branch,
    Camera,
    Clip,
    Figure,
    Motion,
    Picture,
    Place,
    SectionPlane,
    Stop,
    Story,
    Transition,
)
from twin.model.style import style_from_dict, style_to_dict
from twin.model.table import Quality
from twin.store.fields import (
    FIELD_OF_VIEW_DEG,
    Json,
    moment,
    number,
    one_of,
    point,
    rows,
    texts,
    word,
)

MOST_STOPS = 1000
LONGEST_S = 86_400.0


def story_to_json(story: Story) -> Json:
    """Return the JSON form of a story."""
    body: Json = _plain(story)
    body["languages"] = list(story.languages)
    body["stops"] = [_stop_to_json(stop) for stop in story.stops]
    return body


def story_from_json(row: Mapping[str, Any]) -> Story:
    """Build a story. Raises KeyError, TypeError or ValueError for one that is damaged."""
    stops = tuple(_stop(stop) for stop in rows(row.get("stops", [])))
    if len(stops) > MOST_STOPS:
        raise ValueError(f"a story may have {MOST_STOPS} stops at most")
    ids = [stop.id for stop in stops]
    if len(set(ids)) != len(ids):
        raise ValueError("two stops have the same id")
    for stop in stops:
        for branch in stop.branches:
            if branch.stop not in ids:
                raise ValueError(f"{stop.id}: there is no stop {branch.stop}")
    return Story(
        id=word(row, "id"),
        title=texts(row["title"]),
        summary=texts(row.get("summary")),
        languages=tuple(str(v) for v in row.get("languages", ("en",))),
        fallback=str(row.get("fallback", "en")),
        stops=stops,
        loop=bool(row.get("loop", False)),
    )


def _stop_to_json(stop: Stop) -> Json:
    body = _plain(stop)
    body["styles"] = {name: style_to_dict(style) for name, style in stop.styles.items()}
    return {key: value for key, value in body.items() if value not in ({}, [])}


def _plain(thing: Any) -> Any:
    """Return dataclasses as dictionaries without what is at its default, moments as text."""
    if isinstance(thing, datetime):
        return thing.isoformat()
    if isinstance(thing, Mapping):
        return dict(thing)
    if isinstance(thing, tuple | list):
        return [_plain(item) for item in thing]
    if not dataclasses.is_dataclass(thing):
        return thing
    body: Json = {}
    for field in dataclasses.fields(thing):
        value = getattr(thing, field.name)
        if field.name in ("styles", "stops") or value == field.default:
            continue
        body[field.name] = _plain(value)
    return body


def _stop(row: Json) -> Stop:
    chart, layers = row.get("chart"), row.get("layers")
    return Stop(
        id=word(row, "id"),
        title=texts(row.get("title")),
        text=texts(row.get("text")),
        notes=texts(row.get("notes")),
        narration=texts(row.get("narration")),
        camera=_camera(row["camera"]) if row.get("camera") else None,
        at=moment(row.get("at")),
        live=bool(row.get("live", False)),
        variant=str(row.get("variant", "")),
        layers=None if layers is None else tuple(str(v) for v in layers),
        styles={str(k): style_from_dict(v) for k, v in row.get("styles", {}).items()},
        selection=tuple(_ref(v) for v in row.get("selection", ())),
        chart=_ref(chart) if chart else None,
        section=_section(rows(row.get("section", []))),
        figures=tuple(_figure(v) for v in rows(row.get("figures", []))),
        pictures=tuple(_picture(v) for v in rows(row.get("pictures", []))),
        beside=_beside(row["beside"]) if row.get("beside") else None,
        video=_clip(row["video"]) if row.get("video") else None,
        sound=_clip(row["sound"]) if row.get("sound") else None,
        motion=_motion(row.get("motion", {})),
        transition=_transition(row.get("transition", {})),
        hold_s=_seconds(row.get("hold_s", 20.0)),
        branches=tuple(
            Branch(title=texts(v.get("title")), stop=word(v, "stop"))
            for v in rows(row.get("branches", []))
        ),
        aside=bool(row.get("aside", False)),
    )


def _camera(row: Json) -> Camera:
    low, high = FIELD_OF_VIEW_DEG
    field_of_view = float(row.get("field_of_view_deg", 40.0))
    if not low <= field_of_view <= high:
        raise ValueError(f"field_of_view_deg must be in {low:g}..{high:g}")
    return Camera(
        position=point(row["position"]),
        target=point(row["target"]),
        field_of_view_deg=field_of_view,
        xray=bool(row.get("xray", False)),
    )


def _figure(row: Json) -> Figure:
    return Figure(
        label=texts(row.get("label")),
        value=number(row["value"]),
        source=word(row, "source"),
        unit=str(row.get("unit", "")),
        date=str(row.get("date", "")),
        qualifier=one_of(row.get("qualifier", ""), QUALIFIERS),
        quality=Quality(row.get("quality", "declared")).value,
    )


def _picture(row: Json) -> Picture:
    return Picture(
        path=_inside(word(row, "path")),
        caption=texts(row.get("caption")),
        source=str(row.get("source", "")),
    )


def _clip(row: Json) -> Clip:
    return Clip(
        path=_inside(word(row, "path")),
        caption=texts(row.get("caption")),
        source=str(row.get("source", "")),
    )


def _section(planes: list[Json]) -> tuple[SectionPlane, ...]:
    if len(planes) > MOST_PLANES:
        raise ValueError(f"a section has {MOST_PLANES} planes at most")
    return tuple(
        SectionPlane(
            origin=point(row["origin"]),
            along=_unit(row["along"]),
            up=_unit(row["up"]),
            length_m=None if row.get("length_m") is None else number(row["length_m"]),
        )
        for row in planes
    )


def _unit(value: Any) -> Place:
    x, y, z = point(value)
    if not 0.99 <= math.hypot(x, y, z) <= 1.01:
        raise ValueError("the direction of a section must have the length 1")
    return x, y, z


def _beside(row: Json) -> Beside:
    layers, target = row.get("layers"), row.get("target")
    return Beside(
        kind=one_of(row.get("kind", "split"), DIVISIONS),
        title=texts(row.get("title")),
        own_title=texts(row.get("own_title")),
        project=_inside(str(row.get("project", ""))),
        target=point(target) if target else None,
        variant=str(row.get("variant", "")),
        at=moment(row.get("at")),
        layers=None if layers is None else tuple(str(v) for v in layers),
        figures=tuple(_figure(v) for v in rows(row.get("figures", []))),
    )


def _inside(path: str) -> str:
    """Return a path that stays in the project folder. Raises ValueError for any other."""
    parts = PurePosixPath(path).parts
    if path and (path[0] in "/\\" or ".." in parts or ":" in path or "\\" in path):
        raise ValueError(f"{path[:80]!r} leads out of the project")
    return path


def _motion(row: Json) -> Motion:
    return Motion(
        kind=one_of(row.get("kind", "still"), MOTIONS),
        degrees=number(row.get("degrees", 0.0)),
        cameras=tuple(_camera(v) for v in rows(row.get("cameras", []))),
        until=moment(row.get("until")),
        subject=_ref(row["subject"]) if row.get("subject") else None,
    )


def _transition(row: Json) -> Transition:
    return Transition(
        kind=one_of(row.get("kind", "fly"), TRANSITIONS),
        duration_s=_seconds(row.get("duration_s", 3.0)),
    )


def _ref(value: Any) -> tuple[str, str]:
    layer_id, feature_id = value
    return str(layer_id), str(feature_id)


def _seconds(value: Any) -> float:
    seconds = number(value)
    if not 0.0 <= seconds <= LONGEST_S:
        raise ValueError(f"seconds must be in 0..{LONGEST_S:g}")
    return seconds
