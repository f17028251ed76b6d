"""Hours of shadow on chosen places as an indicator of every variant."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from twin.analysis.indicators import Indicator
from twin.analysis.town import Town
from twin.drawables import Text
from twin.progress import Progress
from twin.work import apart
from twin.work.other_town import TownAsked, town_asked, town_made
from twin.work.studies import Ready, answer_of

if TYPE_CHECKING:
    from twin.work.session import Session

MOST_NAMED = 12
"""Places that get an indicator of their own beside the mean of all."""

MEAN: Text = {
    "en": "Shadow on chosen places",
    "fr": "Ombre sur les lieux choisis",
    "ko": "선택한 장소의 그늘",
    "ar": "الظل في الأماكن المختارة",
}
PLACE: Text = {
    "en": "Shadow on place {name}",
    "fr": "Ombre sur le lieu {name}",
    "ko": "장소 {name}의 그늘",
    "ar": "الظل في المكان {name}",
}


@dataclass(frozen=True, eq=False, kw_only=True)
class ShadeAsked:
    """Places, a day, and the town of each variant, frozen on the owner's thread.

    Parameters
    ----------
    asked : mapping
        As a kept analysis of the kind ``shade`` has it: ``places`` in the CRS, ``names``, ``date``.
    """

    asked: Mapping[str, Any]
    towns: Mapping[str, TownAsked]


def shade_asked(
    session: Session,
    variants: Sequence[str],
    at: datetime,
    places: Sequence[Sequence[float]] = (),
    day: date | None = None,
) -> ShadeAsked | None:
    """Freeze the question: of places that are given, else of the latest kept analysis of shadow; None without any."""
    asked: Mapping[str, Any] | None = None
    if places:
        asked = {"places": [list(p) for p in places], "date": (day or at.date()).isoformat()}
    else:
        kept = next((a for a in reversed(session.project.analyses) if a.kind == "shade"), None)
        asked = kept.asked if kept is not None else None
    if asked is None:
        return None
    towns = {variant: town_asked(session, variant, at) for variant in variants}
    return ShadeAsked(asked=dict(asked), towns=towns)


def shade_of_variants(shade: ShadeAsked, progress: Progress) -> dict[str, list[Indicator]]:
    """Return the indicators of each variant. Runs on a worker; the rays are cast in a process of its own."""
    found = {}
    for variant, asked in shade.towns.items():
        town = town_made(asked, progress)
        told = apart.call(hours_of, (town, dict(shade.asked)), progress)
        found[variant] = _indicators(told, str(shade.asked["date"]))
    return found


def hours_of(town: Town, asked: Mapping[str, Any], progress: Progress) -> dict[str, Any]:
    """Return the names and hours of places: the work of the process."""
    answer = answer_of(Ready(kind="shade", asked=asked, town=town), progress)
    names = [str(name) for name in answer.columns["feature_id"]]
    return {"names": names, "hours": [float(h) for h in answer.columns["shadow_h"]]}


def _indicators(told: Mapping[str, Any], day: str) -> list[Indicator]:
    hours, names = told["hours"], told["names"]
    mean = sum(hours) / len(hours)
    found = [_one("shadow_hours", MEAN, mean, day)]
    for number, (name, value) in enumerate(zip(names, hours, strict=True), start=1):
        if number <= MOST_NAMED and len(hours) > 1:
            words = {lang: word.format(name=name) for lang, word in PLACE.items()}
            found.append(_one(f"shadow_hours.{number}", words, value, day))
    return found


def _one(name: str, label: Text, value: float, day: str) -> Indicator:
    return Indicator(
        id=name,
        label=label,
        value=value,
        unit="h",
        formula={
            "en": f"hours between sunrise and sunset of {day} without sun, steps of 10 minutes",
            "fr": f"heures entre lever et coucher du soleil le {day} sans soleil, par pas de 10 minutes",
            "ko": f"{day} 일출과 일몰 사이에 해가 들지 않는 시간, 10분 간격",
            "ar": f"ساعات بلا شمس بين الشروق والغروب يوم {day}، بخطوات من 10 دقائق",
        },
        source={
            "en": "rays against buildings, trees and terrain",
            "fr": "rayons contre bâtiments, arbres et relief",
            "ko": "건물·나무·지형에 대한 광선 계산",
            "ar": "أشعة تُختبر على المباني والأشجار والتضاريس",
        },
    )
