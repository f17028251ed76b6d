"""What a picture of a session must say, gathered from its project and layers."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from twin.drawables import Text
from twin.model.style import Constant, LegendEntry
from twin.render.camera import CameraRig
from twin.render.label_pictures import worded
from twin.render.overlay import Furniture, Key, Swatch
from twin.work import captions

if TYPE_CHECKING:
    from twin.work.runtime import LayerRuntime
    from twin.work.session import Session

LEVEL_DEG = 12.0
"""A flatter view has no one scale."""
SOURCES: Text = {"en": "Sources", "fr": "Sources", "ko": "출처", "ar": "المصادر"}
NO_VALUE: Text = {"en": "no value", "fr": "sans valeur", "ko": "값 없음", "ar": "بلا قيمة"}
OTHER: Text = {"en": "other", "fr": "autres", "ko": "기타", "ar": "غير ذلك"}


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
    notices = [worded(words, lang) for words in captions.notices(session, there)]
    sources = " · ".join(captions.sources(there))
    return Furniture(
        title=worded(project.title, lang),
        when=moment(at, project.time_zone, lang),
        notices=tuple(words for words in dict.fromkeys(notices) if words)[:3],
        sources=f"{worded(SOURCES, lang)}: {sources}" if sources else "",
        keys=tuple(_key(runtime, lang) for runtime in captions.explained(there)),
        heading_deg=rig.heading_deg,
        metres_per_px=rig.metres_per_px if rig.pitch_deg >= LEVEL_DEG else None,
    )


def moment(at: datetime, time_zone: str, lang: str) -> str:
    """Return a moment in the time of the place."""
    try:
        at = at.astimezone(ZoneInfo(time_zone))
    except (ZoneInfoNotFoundError, ValueError, OverflowError):
        return at.strftime("%Y-%m-%d %H:%M UTC")
    return at.strftime("%d/%m/%Y %H:%M" if lang == "fr" else "%Y-%m-%d %H:%M")


def _key(runtime: LayerRuntime, lang: str) -> Key:
    entries = runtime.legend.entries if runtime.legend is not None else ()
    return Key(
        title=worded(runtime.spec.title, lang) or runtime.spec.id,
        what=_what(runtime, lang),
        swatches=tuple(Swatch(e.colour, entry_words(e, lang)) for e in entries),
    )


def _what(runtime: LayerRuntime, lang: str) -> str:
    legend, rule = runtime.legend, runtime.style.rule
    if legend is None or (isinstance(rule, Constant) and not legend.told):
        return ""
    title = "" if legend.told else worded(runtime.style.title, lang)
    title = title or worded(legend.title, lang)
    if not title and runtime.table is not None and not isinstance(rule, Constant):
        title = worded(runtime.table.column(rule.column).label, lang) or rule.column
    unit = "" if legend.unit == "1" else legend.unit  # a plain number
    return f"{title} ({unit})" if unit and unit not in title else title


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
