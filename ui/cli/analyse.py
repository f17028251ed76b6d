"""``analyse sun|sight|viewshed|indicators PROJECT --out x.csv``: figures without a display."""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from twin.errors import BelvedereError
from ui.cli.output import print_json, print_problems, with_text
from ui.cli.projects import open_any, registry

if TYPE_CHECKING:
    from twin.analysis.answer import Answer
    from twin.analysis.samples import Wanted
    from twin.analysis.town import Town
    from twin.work.session import Session

KINDS = {
    "sun": "hours of sun on facades, roofs and the ground",
    "sight": "whether one place is seen from another",
    "viewshed": "what is seen from a place or along a path",
    "indicators": "the numbers of every variant",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    kinds = parser.add_subparsers(dest="kind", required=True, metavar="|".join(KINDS))
    for kind, text in KINDS.items():
        _common(kinds.add_parser(kind, help=text, description=text))
    kinds.choices["indicators"].add_argument("--lang", default="en", choices=["en", "fr"])
    _sun(kinds.choices["sun"])
    _sight(kinds.choices["sight"])
    _viewshed(kinds.choices["viewshed"])


def _common(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("project", metavar="PROJECT", help="a project, a file, or the word demo")
    parser.add_argument("--out", type=_csv, metavar="CSV", help="where the table is written")
    parser.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="print JSON")
    parser.add_argument("--crs", default="", help="CRS of a file that does not say")
    parser.add_argument("--variant", default="", metavar="ID", help="the variant that stands")
    parser.add_argument("--at", type=_day, metavar="DATE", help="the day at which the city stands")
    parser.add_argument(
        "--hide", action="append", default=[], metavar="LAYER", help="leave a layer out"
    )


def _sampling(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--layer", action="append", default=[], metavar="ID", help="sample this layer, or all"
    )
    parser.add_argument("--feature", action="append", default=[], metavar="ID")
    parser.add_argument("--spacing", type=_metres, metavar="3m", help="between samples")
    parser.add_argument("--area", type=_box, metavar="X,Y,X,Y", help="in the CRS of the project")
    parser.add_argument(
        "--surfaces", default="facade,roof,ground", type=_surfaces, metavar="facade,roof,ground"
    )


def _sun(parser: argparse.ArgumentParser) -> None:
    _sampling(parser)
    parser.add_argument("--date", type=_day, required=True, metavar="2026-03-21")
    parser.add_argument("--until", type=_day, metavar="DATE", help="last day of a period")
    parser.add_argument("--threshold", type=_hours, default=2.0, metavar="2h", help="a day")
    parser.add_argument("--step", type=_minutes, default=10.0, metavar="10min")
    parser.add_argument("--between", type=_between, default=(0.0, 24.0), metavar="9h-17h")
    parser.add_argument("--no-trees", action="store_true", help="trees cast no shadow")


def _sight(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--from", dest="start", type=_place, metavar="X,Y[,Z]")
    parser.add_argument("--to", dest="ends", type=_place, action="append", metavar="X,Y[,Z]")


def _viewshed(parser: argparse.ArgumentParser) -> None:
    _sampling(parser)
    parser.add_argument(
        "--from", dest="eyes", type=_place, action="append", metavar="X,Y[,Z]", help="or a path"
    )
    parser.add_argument("--radius", type=_metres, default=500.0, metavar="500m")


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
    from dataclasses import replace

    from twin.work.town import town_of

    town = town_of(session)
    bodies = tuple(b for b in town.bodies if b.layer_id not in options.hide)
    return replace(town, bodies=bodies)


def _wanted(town: Town, options: argparse.Namespace) -> Wanted:
    from twin.work.sampling import Choice, wanted_of

    choice = Choice(
        layers=tuple(options.layer),
        features=tuple(options.feature),
        spacing_m=options.spacing,
        box_in_crs=options.area,
        surfaces=options.surfaces,
    )
    return wanted_of(town, choice)


def _answer_sun(session: Session, options: argparse.Namespace) -> Answer:
    from twin.analysis.sun_study import SunAsked, sun_study
    from twin.progress import Unattended

    town = _town(session, options)
    asked = SunAsked(
        first=options.date,
        last=options.until or options.date,
        threshold_h=options.threshold,
        step_min=options.step,
        between_h=options.between,
        trees=not options.no_trees,
    )
    return sun_study(town, asked, _wanted(town, options), Unattended())


def _answer_sight(session: Session, options: argparse.Namespace) -> Answer:
    from twin.analysis.sight import sight_lines
    from twin.progress import Unattended
    from twin.work.sampling import first_view, point_in_scene

    town = _town(session, options)
    eye, target = first_view(session, town)
    start = point_in_scene(town, options.start, eye_m=1.6) if options.start else eye
    ends = [point_in_scene(town, end, eye_m=1.6) for end in options.ends or ()] or [target]
    return sight_lines(town, [(start, end) for end in ends], Unattended())


def _answer_viewshed(session: Session, options: argparse.Namespace) -> Answer:
    import numpy as np

    from twin.analysis.rays import Caster
    from twin.analysis.sight import free_place, viewshed
    from twin.analysis.town import soup_of
    from twin.progress import Unattended
    from twin.work.sampling import first_view, point_in_scene

    town = _town(session, options)
    eyes = [point_in_scene(town, eye, eye_m=1.6) for eye in options.eyes or ()]
    if not eyes:
        middle = first_view(session, town)[1][:2].tolist()
        eyes = [free_place(town, Caster(soup_of(town, trees=False)), middle)]
    wanted = _wanted(town, options)
    if options.area is None:
        from twin.work.sampling import around

        wanted = around(wanted, eyes, options.radius)
    return viewshed(town, np.array(eyes), wanted, Unattended(), radius_m=options.radius)


def _answer_indicators(session: Session, options: argparse.Namespace) -> Answer:
    from twin.work.indicators import indicators_of_variants

    chosen = [options.variant] if options.variant else None
    at = session.clock.at if options.at is not None else None
    return indicators_of_variants(session, chosen, lang=options.lang, at=at)


_KINDS: dict[str, Callable[[Any, argparse.Namespace], Answer]] = {
    "sun": _answer_sun,
    "sight": _answer_sight,
    "viewshed": _answer_viewshed,
    "indicators": _answer_indicators,
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


def _csv(text: str) -> Path:
    path = Path(text)
    if path.suffix.lower() != ".csv":
        raise argparse.ArgumentTypeError("the table is a CSV: its name ends with .csv")
    if path.is_dir() or not path.parent.is_dir():
        raise argparse.ArgumentTypeError(f"{text} is a folder, or its folder does not exist")
    return path


def _day(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError("a day looks like 2026-03-21") from None
    if not 1000 <= day.year <= 3000:
        raise argparse.ArgumentTypeError("the year must be 1000 to 3000")
    return day


def _number(text: str, units: dict[str, float], example: str) -> float:
    plain = text.strip().lower().replace(",", ".")
    for unit in sorted(units, key=len, reverse=True):
        if unit and plain.endswith(unit):
            plain, factor = plain[: -len(unit)], units[unit]
            break
    else:
        factor = units[""]
    try:
        value = float(plain) * factor
    except ValueError:
        raise argparse.ArgumentTypeError(f"looks like {example}") from None
    if not 0 < value < 1e6:
        raise argparse.ArgumentTypeError("must be more than nothing")
    return value


def _hours(text: str) -> float:
    return _number(text, {"h": 1.0, "min": 1 / 60, "": 1.0}, "2h or 90min")


def _minutes(text: str) -> float:
    minutes = _number(text, {"min": 1.0, "h": 60.0, "": 1.0}, "10min")
    if not 1 <= minutes <= 240:
        raise argparse.ArgumentTypeError("a step has 1 to 240 minutes")
    return minutes


def _metres(text: str) -> float:
    metres = _number(text, {"m": 1.0, "km": 1000.0, "": 1.0}, "3m")
    if metres < 0.1:
        raise argparse.ArgumentTypeError("at least 0.1 m")
    return metres


def _between(text: str) -> tuple[float, float]:
    first, _, last = text.partition("-")
    span = (0.0 if first.strip() in {"0", "0h"} else _hours(first), _hours(last))
    if not 0 <= span[0] < span[1] <= 25:
        raise argparse.ArgumentTypeError("looks like 9h-17h")
    return span


def _numbers(text: str, counts: tuple[int, ...], example: str) -> tuple[float, ...]:
    try:
        values = tuple(float(part) for part in text.split(","))
    except ValueError:
        values = ()
    if len(values) not in counts or not all(abs(v) < 1e9 for v in values):
        raise argparse.ArgumentTypeError(f"looks like {example}, in the CRS of the project")
    return values


def _place(text: str) -> tuple[float, ...]:
    return _numbers(text, (2, 3), "645000,6858000 or 645000,6858000,80")


def _box(text: str) -> tuple[float, ...]:
    return _numbers(text, (4,), "644000,6857000,645000,6858000")


def _surfaces(text: str) -> tuple[str, ...]:
    names = tuple(part.strip() for part in text.split(",") if part.strip())
    if not names or not set(names) <= {"facade", "roof", "ground"}:
        raise argparse.ArgumentTypeError("of facade, roof, ground")
    return names
