"""Indicators of every variant of a session, side by side, those of plugins among them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from twin.analysis.answer import Answer
from twin.analysis.indicator_words import AS_IT_IS
from twin.analysis.indicators import Indicator, Scope, as_rows, indicators
from twin.analysis.stock import Stock, joined, stock_of
from twin.drawables import Glyphs, Role
from twin.errors import BelvedereError
from twin.io.guess import names_of
from twin.model.plans import Changes, changes_of
from twin.model.table import FeatureTable
from twin.progress import Progress, Unattended
from twin.work.context import JobContext
from twin.work.jobs import PartOfJob
from twin.work.shade_indicator import ShadeAsked, shade_asked, shade_of_variants
from twin.work.told_indicators import of_layers, of_plugins
from twin.work.validity import Validity

if TYPE_CHECKING:
    from twin.model.geoframe import GeoFrame
    from twin.model.project import Project
    from twin.registry import Registry
    from twin.work.runtime import LayerRuntime
    from twin.work.session import Session

EXISTING = ""
"""The variant without a name: the city as the data has it."""

COLUMNS = (
    "variant", "id", "label", "value", "unit", "difference", "formula", "source", "quality",
)  # fmt: skip

GREEN = frozenset(
    names_of(
        "park garden lawn grass forest wood meadow orchard parterre verge scrub heath village_green "
        "recreation_ground parc jardin pelouse prairie verger bois foret boisement haie vegetation"
    )
)
KINDS = ("kind", "landuse", "leisure", "natural", "type", "class", "nature", "fonction")


@dataclass(frozen=True, eq=False, kw_only=True)
class LayerNow:
    """What a worker needs to know of a layer; taken on the owner's thread."""

    runtime: LayerRuntime
    table: FeatureTable
    changes: Changes
    plants: bool
    built: bool


@dataclass(frozen=True, eq=False, kw_only=True)
class Asked:
    """A question of indicators, frozen: it can be answered on a worker.

    Parameters
    ----------
    perimeter : shapely geometry or None
        In the CRS; None: the convex hull of the buildings as the data has them.
    """

    project: Project
    frame: GeoFrame
    folder: Any
    registry: Registry
    layers: tuple[LayerNow, ...]
    moments: Mapping[str, datetime]
    perimeter: Any = None
    shade: ShadeAsked | None = None


def asked_of(
    session: Session,
    variants: Sequence[str] | None = None,
    *,
    at: datetime | None = None,
    perimeter: Any = None,
    shaded: Sequence[Sequence[float]] = (),
    day: date | None = None,
) -> Asked:
    """Freeze a question.

    Parameters
    ----------
    variants : sequence of str or None
        Ids; None: the city without any, and every variant.
    at : datetime or None
        The moment; None: when every phase has ended, so that all that is planned stands.
    shaded, day
        Places in the CRS whose hours of shadow on a day are counted; none: those that a kept analysis names.
    """
    project = session.project
    names = [EXISTING, *(v.id for v in project.variants)] if variants is None else list(variants)
    moment = at or _last(session)
    return Asked(
        project=project,
        frame=project.frame,
        folder=session.folder,
        registry=session.registry,
        layers=tuple(_now(r, r.table) for r in session.layers() if r.table is not None),
        moments=dict.fromkeys(names, moment),
        perimeter=perimeter,
        shade=shade_asked(session, names, moment, shaded, day),
    )


def answer_of(asked: Asked, progress: Progress) -> dict[str, list[Indicator]]:
    """Return the indicators of each variant asked for. Runs on a worker."""
    built = [layer for layer in asked.layers if layer.built][:1]
    if not built:
        raise BelvedereError("analyse.no_buildings")
    planned = [x for x in asked.layers if x.built and _planned(asked.project, x) and x not in built]
    tables_of: dict[str, dict[str, FeatureTable]] = {}
    for done, variant in enumerate(asked.moments):
        progress.progress(done, len(asked.moments), "variants")
        tables_of[variant] = {
            x.runtime.spec.id: _table(asked, x, variant, progress) for x in asked.layers
        }
    perimeter, words = _perimeter(asked, built, tables_of)
    runtimes = [x.runtime for x in asked.layers]
    found: dict[str, list[Indicator]] = {}
    for variant, at in asked.moments.items():
        progress.check_cancelled()
        tables = tables_of[variant]
        stocks = [_stock(tables, x, at, perimeter) for x in built]
        stocks += [_stock(tables, x, at, None) for x in planned]
        scope = Scope(
            area_m2=float(perimeter.area),
            green_m2=_green(asked, tables, perimeter, at),
            trees=_trees(asked, tables, perimeter, at),
            perimeter=words,
        )
        found[variant] = [
            *indicators(joined(stocks), scope),
            *of_layers(runtimes, tables, at, progress),
            *of_plugins(asked.registry, tables, at, progress),
        ]
    if asked.shade is not None:
        for variant, hours in shade_of_variants(asked.shade, progress).items():
            found[variant] += hours
    return found


def _stock(
    tables: Mapping[str, FeatureTable], layer: LayerNow, at: datetime, perimeter: Any
) -> Stock:
    """Return the buildings of a layer at a moment, inside a perimeter if there is one."""
    table = tables[layer.runtime.spec.id]
    rows = _rows(table, at)
    return stock_of(table, rows if perimeter is None else rows & _inside(table, perimeter))


def indicators_of_variants(
    session: Session,
    variants: Sequence[str] | None = None,
    *,
    lang: str = "en",
    at: Any = None,
    shaded: Sequence[Sequence[float]] = (),
    day: date | None = None,
) -> Answer:
    """Return a table with a row for each variant and indicator, with the difference to the city as it is."""
    names = None if variants is None else [EXISTING, *variants]
    asked = asked_of(session, names, at=at, shaded=shaded, day=day)
    return table_of(answer_of(asked, Unattended()), asked, lang)


def table_of(found: Mapping[str, Sequence[Indicator]], asked: Asked, lang: str = "en") -> Answer:
    """Return indicators side by side.

    Columns: variant (empty: as it is), indicator, label, value (empty: not known), unit, difference (to the city
    as it is), formula, source, quality.
    """
    base = {i.id: i.value for i in found.get(EXISTING, ())}
    rows: list[dict[str, Any]] = []
    for variant, own in found.items():
        for row in as_rows(own, lang):
            before, value = base.get(row["id"]), row["value"]
            known = before is not None and value is not None and variant != EXISTING
            difference = round(value - before, 3) if known else None
            rows.append({"variant": variant, "difference": difference, **row})
    columns = {
        ("indicator" if name == "id" else name): np.array([r[name] for r in rows], object)
        for name in COLUMNS
    }
    labels = {v.id: dict(v.label) for v in asked.project.variants}
    told = [
        {"id": v, "label": labels.get(v, AS_IT_IS), "indicators": as_rows(own, lang)}
        for v, own in found.items()
    ]
    at = next(iter(asked.moments.values())).isoformat()
    return Answer(kind="indicators", columns=columns, summary={"at": at, "variants": told})


def _last(session: Session) -> datetime:
    ends = [t for p in session.project.phases for t in (p.start, p.end) if t is not None]
    return max([*ends, session.clock.at])


def _now(runtime: LayerRuntime, table: FeatureTable) -> LayerNow:
    plants = any(isinstance(d, Glyphs) and d.role is Role.VEGETATION for d in runtime.drawables)
    names = {"footprint_m2", "volume_m3", "height_m"}
    return LayerNow(
        runtime=runtime,
        table=table,
        changes=runtime.changes,
        plants=plants,
        built=names <= set(map(str, table.frame.columns)),
    )


def _planned(project: Project, layer: LayerNow) -> bool:
    return any(d.layer == layer.runtime.spec.id for d in project.deltas)


def _table(asked: Asked, layer: LayerNow, variant: str, progress: Progress) -> FeatureTable:
    """Return the table of a layer in a variant: the loaded one where the same changes hold."""
    spec = layer.runtime.spec
    at = asked.moments[variant]
    changes = changes_of(asked.project, variant, at).get(spec.id, ()) if variant else ()
    if changes == layer.changes:
        return layer.table
    job = PartOfJob("job.load", spec.id, progress)
    context = JobContext(
        spec, asked.folder, asked.frame, layer.runtime.params, job, changes=changes
    )
    job.check_cancelled()
    table: FeatureTable = asked.registry.create(spec.type).load(context)
    return table


def _rows(table: FeatureTable, at: datetime) -> NDArray[np.bool_]:
    validity = Validity.of(table.frame)
    return validity.at(at) if validity else np.ones(len(table), bool)


def _perimeter(
    asked: Asked, built: Sequence[LayerNow], tables_of: Mapping[str, Mapping[str, FeatureTable]]
) -> tuple[Any, Mapping[str, str]]:
    """Return the perimeter that was drawn, else the hull of the buildings of all variants, and its words."""
    import shapely

    if asked.perimeter is not None:
        return asked.perimeter, {
            "en": "perimeter as drawn",
            "fr": "périmètre dessiné",
            "ko": "그린 그대로의 구역",
            "ar": "المحيط كما رُسم",
        }
    hulls = [_hull(tables[x.runtime.spec.id]) for x in built for tables in tables_of.values()]
    hull = shapely.convex_hull(shapely.GeometryCollection(hulls))
    words = {
        "en": "perimeter: convex hull of the buildings",
        "fr": "périmètre : enveloppe convexe des bâtiments",
        "ko": "구역: 건물의 볼록 껍질",
        "ar": "المحيط: الغلاف المحدب للمباني",
    }
    return hull, words


def _hull(table: FeatureTable) -> Any:
    """Return the convex hull of a table: of its surfaces where it has any, whose outline is not always told."""
    import shapely

    outlines = np.asarray(table.frame.geometry.array, object)
    parts = list(outlines[~shapely.is_missing(outlines)])
    if table.mesh is not None and len(table.mesh.xyz_in_crs):
        parts.append(shapely.MultiPoint(table.mesh.xyz_in_crs[:, :2]))
    return shapely.convex_hull(shapely.GeometryCollection(parts))


def _inside(table: FeatureTable, perimeter: Any) -> NDArray[np.bool_]:
    import shapely

    outlines = np.asarray(table.frame.geometry.array, object)
    if table.mesh is not None:
        return np.ones(len(table), bool)  # of surfaces the outline is not always told
    middle = shapely.centroid(outlines)
    return np.asarray(shapely.intersects(perimeter, middle), bool)


def _green(
    asked: Asked, tables: Mapping[str, FeatureTable], perimeter: Any, at: datetime
) -> float | None:
    import shapely

    tables_of = [tables[x.runtime.spec.id] for x in asked.layers if not x.built]
    found = [a for t in tables_of if (a := green_outlines(t, _rows(t, at))) is not None]
    if not found:
        return None
    inside = shapely.intersection(shapely.make_valid(np.concatenate(found)), perimeter)
    return float(shapely.area(shapely.union_all(inside)))


def green_outlines(table: FeatureTable, rows: NDArray[np.bool_]) -> NDArray[Any] | None:
    """Return the parks, lawns and woods among some rows of a table; None where the table has none at any time."""
    import shapely

    kinds = next((k for k in KINDS if k in table.frame.columns), "")
    if not kinds:
        return None
    outlines = np.asarray(table.frame.geometry.array, object)
    words = table.frame[kinds].astype(str).str.lower().isin(GREEN).to_numpy()
    green = words & np.isin(shapely.get_type_id(outlines), (3, 6))
    return outlines[green & rows] if green.any() else None


def _trees(
    asked: Asked, tables: Mapping[str, FeatureTable], perimeter: Any, at: datetime
) -> int | None:
    import shapely

    counts = []
    for layer in asked.layers:
        if layer.plants:
            table = tables[layer.runtime.spec.id]
            places = np.asarray(table.frame.geometry.array, object)[_rows(table, at)]
            counts.append(int(np.count_nonzero(shapely.intersects(perimeter, places))))
    return sum(counts) if counts else None
