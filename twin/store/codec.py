"""``project.json``: a project as JSON and back, with a schema version and migrations. No code, no secrets."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from twin.errors import CrsError, ProjectError
from twin.model.geoframe import GeoFrame, is_metric
from twin.model.layer import Gathers, LayerSpec, Source
from twin.model.project import SCHEMA_VERSION, Delta, Phase, Project, Variant, View
from twin.model.style import style_from_dict, style_to_dict
from twin.model.table import Provenance, Quality
from twin.problems import Problem, Severity
from twin.store.feeds_codec import (
    alert_from_json,
    alert_to_json,
    feed_from_json,
    feed_to_json,
    retention_from_json,
    retention_to_json,
)
from twin.store.fields import FIELD_OF_VIEW_DEG, Json, iso, moment, point, texts, word
from twin.store.planning_codec import (
    analysis_from_json,
    analysis_to_json,
    note_from_json,
    note_to_json,
)
from twin.store.story_codec import story_from_json, story_to_json

MIGRATIONS: dict[int, Callable[[Json], Json]] = {}
"""From the version of the key to the next one."""

WRONG_VALUE = (KeyError, TypeError, ValueError, AttributeError, OverflowError)
"""What reading a part that someone has damaged may raise."""


def to_json(project: Project) -> Json:
    """Return the JSON form of a project; the same project gives the same text."""
    return {
        "schema_version": SCHEMA_VERSION,
        "title": dict(project.title),
        "notice": dict(project.notice),
        "crs": project.frame.crs,
        "origin": list(project.frame.origin),
        "time_zone": project.time_zone,
        "at": iso(project.at),
        "layers": [_layer_to_json(spec) for spec in project.layers],
        "views": [_view_to_json(view) for view in project.views],
        "variants": [
            {"id": v.id, "label": dict(v.label), "parent": v.parent} for v in project.variants
        ],
        "phases": [
            {
                "id": p.id,
                "label": dict(p.label),
                "start": iso(p.start),
                "end": iso(p.end),
                "status": p.status,
                **({"permit": p.permit} if p.permit else {}),
            }
            for p in project.phases
        ],
        "deltas": [
            {
                "variant": d.variant,
                "phase": d.phase,
                "layer": d.layer,
                "feature_id": d.feature_id,
                "op": d.op,
                "values": dict(d.values),
            }
            for d in project.deltas
        ],
        **({"feeds": [feed_to_json(f) for f in project.feeds]} if project.feeds else {}),
        **({"alerts": [alert_to_json(a) for a in project.alerts]} if project.alerts else {}),
        **({"retention": retention_to_json(project.retention)} if project.retention else {}),
        **(
            {"analyses": [analysis_to_json(a) for a in project.analyses]}
            if project.analyses
            else {}
        ),
        **({"notes": [note_to_json(n) for n in project.notes]} if project.notes else {}),
        **({"stories": [story_to_json(s) for s in project.stories]} if project.stories else {}),
    }


def from_json(data: object, where: str) -> tuple[Project, list[Problem]]:
    """Build a project from its JSON form, older versions migrated.

    Returns
    -------
    (project, problems)
        A broken layer or view is left out and reported; the rest opens.

    Raises
    ------
    ProjectError
        Not a project, made by a newer Belvedere, or without a usable CRS.
    """
    if not isinstance(data, dict) or type(data.get("schema_version")) is not int:
        raise ProjectError("project.not_a_project", where)
    data = _migrated(data, where)
    problems: list[Problem] = []
    rows = _Rows(data, where, problems)
    project = Project(
        title=texts(data.get("title")) or {"en": "Untitled"},
        notice=texts(data.get("notice")),
        frame=_frame(data, where),
        time_zone=str(data.get("time_zone", "Europe/Paris")),
        at=rows.value("at", moment),
        layers=_unique(rows.read("layers", _layer), where, problems),
        views=rows.read("views", _view),
        variants=rows.read(
            "variants",
            lambda r: Variant(id=r["id"], label=texts(r["label"]), parent=r.get("parent", "")),
        ),
        phases=rows.read("phases", _phase),
        deltas=rows.read("deltas", _delta),
        stories=rows.read("stories", story_from_json),
        analyses=rows.read("analyses", analysis_from_json),
        notes=rows.read("notes", note_from_json),
        feeds=rows.read("feeds", feed_from_json),
        alerts=rows.read("alerts", alert_from_json),
        retention=retention_from_json(data.get("retention")),
    )
    return project, problems


def _frame(data: Json, where: str) -> GeoFrame:
    """Return where the project lies. Without that nothing in it can be placed."""
    crs = data.get("crs")
    if not isinstance(crs, str) or not crs:
        raise ProjectError("project.no_crs", where)
    try:
        usable = is_metric(crs)
    except CrsError:
        usable = False
    if not usable:
        raise ProjectError("project.crs_unusable", where, crs=crs[:80])
    try:
        return GeoFrame(crs=crs, origin=point(data.get("origin", (0.0, 0.0, 0.0))))
    except WRONG_VALUE as error:
        raise ProjectError("project.bad_origin", where) from error


class _Rows:
    """Reads the parts of a project, one broken part at a time."""

    def __init__(self, data: Json, where: str, problems: list[Problem]) -> None:
        self._data, self._where, self._problems = data, where, problems

    def read(self, name: str, make: Callable[[Json], Any]) -> tuple[Any, ...]:
        found = self._data.get(name, [])
        if not isinstance(found, list):
            self._left_out(name, "not a list")
            return ()
        made = []
        for index, row in enumerate(found):
            try:
                made.append(make(row))
            except WRONG_VALUE as error:
                self._left_out(f"{name}[{index}]", f"{type(error).__name__}: {error}")
        return tuple(made)

    def value(self, name: str, make: Callable[[Any], Any]) -> Any:
        try:
            return make(self._data.get(name))
        except WRONG_VALUE as error:
            self._left_out(name, str(error))
            return None

    def _left_out(self, part: str, reason: str) -> None:
        values = {"part": part, "reason": reason[:200]}
        self._problems.append(Problem("project.bad_part", self._where, values, Severity.ERROR))


def _unique(
    layers: tuple[LayerSpec, ...], where: str, problems: list[Problem]
) -> tuple[LayerSpec, ...]:
    kept: dict[str, LayerSpec] = {}
    for spec in layers:
        if spec.id in kept:
            problems.append(
                Problem("project.duplicate_layer", where, {"id": spec.id}, Severity.ERROR)
            )
        else:
            kept[spec.id] = spec
    return tuple(kept.values())


def _migrated(data: Json, where: str) -> Json:
    version = int(data["schema_version"])
    if version > SCHEMA_VERSION:
        raise ProjectError("project.newer", where, version=version, known=SCHEMA_VERSION)
    while version < SCHEMA_VERSION:
        step = MIGRATIONS.get(version)
        if step is None:
            raise ProjectError("project.not_a_project", where)
        data, version = step(data), version + 1
    return data


def _layer_to_json(spec: LayerSpec) -> Json:
    return {
        "id": spec.id,
        "type": spec.type,
        "title": dict(spec.title),
        "group": spec.group,
        "sources": {role: _source_to_json(source) for role, source in spec.sources.items()},
        "params": dict(spec.params),
        "style": style_to_dict(spec.style) if spec.style else None,
        "visible": spec.visible,
        "opacity": spec.opacity,
        "legend": spec.legend,
        "notice": dict(spec.notice),
        **({"gathers": asdict(spec.gathers)} if spec.gathers else {}),
    }


def _source_to_json(source: Source) -> Json:
    p = source.provenance
    body: Json = {"path": source.path, "sublayer": source.sublayer, "crs": source.crs}
    body |= {"source": p.source, "date": p.date, "licence": p.licence, "quality": p.quality.value}
    body["options"] = dict(source.options)
    return body


def _layer(row: Json) -> LayerSpec:
    style = row.get("style")
    opacity = float(row.get("opacity", 1.0))
    if not 0.0 <= opacity <= 1.0:
        raise ValueError("opacity must be in 0..1")
    return LayerSpec(
        id=word(row, "id"),
        type=word(row, "type"),
        title=texts(row.get("title")) or {"en": row["id"]},
        group=str(row.get("group", "")),
        sources={str(role): _source(source) for role, source in row.get("sources", {}).items()},
        params=dict(row.get("params", {})),
        style=style_from_dict(style) if style else None,
        visible=bool(row.get("visible", True)),
        opacity=opacity,
        legend=bool(row.get("legend", True)),
        notice=texts(row.get("notice")),
        gathers=_gathers(row.get("gathers")),
    )


def _gathers(row: Json | None) -> Gathers | None:
    if not row:
        return None
    return Gathers(
        layer=word(row, "layer"), observed_property=str(row.get("observed_property", ""))
    )


def _source(row: Json) -> Source:
    provenance = Provenance(
        source=str(row.get("source", "")),
        date=str(row.get("date", "")),
        licence=str(row.get("licence", "")),
        quality=Quality(row.get("quality", "unknown")),
    )
    return Source(
        path=word(row, "path"),
        sublayer=str(row.get("sublayer", "")),
        crs=str(row.get("crs", "")),
        provenance=provenance,
        options=dict(row.get("options", {})),
    )


def _view_to_json(view: View) -> Json:
    return {
        "id": view.id,
        "title": dict(view.title),
        "position": list(view.position),
        "target": list(view.target),
        "field_of_view_deg": view.field_of_view_deg,
        "xray": view.xray,
        "at": iso(view.at),
        "hidden": list(view.hidden),
    }


def _view(row: Json) -> View:
    low, high = FIELD_OF_VIEW_DEG
    field_of_view = float(row.get("field_of_view_deg", 40.0))
    if not low <= field_of_view <= high:
        raise ValueError(f"field_of_view_deg must be in {low:g}..{high:g}")
    return View(
        id=word(row, "id"),
        title=texts(row["title"]),
        position=point(row["position"]),
        target=point(row["target"]),
        field_of_view_deg=field_of_view,
        xray=bool(row.get("xray", False)),
        at=moment(row.get("at")),
        hidden=tuple(str(v) for v in row.get("hidden", ())),
    )


def _phase(row: Json) -> Phase:
    return Phase(
        id=word(row, "id"),
        label=texts(row["label"]),
        start=moment(row.get("start")),
        end=moment(row.get("end")),
        status=str(row.get("status", "planned")),
        permit=str(row.get("permit", "")),
    )


def _delta(row: Json) -> Delta:
    names = ("variant", "phase", "layer", "feature_id", "op")
    return Delta(**{name: word(row, name) for name in names}, values=dict(row.get("values", {})))
