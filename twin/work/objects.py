"""What is planned besides buildings: trees, roads, parks, and anything in any layer, networks and sensors too."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from twin.errors import BelvedereError
from twin.model import plans
from twin.model.layer import LayerSpec
from twin.model.plans import MARKS
from twin.model.project import Delta, Project
from twin.model.style import Constant, Style
from twin.model.table import FEATURE_ID, FeatureTable
from twin.work.plan import FROM, TO

if TYPE_CHECKING:
    from twin.work.session import Session

Float64 = NDArray[np.float64]
GROUP = "plans"
MOST_TREES = 2_000
POINT, LINE, AREA = "point", "line", "area"
SHAPES = {
    "Point": POINT, "MultiPoint": POINT,
    "LineString": LINE, "MultiLineString": LINE,
    "Polygon": AREA, "MultiPolygon": AREA,
}  # fmt: skip
"""What is drawn for each kind of geometry."""


@dataclass(frozen=True, kw_only=True)
class Sort:
    """What is drawn, and which layer it comes to.

    Parameters
    ----------
    shape : str
        :data:`POINT`, :data:`LINE` or :data:`AREA`.
    """

    shape: str
    layer: str


SORTS: Mapping[str, Sort] = {
    "tree": Sort(shape=POINT, layer="planned_trees"),
    "trees": Sort(shape=LINE, layer="planned_trees"),
    "road": Sort(shape=LINE, layer="planned_roads"),
    "park": Sort(shape=AREA, layer="planned_parks"),
}
_LAYERS: Mapping[str, LayerSpec] = {
    "planned_trees": LayerSpec(
        id="planned_trees",
        type="belvedere.vector",
        title={
            "en": "Planned trees", "fr": "Arbres projetés",
            "ko": "계획된 나무", "ar": "أشجار مخططة",
        },
        params={"as_": "glyphs", "glyph": "tree.broadleaf", "glyph_column": "species"},
        group=GROUP,
    ),
    "planned_roads": LayerSpec(
        id="planned_roads",
        type="belvedere.vector",
        title={
            "en": "Planned roads", "fr": "Voies projetées",
            "ko": "계획된 도로", "ar": "طرق مخططة",
        },
        params={"as_": "ribbon", "width_column": "width_m", "lift_m": 0.2},
        style=Style(rule=Constant(colour="#cfc9bf")),
        group=GROUP,
    ),
    "planned_parks": LayerSpec(
        id="planned_parks",
        type="belvedere.vector",
        title={
            "en": "Planned parks", "fr": "Espaces verts projetés",
            "ko": "계획된 공원", "ar": "حدائق مخططة",
        },
        params={"lift_m": 0.17},
        style=Style(rule=Constant(colour="#9fbf86")),
        group=GROUP,
    ),
}  # fmt: skip
"""Layers without a source: all that is in them comes from variants."""


@dataclass(frozen=True, kw_only=True)
class Sizes:
    """Of what is drawn, in metres."""

    height_m: float = 10.0
    crown_m: float = 6.0
    spacing_m: float = 8.0
    width_m: float = 6.0
    species: str = ""


def planned(
    project: Project, place: tuple[str, str], sort: str, xyz_in_crs: Float64, sizes: Sizes
) -> Project:
    """Return a copy in which something of a sort is planned; its layer is made when it is the first.

    Parameters
    ----------
    place : tuple of 2 str
        Variant and phase.
    sort : str
        One of :data:`SORTS`.
    xyz_in_crs : (n, 3) float64
        What was drawn.

    Raises
    ------
    BelvedereError
        ``plan.no_room``: nothing can be made of so few places.
    """
    import shapely

    chosen = SORTS[sort]
    xy = xyz_in_crs[:, :2]
    if sort in ("tree", "trees"):
        places = xy if sort == "tree" else along(xy, sizes.spacing_m)
        values = {"height_m": sizes.height_m, "crown_m": sizes.crown_m, "kind": "tree"}
        if sizes.species:
            values["species"] = sizes.species
        found = [(shapely.Point(p), values) for p in places]
    elif sort == "road":
        found = [(_line(xy), {"width_m": sizes.width_m, "kind": "road"})]
    else:
        found = [(_area(xy), {"kind": "park"})]
    changed = project
    if all(spec.id != chosen.layer for spec in project.layers):
        changed = project.with_layer(_LAYERS[chosen.layer])
    for shape, own in found:
        delta = added(changed, (*place, chosen.layer), shape, own, stem=sort)
        changed = plans.with_delta(changed, delta)
    return changed


def along(xy: Float64, spacing_m: float) -> Float64:
    """Return places (n, 2) at equal distances along a line, its ends among them."""
    import shapely

    line = _line(xy)
    count = min(max(round(line.length / max(spacing_m, 0.5)), 1), MOST_TREES)
    at = np.linspace(0.0, 1.0, count + 1)
    return shapely.get_coordinates(shapely.line_interpolate_point(line, at, normalized=True))


def added(
    project: Project,
    place: tuple[str, str, str],
    shape: Any,
    values: Mapping[str, Any],
    *,
    stem: str = "plan",
) -> Delta:
    """Return the change that adds a feature to any layer; ``place`` is variant, phase and layer."""
    import shapely

    variant, phase, layer = place
    name = plans.fresh_id(f"plan-{stem}", [d.feature_id for d in project.deltas])
    wkt = str(shapely.to_wkt(shape, rounding_precision=3))
    return Delta(
        variant=variant,
        phase=phase,
        layer=layer,
        feature_id=name,
        op=plans.ADD,
        values={**values, "geometry": wkt},
    )


def shape_of_layer(table: FeatureTable) -> str:
    """Return what is drawn for a layer: what most of its features are; empty where they have no place."""
    kinds = table.frame.geometry.geom_type.map(SHAPES).dropna()
    return str(kinds.mode().iloc[0]) if len(kinds) else ""


def shape_of(kind: str, xyz_in_crs: Float64) -> Any:
    """Return the geometry of what was drawn. Raises BelvedereError ``plan.no_room``."""
    import shapely

    if kind == POINT:
        return shapely.Point(xyz_in_crs[0, :2])
    return _line(xyz_in_crs[:, :2]) if kind == LINE else _area(xyz_in_crs[:, :2])


def like(table: FeatureTable, row: int) -> dict[str, Any]:
    """Return the values of a row that a new feature of its kind takes over: all that is known but its identity."""
    found: dict[str, Any] = {}
    for name, value in table.frame.iloc[row].items():
        own = name in (FEATURE_ID, FROM, TO, *MARKS, table.frame.geometry.name)
        plain = value.item() if hasattr(value, "item") else value
        if not own and isinstance(plain, str | int | float | bool) and plain == plain:  # noqa: PLR0124 - NaN
            found[str(name)] = plain
    return found


def modified(place: tuple[str, str, str], feature: str, values: Mapping[str, Any]) -> Delta:
    """Return the change that gives a feature of any layer other values from a phase on."""
    variant, phase, layer = place
    return Delta(
        variant=variant,
        phase=phase,
        layer=layer,
        feature_id=plans.feature_of(feature),
        op=plans.MODIFY,
        values=dict(values),
    )


def layers_to_plan_in(session: Session) -> list[tuple[str, str]]:
    """Return (layer, what is drawn in it) of every layer that takes features."""
    found = []
    answers = {a.layer for a in session.project.analyses}
    for runtime in session.layers():
        table = runtime.table
        if table is None or table.raster is not None or runtime.spec.id in answers:
            continue
        shape = shape_of_layer(table)
        if shape:
            found.append((runtime.spec.id, shape))
    return found


def _line(xy: Float64) -> Any:
    import shapely

    line = shapely.LineString(xy) if len(xy) > 1 else shapely.LineString()
    if line.is_empty or line.length <= 0:
        raise BelvedereError("plan.no_room", "0 m")
    return line


def _area(xy: Float64) -> Any:
    import shapely

    shape = shapely.make_valid(shapely.Polygon(xy)) if len(xy) > 2 else shapely.Polygon()
    parts = [p for p in shapely.get_parts(shape) if p.geom_type == "Polygon" and p.area > 0.5]
    if not parts:
        raise BelvedereError("plan.no_room", "0 m")
    return max(parts, key=lambda part: part.area)
