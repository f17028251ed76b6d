"""Where the pieces of a JSON document begin and end, found without parsing it.

One ``json.loads`` of 40 MB holds the interpreter for seconds. Here the brackets are found by numpy in
blocks, and only one feature at a time is parsed. A document that breaks off still gives its pieces.
"""

from __future__ import annotations

import gc
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

from twin.errors import ReadError
from twin.io import limits
from twin.progress import Progress

_BLOCK = 2 * limits.MEGABYTE
_QUOTE, _BACKSLASH = 34, 92
_OPEN, _CLOSE = 0x7B, 0x7D  # { and }; [ and ] differ from them in one bit
_BIT = np.uint8(0x20)

Positions = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Span:
    """A bracketed value: ``data[start:end]``; ``closed`` is False where the document broke off."""

    start: int
    end: int
    level: int
    closed: bool = True


@dataclass(frozen=True, eq=False)
class Document:
    """A JSON text and the places of its objects and arrays down to some depth."""

    data: bytes
    starts: tuple[Positions, ...]
    ends: tuple[Positions, ...]
    deepest: int
    complete: bool

    def spans(self, level: int, start: int = 0, end: int | None = None) -> list[Span]:
        """Return the values of a level (1 is the root) that begin between two positions."""
        starts, ends = self.starts[level], self.ends[level]
        first = int(np.searchsorted(starts, start, side="left"))
        last = len(starts) if end is None else int(np.searchsorted(starts, end, side="left"))
        broken = len(starts) - 1 if len(ends) < len(starts) else -1
        return [
            Span(
                int(starts[i]), len(self.data) if i == broken else int(ends[i]), level, i != broken
            )
            for i in range(first, last)
        ]

    def children(self, span: Span) -> list[Span]:
        """Return the objects and arrays directly inside one."""
        return self.spans(span.level + 1, span.start + 1, span.end)

    def places(self, span: Span) -> tuple[Positions, Positions]:
        """Return where the whole objects and arrays directly inside one begin and end."""
        starts, ends = self.starts[span.level + 1], self.ends[span.level + 1]
        first = int(np.searchsorted(starts, span.start + 1, side="left"))
        last = int(np.searchsorted(starts, span.end, side="left"))
        last = min(last, len(ends))  # one that breaks off has no end
        return starts[first:last], ends[first:last]

    def text(self, span: Span) -> bytes:
        """Return the text of a value."""
        return self.data[span.start : span.end]

    def members(self, span: Span) -> dict[str, Any]:
        """Return what an object holds: a :class:`Span` for each object or array, plain values as they are.

        A broken off object gives the members before the break.

        Raises
        ------
        ReadError
            The text between its members is no JSON.
        """
        children = self.children(span)
        parts, position = [], span.start
        for number, child in enumerate(children):
            parts += [self.data[position : child.start], b"[%d]" % number]
            position = child.end
        if span.closed:
            parts.append(self.data[position : span.end])
        else:
            parts.append(b"}")
        try:
            skeleton = parse(b"".join(parts))
        except ValueError as error:
            raise ReadError(
                "io.json_damaged", "", at=span.start, reason=str(error)[:120]
            ) from error
        if not isinstance(skeleton, dict):
            return {}
        return {
            key: children[value[0]] if isinstance(value, list) else value
            for key, value in skeleton.items()
        }


def object_of(document: Document, span: Span) -> Mapping[str, Any] | None:
    """Return an object of a document, empty where it is another value, None where it is damaged."""
    if not span.closed:
        return None
    try:
        value = parse(document.text(span))
    except ValueError:
        return None
    return value if isinstance(value, Mapping) else {}


def load_bytes(path: Path, progress: Progress) -> bytes:
    """Return the text of a JSON file, without its byte order mark.

    Raises
    ------
    ReadError
        Too large to be held in memory.
    """
    size = path.stat().st_size
    if size > limits.JSON_BYTES:
        raise ReadError(
            "io.json_too_large",
            path.name,
            size_mb=round(size / limits.MEGABYTE),
            limit_mb=round(limits.JSON_BYTES / limits.MEGABYTE),
        )
    blocks: list[bytes] = []
    read = 0
    with path.open("rb") as file:
        while block := file.read(8 * limits.MEGABYTE):
            progress.check_cancelled()
            read += len(block)
            progress.progress(read, size, "bytes")
            blocks.append(block)
    data = b"".join(blocks)
    return data[3:] if data.startswith(b"\xef\xbb\xbf") else data


@dataclass(frozen=True, slots=True)
class Skip:
    """What of a document is passed over: after ``enough`` values at the depth that is looked at, all before a key.

    For a look at the beginning of a large file. The key is one of the root.
    """

    enough: int
    key: bytes

    def leap(self, data: bytes, position: int) -> tuple[int, int] | None:
        """Return the ends of what is passed over, None where the key does not follow."""
        key = data.rfind(b'"' + self.key + b'"', position)
        comma = data.rfind(b",", position, key) if key > position else -1
        return (comma, key) if comma > 0 else None


def scan(data: bytes, *, depth: int, progress: Progress, skip: Skip | None = None) -> Document:
    """Find the objects and arrays of a text down to a depth.

    Parameters
    ----------
    data : bytes
        One JSON value, or several one after the other.
    depth : int
        1 finds the values at the root, 2 also those inside them.
    skip : Skip or None
        What is not looked at.

    Raises
    ------
    ReadError
        Nested deeper than any honest file.
    """
    starts: list[list[Positions]] = [[] for _ in range(depth + 1)]
    ends: list[list[Positions]] = [[] for _ in range(depth + 1)]
    state = _State()
    array = np.frombuffer(data, dtype=np.uint8)
    position = 0
    while position < len(data) and not state.broken:
        progress.check_cancelled()
        progress.progress(position, len(data), "bytes")
        end = _block_end(data, position)
        where, level, opens = state.brackets(array[position:end], position)
        for wanted in range(1, depth + 1):
            mine = level == wanted
            starts[wanted].append(where[mine & opens])
            ends[wanted].append(where[mine & ~opens] + 1)
        if state.deepest > limits.JSON_DEPTH:
            raise ReadError("io.too_deep", "", depth=state.deepest)
        position = end
        if skip is not None and sum(map(len, ends[depth])) >= skip.enough and state.depth > 1:
            leap, skip = skip.leap(data, end), None
            if leap is not None:
                _shut(starts, ends, leap[0])
                state.depth, state.in_string, position = 1, False, leap[1]
    empty: Positions = np.empty(0, np.int64)
    return Document(
        data=data,
        starts=tuple(np.concatenate(parts) if parts else empty for parts in starts),
        ends=tuple(np.concatenate(parts) if parts else empty for parts in ends),
        deepest=state.deepest,
        complete=state.depth == 0 and not state.in_string and not state.broken,
    )


def _shut(starts: list[list[Positions]], ends: list[list[Positions]], at: int) -> None:
    """Let the member of the root that is open end here, and forget what is open inside it."""
    for level in range(3, len(starts)):
        begun, done = np.concatenate(starts[level]), sum(map(len, ends[level]))
        starts[level] = [begun[:done]]
    ends[2].append(np.array([at], np.int64))


def _block_end(data: bytes, position: int) -> int:
    """End blocks behind a byte that is no backslash, so that no escape is cut."""
    end = min(position + _BLOCK, len(data))
    while end < len(data) and data[end - 1] == _BACKSLASH:
        end += 1
    return end


@dataclass(slots=True)
class _State:
    """What one block hands to the next."""

    depth: int = 0
    deepest: int = 0
    in_string: bool = False
    broken: bool = False

    def brackets(
        self, block: NDArray[np.uint8], offset: int
    ) -> tuple[Positions, NDArray[np.int64], NDArray[np.bool_]]:
        """Return positions, levels and direction of the brackets outside of texts."""
        quotes = _unescaped_quotes(block)
        folded = block | _BIT
        where = np.flatnonzero((folded == _OPEN) | (folded == _CLOSE))
        parity = np.searchsorted(quotes, where) + int(self.in_string)
        where = where[parity % 2 == 0]
        self.in_string = (len(quotes) + int(self.in_string)) % 2 == 1
        opens = folded[where] == _OPEN
        after = self.depth + np.cumsum(np.where(opens, 1, -1))
        if len(after) and after.min() < 0:  # more closing than opening: the rest is noise
            first = int(np.argmax(after < 0))
            where, opens, after = where[:first], opens[:first], after[:first]
            self.broken = True
        if len(after):
            self.depth = int(after[-1])
            self.deepest = max(self.deepest, int(after.max()))
        level = np.where(opens, after, after + 1)
        return (where + offset).astype(np.int64), level.astype(np.int64), opens


def _unescaped_quotes(block: NDArray[np.uint8]) -> NDArray[np.intp]:
    quotes = np.flatnonzero(block == _QUOTE)
    slashes = np.flatnonzero(block == _BACKSLASH)
    if not len(slashes) or not len(quotes):
        return quotes
    # Length of the run of backslashes that ends just before each quote.
    breaks = np.flatnonzero(np.diff(slashes, prepend=slashes[0] - 2) != 1)
    run_of_slash = np.cumsum(np.diff(slashes, prepend=slashes[0] - 2) != 1) - 1
    index = np.searchsorted(slashes, quotes) - 1
    touches = (index >= 0) & (slashes[np.maximum(index, 0)] == quotes - 1)
    length = index - breaks[run_of_slash[np.maximum(index, 0)]] + 1
    return np.asarray(quotes[~(touches & (length % 2 == 1))])


@contextmanager
def uncollected() -> Iterator[None]:
    """Spare the garbage collector the many lists of parsed JSON, which are gone at the end of a batch anyway.

    It would go through all of them again and again: twice the time of parsing. For a few milliseconds at a time.
    """
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if running:
            gc.enable()


def parse(text: bytes) -> Any:
    """Return the value of a short text; numbers that JSON does not know (NaN, huge) are let through.

    Raises
    ------
    ValueError
        No JSON.
    """
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        try:
            return json.loads(text)
        except (RecursionError, UnicodeDecodeError) as second:
            raise ValueError(str(error)) from second


def slices(document: Document, span: Span, size: int) -> Iterator[tuple[bytes, int]]:
    """Yield the elements of an array of arrays or objects as texts of about ``size`` elements each.

    Each text is an array of its own, with the number of elements in it.
    """
    starts, ends = document.places(span)
    for first in range(0, len(ends), size):
        last = min(first + size, len(ends)) - 1
        text = document.data[int(starts[first]) : int(ends[last])]
        yield b"[" + text + b"]", last - first + 1


def batches(document: Document, span: Span, size: int) -> Iterator[tuple[bytes, int]]:
    """Yield the members of an object of objects as texts of about ``size`` members each.

    Each text is an object of its own, with the number of members in it; what breaks off is left out.
    """
    _, ends = document.places(span)
    position = span.start + 1
    for first in range(0, len(ends), size):
        last = min(first + size, len(ends)) - 1
        text = document.data[position : int(ends[last])].lstrip(b" \t\r\n,")
        position = int(ends[last])
        yield b"{" + text + b"}", last - first + 1
