"""Values to bytes and back without pickle: JSON for what is small, raw arrays and Arrow for what is not.

A body is the length of a JSON text, the text, and behind it the arrays, each at a multiple of 64 bytes.
Only the classes of :data:`CLASSES` are made from it; whatever else a body asks for is refused. Arrays are
numbers, truths or times of a listed type; tables are Arrow IPC, validated in full before use.
"""

from __future__ import annotations

import dataclasses
import gc
import json
import struct
from collections.abc import Mapping
from datetime import UTC, date, datetime
from enum import Enum
from pathlib import PurePath
from typing import Any

import numpy as np

from twin import drawables
from twin.model import edits, geoframe, ground, layer, panels, style, table
from twin.network import model as network
from twin.plain import tables
from twin.problems import Problem, Severity
from twin.store.history.model import Datastream

ALIGN = 64
_SIZE = struct.Struct("=Q")

CLASSES: Mapping[str, type] = {
    cls.__name__: cls
    for cls in (
        drawables.Mesh,
        drawables.Lines,
        drawables.Points,
        drawables.Glyphs,
        drawables.Labels,
        drawables.Drape,
        edits.Edit,
        geoframe.GeoFrame,
        ground.FlatGround,
        ground.GridGround,
        layer.Fact,
        layer.Series,
        layer.Source,
        layer.ViewQuery,
        panels.Button,
        panels.Field,
        panels.Form,
        panels.Grid,
        panels.Image,
        panels.Paragraph,
        style.Categories,
        style.Category,
        style.Constant,
        style.Graduated,
        style.RuleCase,
        style.Rules,
        style.Style,
        table.Column,
        table.FeatureMesh,
        table.FeatureTable,
        table.Provenance,
        table.Raster,
        network.Devices,
        network.Edges,
        network.Network,
        network.Nodes,
        Datastream,
        Problem,
    )
}
ENUMS: Mapping[str, type[Enum]] = {
    "Role": drawables.Role,
    "Quality": table.Quality,
    "Severity": Severity,
    "network.Role": network.Role,
    "network.State": network.State,
}
_ENUM_NAMES = {cls: name for name, cls in ENUMS.items()}


DAMAGED = (
    ArithmeticError,
    AttributeError,
    LookupError,
    NotImplementedError,
    OSError,
    RecursionError,
    TypeError,
    ValueError,
    struct.error,
)
"""What numpy, Arrow and shapely raise at bytes that are not what they say."""


class NotPlainError(ValueError):
    """A value cannot be passed on, or bytes do not stand for one."""


def encode(value: Any) -> list[bytes | memoryview]:
    """Return the parts of a body.

    Raises
    ------
    NotPlainError
        Something in the value is neither plain data nor one of the classes of the engine.
    """
    writer = _Writer()
    text = json.dumps(writer.plain(value)).encode()
    head = _SIZE.pack(len(text)) + text
    return [head, b"\0" * (-len(head) % ALIGN), *writer.parts]


def decode(body: memoryview) -> Any:
    """Return the value that a body stands for; its arrays share the memory of the body.

    Raises
    ------
    NotPlainError
        The body is damaged, or asks for what is not allowed.
    """
    # Millions of texts are made at once: a collector that looks at each of them costs more than they do.
    collecting = gc.isenabled()
    gc.disable()
    try:
        size = _SIZE.unpack(body[: _SIZE.size])[0]
        end = _SIZE.size + size
        tree = json.loads(bytes(body[_SIZE.size : end]))
        return _Reader(body[end + (-end % ALIGN) :]).value(tree)
    except NotPlainError:
        raise
    except DAMAGED as error:
        raise NotPlainError(f"{type(error).__name__}: {error}"[:300]) from error
    finally:
        if collecting:
            gc.enable()


class _Writer:
    def __init__(self) -> None:
        self.parts: list[bytes | memoryview] = []
        self._offset = 0

    def plain(self, value: Any) -> Any:
        if value is None or type(value) in (bool, int, float, str):
            return value
        small = self._small(value)
        if small is not None:
            return small
        if isinstance(value, np.ndarray):
            return self._array(value)
        name = type(value).__name__
        if dataclasses.is_dataclass(value) and name in CLASSES:
            fields = {f.name: self.plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
            return {"$c": [name, fields]}
        if type(value).__module__.startswith("shapely."):
            return {"$g": tables.hex_of(value)}
        if name == "RecordBatch":
            return {"$r": self._bytes(tables.batch_bytes(value))}
        found = tables.to_parts(value)
        if found is not None:
            about, arrays, arrow = found
            return {"$f": [about, [self._array(a) for a in arrays], self._bytes(arrow)]}
        raise NotPlainError(f"{name} cannot be written without code")

    def _small(self, value: Any) -> Any:
        if isinstance(value, Enum) and type(value) in _ENUM_NAMES:
            return {"$e": [_ENUM_NAMES[type(value)], value.value]}
        if isinstance(value, np.generic) and not isinstance(value, np.datetime64 | np.timedelta64):
            return self.plain(value.item())
        if isinstance(value, tuple):
            return {"$t": [self.plain(v) for v in value]}
        if isinstance(value, list):
            return [self.plain(v) for v in value]
        if isinstance(value, Mapping):
            return {"$m": [[self.plain(k), self.plain(v)] for k, v in value.items()]}
        if isinstance(value, datetime):
            return {"$d": value.isoformat()}
        if isinstance(value, date | PurePath):
            return str(value)
        return None

    def _array(self, array: np.ndarray[Any, Any]) -> Any:
        if array.dtype == object or array.dtype.kind in "US":
            return {"$o": [self.plain(v) for v in array.ravel().tolist()]}
        tables.require_dtype(array.dtype)
        flat = np.ascontiguousarray(array)
        offset = self._bytes(flat.reshape(-1).view(np.uint8).data)
        return {"$a": [offset[0], array.dtype.str, list(array.shape)]}

    def _bytes(self, data: memoryview) -> list[int]:
        offset, size = self._offset, data.nbytes
        padding = -size % ALIGN
        self.parts += [data, b"\0" * padding] if size else []
        self._offset += size + padding
        return [offset, size]


class _Reader:
    def __init__(self, body: memoryview) -> None:
        self._body = body

    def value(self, tree: Any) -> Any:
        if isinstance(tree, list):
            return [self.value(v) for v in tree]
        if not isinstance(tree, dict):
            return tree
        if len(tree) != 1:
            raise NotPlainError("an unknown form of value")
        ((tag, content),) = tree.items()
        return self._tagged(tag, content)

    def _tagged(self, tag: str, content: Any) -> Any:
        match tag:
            case "$t":
                return tuple(self.value(v) for v in content)
            case "$m":
                return {_key(self.value(k)): self.value(v) for k, v in content}
            case "$d":
                return datetime.fromisoformat(content)
            case "$e":
                return ENUMS[content[0]](content[1])
            case "$o":
                return _objects([self.value(v) for v in content])
            case "$c":
                name, fields = content
                return CLASSES[name](**{str(k): self.value(v) for k, v in fields.items()})
        return self._large(tag, content)

    def _large(self, tag: str, content: Any) -> Any:
        match tag:
            case "$a":
                return self._array(*content)
            case "$g":
                return tables.geometry_from(str(content))
            case "$r":
                return tables.batch_from(self._cut(*content))
            case "$f":
                about, arrays, (offset, size) = content
                return tables.from_parts(
                    about, [self._array(*a["$a"]) for a in arrays], self._cut(offset, size)
                )
        raise NotPlainError("an unknown form of value")

    def _array(self, offset: int, dtype_text: str, shape: list[Any]) -> Any:
        dtype = np.dtype(str(dtype_text))
        tables.require_dtype(dtype)
        if len(shape) > 4 or any(not isinstance(n, int) or n < 0 for n in shape):
            raise NotPlainError("an array of a wrong shape")
        count = 1
        for n in shape:
            count *= n
        data = self._cut(offset, count * dtype.itemsize)
        return np.frombuffer(data, dtype=dtype, count=count).reshape(shape)

    def _cut(self, offset: Any, size: Any) -> memoryview:
        if not (isinstance(offset, int) and isinstance(size, int) and min(offset, size) >= 0):
            raise NotPlainError("an array outside the body")
        if offset + size > len(self._body):
            raise NotPlainError("an array outside the body")
        return self._body[offset : offset + size]


def _key(value: object) -> Any:
    if type(value) not in (str, int, float, bool, tuple, type(None)):
        raise NotPlainError("a key that is no text")
    return value


def _objects(values: list[Any]) -> np.ndarray[Any, Any]:
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return array


def utc(moment: datetime) -> datetime:
    """Return an aware moment in UTC; a naive one is taken as UTC."""
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
