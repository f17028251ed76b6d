"""Attributes of a tile: texts as their bytes, a tenth of what they take as objects, made anew when asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pyarrow as pa


class Columns(Mapping[str, NDArray[Any]]):
    """Columns by name, each as many values as the tile has features."""

    def __init__(self, columns: Mapping[str, NDArray[Any]] | None = None) -> None:
        self._held: dict[str, NDArray[Any] | pa.Array] = {}
        for name, values in (columns or {}).items():
            self.put(name, values)

    def put(self, name: str, values: NDArray[Any] | pa.Array) -> None:
        """Add or replace a column; texts as an array of objects, or as Arrow has them."""
        self._held[name] = _packed(values) if isinstance(values, np.ndarray) else values

    @property
    def nbytes(self) -> int:
        """What they take."""
        return sum(int(values.nbytes) for values in self._held.values())

    def __getitem__(self, name: str) -> NDArray[Any]:
        held = self._held[name]
        if isinstance(held, np.ndarray):
            return held
        return np.asarray(held.to_numpy(zero_copy_only=False), object)

    def __iter__(self) -> Iterator[str]:
        return iter(self._held)

    def __len__(self) -> int:
        return len(self._held)

    def count(self, name: str) -> int:
        """Return how many values a column has."""
        return len(self._held[name])

    def is_text(self, name: str) -> bool:
        """Whether a column is one of texts; nothing is made for that."""
        held = self._held[name]
        return not isinstance(held, np.ndarray) or held.dtype.kind in "OU"


def _packed(values: NDArray[Any]) -> NDArray[Any] | pa.Array:
    if values.dtype != object:
        return values
    import pyarrow as pa

    try:
        return pa.array(values, pa.large_string())
    except (
        pa.ArrowInvalid,
        pa.ArrowTypeError,
    ):  # something else than texts, or none that can be written
        return values
