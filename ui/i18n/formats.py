"""Numbers, units, dates and sizes as the user's language writes them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, tzinfo
from numbers import Integral, Real
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from PySide6.QtCore import QDate, QLocale, QTime

from ui.i18n import words
from ui.i18n.translator import tr, translator
from ui.i18n.typography import NARROW_SPACE

DASH = "–"
_UNITS = {
    "1": "",  # a plain number
    "degC": "°C",
    "deg": "°",
    "m2": "m²",
    "m3": "m³",
    "m3/h": "m³/h",
    "ug/m3": "µg/m³",
    "m/s2": "m/s²",
    "kWh/m2": "kWh/m²",
    "kWh/m2/year": "kWh/m²/year",
}
_FRENCH_UNITS = {
    "kWh/m²/year": "kWh/m²/an",
    "kB": "ko",
    "MB": "Mo",
    "GB": "Go",
    "year": "an",
    "h": "h",
}
_GLUED = ("°", "′", "″")
_SIZES = ("B", "kB", "MB", "GB", "TB")
_SIZES_FRENCH = ("o", "ko", "Mo", "Go", "To")


def number(value: float, decimals: int | None = None) -> str:
    """Write a number; without ``decimals`` with 4 significant figures, integers whole.

    Not a number and infinity give a dash: missing is never shown as a value.
    """
    locale = translator.locale
    if isinstance(value, Integral):
        return locale.toString(int(value))
    value = float(value)
    if not math.isfinite(value):
        return DASH
    if decimals is None:
        decimals = _decimals(value)
        written = locale.toString(value, "f", decimals)
        return _without_trailing_zeros(written, locale) if decimals else written
    return locale.toString(value, "f", decimals)


def quantity(value: float, unit: str = "", decimals: int | None = None) -> str:
    """Write a number with its unit, a no-break space between them."""
    written = number(value, decimals)
    symbol = unit_symbol(unit)
    if not symbol or written == DASH:
        return written
    if symbol in _GLUED:
        return written + symbol
    if symbol == "%" and translator.language != "fr":
        return written + "%"
    if translator.mirrored:  # an island that reads from left to right: 200 m, not m 200
        return f"\u2066{written}{NARROW_SPACE}{symbol}\u2069"
    return f"{written}{NARROW_SPACE}{symbol}"


def unit_symbol(unit: str) -> str:
    """Return a unit as printed: ``degC`` is °C, ``m3/h`` is m³/h; others stay as they are."""
    symbol = _UNITS.get(unit, unit)
    return _FRENCH_UNITS.get(symbol, symbol) if translator.language == "fr" else symbol


def plain(value: object) -> str:
    """Write any value: numbers and dates by locale, texts as they are, nothing as a dash."""
    if value is None:
        return DASH
    if isinstance(value, Mapping):
        return translator.text(value)
    if isinstance(value, bool):
        return tr("value.yes") if value else tr("value.no")
    if isinstance(value, datetime):
        return date_time(value)
    if isinstance(value, Real):
        return number(value)  # type: ignore[arg-type]
    if isinstance(value, list | tuple | set | frozenset):
        return ", ".join(plain(item) for item in value)
    return str(value)


def value(given: object, unit: str = "", zone_name: str = "") -> str:
    """Write what a table holds: missing as a dash, numbers with their unit, moments in a time zone.

    A moment without a time zone that falls on midnight is a day.
    """
    if given is None or given != given:  # noqa: PLR0124 - NaN and NaT differ from themselves
        return DASH
    if type(given).__name__ in ("bool", "bool_"):  # numpy's is no bool
        return tr("value.yes") if given else tr("value.no")
    if type(given).__name__ == "datetime64":
        given = given.astype("datetime64[us]").item()  # type: ignore[attr-defined]
    if isinstance(given, datetime):
        if given.tzinfo is None and given.hour == given.minute == given.second == 0:
            return date(given, long=False)
        return date_time(given, zone_name)
    if isinstance(given, Real):
        whole = float(given)
        if not unit and whole.is_integer() and 1000 <= whole < 10_000:
            return str(int(whole))  # as likely a year or a code as a count
        return quantity(given, unit)  # type: ignore[arg-type]
    told = _worded(given) if isinstance(given, str) else plain(given)
    symbol = unit_symbol(unit)
    return f"{told}{NARROW_SPACE}{symbol}" if symbol and told.strip() else told


def _worded(written: str) -> str:
    """Return a word of an attribute in the language of the interface, with the capital that it was written with."""
    key = words.key_of(written)
    if not key:
        return written
    shown = tr(key)
    return shown[:1].upper() + shown[1:] if written[:1].isupper() else shown


def zone(name: str) -> tzinfo:
    """Return a time zone by its IANA name, UTC where the system does not know it."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return UTC


def date(at: datetime, *, long: bool = True) -> str:
    """Write a day: ``Sunday, 21 June 2026``, or short ``21/06/2026``."""
    style = QLocale.FormatType.LongFormat if long else QLocale.FormatType.ShortFormat
    return translator.locale.toString(QDate(at.year, at.month, at.day), style)


def day_month(day: QDate) -> str:
    """Write a day of a year that is known: ``14 Apr``."""
    pattern = "MMM d일" if translator.language == "ko" else "d MMM"
    return translator.locale.toString(day, pattern)


def time(at: datetime, *, seconds: bool = False) -> str:
    """Write a time of day, 24 hours."""
    return QTime(at.hour, at.minute, at.second).toString("HH:mm:ss" if seconds else "HH:mm")


def date_time(at: datetime, zone_name: str = "") -> str:
    """Write a moment, in a time zone where one is given and the moment is aware."""
    if zone_name and at.tzinfo is not None:
        at = at.astimezone(zone(zone_name))
    return tr("format.date_time", date=date(at, long=False), time=time(at))


def age(span: timedelta) -> str:
    """Write how long ago something was, in its largest unit."""
    seconds = max(span.total_seconds(), 0.0)
    if seconds < 60:
        return tr("age.now")
    if seconds < 3600:
        return tr("age.minutes", count=int(seconds // 60))
    if seconds < 86_400:
        return tr("age.hours", count=int(seconds // 3600))
    if seconds < 365.25 * 86_400:
        return tr("age.days", count=int(seconds // 86_400))
    return tr("age.years", count=int(seconds // (365.25 * 86_400)))


def file_size(size_bytes: float) -> str:
    """Write a size in powers of 1000: ``12.4 MB``, in French ``12,4 Mo``."""
    step = 0
    while abs(size_bytes) >= 1000 and step < len(_SIZES) - 1:
        size_bytes, step = size_bytes / 1000, step + 1
    names = _SIZES_FRENCH if translator.language == "fr" else _SIZES
    written = number(round(size_bytes, 1) if step else int(size_bytes))
    return f"{written}{NARROW_SPACE}{names[step]}"


def _decimals(value: float) -> int:
    if value == 0:
        return 0
    magnitude = math.floor(math.log10(abs(value)))
    return min(max(3 - magnitude, 0), 6)


def _without_trailing_zeros(written: str, locale: QLocale) -> str:
    point = locale.decimalPoint()
    return written.rstrip("0").rstrip(point) if point in written else written


def day_pattern() -> str:
    """Return how days are written in the present language, for Qt: short, with the whole year."""
    short = translator.locale.dateFormat(QLocale.FormatType.ShortFormat)
    return short if "yyyy" in short else short.replace("yy", "yyyy")
