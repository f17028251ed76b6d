"""One city object after the other into the model: levels of detail, semantics, materials, templates."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import chain
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from twin.io.cityjson_fast import add_plain
from twin.io.cityjson_model import (
    NO_LOD,
    POINT_TYPES,
    SURFACE_DEPTH,
    Model,
    Piece,
    Waiting,
    lod_number,
    lod_text,
    surfaces_of,
    value_at,
)
from twin.io.cityjson_textures import texture_values

NO_COLOUR = (0, 0, 0, 0)
_BAD = (TypeError, ValueError, KeyError, IndexError)
"""What a geometry that is not as the standard has it leads to."""


def add_object(model: Model, piece: Piece, name: str, item: Any, *, first: int, lod: str) -> None:
    """Add a city object: a row, and the geometries of the wanted level of detail.

    Parameters
    ----------
    piece : Piece
        The vertices, materials and templates that its geometries refer to.
    first : int
        Where the vertices of the piece begin among those of the model.
    lod : str
        ``"highest"``, ``"all"`` or a level such as ``"1.2"``.
    """
    if not isinstance(item, dict):
        model.counts.bad_objects += 1
        return
    row = model.add_row(name, item)
    geometries = item.get("geometry")
    if not isinstance(geometries, list):
        return
    known: list[Mapping[str, Any]] = [part for part in geometries if isinstance(part, dict)]
    model.counts.bad_geometries += len(geometries) - len(known)
    levels = [lod_number(geometry, piece.templates) for geometry in known]
    for level in levels:
        if level not in model.levels:
            model.levels.add(level)
            model.counts.lods.add(lod_text(level))
    chosen = nearest_lod(levels, lod) if len(known) > 1 and lod != "all" else None
    for geometry, level in zip(known, levels, strict=True):
        if chosen is not None and level != chosen:
            continue
        try:
            _add_geometry(model, piece, row, geometry, first=first, level=level)
        except _BAD:
            model.counts.bad_geometries += 1


def corners_of(objects: Mapping[str, Any]) -> set[Any]:
    """Return the vertices that city objects name in their boundaries. TypeError, AttributeError: they are odd."""
    found: set[Any] = set()
    for item in objects.values():
        for geometry in item.get("geometry", ()):
            corners = geometry.get("boundaries", ())
            while corners and type(corners[0]) is list:
                corners = list(chain.from_iterable(corners))
            found.update(corners)
    return found


def nearest_lod(levels: list[float], lod: str) -> float:
    """Return the level that stands for the wanted one."""
    if lod == "highest":
        return max(levels)
    try:
        wanted = float(lod)
    except ValueError:
        return max(levels)
    lower = [level for level in levels if NO_LOD < level <= wanted]
    return (
        max(lower) if lower else min((level for level in levels if level > wanted), default=NO_LOD)
    )


def _add_geometry(
    model: Model, piece: Piece, row: int, geometry: Mapping[str, Any], *, first: int, level: float
) -> None:
    kind = geometry.get("type")
    if kind == "GeometryInstance":
        _add_instance(model, piece, row, geometry)
    elif kind in POINT_TYPES:
        _add_points(model, piece, row, geometry)
    elif kind in SURFACE_DEPTH:
        one = Waiting(row, geometry, level, piece, first)
        if geometry.get("texture") or geometry.get("material"):
            _add_surfaces(model, one)
        else:
            model.waiting.append(one)
    else:
        model.counts.bad_geometries += 1


def take_in(model: Model) -> None:
    """Add the surfaces of all geometries that wait: those of a kind together, else one by one, else carefully."""
    kinds: dict[tuple[int, bool], list[Waiting]] = {}
    for one in model.waiting:
        told = isinstance(one.geometry.get("semantics"), dict)
        kinds.setdefault((SURFACE_DEPTH[str(one.geometry["type"])], told), []).append(one)
    model.waiting.clear()
    for same in kinds.values():
        if add_plain(model, same):
            continue
        for one in same:
            try:
                if not add_plain(model, [one]):
                    _add_surfaces(model, one)
            except _BAD:
                model.counts.bad_geometries += 1


def _add_surfaces(model: Model, one: Waiting) -> None:
    """Add the surfaces of a geometry one after the other."""
    piece, first = one.piece, one.first
    textures = texture_values(one.geometry)
    for path, rings, semantic, colour in _dressed_surfaces(
        model, one.geometry, piece.materials, len(piece.xyz)
    ):
        dress: dict[str, Any] = {"lod": one.lod, "semantic": semantic, "colour": colour}
        found = piece.textures.of(textures, path, rings) if textures is not None else None
        if found is not None:
            corners = [piece.xyz[ring] for ring in rings]
            model.add_textured(corners, found[1], one.row, texture=found[0], **dress)
            continue
        moved = [[index + first for index in ring] for ring in rings] if first else rings
        model.add_surface(moved, one.row, **dress)


def _dressed_surfaces(
    model: Model, geometry: Mapping[str, Any], materials: list[tuple[int, int, int, int]], size: int
) -> list[tuple[tuple[int, ...], list[list[int]], int, tuple[int, int, int, int]]]:
    """Return place, rings, kind and colour of each good surface of a geometry."""
    names = _semantic_numbers(model, geometry)
    semantics = geometry.get("semantics")
    values = semantics.get("values") if isinstance(semantics, Mapping) else None
    colours = _material_values(geometry)
    found = []
    for path, rings in surfaces_of(geometry):
        good = _good_rings(rings, size)
        model.counts.surfaces += 1
        if not good:
            model.counts.bad_indices += good is None
            model.counts.degenerate += good is not None
            continue
        which = value_at(values, path)
        semantic = names[which] if which is not None and 0 <= which < len(names) else 0
        paint = value_at(colours, path)
        colour = (
            materials[paint] if paint is not None and 0 <= paint < len(materials) else NO_COLOUR
        )
        found.append((path, good, semantic, colour))
    return found


def _semantic_numbers(model: Model, geometry: Mapping[str, Any]) -> list[int]:
    semantics = geometry.get("semantics")
    surfaces = semantics.get("surfaces") if isinstance(semantics, Mapping) else None
    if not isinstance(surfaces, list):
        return []
    return [
        model.semantic(str(surface.get("type", ""))) if isinstance(surface, Mapping) else 0
        for surface in surfaces
    ]


def _material_values(geometry: Mapping[str, Any]) -> Any:
    """Return the values of the first theme; one value stands for all surfaces."""
    themes = geometry.get("material")
    if not isinstance(themes, Mapping) or not themes:
        return None
    theme = next(iter(themes.values()))
    if not isinstance(theme, Mapping):
        return None
    return theme["values"] if "values" in theme else theme.get("value")


def _good_rings(rings: Any, size: int) -> list[list[int]] | None:
    """Return the rings without repeated corners, none for a surface without area.

    None where an index is none of the vertices.
    """
    if not isinstance(rings, list) or not all(_is_good(ring, size) for ring in rings):
        return None
    thinned = [_thinned(ring) for ring in rings if ring]
    if not thinned or len(thinned[0]) < 3:
        return []
    return [ring for ring in thinned if len(ring) >= 3]


def _is_good(ring: Any, size: int) -> bool:
    if not isinstance(ring, list):
        return False
    return not ring or (type(sum(ring)) is int and min(ring) >= 0 and max(ring) < size)


def _thinned(ring: list[int]) -> list[int]:
    if len(set(ring)) == len(ring):
        return ring
    return [corner for place, corner in enumerate(ring) if corner != ring[place - 1]]


def _add_points(model: Model, piece: Piece, row: int, geometry: Mapping[str, Any]) -> None:
    boundaries = geometry.get("boundaries") or []
    if geometry["type"] == "MultiPoint":
        shape: shapely.Geometry = shapely.MultiPoint(_at(piece.xyz, boundaries))
    else:
        shape = shapely.MultiLineString([_at(piece.xyz, line) for line in boundaries])
    model.points.setdefault(row, []).append(shape)


def _at(xyz: NDArray[np.float64], indices: list[int]) -> NDArray[np.float64]:
    chosen = np.asarray(indices, dtype=np.int64)
    if len(chosen) and (chosen.min() < 0 or chosen.max() >= len(xyz)):
        raise IndexError("no such vertex")
    return np.asarray(xyz[chosen])


def _add_instance(model: Model, piece: Piece, row: int, geometry: Mapping[str, Any]) -> None:
    """Place a template: its vertices through the matrix, then to the anchor."""
    template = piece.templates[_index(geometry["template"])]
    anchor = _at(piece.xyz, list(geometry["boundaries"]))[0]
    matrix = np.asarray(
        geometry.get("transformationMatrix", np.eye(4).ravel()), dtype=np.float64
    ).reshape(4, 4)
    if template.geometry.get("type") not in SURFACE_DEPTH:
        model.counts.bad_geometries += 1
        return
    size = len(template.xyz)
    surfaces = _dressed_surfaces(model, template.geometry, piece.materials, size)
    used = np.unique([corner for _, rings, _, _ in surfaces for ring in rings for corner in ring])
    used = used.astype(np.int64)
    placed = np.column_stack([template.xyz[used], np.ones(len(used))]) @ matrix.T
    first = model.add_vertices(placed[:, :3] + anchor)
    number = {int(corner): first + place for place, corner in enumerate(used)}
    level = lod_number(template.geometry, [])
    for _, rings, semantic, colour in surfaces:
        moved = [[number[corner] for corner in ring] for ring in rings]
        model.add_surface(moved, row, lod=level, semantic=semantic, colour=colour)


def _index(value: Any) -> int:
    if not isinstance(value, int) or value < 0:
        raise IndexError("no such template")
    return value
