"""The buildings layer: footprints with heights or storeys, or the surfaces of a city model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from layers.buildings import ages, blocks, columns, facts, heights, measured, surfaces, uses, years
from layers.buildings.options import BuildingsParams
from twin import api

LANGUAGES = ("en", "fr", "ko", "ar")


class Buildings:
    """Buildings that stand on the ground."""

    Params = BuildingsParams
    rowwise = True
    load_params = (
        "storey_height_m", "default_height_m", "height_column", "storeys_column", "ground_column",
        "roof_shape_column", "roof_height_column", "use_column", "surface_is", "material_column",
        "year_column",
    )  # fmt: skip

    def load(self, ctx: api.LoadContext) -> api.FeatureTable:
        """Read footprints or surfaces, and work out heights, areas and volumes."""
        table = ctx.read("buildings")
        ctx.check_cancelled()
        chosen = ctx.params.chosen()
        found = columns.find(table, chosen)
        for name in sorted({*chosen.values()} - {"", *found.values()}):
            ctx.report(api.Problem("buildings.column_missing", table.name, {"column": name}))
        resolved = blocks.resolve(table, found, ctx.params)
        table, resolved = measured.with_measured(ctx, table, resolved)
        _report(ctx, table, resolved)
        return _with_columns(table, found, resolved)

    def default_style(self, table: api.FeatureTable) -> api.Style:
        """Colour by use where it is known."""
        return uses.style(table)

    def build(
        self, table: api.FeatureTable, params: BuildingsParams, view: api.ViewQuery
    ) -> Sequence[api.Drawable]:
        """Raise the footprints and place the surfaces."""
        drawables = surfaces.drawables(table, params, view)
        drawables += blocks.raised(table, params, view)
        return [*drawables, *surfaces.points_and_lines(table, view)]

    def describe(
        self, table: api.FeatureTable, row: int, params: BuildingsParams, at: Any
    ) -> Sequence[api.Fact]:
        """Say first what was worked out, and how; then what the data says."""
        return facts.of_building(table, row)

    def indicators(
        self, table: api.FeatureTable, params: BuildingsParams, at: Any
    ) -> Sequence[api.Fact]:
        """Numbers of the whole layer."""
        frame = table.frame
        return [
            api.Fact(label={"en": "Buildings", "fr": "Bâtiments", "ko": "건물", "ar": "المباني"}, value=len(frame)),
            api.Fact(
                label={"en": "Built footprint", "fr": "Emprise bâtie", "ko": "건축 면적", "ar": "المساحة المبنية"},
                value=float(np.nansum(frame["footprint_m2"])), unit="m²",
            ),
            api.Fact(
                label={"en": "Built volume", "fr": "Volume bâti", "ko": "건축 체적", "ar": "الحجم المبني"},
                value=float(np.nansum(frame["volume_m3"])), unit="m³",
            ),
            api.Fact(
                label={"en": "Mean height", "fr": "Hauteur moyenne", "ko": "평균 높이", "ar": "متوسط الارتفاع"},
                value=float(frame["height_m"].mean()), unit="m",
            ),
        ]  # fmt: skip


def _report(ctx: api.LoadContext, table: api.FeatureTable, resolved: heights.Heights) -> None:
    drawn = np.zeros(len(table), bool)
    drawn[blocks.footprints(table)[1]] = True
    storeys = int((drawn & resolved.from_storeys).sum())
    unknown = resolved.estimated & ~resolved.from_storeys & ~resolved.measured
    default = int((drawn & unknown).sum())
    p, where = ctx.params, table.name
    if storeys:
        values = {"count": storeys, "storey_height_m": p.storey_height_m}
        ctx.report(api.Problem("buildings.height_from_storeys", where, values, api.Severity.INFO))
    if default:
        all_of_them = default == int(drawn.sum())
        values = {"count": default, "default_height_m": p.default_height_m}
        severity = api.Severity.WARNING if all_of_them else api.Severity.INFO
        ctx.report(api.Problem("buildings.height_missing", where, values, severity))


def _with_columns(
    table: api.FeatureTable, found: Mapping[str, str], resolved: heights.Heights
) -> api.FeatureTable:
    own = surfaces.measures(table)
    given = blocks.has_surfaces(table)
    area = shapely.area(np.asarray(table.frame.geometry.array, dtype=object))
    area = np.where(given, own["footprint_m2"], np.where(area > 0, area, np.nan))
    height = np.where(given & resolved.estimated, own["height_m"], resolved.top_m)
    height = np.where(np.isfinite(area) | given, height, np.nan)
    quality = np.where(
        given & resolved.estimated,
        "measured",
        np.where(resolved.estimated, "estimated", "declared"),
    )
    volume = np.where(given, own["volume_m3"], area * (height - resolved.min_height_m))
    ground = np.where(np.isfinite(resolved.ground_m), resolved.ground_m, own["ground_m"])
    frame = table.frame.assign(
        height_m=height,
        height_quality=quality,
        ground_m=ground,
        footprint_m2=area,
        volume_m3=volume,
    )
    frame[uses.USE_GROUP] = _use_groups(table, found)
    for name, values in ages.columns(table, found).items():
        frame[name] = values
    frame = years.with_beginnings(frame)
    notes = {name: note for name, note in _column_notes(table, found).items() if name in frame}
    return replace(table, frame=frame, columns={**table.columns, **notes})


def _use_groups(table: api.FeatureTable, found: Mapping[str, str]) -> NDArray[np.object_]:
    groups = uses.groups(columns.texts(table, found.get("use")))
    if table.mesh is None or "type" not in table.frame.columns:
        return groups
    return uses.of_objects(columns.texts(table, "type"), groups)


def _column_notes(table: api.FeatureTable, found: Mapping[str, str]) -> dict[str, api.Column]:
    def source_of(meaning: str) -> api.Provenance:
        name = found.get(meaning)
        return table.column(name).provenance if name else table.provenance

    worked_out = replace(table.provenance, quality=api.Quality.ESTIMATED)

    def column(unit: str, provenance: api.Provenance, *told: str) -> api.Column:
        label = dict(zip(LANGUAGES, told, strict=True))
        return api.Column(unit=unit, provenance=provenance, label=label)

    return {
        "height_m": column("m", source_of("height"), "Height", "Hauteur", "높이", "الارتفاع"),
        "height_quality": column(
            "",
            worked_out,
            "Quality of height",
            "Qualité de la hauteur",
            "높이의 출처",
            "جودة الارتفاع",
        ),
        "ground_m": column(
            "m",
            source_of("ground"),
            "Altitude of ground",
            "Altitude du sol",
            "지반고",
            "منسوب الأرض",
        ),
        "footprint_m2": column(
            "m²", worked_out, "Footprint", "Emprise au sol", "건축면적", "المساحة المبنية"
        ),
        "volume_m3": column("m³", worked_out, "Volume", "Volume", "체적", "الحجم"),
        uses.USE_GROUP: column(
            "",
            source_of("use"),
            "Use (group)",
            "Usage (groupe)",
            "용도(묶음)",
            "الاستعمال (مجموعة)",
        ),
        ages.YEAR: column(
            "", source_of("year"), "Built in", "Année de construction", "준공 연도", "سنة البناء"
        ),
        ages.MATERIAL: column("", source_of("material"), "Walls", "Murs", "벽", "الجدران"),
    }
