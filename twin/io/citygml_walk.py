"""One member of a CityGML file after the other into the model: features, surfaces, references, attributes."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.io.citygml_appearance import Appearances
from twin.io.citygml_values import DATA_TYPES, attributes_of, data_of, is_record
from twin.io.cityjson_model import NO_LOD, Model, lod_text
from twin.io.cityjson_objects import nearest_lod
from twin.io.gml_rings import Patch, Shapes, gml_id, local, shapes_of

_LOD = re.compile(r"^lod(\d)|LoD(\d)")
_SEMANTIC = {"WindowSurface": "Window", "DoorSurface": "Door"}
_OPENINGS = {"Window", "Door"}
_SKIPPED = {"boundedBy", "appearance", "appearanceMember", "generalizesTo", "groupMember", "parent"}
_GML = "http://www.opengis.net/gml"
_MOST_DEEP = 40


@dataclass(frozen=True, eq=False)
class _Found:
    """A surface of a row before it is known which level of detail is wanted."""

    row: int
    lod: float
    semantic: str
    patch: Patch


@dataclass(frozen=True, eq=False)
class Link:
    """A surface that is named, not given."""

    row: int
    lod: float
    semantic: str
    target: str
    flipped: bool
    matrix: NDArray[np.float64] | None = None


@dataclass
class Walker:
    """The state of reading the members of one file.

    ``referenced`` are the ids that are named anywhere in the file: what has one of them is kept until the end.
    """

    model: Model
    appearances: Appearances
    lod: str
    referenced: set[str]
    kept: dict[str, list[Patch]] = field(default_factory=lambda: defaultdict(list))
    pending: list[Link] = field(default_factory=list)
    surfaces: int = 0
    library: list[str] = field(default_factory=list)
    dimension: int = 3
    _found: list[_Found] = field(default_factory=list)
    _links: list[Link] = field(default_factory=list)
    _copies: list[_Found] = field(default_factory=list)

    def add_member(self, element: Any) -> None:
        """Add a feature with all that it holds."""
        self._feature(element, "", depth=0)
        self._settle_links()
        self._place(self._found + self._copies)
        self._found, self._links, self._copies = [], [], []

    def add_solid(self, element: Any) -> None:
        """Add a solid that belongs to no feature: a row of its own."""
        kind = local(element)
        name = gml_id(element) or f"{kind}_{len(self.model.rows) + 1}"
        row = self.model.add_row(name, {"type": kind})
        self._geometry(element, row, NO_LOD, "")
        self._settle_links()
        self._place(self._found + self._copies)
        self._found, self._links, self._copies = [], [], []

    def finish(self) -> int:
        """Resolve the references between members; return how many lead nowhere."""
        broken = 0
        late = []
        for link in self.pending:
            patches = self.kept.get(link.target)
            broken += patches is None
            late += [
                _Found(link.row, link.lod, link.semantic, _turned(link, p)) for p in patches or ()
            ]
        self._place(late)
        return broken

    # ------------------------------------------------------------------ features

    def _feature(self, element: Any, parent: str, *, depth: int) -> None:
        kind = local(element)
        name = gml_id(element) or f"{kind}_{len(self.model.rows) + 1}"
        item: dict[str, Any] = {"type": kind, "parents": [parent] if parent else []}
        row = self.model.add_row(name, item)
        self._properties(element, row, name, semantic="", depth=depth)
        for key, value in attributes_of(element).items():
            self.model.set_attribute(row, key, value)

    def _properties(
        self, element: Any, row: int, name: str, *, semantic: str, depth: int, lod: float = NO_LOD
    ) -> None:
        if depth > _MOST_DEEP:
            return
        level = next((c.text for c in element if local(c) == "lod"), None)
        lod = _number(level, lod)
        for part in element:
            prop = local(part)
            if not prop or (prop in _SKIPPED and not _holds_surface(part)):
                continue
            matched = _LOD.search(prop)
            own = float(matched[1] or matched[2]) if matched else lod
            if matched and "TerrainIntersection" in prop:
                continue
            for child in part:
                self._value(child, row, name, semantic=semantic, depth=depth, lod=own)
            if not len(part) and matched:
                self._geometry(part, row, own, semantic)

    def _value(
        self, child: Any, row: int, name: str, *, semantic: str, depth: int, lod: float
    ) -> None:
        kind = local(child)
        if not kind:
            return
        if kind == "ImplicitGeometry":
            self._implicit(child, row, lod, semantic)
        elif child.tag.startswith("{" + _GML) or kind in {"Geometry2D", "Geometry3D"}:
            self._geometry(child, row, lod, semantic)
        elif kind[0].islower() or kind in DATA_TYPES or is_record(child):
            return
        elif kind.endswith("Surface") or kind in _OPENINGS:
            inner = _SEMANTIC.get(kind, kind)
            self._properties(child, row, name, semantic=inner, depth=depth + 1, lod=lod)
            self._surface_values(child, row)
        else:
            self._feature(child, name, depth=depth + 1)

    def _surface_values(self, surface: Any, row: int) -> None:
        """Heights of CityGML 3 stand in data types beside the surfaces."""
        for key, value in data_of(surface).items():
            self.model.set_attribute(row, key, value)

    # ------------------------------------------------------------------ geometry

    def _geometry(self, element: Any, row: int, lod: float, semantic: str) -> None:
        shapes = shapes_of(element, self.dimension)
        self._take(shapes, row, lod, semantic)

    def _take(self, shapes: Shapes, row: int, lod: float, semantic: str) -> None:
        counts = self.model.counts
        counts.bad_geometries += shapes.bad
        self.surfaces += len(shapes.patches)
        self._found += [_Found(row, lod, semantic, patch) for patch in shapes.patches]
        self._links += [Link(row, lod, semantic, name, turn) for name, turn in shapes.links]
        self.model.add_lines(row, shapes.lines)
        self.model.add_points(row, shapes.points)

    def _implicit(self, element: Any, row: int, lod: float, semantic: str) -> None:
        matrix = np.eye(4)
        shapes = Shapes()
        for part in element:
            name = local(part)
            if name == "transformationMatrix":
                values = (part.text or "").split()
                if len(values) == 16:
                    matrix = _matrix(values)
            elif name == "referencePoint":
                points = shapes_of(part, 3).points
                if points and len(points[0]):
                    matrix = matrix.copy()
                    matrix[:3, 3] += np.nan_to_num(points[0][0])
            elif name == "relativeGMLGeometry":
                shapes = shapes_of(part, 3)
                if not shapes.patches and not shapes.links and len(part) == 0:
                    shapes.bad += 1
            elif name == "libraryObject" and (part.text or "").strip():
                self.library.append((part.text or "").strip()[:80])
        self._remember(shapes.patches)
        placed = [_moved(patch, matrix) for patch in shapes.patches]
        self.surfaces += len(placed)
        self.model.counts.bad_geometries += shapes.bad
        self._copies += [_Found(row, lod, semantic, patch) for patch in placed]
        self.pending += [
            Link(row, lod, semantic, name, turn, matrix) for name, turn in shapes.links
        ]

    # ------------------------------------------------------------------ references

    def _remember(self, patches: Iterable[Patch], own: frozenset[str] = frozenset()) -> None:
        for patch in patches:
            for name in patch.ids:
                if name in self.referenced and name not in own:
                    self.kept[name].append(patch)

    def _settle_links(self) -> None:
        """A solid that names the walls of its own building adds nothing to them."""
        here: dict[str, list[_Found]] = defaultdict(list)
        for found in self._found:
            for name in found.patch.ids:
                if name in self.referenced:
                    here[name].append(found)
        added = []
        linked = set()
        for link in self._links:
            mine = here.get(link.target)
            if mine is None:
                self.pending.append(link)
                continue
            linked.add(link.target)
            if not any(found.lod == link.lod for found in mine):
                added += [
                    _Found(link.row, link.lod, found.semantic, _turned(link, found.patch))
                    for found in mine
                ]
        self._remember((found.patch for found in self._found), frozenset(linked))
        self._found += added

    # ------------------------------------------------------------------ into the model

    def _place(self, everything: list[_Found]) -> None:
        by_row: dict[int, list[_Found]] = defaultdict(list)
        for found in everything:
            by_row[found.row].append(found)
            self.model.counts.lods.add(lod_text(found.lod))
        for row, mine in by_row.items():
            levels = [found.lod for found in mine]
            chosen = None if self.lod == "all" else nearest_lod(levels, self.lod)
            for found in mine:
                if chosen is None or found.lod == chosen:
                    self._add(found, row)

    def _add(self, found: _Found, row: int) -> None:
        patch = found.patch
        self.model.counts.surfaces += 1
        dress: dict[str, Any] = {
            "lod": found.lod,
            "semantic": self.model.semantic(found.semantic),
            "colour": self.appearances.colour(patch),
        }
        turn = slice(None, None, -1) if patch.flipped else slice(None)
        rings = [ring[turn] for ring in patch.rings]
        texture = self.appearances.texture(patch)
        if texture is not None:
            number, uv = texture
            self.model.counts.textures += 1
            places = [one[turn] for one in uv]
            self.model.add_textured(rings, places, row, texture=number, **dress)
            return
        first = self.model.add_vertices(np.concatenate(rings))
        numbered = []
        for ring in rings:
            numbered.append(list(range(first, first + len(ring))))
            first += len(ring)
        self.model.add_surface(numbered, row, **dress)


def _holds_surface(part: Any) -> bool:
    """``boundedBy`` is the box of a feature in GML, and a wall of it in CityGML 1 and 2."""
    return any(local(child).endswith("Surface") for child in part)


def _turned(link: Link, patch: Patch) -> Patch:
    moved = patch if link.matrix is None else _moved(patch, link.matrix)
    if not link.flipped:
        return moved
    return Patch(moved.rings, moved.ids, moved.ring_ids, flipped=not moved.flipped)


def _moved(patch: Patch, matrix: NDArray[np.float64]) -> Patch:
    rings = [np.nan_to_num(ring) @ matrix[:3, :3].T + matrix[:3, 3] for ring in patch.rings]
    return Patch(rings, patch.ids, patch.ring_ids, patch.flipped)


def _matrix(words: list[str]) -> NDArray[np.float64]:
    try:
        found = np.array(words, dtype=np.float64).reshape(4, 4)
    except ValueError:
        return np.eye(4)
    return found if np.isfinite(found).all() else np.eye(4)


def _number(text: str | None, default: float) -> float:
    try:
        return float(text) if text is not None else default
    except ValueError:
        return default
