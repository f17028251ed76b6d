"""``analyse sun|sight|viewshed|indicators ... PROJECT --out x.csv``: figures without a display."""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from twin.errors import BelvedereError
from ui.cli.analyse_arguments import add_arguments
from ui.cli.output import print_json, print_problems, with_text
from ui.cli.projects import open_any, registry

if TYPE_CHECKING:
    from twin.analysis.answer import Answer
    from twin.analysis.town import Town
    from twin.work.session import Session
    from twin.work.studies import Ready

__all__ = ["add_arguments", "run"]


def run(options: argparse.Namespace) -> int:
    """Analyse; 0 when there is an answer."""
    started = time.perf_counter()
    types = registry()
    opened = open_any([options.project], types, crs=options.crs)
    from twin.work.session import Session

    session = Session(opened.project, opened.folder, types)
    try:
        _set_moment(session, options)
        session.start()
        session.wait()
        answer = _KINDS[options.kind](session, options)
        if options.out is not None:
            answer.write_csv(options.out)
        problems = [*opened.problems, *(p for _, p in session.problems)]
        _report(answer, options, problems, time.perf_counter() - started)
        return 0
    finally:
        session.close()


def _set_moment(session: Session, options: argparse.Namespace) -> None:
    project = session.project
    known = [v.id for v in project.variants]
    if options.variant and options.variant not in known:
        raise BelvedereError(
            "analyse.unknown_variant", options.variant, known=", ".join(known) or "-"
        )
    layers = [spec.id for spec in project.layers]
    for name in options.hide:
        if name not in layers:
            raise BelvedereError("render.unknown_layer", name, known=", ".join(layers))
    if options.variant:
        session.set_variant(options.variant)
    day = options.at or getattr(options, "date", None)
    if day is not None:
        noon = datetime(day.year, day.month, day.day, 12, tzinfo=ZoneInfo(project.time_zone))
        session.clock.set(noon.astimezone(UTC))


def _town(session: Session, options: argparse.Namespace) -> Town:
    from twin.work.town import town_of

    return _without(town_of(session), options.hide)


def _without(town: Town, hidden: Sequence[str]) -> Town:
    from dataclasses import replace

    return replace(town, bodies=tuple(b for b in town.bodies if b.layer_id not in hidden))


def _ready(session: Session, options: argparse.Namespace, asked: dict[str, Any]) -> Ready:
    """Return a question of the command line as the window asks it."""
    from dataclasses import replace

    from twin.model.kept import KeptAnalysis
    from twin.progress import Unattended
    from twin.work.kept import Question, ready_of, tables_at
    from twin.work.other_town import town_asked

    at, against = session.clock.at, getattr(options, "against", "")
    kept = KeptAnalysis(id=options.kind, kind=options.kind, title={}, asked=asked)
    question = Question(
        kept=kept,
        town=_town(session, options),
        at=at,
        before=town_asked(session, against, at) if against else None,
        tables=tables_at(session, at),
    )
    ready = ready_of(question, Unattended())
    if ready.before is not None:
        ready = replace(ready, before=_without(ready.before, options.hide))
    return ready


def _sampled(options: argparse.Namespace) -> dict[str, Any]:
    asked: dict[str, Any] = {
        "layers": options.layer,
        "features": options.feature,
        "surfaces": options.surfaces,
    }
    if options.spacing is not None:
        asked["spacing_m"] = options.spacing
    if options.area is not None:
        asked["box"] = options.area
    return asked


def _days(options: argparse.Namespace) -> dict[str, Any]:
    return {
        "date": options.date.isoformat(),
        "until": (options.until or options.date).isoformat(),
        "threshold_h": options.threshold,
        "step_min": options.step,
        "between_h": options.between,
        "trees": not options.no_trees,
    }


def _study(session: Session, options: argparse.Namespace, asked: dict[str, Any]) -> Answer:
    from twin.progress import Unattended
    from twin.work.studies import answer_of

    return answer_of(_ready(session, options, asked), Unattended())


def _answer_sun(session: Session, options: argparse.Namespace) -> Answer:
    return _study(session, options, {**_sampled(options), **_days(options)})


def _answer_facades(session: Session, options: argparse.Namespace) -> Answer:
    asked = {**_sampled(options), **_days(options), "housing_only": not options.all}
    return _study(session, options, asked)


def _answer_shade(session: Session, options: argparse.Namespace) -> Answer:
    places = _in_crs(session, options, options.place)
    return _study(session, options, {**_days(options), "places": places})


def _answer_irradiation(session: Session, options: argparse.Namespace) -> Answer:
    answer = _study(session, options, {**_sampled(options), "year": options.year})
    if options.by == "sample":
        return answer
    from twin.analysis.irradiation import by_roof

    return by_roof(answer)


def _answer_monument(session: Session, options: argparse.Namespace) -> Answer:
    return _study(session, options, {**_sampled(options), "radius_m": options.radius})


def _answer_view(session: Session, options: argparse.Namespace) -> Answer:
    return _study(session, options, _sampled(options))


def _in_crs(session: Session, options: argparse.Namespace, places: Any) -> list[list[float]]:
    """Return places with their heights in the CRS; without one, that of eyes above the ground."""
    import numpy as np

    from twin.work.sampling import point_in_scene

    town = _town(session, options)
    origin = np.array(town.frame.origin)
    return [(point_in_scene(town, place) + origin).tolist() for place in places]


def _answer_sight(session: Session, options: argparse.Namespace) -> Answer:
    from twin.analysis.sight import sight_lines
    from twin.progress import Unattended
    from twin.work.sampling import first_view, point_in_scene

    town = _town(session, options)
    start = point_in_scene(town, options.start) if options.start else None
    ends = [point_in_scene(town, end) for end in options.ends or ()]
    if start is None or not ends:
        eye, target = first_view(session, town)
        start, ends = eye if start is None else start, ends or [target]
    return sight_lines(town, [(start, end) for end in ends], Unattended())


def _answer_viewshed(session: Session, options: argparse.Namespace) -> Answer:
    from twin.analysis.rays import Caster
    from twin.analysis.sight import free_place
    from twin.analysis.town import soup_of
    from twin.work.sampling import first_view

    eyes = _in_crs(session, options, options.eyes or ())
    if not eyes:
        town = _town(session, options)
        middle = first_view(session, town)[1][:2].tolist()
        place = free_place(town, Caster(soup_of(town, trees=False)), middle)
        eyes = [(place + town.frame.origin).tolist()]
    return _study(session, options, {**_sampled(options), "eyes": eyes, "radius_m": options.radius})


def _answer_indicators(session: Session, options: argparse.Namespace) -> Answer:
    from twin.work.indicators import indicators_of_variants

    chosen = [options.variant] if options.variant else None
    at = session.clock.at if options.at is not None else None
    places = _in_crs(session, options, options.place)
    return indicators_of_variants(
        session, chosen, lang=options.lang, at=at, shaded=places, day=options.date
    )


def _answer_plugin(session: Session, options: argparse.Namespace) -> Answer:
    from twin.work.brought.calls import asked_of, run_analysis
    from twin.work.brought.layers import answer_of

    known = {c.id: c for c in session.registry.contributions("analyses")}
    if options.id not in known:
        raise BelvedereError("analyse.unknown_plugin", options.id, known=", ".join(known) or "-")
    return answer_of(run_analysis(asked_of(session, known[options.id])), options.id)


_KINDS: dict[str, Callable[[Any, argparse.Namespace], Answer]] = {
    "sun": _answer_sun,
    "facades": _answer_facades,
    "shade": _answer_shade,
    "irradiation": _answer_irradiation,
    "monument": _answer_monument,
    "view": _answer_view,
    "sight": _answer_sight,
    "viewshed": _answer_viewshed,
    "indicators": _answer_indicators,
    "plugin": _answer_plugin,
}


def _report(
    answer: Answer, options: argparse.Namespace, problems: list[Any], seconds: float
) -> None:
    out = str(options.out) if options.out is not None else None
    if options.json:
        print_json(
            {
                "analysis": answer.kind,
                "out": out,
                "rows": len(answer),
                **answer.summary,
                "seconds": round(seconds, 2),
                "problems": [with_text(p) for p in problems],
            }
        )
    else:
        print(f"{answer.kind}: {len(answer)} rows" + (f" in {out}" if out else ""))
        for name, value in answer.summary.items():
            if not isinstance(value, dict | list):
                print(f"  {name}: {value}")
    print_problems(problems)
