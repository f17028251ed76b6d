"""What a file is found to hold, before anything of it is shown."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from twin.problems import Problem

Bounds = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class AttributeInfo:
    """One attribute of a layer.

    Parameters
    ----------
    name, type : str
        Name as in the file; one of ``text integer number boolean date list object``.
    null_count : int or None
        Rows without a value; None where counting would mean reading everything.
    example : str
        First value found, shortened.
    """

    name: str
    type: str
    null_count: int | None = None
    example: str = ""

    def as_dict(self) -> dict[str, object]:
        """Return a JSON-ready dictionary."""
        return {
            "name": self.name,
            "type": self.type,
            "null_count": self.null_count,
            "example": self.example,
        }


@dataclass(frozen=True, kw_only=True)
class LayerInfo:
    """One layer of a file.

    Parameters
    ----------
    name : str
        What ``read(sublayer=...)`` takes.
    kind : str
        One of ``point line polygon mixed mesh cloud raster table``.
    count : int
        Features, city objects, table rows, points of a cloud, or cells of a raster.
    crs : str
        As the file says or as guessed: ``"EPSG:7415"`` or WKT; empty when unknown.
    crs_reason : str
        Key of the wording of where ``crs`` comes from, see :mod:`twin.io.crs`.
    lods : tuple of str
        Levels of detail, of city models.
    extent : tuple of 4 float or None
        x_min, y_min, x_max, y_max in ``crs``; None without any geometry.
    z_range : tuple of 2 float or None
        Lowest and highest z of the vertices, or value of the raster.
    details : mapping
        What only this format has: size and cell of a raster, versions, types of city objects.
    """

    name: str
    kind: str
    count: int
    crs: str = ""
    crs_reason: str = ""
    lods: tuple[str, ...] = ()
    extent: Bounds | None = None
    z_range: tuple[float, float] | None = None
    attributes: tuple[AttributeInfo, ...] = ()
    details: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))

    def as_dict(self) -> dict[str, object]:
        """Return a JSON-ready dictionary."""
        return {
            "name": self.name,
            "kind": self.kind,
            "count": self.count,
            "crs": self.crs,
            "crs_reason": self.crs_reason,
            "lods": list(self.lods),
            "extent": plain(self.extent),
            "z_range": plain(self.z_range),
            "attributes": [attribute.as_dict() for attribute in self.attributes],
            "details": plain(dict(self.details)),
        }


@dataclass(frozen=True, kw_only=True)
class Inspection:
    """What a file holds and what is wrong with it."""

    path: Path
    format: str
    layers: tuple[LayerInfo, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def shown(self) -> bool:
        """Whether anything of the file can be opened."""
        return bool(self.layers)

    def as_dict(self) -> dict[str, object]:
        """Return a JSON-ready dictionary."""
        return {
            "path": str(self.path),
            "format": self.format,
            "shown": self.shown,
            "layers": [layer.as_dict() for layer in self.layers],
            "problems": [problem.as_dict() for problem in self.problems],
        }


def plain(value: Any) -> Any:
    """Return a value as JSON can say it: numbers of numpy unwrapped, NaN and infinities as null."""
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item) for item in value]
    if hasattr(value, "item") and not isinstance(value, str | bytes):
        value = value.item() if getattr(value, "size", 1) == 1 else value.tolist()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value if isinstance(value, str | int | float | bool | list | None) else str(value)
