"""The arguments of ``analyse``: places, days, lengths as people write them."""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path

from ui.i18n.catalogue import LANGUAGES

KINDS = {
    "sun": "hours of sun on facades, roofs and the ground",
    "facades": "the sun of dwellings: each facade of each storey",
    "shade": "hours of shadow on chosen places",
    "irradiation": "solar energy and photovoltaic yield, a row a sample or a roof",
    "sight": "whether one place is seen from another",
    "viewshed": "what is seen from a place or along a path",
    "monument": "how much of a building is seen from around it",
    "view": "what windows look at: sky, green, water, built, ground",
    "indicators": "the numbers of every variant",
    "plugin": "an analysis that a plugin brings",
}
SAMPLED = ("sun", "facades", "irradiation", "viewshed", "monument", "view")
DAYS = ("sun", "facades", "shade")
COMPARED = ("sun", "shade", "viewshed", "monument", "view")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    kinds = parser.add_subparsers(dest="kind", required=True, metavar="|".join(KINDS))
    for kind, text in KINDS.items():
        own = kinds.add_parser(kind, help=text, description=text)
        _common(own)
        if kind in SAMPLED:
            _sampling(own)
        if kind in DAYS:
            _days(own)
        if kind in COMPARED:
            own.add_argument(
                "--against", default="", metavar="existing|ID", help="the state before"
            )
    _places(kinds.choices)
    _indicators(kinds.choices["indicators"])
    kinds.choices["plugin"].add_argument("--id", required=True, help="of the analysis")
    kinds.choices["irradiation"].add_argument("--year", type=int, default=2026)
    kinds.choices["irradiation"].add_argument("--by", default="sample", choices=["sample", "roof"])
    kinds.choices["facades"].add_argument(
        "--all", action="store_true", help="also buildings without dwellings"
    )


def _indicators(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--lang", default="en", choices=LANGUAGES)
    parser.add_argument(
        "--place", type=_place, action="append", default=[], metavar="X,Y[,Z]",
        help="count its hours of shadow",
    )  # fmt: skip
    parser.add_argument("--date", type=_day, metavar="2026-03-21", help="the day of the shadow")


def _places(parsers: dict[str, argparse.ArgumentParser]) -> None:
    point = "X,Y[,Z]"
    parsers["sight"].add_argument("--from", dest="start", type=_place, metavar=point)
    parsers["sight"].add_argument("--to", dest="ends", type=_place, action="append", metavar=point)
    parsers["viewshed"].add_argument(
        "--from", dest="eyes", type=_place, action="append", metavar=point, help="or a path"
    )
    parsers["shade"].add_argument(
        "--place", type=_place, action="append", required=True, metavar=point
    )
    for kind in ("viewshed", "monument"):
        parsers[kind].add_argument("--radius", type=_metres, default=500.0, metavar="500m")


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


def _days(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--date", type=_day, required=True, metavar="2026-03-21")
    parser.add_argument("--until", type=_day, metavar="DATE", help="last day of a period")
    parser.add_argument("--threshold", type=_hours, default=2.0, metavar="2h", help="a day")
    parser.add_argument("--step", type=_minutes, default=10.0, metavar="10min")
    parser.add_argument("--between", type=_between, default=(0.0, 24.0), metavar="9h-17h")
    parser.add_argument("--no-trees", action="store_true", help="trees cast no shadow")


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
