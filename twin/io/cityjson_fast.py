"""The usual geometries of a city model taken in many at a time: rings of whole numbers, no appearance.

A city has a million surfaces; what each costs decides how long it takes. What is unusual goes the careful way,
surface by surface (``cityjson_objects``).
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.io.cityjson_model import SURFACE_DEPTH, Model, Waiting

_flat = chain.from_iterable
Numbers = NDArray[np.int64]


def add_plain(model: Model, waiting: Sequence[Waiting]) -> bool:
    """Add all surfaces of geometries of one depth if nothing about them is unusual; return whether it was done.

    Either all of them have semantics, or none.
    """
    depth = SURFACE_DEPTH[str(waiting[0].geometry["type"])]
    try:
        nested = [one.geometry.get("boundaries") or () for one in waiting]
        surfaces, shape = _unnested(nested, depth)
        rings, (counts,) = _unnested(surfaces, 1)
        corners, (sizes,) = _unnested(rings, 1)
        # TypeError for what is no whole number, before anything is changed.
        numbers = np.frombuffer(array("q", corners), np.int64)
        per_ring, per_surface = np.array(sizes, np.int64), np.array(counts, np.int64)
        per_geometry = _sums([np.array(level, np.int64) for level in shape])
        corners_of = _sums([per_geometry, per_surface, per_ring])
        kinds = _kinds(model, waiting, shape, per_geometry)
    except (TypeError, ValueError, KeyError, OverflowError):
        return False
    size = np.repeat(np.array([len(one.piece.xyz) for one in waiting], np.int64), corners_of)
    good = len(numbers) and per_ring.min() >= 3 and per_surface.min() >= 1
    if kinds is None or not good or bool(((numbers < 0) | (numbers >= size)).any()):
        return False
    first = np.repeat(np.array([one.first for one in waiting], np.int64), corners_of)
    model.surfaces.corners.frombytes((numbers + first).tobytes())
    model.surfaces.ring_sizes.frombytes(per_ring.tobytes())
    model.surfaces.rings_of_surface.frombytes(per_surface.tobytes())
    _dress(model, waiting, per_geometry, kinds)
    return True


def _unnested(lists: Any, depth: int) -> tuple[list[Any], list[list[int]]]:
    """Return the elements of lists that are nested so deeply, and how many each list has, level by level."""
    lengths = []
    for _ in range(depth):
        lengths.append(list(map(len, lists)))
        lists = list(_flat(lists))
    return lists, lengths


def _sums(levels: Sequence[Numbers]) -> Numbers:
    """Return how many elements of the last level lie in each of the first."""
    found = levels[-1]
    for level in levels[-2::-1]:
        before = np.concatenate([[0], np.cumsum(found)])
        ends = np.cumsum(level)
        found = before[ends] - before[ends - level]
    return found


def _dress(
    model: Model, waiting: Sequence[Waiting], per_geometry: Numbers, kinds: NDArray[np.uint8]
) -> None:
    """Add what belongs to surfaces besides their corners."""
    number = len(kinds)
    rows = np.array([one.row for one in waiting], np.int64)
    levels = np.array([one.lod for one in waiting], np.float64)
    model.row_of_surface.frombytes(np.repeat(rows, per_geometry).tobytes())
    model.lod_of_surface.frombytes(np.repeat(levels, per_geometry).tobytes())
    model.semantic_of_surface.frombytes(kinds.tobytes())
    model.rgba_of_surface.frombytes(bytes(4 * number))
    model.texture_of_surface.extend(array("l", [-1]) * number)
    model.counts.surfaces += number


def _kinds(
    model: Model, waiting: Sequence[Waiting], shape: list[list[int]], per_geometry: Numbers
) -> NDArray[np.uint8] | None:
    """Return the kind of each surface; None where the values are not one for each.

    TypeError for null, and for what else is no number.
    """
    semantics = [one.geometry.get("semantics") for one in waiting]
    if not isinstance(semantics[0], dict):
        return np.zeros(int(per_geometry.sum()), np.uint8)
    found = [one["surfaces"] for one in semantics if one is not None]
    values, filled = _unnested([one["values"] for one in semantics if one is not None], len(shape))
    if filled != shape:
        return None
    known = model.semantics
    try:
        names = [known[surface["type"]] for surface in _flat(found)]
    except KeyError:  # seen for the first time, or none
        names = [model.semantic(str(surface["type"])) for surface in _flat(found)]
    many = np.array(list(map(len, found)), np.int64)
    which = np.frombuffer(array("q", values), np.int64)
    if ((which < 0) | (which >= np.repeat(many, per_geometry))).any():
        return None
    return np.array(names, np.uint8)[which + np.repeat(np.cumsum(many) - many, per_geometry)]


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
