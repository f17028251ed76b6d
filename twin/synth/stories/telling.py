"""Short forms in which the stories are written down: texts in four languages, places, layers, figures."""

from __future__ import annotations

from datetime import datetime

from twin.model.story import Beside, Camera, Figure, Motion, Story
from twin.synth import fort as fort_plan
from twin.synth import geography, terrain
from twin.synth.views import ORIGIN

LANGUAGES = ("fr", "en", "ko", "ar")
Four = tuple[str, str, str, str]
"""French, English, Korean, Arabic."""
Short = tuple[float, float, float]
"""Short coordinates (see :mod:`twin.synth.geography`) and metres above the ground."""

GROUND = ("terrain", "land", "pavements", "roads", "markings", "water", "rails")
CITY = (
    *GROUND,
    *("buildings", "surroundings", "structures", "trees", "cars", "benches", "lamps", "labels"),
)
NAMES = ("labels_near",)
DIM = (*GROUND, "buildings", "surroundings", "structures", "labels", "labels_near")
"""For x-rays: without trees and street furniture."""
NEEDS: Four = (
    "besoins couverts (autre source : plus de 75 %)",
    "share of needs covered (another source: over 75%)",
    "수요 충당 비율 (다른 출처: 75% 이상)",
    "نسبة الاحتياجات المغطاة (مصدر آخر: أكثر من 75%)",
)
"""Sources differ: both figures are shown."""


def text(four: Four) -> dict[str, str]:
    """Return a text by language."""
    return dict(zip(LANGUAGES, four, strict=True))


def camera(position: Short, target: Short, *, fov: float = 42.0, xray: bool = False) -> Camera:
    """Return a camera; heights count from the ground below each of the two points."""
    return Camera(
        position=_scene(position), target=_scene(target), field_of_view_deg=fov, xray=xray
    )


def around_fort(distance_m: float, angle_deg: float, height_m: float) -> Short:
    """Return a place at a distance and direction (anticlockwise from east) from the Fort's middle."""
    x, y = fort_plan.polar(distance_m, angle_deg) - geography.ORIGIN
    return (float(x), float(y), height_m)


def figure(
    label: Four,
    value: float,
    unit: str,
    source: str,
    *,
    date: str = "",
    qualifier: str = "",
    quality: str = "declared",
) -> Figure:
    """Return a figure with its source."""
    return Figure(
        label=text(label),
        value=value,
        unit=unit,
        source=source,
        date=date,
        qualifier=qualifier,
        quality=quality,
    )


def elsewhere(
    project: str,
    titles: tuple[Four, Four],
    target: Short,
    figures: tuple[Figure, ...],
    *,
    at: str,
) -> Beside:
    """Return a place of another project beside Issy; ``titles`` of Issy's side and of the other."""
    own, other = titles
    return Beside(
        title=text(other),
        own_title=text(own),
        project=f"elsewhere/{project}",
        target=target,
        at=moment(at),
        figures=figures,
    )


def moment(at: str) -> datetime:
    """Return a moment, UTC: ``2026-04-14T14:30``."""
    return datetime.fromisoformat(f"{at}:00+00:00")


def turning(degrees: float) -> Motion:
    """Return a slow turn about what is looked at."""
    return Motion(kind="orbit", degrees=degrees)


def story(name: str, title: Four, summary: Four, stops: tuple[object, ...]) -> Story:
    """Return a story in the four languages, English where a text is missing."""
    return Story(
        id=name,
        title=text(title),
        summary=text(summary),
        languages=LANGUAGES,
        fallback="en",
        stops=stops,  # type: ignore[arg-type]
    )


def _scene(at: Short) -> tuple[float, float, float]:
    xy = geography.absolute([at[:2]])
    ground = float(terrain.relief().at(xy)[0])
    x, y = xy[0] - ORIGIN[:2]
    return (round(float(x), 1), round(float(y), 1), round(ground + at[2], 1))
