"""The usual geometry of a city model taken in as a whole: rings of whole numbers, no appearance.

A city has a million surfaces; what each costs decides how long it takes. What is unusual goes the careful way,
surface by surface (``cityjson_objects``).
"""

from __future__ import annotations

from array import array
from collections.abc import Mapping
from itertools import chain
from typing import Any

import numpy as np

from twin.io.cityjson_model import SURFACE_DEPTH, Model

_flat = chain.from_iterable


def add_plain(
    model: Model, geometry: Mapping[str, Any], row: int, *, first: int, size: int, lod: float
) -> bool:
    """Add all surfaces of a geometry if nothing about it is unusual; return whether it was done.

    Parameters
    ----------
    first, size : int
        Where the vertices of the piece begin among those of the model, and how many there are.
    """
    if geometry.get("texture") or geometry.get("material"):
        return False
    try:
        surfaces: Any = geometry.get("boundaries") or ()
        for _ in range(SURFACE_DEPTH[str(geometry["type"])] - 1):
            surfaces = list(_flat(surfaces))
        rings = list(_flat(surfaces))
        sizes = list(map(len, rings))
        corners = list(_flat(rings))
        counts = list(map(len, surfaces))
        plain = min(sizes) >= 3 and min(counts) >= 1 and min(corners) >= 0 and max(corners) < size
        kinds = _kinds(model, geometry, len(counts)) if plain else None
        if kinds is None:
            return False
        # TypeError for what is no whole number, before anything is changed.
        numbers = array("q", corners if not first else [corner + first for corner in corners])
    except (TypeError, ValueError, KeyError, OverflowError):
        return False
    _append(model, numbers, sizes, counts, kinds=kinds, row=row, lod=lod)
    return True


def _append(
    model: Model,
    corners: array[int],
    sizes: list[int],
    counts: list[int],
    *,
    kinds: list[int],
    row: int,
    lod: float,
) -> None:
    number = len(counts)
    model.surfaces.corners += corners
    model.surfaces.ring_sizes.extend(sizes)
    model.surfaces.rings_of_surface.extend(counts)
    model.row_of_surface.extend((row,) * number)
    model.lod_of_surface.extend((lod,) * number)
    model.semantic_of_surface.extend(kinds)
    model.rgba_of_surface.frombytes(bytes(4 * number))
    model.texture_of_surface.extend((-1,) * number)
    model.counts.surfaces += number


def _kinds(model: Model, geometry: Mapping[str, Any], count: int) -> list[int] | None:
    """Return the kind of each surface; None where the values are not one for each."""
    semantics = geometry.get("semantics")
    if not isinstance(semantics, dict):
        return [0] * count
    found, values = semantics.get("surfaces"), semantics.get("values")
    if not isinstance(found, list) or not isinstance(values, list):
        return None
    known = model.semantics
    try:
        names = [known[surface["type"]] for surface in found]
    except (KeyError, TypeError):  # seen for the first time, or none
        names = [model.semantic(str(surface["type"])) for surface in found]
    for _ in range(SURFACE_DEPTH[str(geometry["type"])] - 1):
        values = list(_flat(values))
    # TypeError for null, and for what else is no number
    if len(values) != count or (count and (min(values) < 0 or max(values) >= len(names))):
        return None
    return list(map(names.__getitem__, values))


def thin(model: Model) -> None:
    """Take out corners that follow themselves, and surfaces that have no three corners left, in place."""
    corners = np.asarray(model.surfaces.corners, dtype=np.int64)
    sizes = np.asarray(model.surfaces.ring_sizes, dtype=np.int64)
    if not len(sizes) or not len(corners):
        return
    ends = np.cumsum(sizes)
    before = np.empty_like(corners)
    before[1:] = corners[:-1]
    before[ends - sizes] = corners[ends - 1]
    again = corners == before
    if not again.any():
        return
    left = sizes - np.add.reduceat(again, ends - sizes)
    rings = np.asarray(model.surfaces.rings_of_surface, dtype=np.int64)
    outer = np.cumsum(rings) - rings
    surface = np.repeat(np.arange(len(rings)), rings)
    whole = left[outer] >= 3
    kept = (left >= 3) & whole[surface]
    model.counts.degenerate += int((~whole).sum())
    chosen = ~again & np.repeat(kept, sizes)
    count = np.bincount(surface[kept], minlength=len(rings))[whole]
    for name, values, code in (
        ("corners", corners[chosen], "q"),
        ("ring_sizes", left[kept], "q"),
        ("rings_of_surface", count, "q"),
    ):
        setattr(model.surfaces, name, array(code, values.astype(np.int64).tobytes()))
    for name in ("row_of_surface", "semantic_of_surface", "lod_of_surface", "texture_of_surface"):
        old = getattr(model, name)
        setattr(model, name, array(old.typecode, np.asarray(old)[whole].tobytes()))
    rgba = np.asarray(model.rgba_of_surface, dtype=np.uint8).reshape(-1, 4)[whole]
    model.rgba_of_surface = array("B", rgba.tobytes())
