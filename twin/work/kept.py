"""Kept analyses at work: run on a worker, their answer a file and a layer, run again when what they rest on changes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import numpy as np

from twin.analysis.answer import Answer
from twin.analysis.town import Town
from twin.errors import BelvedereError
from twin.model.kept import KeptAnalysis, with_analysis
from twin.model.layer import LayerSpec, Source
from twin.model.plans import changes_of
from twin.model.project import Project
from twin.model.style import Categories, Category, Graduated, Style
from twin.model.table import Provenance, Quality
from twin.progress import Progress
from twin.work.sampling import Choice, wanted_of
from twin.work.town import town_of

if TYPE_CHECKING:
    from twin.work.session import Session

FOLDER = "analyses"
GROUP = "analyses"
SUN_BREAKS_H = (1.0, 2.0, 3.0, 4.0, 6.0, 8.0, 10.0)
SEEN, UNSEEN = "#d95f02", "#c9ccd0"
RED = "#d7191c"


@dataclass(frozen=True, eq=False, kw_only=True)
class Made:
    """An answer on its way back to the project."""

    kept: KeptAnalysis
    answer: Answer
    path: Path


def fingerprint(session: Session, kept: KeptAnalysis) -> str:
    """Return what an answer depends on, as a short text: layers, variant, question; not how they look."""
    project = session.project
    answers = {a.layer for a in project.analyses}
    layers = [
        (
            s.id,
            s.type,
            str(s.sources),
            json.dumps(dict(s.params), sort_keys=True, default=str),
            s.visible,
        )
        for s in project.layers
        if s.id not in answers
    ]
    plan = str(sorted(changes_of(project, session.variant).items()))
    said = repr((layers, plan, kept.kind, sorted(kept.asked.items()), project.time_zone))
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def stale(session: Session, kept: KeptAnalysis) -> bool:
    """Whether what an answer rests on has changed since."""
    return kept.made_of != fingerprint(session, kept)


@dataclass(frozen=True, eq=False, kw_only=True)
class Question:
    """A kept analysis with the frozen town that it is asked of."""

    kept: KeptAnalysis
    town: Town
    zones: Any = None
    buildings: Any = None


def question(session: Session, kept: KeptAnalysis) -> Question:
    """Freeze a question on the owner's thread; it is answered on a worker."""
    zones = buildings = None
    if kept.kind == "zoning":
        moment = moment_of(session, kept)
        zones = _frame_of(session, str(kept.asked.get("zones", "")), moment)
        buildings = _frame_of(session, str(kept.asked.get("buildings", "")), moment)
    return Question(
        kept=replace(kept, made_of=fingerprint(session, kept)),
        town=town_of(session, moment_of(session, kept)),
        zones=zones,
        buildings=buildings,
    )


def moment_of(session: Session, kept: KeptAnalysis) -> datetime:
    """Return the moment at which the city of an analysis stands: noon of its day, else when it was asked."""
    told = str(kept.asked.get("date") or kept.asked.get("at") or "")
    try:
        day = datetime.fromisoformat(told)
    except ValueError:
        return session.clock.at
    if day.tzinfo is None:
        zone = ZoneInfo(session.project.time_zone)
        return datetime(day.year, day.month, day.day, 12, tzinfo=zone).astimezone(UTC)
    return day


def _frame_of(session: Session, layer: str, at: datetime) -> Any:
    """Return the rows of a layer that exist at a moment."""
    known = {r.spec.id: r for r in session.layers() if r.table is not None}
    if layer not in known:
        raise BelvedereError("analyse.unknown_layer", layer, known=", ".join(known))
    runtime = known[layer]
    assert runtime.table is not None  # noqa: S101 - chosen above
    frame = runtime.table.frame
    there = runtime.validity.at(at) if runtime.validity else np.ones(len(frame), bool)
    return frame[there].reset_index(drop=True)


def answer_of(asked: Question, progress: Progress) -> Answer:
    """Answer a question. Runs on a worker; can be cancelled at any moment."""
    kept, town = asked.kept, asked.town
    if kept.kind == "zoning":
        return _zoning(asked)
    wanted = wanted_of(town, choice_of(kept.asked))
    if kept.kind == "sun":
        from twin.analysis.sun_study import SunAsked, sun_study

        first = date.fromisoformat(str(kept.asked["date"]))
        last = date.fromisoformat(str(kept.asked.get("until") or first.isoformat()))
        threshold = float(kept.asked.get("threshold_h", 2.0))
        return sun_study(
            town, SunAsked(first=first, last=last, threshold_h=threshold), wanted, progress
        )
    if kept.kind == "viewshed":
        from twin.analysis.sight import viewshed
        from twin.work.sampling import around

        eyes = np.array(kept.asked["eyes"], np.float64).reshape(-1, 3) - town.frame.origin
        radius = float(kept.asked.get("radius_m", 400.0))
        return viewshed(town, eyes, around(wanted, list(eyes), radius), progress, radius_m=radius)
    from twin.analysis.irradiation import PanelAsked, irradiation

    return irradiation(town, PanelAsked(), wanted, int(kept.asked.get("year", 2026)), progress)


def choice_of(asked: Mapping[str, Any]) -> Choice:
    """Return what is sampled."""
    surfaces = tuple(asked.get("surfaces", ())) or ("facade", "roof", "ground")
    box = asked.get("box")
    return Choice(
        layers=tuple(asked.get("layers", ())),
        features=tuple(asked.get("features", ())),
        spacing_m=asked.get("spacing_m"),
        box_in_crs=tuple(float(v) for v in box) if box else None,
        surfaces=surfaces,
    )


def _zoning(asked: Question) -> Answer:
    from twin.analysis.zoning import exceeding

    zones, buildings, kept = asked.zones, asked.buildings, asked.kept
    column, name = str(kept.asked.get("height", "")), str(kept.asked.get("rule", ""))
    if column not in zones.columns:
        raise BelvedereError("template.unknown", column, known=", ".join(map(str, zones.columns)))
    import pandas as pd

    allowed = pd.to_numeric(zones[column], errors="coerce").to_numpy(np.float64)
    zone, building, part, excess = exceeding(
        np.asarray(zones.geometry.array, object),
        allowed,
        np.asarray(buildings.geometry.array, object),
        buildings["height_m"].to_numpy(np.float64),
    )
    rules = (
        zones[name].astype(str).to_numpy()
        if name in zones.columns
        else zones["feature_id"].to_numpy()
    )
    return Answer(
        kind="zoning",
        columns={
            "feature_id": buildings["feature_id"].to_numpy()[building].astype(object),
            "rule": rules[zone].astype(object),
            "allowed_m": np.round(allowed[zone], 2),
            "height_m": np.round(excess, 2),
            "geometry": part,
        },
        summary={
            "exceeding": len(np.unique(building)),
            "most_m": round(float(excess.max()), 2) if len(excess) else 0.0,
        },
        value="height_m",
        unit="m",
        crs=asked.town.frame.crs,
    )


def frame_of_answer(answer: Answer) -> Any:
    """Return an answer as a GeoDataFrame in its CRS: points with heights, or the polygons it has."""
    import geopandas as gpd
    import shapely

    columns = {n: v for n, v in answer.columns.items() if n != "geometry"}
    geometry: Any = answer.columns.get("geometry")
    if geometry is None:
        geometry = shapely.points(*(answer.columns[n].astype(float) for n in ("x_m", "y_m", "z_m")))
    frame = gpd.GeoDataFrame(columns, geometry=geometry, crs=answer.crs)
    if "geometry" not in answer.columns:
        # A row is a sample: its feature has many.
        frame = frame.rename(columns={"feature_id": "of_feature"})
    else:
        frame = frame.rename(columns={"feature_id": "of_feature", "allowed_m": "base_m"})
    return frame


def write_answer(answer: Answer, path: Path) -> None:
    """Write an answer by suffix: ``.parquet``, ``.gpkg``, ``.geojson``, ``.csv`` or ``.glb``.

    Raises
    ------
    BelvedereError
        ``analyse.cannot_write``.
    """
    if path.suffix.lower() == ".csv":
        plain = {n: v for n, v in answer.columns.items() if n != "geometry"}
        replace(answer, columns=plain).write_csv(path)
        return
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        frame = frame_of_answer(answer)
        if path.suffix.lower() == ".parquet":
            frame.to_parquet(path, index=False)
        elif path.suffix.lower() == ".glb":
            path.write_bytes(_glb(answer))
        else:
            frame.to_file(path)
    except OSError as error:
        reason = error.strerror or str(error)
        raise BelvedereError("analyse.cannot_write", str(path), reason=reason) from error


def _glb(answer: Answer) -> bytes:
    """Return the samples of an answer as coloured points around their first, y up as glTF wants it."""
    import trimesh

    from twin.model.styling import rgba_of_rows

    if "x_m" not in answer.columns:
        raise BelvedereError("analyse.cannot_write", ".glb", reason="no points")
    xyz = np.column_stack([answer.columns[n].astype(float) for n in ("x_m", "y_m", "z_m")])
    xyz = xyz - xyz[0]
    rgba = rgba_of_rows(style_of(answer.kind), len(xyz), answer.columns.get)
    turned = np.column_stack([xyz[:, 0], xyz[:, 2], -xyz[:, 1]])
    library: Any = trimesh  # published without types
    scene = library.Scene(library.PointCloud(turned, colors=rgba))
    return bytes(scene.export(file_type="glb"))


def style_of(kind: str) -> Style:
    """Return how the layer of an answer is coloured."""
    if kind == "sun":
        rule = Graduated(column="sun_h", breaks=SUN_BREAKS_H, ramp="lajolla", unit="h")
        return Style(rule=rule, title={"en": "Hours of sun", "fr": "Heures de soleil"})
    if kind == "irradiation":
        rule = Graduated(column="kwh_m2", classes=7, ramp="lajolla", unit="kWh/m²")
        return Style(
            rule=rule, title={"en": "Solar energy of a year", "fr": "Énergie solaire annuelle"}
        )
    if kind == "zoning":
        red = Category(value="x", colour=RED, label={"en": "too high", "fr": "trop haut"})
        made = Categories(column="rule", categories=(red,), other=RED)
        return Style(rule=made, title={"en": "Above the envelope", "fr": "Au-dessus du gabarit"})
    yes = Category(value="True", colour=SEEN, label={"en": "seen", "fr": "vu"})
    no = Category(value="False", colour=UNSEEN, label={"en": "not seen", "fr": "non vu"})
    return Style(
        rule=Categories(column="visible", categories=(yes, no)),
        title={"en": "Seen", "fr": "Visibilité"},
    )


def with_answer(project: Project, made: Made) -> Project:
    """Return a copy that keeps an analysis and shows its answer as a layer."""
    kept = made.kept
    layer = kept.layer or f"analysis-{kept.id}"
    solid = kept.kind == "zoning"
    params: dict[str, Any] = (
        {"as_": "polygons", "base_column": "base_m", "height_column": "height_m"}
        if solid
        else {"as_": "points", "z_mode": "own", "size_px": 5.0}
    )
    said = Provenance(f"Belvedere, {kept.kind}", "", "", Quality.ESTIMATED)
    # The fingerprint in the options makes the layer load again: its file has another content now.
    source = Source(path=made.path.as_posix(), provenance=said, options={"made_of": kept.made_of})
    known = next((s for s in project.layers if s.id == layer), None)
    spec = LayerSpec(
        id=layer,
        type="belvedere.vector",
        title=kept.title,
        sources={"features": source},
        params=known.params if known else params,
        style=known.style if known else style_of(kept.kind),
        visible=known.visible if known else True,
        group=GROUP,
    )
    return with_analysis(project, replace(kept, layer=layer)).with_layer(spec)


def answer_path(folder: Path, kept: KeptAnalysis, spare: Path) -> Path:
    """Return where an answer is kept: in the project, or in the spare folder where that is not writable."""
    import os

    home = folder / FOLDER
    shipped = "assets" in folder.parts[-2:]
    writable = os.access(folder, os.W_OK) and not shipped
    return (home if writable else spare / FOLDER) / f"{kept.id}.parquet"
