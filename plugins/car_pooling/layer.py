"""Places of car pooling as posts, journeys between communes as arcs through the air."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from twin import api

from . import tables

COLUMNS = {
    "name": api.Column(label={"en": "Name", "fr": "Nom", "ko": "이름", "ar": "الاسم"}),
    "journeys": api.Column(
        unit="1",
        label={
            "en": "Journeys in the month",
            "fr": "Trajets du mois",
            "ko": "월간 이동 수",
            "ar": "رحلات الشهر",
        },
    ),
    "spaces": api.Column(
        unit="1", label={"en": "Spaces", "fr": "Places", "ko": "주차면", "ar": "الأماكن"}
    ),
    "spaces_disabled": api.Column(
        unit="1",
        label={
            "en": "Spaces for disabled people",
            "fr": "Places PMR",
            "ko": "장애인 주차면",
            "ar": "أماكن لذوي الإعاقة",
        },
    ),
}
FIELDS = ("kind", "type", "hours", "date", *COLUMNS)
POST_M = 30.0


@api.params
class CarPoolingParams:
    """Settings."""

    least: Annotated[int, api.Range(6, 10_000)] = 30
    rise: Annotated[float, api.Range(0.05, 1.0), api.Unit("1")] = 0.22
    scale: Annotated[float, api.Range(0.3, 5.0), api.Unit("1")] = 1.0


class CarPooling:
    """Reads places (BNLC), journeys (Registre de preuve de covoiturage) and where communes lie."""

    Params = CarPoolingParams
    load_params = ("least",)

    def load(self, ctx: api.LoadContext) -> api.FeatureTable:
        """Read places, and count journeys between communes whose centres are known."""
        ctx.check_cancelled()
        places = tables.places(ctx.path("places"))
        made = api.table_from_lonlat(
            places,
            ctx.frame,
            name="car_pooling",
            columns=COLUMNS,
            provenance=ctx.sources["places"].provenance,
            fields=FIELDS,
        )
        if "journeys" not in ctx.sources or "centres" not in ctx.sources:
            return made
        flows = tables.flows(ctx.path("journeys"), least=ctx.params.least)
        lines = _lines(flows, tables.centres(ctx.path("centres")), ctx.frame)
        return api.FeatureTable(
            frame=api.stacked([made.frame, lines]),
            crs=made.crs,
            name=made.name,
            columns=COLUMNS,
            provenance=made.provenance,
        )

    def build(
        self, table: api.FeatureTable, params: CarPoolingParams, view: api.ViewQuery
    ) -> list[api.Drawable]:
        """Draw posts and arcs; an arc is the thicker the more journeys it stands for."""
        kinds = table.frame["kind"].to_numpy() if len(table) else np.zeros(0, dtype=object)
        geometry = table.frame.geometry.to_numpy()
        found: list[api.Drawable] = []
        at = np.flatnonzero(kinds == "place")
        rows, xyz = api.shapes.standing(geometry[at], view.frame, view.ground)
        if len(rows):
            size = np.tile(np.array([9.0, 9.0, POST_M], np.float32), (len(rows), 1)) * params.scale
            row = at[rows].astype(np.int32)
            found.append(
                api.Glyphs(
                    xyz_in_scene=xyz, shape="pin", scale_m=size.astype(np.float32), row_of_glyph=row
                )
            )
        return found + _arcs(table, np.flatnonzero(kinds == "flow"), params, view)

    def default_style(self, table: api.FeatureTable) -> api.Style:
        """Tell places from flows."""
        words = {
            "place": (
                "#2f7f6f",
                {
                    "en": "Place of car pooling",
                    "fr": "Lieu de covoiturage",
                    "ko": "카풀 장소",
                    "ar": "مكان مشاركة السيارات",
                },
            ),
            "flow": (
                "#c2703d",
                {
                    "en": "Journeys between communes",
                    "fr": "Trajets entre communes",
                    "ko": "지역 간 이동",
                    "ar": "رحلات بين البلديات",
                },
            ),
        }
        rule = api.Categories(
            column="kind",
            categories=tuple(
                api.Category(value=value, colour=colour, label=label)
                for value, (colour, label) in words.items()
            ),
        )
        return api.Style(
            rule=rule,
            title={
                "en": "Car pooling",
                "fr": "Covoiturage",
                "ko": "카풀",
                "ar": "مشاركة الرحلات بالسيارة",
            },
        )

    def describe(
        self, table: api.FeatureTable, row: int, params: CarPoolingParams, at: datetime
    ) -> Sequence[api.Fact]:
        """Say what is known of a place or a flow."""
        return api.facts_of(table, row, tuple(COLUMNS))


def _lines(
    flows: dict[tuple[str, str], int],
    centres: dict[str, tuple[str, str, str]],
    frame: api.GeoFrame,
) -> gpd.GeoDataFrame:
    """Return a straight line for each flow between communes that are known."""
    known = {pair: n for pair, n in sorted(flows.items()) if set(pair) <= set(centres)}
    rows: list[dict[str, Any]] = []
    shapes = []
    for (start, end), count in known.items():
        ends = [centres[c] for c in (start, end)]
        lonlat = np.array([[api.number(lon), api.number(lat)] for _, lon, lat in ends])
        xy = frame.scene_from_lonlat(lonlat) + frame.origin[:2]
        shapes.append(shapely.linestrings(xy))
        name = f"{ends[0][0]} - {ends[1][0]}"
        rows.append(
            {
                "feature_id": f"flow/{start}-{end}",
                "kind": "flow",
                "name": name,
                "journeys": float(count),
            }
        )
    made = pd.DataFrame(rows, columns=["feature_id", "kind", "name", "journeys"])
    return gpd.GeoDataFrame(made, geometry=gpd.GeoSeries(shapes, crs=frame.crs, index=made.index))


def _arcs(
    table: api.FeatureTable, rows: Any, params: CarPoolingParams, view: api.ViewQuery
) -> list[api.Drawable]:
    lines = table.frame.geometry.to_numpy()[rows]
    good = ~(shapely.is_missing(lines) | shapely.is_empty(lines))
    rows, lines = rows[good], lines[good]
    if not len(rows):
        return []
    ends = []
    for at in (0, -1):
        _, xyz = api.shapes.standing(
            shapely.get_point(lines, at), view.frame, view.ground, lift_m=4.0
        )
        ends.append(xyz)
    counts = np.nan_to_num(table.frame["journeys"].to_numpy(float)[rows])
    most = max(float(counts.max()), 1.0)
    found: list[api.Drawable] = []
    steps = np.digitize(counts / most, (0.15, 0.4))
    for step, width_px in enumerate((1.5, 3.0, 5.0)):
        at = np.flatnonzero(steps == step)
        if len(at):
            xyz, offsets = api.shapes.arcs(ends[0][at], ends[1][at], rise=params.rise)
            found.append(
                api.Lines(
                    xyz_in_scene=xyz,
                    offsets=offsets,
                    row_of_line=rows[at].astype(np.int32),
                    width_px=width_px * params.scale,
                    role=api.Role.MARKER,
                )
            )
    return found
