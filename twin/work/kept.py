"""Kept analyses at work: run apart from the window, their answer a file and a layer, renewed as the city changes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from twin.analysis.town import Town
from twin.errors import BelvedereError
from twin.model.kept import AGAINST, KeptAnalysis, with_analysis
from twin.model.layer import LayerSpec, Source
from twin.model.plans import changes_of
from twin.model.project import Project
from twin.model.table import FeatureTable, Provenance, Quality
from twin.progress import Progress
from twin.work import apart, studies
from twin.work.answer_styles import style_of
from twin.work.other_town import EXISTING, TownAsked, differs, town_asked, town_made
from twin.work.studies import Outlines, Ready

if TYPE_CHECKING:
    from twin.work.session import Session

FOLDER = "analyses"
GROUP = "analyses"


@dataclass(frozen=True, eq=False, kw_only=True)
class Made:
    """What an analysis made, on its way back to the project.

    Parameters
    ----------
    path : Path
        Where the answer was written.
    columns : tuple of str
        Of the answer.
    """

    kept: KeptAnalysis
    summary: Mapping[str, Any]
    columns: tuple[str, ...]
    path: Path


def fingerprint(session: Session, kept: KeptAnalysis) -> str:
    """Return what an answer depends on, as a short text: layers, variant, question; not how they look."""
    answers = {a.layer for a in session.project.analyses}
    layers = [s for s in session.project.layers if s.id not in answers]
    variants = [session.variant]
    if kept.asked.get(AGAINST):
        variants.append(str(kept.asked[AGAINST]).removeprefix(EXISTING))
    return print_of(session.project, layers, variants, (kept.kind, sorted(kept.asked.items())))


def print_of(
    project: Project, layers: Sequence[LayerSpec], variants: Sequence[str], question: object
) -> str:
    """Return a short text that changes with these layers, the plans of these variants, or the question."""
    resting = [
        (
            s.id,
            s.type,
            str(s.sources),
            json.dumps(dict(s.params), sort_keys=True, default=str),
            s.visible,
        )
        for s in layers
    ]
    plan = str([sorted(changes_of(project, variant).items()) for variant in variants])
    said = repr((resting, plan, question, project.time_zone))
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def stale(session: Session, kept: KeptAnalysis) -> bool:
    """Whether what an answer rests on has changed since."""
    return kept.made_of != fingerprint(session, kept)


@dataclass(frozen=True, eq=False, kw_only=True)
class Question:
    """A kept analysis with the frozen town that it is asked of, and the tables that it may need.

    Parameters
    ----------
    town : Town or TownAsked
        To be made first where the ground is another one at the moment of the question than on the clock.
    """

    kept: KeptAnalysis
    town: Town | TownAsked
    at: datetime
    before: TownAsked | None
    tables: Mapping[str, tuple[FeatureTable, NDArray[np.bool_]]]


def question(session: Session, kept: KeptAnalysis) -> Question:
    """Freeze a question on the owner's thread; it is answered on a worker.

    Raises
    ------
    BelvedereError
        It names a variant that does not exist.
    """
    at, against = moment_of(session, kept), str(kept.asked.get(AGAINST, ""))
    then = town_asked(session, session.variant, at)
    return Question(
        kept=replace(kept, made_of=fingerprint(session, kept)),
        town=then if differs(then) else then.shown,
        at=at,
        before=town_asked(session, against, at) if against else None,
        tables=tables_at(session, at),
    )


def tables_at(session: Session, at: datetime) -> dict[str, tuple[FeatureTable, NDArray[np.bool_]]]:
    """Return the table of each layer that is loaded, and which rows exist at a moment."""
    return {
        r.spec.id: (r.table, r.validity.at(at) if r.validity else np.ones(len(r.table), bool))
        for r in session.layers()
        if r.table is not None
    }


def ready_of(asked: Question, progress: Progress) -> Ready:
    """Gather what the answer takes. Runs on a worker."""
    kept = asked.kept
    ready = Ready(
        kind=kept.kind,
        asked=dict(kept.asked),
        town=asked.town if isinstance(asked.town, Town) else town_made(asked.town, progress),
        before=town_made(asked.before, progress) if asked.before is not None else None,
    )
    if kept.kind == "zoning":
        buildings = _frame_of(asked, "buildings")
        return replace(
            ready,
            zones=_zones(asked),
            buildings=_outlines(buildings, "height_m", "feature_id"),
        )
    if kept.kind == "view":
        return replace(ready, green=_green(asked))
    if kept.kind == "facades" and kept.asked.get("housing_only", True):
        return replace(ready, dwellings=_dwellings(asked))
    return ready


def answer_apart(asked: Question, path: Path, progress: Progress) -> Made:
    """Answer a question in a process of its own, which writes the answer.

    Raises
    ------
    BelvedereError
        What is asked cannot be answered, or the answer cannot be written.
    Cancelled
        The job was asked to stop; within a moment.
    """
    ready = ready_of(asked, progress)
    path.parent.mkdir(parents=True, exist_ok=True)
    made = apart.call(studies.keep_answer, (ready, str(path)), progress)
    columns = tuple(made["columns"])
    return Made(kept=asked.kept, summary=made["summary"], columns=columns, path=path)


def _frame_of(asked: Question, name: str) -> Any:
    """Return the rows of a layer that a question names, those that exist at its moment."""
    layer = str(asked.kept.asked.get(name, ""))
    if layer not in asked.tables:
        raise BelvedereError("analyse.unknown_layer", layer, known=", ".join(asked.tables))
    table, there = asked.tables[layer]
    return table.frame[there].reset_index(drop=True)


RULES = {
    "height": "height_m",
    "setback": "setback_m",
    "slope": "slope",
    "base": "base_m",
    "share": "share",
}
"""What is asked for each rule of a zoning: a column of the zones, or one number for all."""


def _zones(asked: Question) -> Outlines:
    """Return plots and what is allowed on each: zones themselves, or parcels by the zone that they lie in."""
    import shapely

    from twin.analysis.zoning import Rules, rules_of_parcels

    told, frame = asked.kept.asked, _frame_of(asked, "zones")
    values = {field: _rule(frame, str(told.get(name, ""))) for name, field in RULES.items()}
    column = str(told.get("rule", ""))
    name = frame[column if column in frame.columns else "feature_id"].astype(str).to_numpy()
    shapes = np.asarray(frame.geometry.array, object)
    if told.get("parcels"):
        parcels = np.asarray(_frame_of(asked, "parcels").geometry.array, object)
        parcels = parcels[~shapely.is_missing(parcels)]
        zone = rules_of_parcels(shapes, parcels)
        shapes, zone = parcels[zone >= 0], zone[zone >= 0]
        name, values = name[zone], {field: found[zone] for field, found in values.items()}
    return Outlines(
        wkb=np.asarray(shapely.to_wkb(shapes), object),
        number=values["height_m"],
        name=name,
        rules=Rules(**values),
    )


def _rule(frame: Any, told: str) -> NDArray[np.float64]:
    """Return a rule of each zone: the numbers of a column, or one that was typed; NaN where there is none.

    Raises
    ------
    BelvedereError
        ``template.unknown``: neither a column nor a number.
    """
    import pandas as pd

    if told in frame.columns:
        return np.asarray(pd.to_numeric(frame[told], errors="coerce"), np.float64)
    try:
        number = float(told.replace(",", ".").replace("%", "e-2")) if told.strip() else np.nan
    except ValueError as error:
        known = ", ".join(map(str, frame.columns))
        raise BelvedereError("template.unknown", told, known=known) from error
    return np.full(len(frame), number)


def _outlines(frame: Any, number: str, name: str) -> Outlines:
    import pandas as pd

    if number not in frame.columns:
        raise BelvedereError("template.unknown", number, known=", ".join(map(str, frame.columns)))
    return Outlines(
        wkb=np.asarray(frame.geometry.to_wkb().array, object),
        number=pd.to_numeric(frame[number], errors="coerce").to_numpy(np.float64),
        name=frame[name].astype(str).to_numpy(),
    )


def _green(asked: Question) -> NDArray[Any]:
    """Return parks and lawns as WKB: polygons of a layer that says what they are."""
    import shapely

    from twin.work.indicators import green_outlines

    found = [green_outlines(table, there) for table, there in asked.tables.values()]
    outlines = [f for f in found if f is not None]
    return np.asarray(shapely.to_wkb(np.concatenate([np.zeros(0, object), *outlines])))


def _dwellings(asked: Question) -> dict[str, float] | None:
    """Return how many dwellings each building has; None where the data does not tell any."""
    from twin.analysis.indicators import dwellings_of
    from twin.analysis.stock import stock_of

    known: dict[str, float] = {}
    for table, there in asked.tables.values():
        if {"footprint_m2", "height_m"} <= set(map(str, table.frame.columns)):
            count = dwellings_of(stock_of(table, there))
            ids = table.feature_ids[there].astype(str)
            known |= {i: float(n) for i, n in zip(ids, count, strict=True) if n > 0}
    return known or None


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


def with_answer(project: Project, made: Made) -> Project:
    """Return a copy that keeps an analysis and shows its answer as a layer."""
    kept = made.kept
    layer = kept.layer or f"analysis-{kept.id}"
    said = Provenance(f"Belvedere, {kept.kind}", "", "", Quality.ESTIMATED)
    # The fingerprint in the options makes the layer load again: its file has another content now.
    source = Source(path=made.path.as_posix(), provenance=said, options={"made_of": kept.made_of})
    known = next((s for s in project.layers if s.id == layer), None)
    spec = LayerSpec(
        id=layer,
        type="belvedere.vector",
        title=kept.title,
        sources={"features": source},
        params=known.params if known else _drawn_as(kept.kind),
        style=known.style if known else style_of(kept.kind, made.columns),
        visible=known.visible if known else True,
        group=GROUP,
    )
    return with_analysis(project, replace(kept, layer=layer)).with_layer(spec)


def _drawn_as(kind: str) -> dict[str, Any]:
    if kind == "zoning":
        return {"as_": "polygons", "base_column": "base_m", "height_column": "drawn_m"}
    if kind == "sight":
        return {"as_": "lines", "z_mode": "own", "line_width_px": 4.0}
    size = {"facades": 9.0, "shade": 14.0, "monument": 7.0}.get(kind, 5.0)
    return {"as_": "points", "z_mode": "own", "size_px": size}


def answer_path(folder: Path, kept: KeptAnalysis, spare: Path) -> Path:
    """Return where an answer is kept: in the project, or in the spare folder where that is not writable."""
    return home_of(folder, spare) / FOLDER / f"{kept.id}.parquet"


def home_of(folder: Path, spare: Path) -> Path:
    """Return where a project's new data goes: its folder, or a spare one where that is not writable."""
    import os

    shipped = "assets" in folder.parts[-2:]
    return folder if os.access(folder, os.W_OK) and not shipped else spare
