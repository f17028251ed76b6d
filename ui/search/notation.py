"""Numbers, degrees and hemispheres out of a text, whichever way they are written."""

from __future__ import annotations

import re
from dataclasses import dataclass

_NUMBER = r"[+-]?\d+(?:[.,]\d+)?"
_DEGREES = re.compile(
    rf"""(?P<before>[NSEWO])?\s*(?P<degrees>{_NUMBER})\s*[°º]
    \s*(?:(?P<minutes>\d+(?:[.,]\d+)?)\s*['′’]\s*)?
    (?:(?P<seconds>\d+(?:[.,]\d+)?)\s*(?:["″”]|''|’’)\s*)?
    (?P<after>[NSEWO](?![a-z]))?""",
    re.VERBOSE | re.IGNORECASE,
)
_GROUPED = re.compile(r"[+-]?\d{1,3}(?: \d{3})+(?:[.,]\d+)?(?!\d)")
_LETTERED = re.compile(rf"(?P<number>{_NUMBER})\s*(?P<letter>[NSEWO])(?![a-z])", re.IGNORECASE)
_LABELS = re.compile(r"\b(?:lat|lon|lng|long|latitude|longitude|x|y|z|m)\b\s*[:=]?", re.IGNORECASE)
_CRS = re.compile(
    r"^\s*(?:EPSG\s*:?\s*(?P<code>\d{4,6})|(?P<name>lambert[ -]?93|l93|wgs ?84))\b\s*:?"
)


@dataclass(frozen=True, slots=True)
class Pair:
    """Two numbers as written. ``letters`` are the hemispheres, upper case, empty where there is none."""

    first: float
    second: float
    letters: tuple[str, str] = ("", "")
    degrees: bool = False


def split_crs(text: str) -> tuple[str, str]:
    """Return the CRS that a text begins with (empty if none) and the rest of it."""
    match = _CRS.match(text) or _CRS.match(text.lower())
    if match is None:
        return "", text
    code = match.group("code")
    if code is None:
        code = "4326" if match.group("name").startswith("wgs") else "2154"
    return f"EPSG:{code}", text[match.end() :]


def read_pair(text: str) -> Pair | None:
    """Return the two numbers of a text, None where it does not hold exactly two (a third is a height)."""
    plain = " ".join(text.replace("\u00a0", " ").replace("\u202f", " ").replace("−", "-").split())
    return _from_degrees(plain) or _from_letters(plain) or _from_numbers(plain)


def _from_degrees(text: str) -> Pair | None:
    found = list(_DEGREES.finditer(text))
    if len(found) != 2 or re.sub(r"[\s,;/]", "", _DEGREES.sub("", text)):
        return None
    values = []
    for match in found:
        degrees, minutes, seconds = (
            _number(match.group(name) or "0") for name in ("degrees", "minutes", "seconds")
        )
        if minutes >= 60 or seconds >= 60:
            return None
        sign = -1.0 if match.group("degrees").startswith("-") else 1.0
        values.append(sign * (abs(degrees) + minutes / 60 + seconds / 3600))
    letters = [(match.group("before") or match.group("after") or "").upper() for match in found]
    return Pair(values[0], values[1], (letters[0], letters[1]), degrees=True)


def _from_letters(text: str) -> Pair | None:
    found = list(_LETTERED.finditer(text))
    if len(found) != 2 or re.sub(r"[\s,;/]", "", _LETTERED.sub("", text)):
        return None
    first, second = (_number(match.group("number")) for match in found)
    letters = tuple(match.group("letter").upper() for match in found)
    return Pair(first, second, (letters[0], letters[1]), degrees=True)


def _from_numbers(text: str) -> Pair | None:
    for parts in _ways_to_split(text):
        if len(parts) in (2, 3) and all(re.fullmatch(_NUMBER, part) for part in parts):
            return Pair(_number(parts[0]), _number(parts[1]))
    return None


def _ways_to_split(text: str) -> list[list[str]]:
    """Return the numbers of a text under each way of reading commas and spaces, the surest first."""
    tight = _LABELS.sub(" ", text).strip(" ,;")
    grouped = _GROUPED.findall(tight)
    ways = [re.split(r"\s*[;|/\t]\s*", tight), re.split(r",\s+", tight)]
    ways = [[part.replace(" ", "") for part in way] for way in ways]
    ways.append(tight.split())
    if not re.search(r"[\s;]", tight):
        ways.append(tight.split(","))
    if not re.sub(r"[\s,;]", "", _GROUPED.sub("", tight)):
        ways.append([part.replace(" ", "") for part in grouped])
    return ways


def _number(text: str) -> float:
    return float(text.replace(",", "."))
