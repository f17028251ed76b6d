"""Property tables of glTF assets: EXT_structural_metadata, and its forerunner EXT_feature_metadata."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.io import limits
from twin.io.gltf_error import GltfError
from twin.io.gltf_file import Gltf, extension, natural

_NUMBERS = {
    "INT8": "i1", "UINT8": "u1", "INT16": "<i2", "UINT16": "<u2", "INT32": "<i4", "UINT32": "<u4",
    "INT64": "<i8", "UINT64": "<u8", "FLOAT32": "<f4", "FLOAT64": "<f8",
}  # fmt: skip
Values = Sequence[Any] | NDArray[Any]
_WIDTHS = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4, "MAT2": 4, "MAT3": 9, "MAT4": 16}


def property_table(gltf: Gltf, number: int, *, arrow: bool = False) -> dict[str, Any]:
    """Return the columns of a property table; columns that cannot be read are left out.

    Plain numbers and texts come as arrays, at once: tables of streamed tiles have many rows.

    Parameters
    ----------
    arrow : bool
        Texts as Arrow arrays: their bytes, and no object for each.

    Raises
    ------
    GltfError
        There is no such table.
    """
    modern = extension(gltf.json, "EXT_structural_metadata")
    if modern is not None:
        tables = modern.get("propertyTables")
        if not isinstance(tables, list) or not 0 <= number < len(tables):
            raise GltfError("no such property table")
        found = _columns(gltf, modern, tables[number], values="values")
        return found if arrow else {name: _plain(values) for name, values in found.items()}
    old = extension(gltf.json, "EXT_feature_metadata") or {}
    older = old.get("featureTables")
    if not isinstance(older, Mapping) or not older:
        raise GltfError("no such feature table")
    found = _columns(gltf, old, next(iter(older.values())), values="bufferView")
    return found if arrow else {name: _plain(values) for name, values in found.items()}


def _plain(values: Any) -> Values:
    return np.asarray(values.to_numpy(zero_copy_only=False)) if is_arrow(values) else values


def is_arrow(values: Any) -> bool:
    """Whether a column is an array of Arrow, which is not imported for the question."""
    return type(values).__module__.startswith("pyarrow")


def _columns(gltf: Gltf, owner: Mapping[str, Any], table: Any, *, values: str) -> dict[str, Any]:
    schema = owner.get("schema")
    classes = schema.get("classes") if isinstance(schema, Mapping) else None
    if not isinstance(table, Mapping) or not isinstance(classes, Mapping):
        raise GltfError("a property table has no schema")
    described = classes.get(str(table.get("class")), {}).get("properties", {})
    enums = schema.get("enums", {}) if isinstance(schema, Mapping) else {}
    count = natural(table.get("count", 0))
    if count > limits.FEATURES:
        raise GltfError("a property table promises too many rows")
    found: dict[str, Values] = {}
    for name, place in (table.get("properties") or {}).items():
        about = described.get(name, {})
        try:
            column = Column(gltf.view, about, place, enums, values)
            found[str(about.get("name") or name)] = column.read(count)
        except (GltfError, ValueError, KeyError, TypeError, IndexError):
            continue
    return found


@dataclass(frozen=True)
class Column:
    """A column of a binary property table (3D Metadata Specification, binary table format).

    ``view`` gives the bytes of a view by number, ``about`` is the property of the class, ``place`` that of the table;
    ``values`` is the name under which the number of the view stands.
    """

    view: Callable[[Any], tuple[bytes, int]]
    about: Mapping[str, Any]
    place: Mapping[str, Any]
    enums: Mapping[str, Any]
    values: str = "values"

    def read(self, count: int) -> Any:
        """Return ``count`` values: a list, an array of numbers, or an Arrow array of texts."""
        about = self.about
        kind = str(about.get("type", "SCALAR")).upper()
        data = self.view(self.place[self.values])[0]
        array = bool(about.get("array")) or kind == "ARRAY"
        if kind == "ARRAY":
            kind = str(about.get("componentType", "")).upper()
        component = str(about.get("componentType") or kind).upper()
        if kind == "ENUM":
            return _enum(data, about, count, self.enums)
        starts = None
        if array:
            fixed = about.get("count") or about.get("componentCount")
            starts = (
                np.arange(count + 1) * natural(fixed)
                if fixed
                else self._offsets("arrayOffsets", "arrayOffsetBufferView", count)
            )
        total = int(starts[-1]) if starts is not None else count
        if total > limits.FEATURES:
            raise GltfError("a column promises too much")
        flat = self._flat(data, kind, component, total)
        if starts is None:
            return flat
        flat = flat if isinstance(flat, list) else flat.tolist()
        return [flat[int(starts[i]) : int(starts[i + 1])] for i in range(count)]

    def _flat(self, data: bytes, kind: str, component: str, total: int) -> Any:
        if kind == "STRING":
            ends = self._offsets("stringOffsets", "stringOffsetBufferView", total)
            if ends[-1] > len(data):
                raise GltfError("a text ends beyond its view")
            return _texts(data, ends)
        if kind == "BOOLEAN":
            bits = np.unpackbits(np.frombuffer(data, np.uint8), bitorder="little")[:total]
            return [bool(bit) for bit in bits]
        dtype = np.dtype(_NUMBERS[component if component in _NUMBERS else kind])
        width = _WIDTHS.get(kind, 1)
        numbers = np.frombuffer(data, dtype, total * width)
        return numbers if width == 1 else list(numbers.reshape(-1, width).tolist())

    def _offsets(self, modern: str, old: str, count: int) -> NDArray[np.int64]:
        number = self.place.get(modern, self.place.get(old))
        kind = str(self.place.get(modern[:-1] + "Type", self.place.get("offsetType", "UINT32")))
        data = self.view(number)[0]
        found = np.frombuffer(data, np.dtype(_NUMBERS[kind]), count + 1).astype(np.int64)
        if (found[1:] < found[:-1]).any() or found[0] < 0:
            raise GltfError("offsets go back")
        return found


def _texts(data: bytes, ends: NDArray[np.int64]) -> Any:
    """Return the texts between the ends as Arrow has them, those of damaged bytes as well as they can be read."""
    import pyarrow as pa

    texts = pa.LargeStringArray.from_buffers(len(ends) - 1, pa.py_buffer(ends), pa.py_buffer(data))
    try:
        texts.validate(full=True)
    except pa.ArrowInvalid:
        damaged = [data[a:b].decode("utf-8", "replace") for a, b in pairwise(ends.tolist())]
        return pa.array(damaged, pa.large_string())
    return texts


def _enum(data: bytes, about: Mapping[str, Any], count: int, enums: Mapping[str, Any]) -> list[Any]:
    enum = enums.get(str(about.get("enumType")), {})
    dtype = np.dtype(_NUMBERS.get(str(enum.get("valueType", "UINT16")), "<u2"))
    names = {
        v.get("value"): v.get("name") for v in enum.get("values", []) if isinstance(v, Mapping)
    }
    return [names.get(value, value) for value in np.frombuffer(data, dtype, count).tolist()]


def batch_table(text: Mapping[str, Any], binary: bytes, count: int) -> dict[str, Sequence[Any]]:
    """Return the columns of a batch table of 3D Tiles 1.0: JSON arrays, or numbers in its binary body."""
    found: dict[str, Sequence[Any]] = {}
    for name, value in text.items():
        if isinstance(value, list):
            found[str(name)] = value
        elif isinstance(value, Mapping) and "byteOffset" in value:
            try:
                found[str(name)] = _binary_column(value, binary, count)
            except (GltfError, ValueError, KeyError, TypeError):
                continue
    return found


_OLD_NUMBERS = {
    "BYTE": "i1", "UNSIGNED_BYTE": "u1", "SHORT": "<i2", "UNSIGNED_SHORT": "<u2", "INT": "<i4",
    "UNSIGNED_INT": "<u4", "FLOAT": "<f4", "DOUBLE": "<f8",
}  # fmt: skip


def _binary_column(value: Mapping[str, Any], binary: bytes, count: int) -> list[Any]:
    dtype = np.dtype(_OLD_NUMBERS[str(value.get("componentType"))])
    width = _WIDTHS[str(value.get("type", "SCALAR"))]
    numbers = np.frombuffer(binary, dtype, count * width, natural(value["byteOffset"]))
    return list(numbers.tolist() if width == 1 else numbers.reshape(-1, width).tolist())
