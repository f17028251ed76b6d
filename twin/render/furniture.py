"""What a picture of a session must say, gathered from its project and layers."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from twin.drawables import Text
from twin.model.style import Categories, Constant, Graduated, Legend, LegendEntry
from twin.render.camera import CameraRig
from twin.render.labels import worded
from twin.render.overlay import Furniture, Key, Swatch

if TYPE_CHECKING:
    from twin.work.runtime import LayerRuntime
    from twin.work.session import Session

LEVEL_DEG = 12.0
"""A flatter view has no one scale."""
SOURCES: Text = {"en": "Sources", "fr": "Sources"}
NO_VALUE: Text = {"en": "no value", "fr": "sans valeur"}
OTHER: Text = {"en": "other", "fr": "autres"}


def furniture_of(
    session: Session, rig: CameraRig, *, lang: str, at: datetime, shown: frozenset[str]
) -> Furniture:
    """Return what stands around a picture.

    Parameters
    ----------
    at : datetime
        The moment that is shown, aware.
    shown : frozenset of str
        Layers that can be seen in the picture.
    """
    project = session.project
    there = [runtime for runtime in session.layers() if runtime.spec.id in shown]
    notices = [worded(project.notice, lang), *(worded(r.spec.notice, lang) for r in there)]
    return Furniture(
        title=worded(project.title, lang),
        when=moment(at, project.time_zone, lang),
        notices=tuple(words for words in dict.fromkeys(notices) if words)[:3],
        sources=_sources(there, lang),
        keys=tuple(k for r in there if r.spec.legend and (k := _key(r, lang)) is not None),
        heading_deg=rig.heading_deg,
        metres_per_px=rig.metres_per_px if rig.pitch_deg >= LEVEL_DEG else None,
    )


def moment(at: datetime, time_zone: str, lang: str) -> str:
    """Return a moment in the time of the place."""
    try:
        at = at.astimezone(ZoneInfo(time_zone))
    except (ZoneInfoNotFoundError, ValueError):
        return at.strftime("%Y-%m-%d %H:%M UTC")
    return at.strftime("%d/%m/%Y %H:%M" if lang == "fr" else "%Y-%m-%d %H:%M")


def _sources(shown: list[LayerRuntime], lang: str) -> str:
    found = []
    for runtime in shown:
        for source in runtime.spec.sources.values():
            said = source.provenance
            details = ", ".join(part for part in (said.date, said.licence) if part)
            if said.source:
                found.append(f"{said.source} ({details})" if details else said.source)
    unique = list(dict.fromkeys(found))
    return f"{worded(SOURCES, lang)}: {' · '.join(unique)}" if unique else ""


def _key(runtime: LayerRuntime, lang: str) -> Key | None:
    """Return the legend of a layer, None where its colours say nothing."""
    legend, rule = runtime.legend, runtime.style.rule
    if (
        not runtime.spec.legend
        or legend is None
        or isinstance(rule, Constant)
        or not legend.entries
    ):
        return None
    return Key(
        title=worded(runtime.spec.title, lang) or runtime.spec.id,
        what=_what(runtime, legend, rule, lang),
        swatches=tuple(Swatch(e.colour, entry_words(e, lang)) for e in legend.entries),
    )


def _what(runtime: LayerRuntime, legend: Legend, rule: Categories | Graduated, lang: str) -> str:
    title = worded(runtime.style.title, lang) or worded(legend.title, lang)
    if not title and runtime.table is not None:
        title = worded(runtime.table.column(rule.column).label, lang) or rule.column
    return f"{title} ({legend.unit})" if legend.unit and legend.unit not in title else title


def entry_words(entry: LegendEntry, lang: str) -> str:
    """Return the words of one line of a legend."""
    words = worded(entry.label, lang)
    if words:
        return words
    if entry.low is None and entry.high is None:
        return worded(NO_VALUE if entry.missing else OTHER, lang)
    low = None if entry.low is None else number(entry.low, lang)
    high = None if entry.high is None else number(entry.high, lang)
    if low is None:
        return f"< {high}"
    return f"≥ {low}" if high is None else f"{low} – {high}"


def number(value: float, lang: str) -> str:
    """Return a number with as few digits as tell it apart."""
    words = f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"
    if lang == "fr":
        return words.replace(",", "\u202f").replace(".", ",")
    return words
