"""Attributes by feature id: the property table of EXT_structural_metadata, written and its class described.

Format: Cesium's extension EXT_structural_metadata for glTF 2.0 and the 3D Metadata specification (OGC 22-025r4).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

CLASS = "feature"
NO_NUMBER = -1.7976931348623157e308
"""Says "unknown" in columns of numbers: JSON has no NaN."""
NO_TEXT = ""
MERGED = "merged_buildings"
"""Column of coarse tiles: how many buildings a block stands for; its other attributes are those of the largest."""
INTEGERS = {
    "i1": "INT8",
    "u1": "UINT8",
    "i2": "INT16",
    "u2": "UINT16",
    "i4": "INT32",
    "u4": "UINT32",
}


@dataclass(frozen=True, eq=False, kw_only=True)
class Property:
    """One column.

    Parameters
    ----------
    id : str
        Name that the format allows; ``name`` is the column's own.
    description : mapping
        The property of the class as JSON.
    values : (n,) array
        Numbers without gaps, or an object array of str.
    """

    id: str
    name: str
    description: Mapping[str, Any]
    values: NDArray[Any]

    @property
    def is_text(self) -> bool:
        """Whether it holds strings."""
        return self.values.dtype == object


def single(columns: Any, count: int) -> NDArray[np.bool_]:
    """Return (count,) bool: which rows are one feature, and not a block that stands for several from afar."""
    if MERGED not in columns:
        return np.ones(count, bool)
    return ~(np.asarray(columns[MERGED], np.float64) > 1)


def properties_of(columns: Mapping[str, NDArray[Any]]) -> list[Property]:
    """Return the columns as properties; missing values become the property's ``noData``."""
    taken: set[str] = set()
    found = []
    for name, values in columns.items():
        ident = _identifier(name, taken)
        description, clean = _typed(values)
        label = {} if ident == name else {"name": name}
        found.append(
            Property(id=ident, name=name, description={**label, **description}, values=clean)
        )
    return found


def schema_of(properties: Sequence[Property]) -> dict[str, Any]:
    """Return the schema with its one class."""
    described = {p.id: dict(p.description) for p in properties}
    return {"id": "belvedere", "classes": {CLASS: {"properties": described}}}


def text_buffers(values: NDArray[Any]) -> tuple[bytes, NDArray[np.uint32]]:
    """Return the UTF-8 bytes of strings, one after the other, and the n + 1 offsets."""
    parts = [str(value).encode("utf-8", "replace") for value in values]
    offsets = np.zeros(len(parts) + 1, np.uint32)
    np.cumsum([len(part) for part in parts], out=offsets[1:])
    return b"".join(parts), offsets


def _identifier(name: str, taken: set[str]) -> str:
    base = re.sub(r"[^a-zA-Z0-9_]", "_", name) or "column"
    base = base if re.match(r"[a-zA-Z_]", base) else f"_{base}"
    found, number = base, 2
    while found in taken:
        found, number = f"{base}_{number}", number + 1
    taken.add(found)
    return found


def _typed(values: NDArray[Any]) -> tuple[dict[str, Any], NDArray[Any]]:
    kind = values.dtype.kind
    if kind == "b":
        return {"type": "SCALAR", "componentType": "UINT8"}, values.astype(np.uint8)
    if kind in "iu":
        return _whole(values)
    if kind == "f":
        clean = np.where(np.isfinite(values), values, NO_NUMBER).astype(np.float64)
        return {"type": "SCALAR", "componentType": "FLOAT64", "noData": NO_NUMBER}, clean
    texts = np.array([_text(value) for value in values], dtype=object)
    return {"type": "STRING", "noData": NO_TEXT}, texts


def _whole(values: NDArray[Any]) -> tuple[dict[str, Any], NDArray[Any]]:
    code = f"{values.dtype.kind}{values.dtype.itemsize}"
    if code in INTEGERS:
        return {"type": "SCALAR", "componentType": INTEGERS[code]}, values
    # 64 bits are beyond what JavaScript readers keep exactly: numbers that fit go as 32 bits.
    fits = not len(values) or bool(np.abs(values.astype(np.float64)).max() < 2**31)
    if fits:
        return {"type": "SCALAR", "componentType": "INT32"}, values.astype(np.int32)
    return {"type": "SCALAR", "componentType": "FLOAT64"}, values.astype(np.float64)


def _text(value: Any) -> str:
    if value is None or value != value:  # noqa: PLR0124 - NaN and NaT differ from themselves
        return NO_TEXT
    return str(value)
