"""Points that are made into geometry objects only when somebody asks for them: most are never asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from geopandas.array import GeometryArray  # noqa: TID253 - this module is imported when first used
from numpy.typing import NDArray


class LazyGeometry(GeometryArray):  # type: ignore[misc]
    """A geometry array whose objects come from a function at first use.

    Parameters
    ----------
    count : int
        Number of geometries.
    make : callable
        Returns them, (count,) object array.
    """

    def __init__(self, count: int, make: Callable[[], NDArray[Any]], crs: object) -> None:
        super().__init__(np.empty(0, dtype=object), crs=crs)
        self._made: NDArray[Any] | None = None
        self._count = count
        self._make = make

    @property
    def _data(self) -> NDArray[Any]:
        if self._made is None:
            self._made = self._make()
        return self._made

    @_data.setter
    def _data(self, value: NDArray[Any]) -> None:
        self._made = value

    @property
    def shape(self) -> tuple[int, ...]:
        """See pandas."""
        return (self._count,)

    def __len__(self) -> int:
        return self._count

    @property
    def nbytes(self) -> int:
        """See pandas."""
        return 8 * self._count

    def view(self, dtype: object = None) -> GeometryArray:
        """See pandas; the same array serves: nobody writes to the table of an isolated plugin."""
        del dtype
        return self
