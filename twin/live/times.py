"""Times as devices and services write them, to microseconds since 1970 UTC."""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime, tzinfo
from typing import Any

from twin.store.history.model import TRUTH_HIGH_US, TRUTH_LOW_US

_SECONDS_BELOW = 1e11
_MILLIS_BELOW = 1e14
_MICROS_BELOW = 1e17
_COMPACT = re.compile(r"^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(?:[.,](\d{1,6})\d*)?Z?$")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def time_us(value: Any, zone: tzinfo = UTC) -> int | None:
    """Return microseconds since 1970 UTC, None for what is no time in 1970 to 2199.

    Parameters
    ----------
    value : object
        ISO 8601 text (an interval gives its end), or a number: seconds, milli-, micro- or nanoseconds
        since 1970, told apart by their size.
    zone : tzinfo
        Of texts that do not say.
    """
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int | float):
        found = _of_number(value)
    elif isinstance(value, str):
        found = _of_text(value.strip(), zone)
    else:
        return None
    return found if found is not None and TRUTH_LOW_US < found < TRUTH_HIGH_US else None


def _of_number(value: float) -> int | None:
    if not math.isfinite(value) or value <= 0:
        return None
    if value < _SECONDS_BELOW:
        return round(value * 1e6)
    if value < _MILLIS_BELOW:
        return round(value * 1e3)
    if value < _MICROS_BELOW:
        return int(value)
    return int(value // 1000)


def _of_text(text: str, zone: tzinfo) -> int | None:
    if not 4 <= len(text) <= 80:
        return None
    if "/" in text and "T" in text:
        text = text.rpartition("/")[2]
    compact = _COMPACT.match(text)
    try:
        if compact:
            parts = [int(part) for part in compact.groups()[:6]]
            micros = int((compact.group(7) or "0").ljust(6, "0"))
            at = datetime(*parts, micros, tzinfo=UTC)  # type: ignore[misc,arg-type]
        elif text.replace(".", "", 1).isdigit() and len(text) > 8:
            return _of_number(float(text))
        else:
            at = datetime.fromisoformat(_shortened(text))
    except (ValueError, OverflowError):
        return None
    if at.tzinfo is None:
        at = at.replace(tzinfo=zone)
    try:
        delta = at - _EPOCH
    except OverflowError:
        return None
    return (delta.days * 86_400 + delta.seconds) * 1_000_000 + delta.microseconds


def _shortened(text: str) -> str:
    """Return ISO text with at most six digits after the second: nanoseconds are common on LoRaWAN."""
    return re.sub(r"([.,]\d{6})\d+", r"\1", text)
