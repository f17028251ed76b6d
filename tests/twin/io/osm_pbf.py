"""OpenStreetMap PBF, written by hand for tests: one header, one block with nodes, ways and relations.

Format: https://wiki.openstreetmap.org/wiki/PBF_Format.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

NANODEGREES_A_STEP = 100
MEMBER = {"node": 0, "way": 1, "relation": 2}


def write(path: Path, elements: Sequence[Mapping[str, Any]]) -> Path:
    """Write elements as Overpass says them with ``out body``: nodes with places, ways with ``nodes``."""
    words: dict[str, int] = {"": 0}
    groups = [
        _field(number, b"".join(_field(tag, make(e, words)) for e in elements if e["type"] == kind))
        for number, tag, kind, make in ((2, 1, "node", _node), (2, 3, "way", _way), (2, 4, "relation", _relation))
        if any(e["type"] == kind for e in elements)
    ]  # fmt: skip
    table = b"".join(_field(1, word.encode()) for word in words)
    block = _field(1, table) + b"".join(groups)
    header = _field(4, b"OsmSchema-V0.6")
    path.write_bytes(_blob("OSMHeader", header) + _blob("OSMData", block))
    return path


def _blob(kind: str, raw: bytes) -> bytes:
    body = _number(2, len(raw)) + _field(3, zlib.compress(raw))
    head = _field(1, kind.encode()) + _number(3, len(body))
    return struct.pack(">I", len(head)) + head + body


def _node(element: Mapping[str, Any], words: dict[str, int]) -> bytes:
    steps = [round(element[axis] * 1e9 / NANODEGREES_A_STEP) for axis in ("lat", "lon")]
    own = _number(1, _zigzag(element["id"]))
    return (
        own + _tags(element, words) + _number(8, _zigzag(steps[0])) + _number(9, _zigzag(steps[1]))
    )


def _way(element: Mapping[str, Any], words: dict[str, int]) -> bytes:
    return _number(1, element["id"]) + _tags(element, words) + _field(8, _deltas(element["nodes"]))


def _relation(element: Mapping[str, Any], words: dict[str, int]) -> bytes:
    members = element["members"]
    roles = [_word(m["role"], words) for m in members]
    return (
        _number(1, element["id"])
        + _tags(element, words)
        + _field(8, b"".join(map(_varint, roles)))
        + _field(9, _deltas([m["ref"] for m in members]))
        + _field(10, b"".join(_varint(MEMBER[m["type"]]) for m in members))
    )


def _tags(element: Mapping[str, Any], words: dict[str, int]) -> bytes:
    tags = element.get("tags", {})
    keys = b"".join(_varint(_word(k, words)) for k in tags)
    values = b"".join(_varint(_word(v, words)) for v in tags.values())
    return _field(2, keys) + _field(3, values) if tags else b""


def _word(text: str, words: dict[str, int]) -> int:
    return words.setdefault(text, len(words))


def _deltas(numbers: Iterable[int]) -> bytes:
    before, made = 0, b""
    for number in numbers:
        made += _varint(_zigzag(number - before))
        before = number
    return made


def _zigzag(number: int) -> int:
    return number * 2 if number >= 0 else -number * 2 - 1


def _varint(number: int) -> bytes:
    made = b""
    while number > 127:
        made += bytes([number & 127 | 128])
        number >>= 7
    return made + bytes([number])


def _number(field: int, value: int) -> bytes:
    return _varint(field << 3) + _varint(value)


def _field(field: int, content: bytes) -> bytes:
    return _varint(field << 3 | 2) + _varint(len(content)) + content
