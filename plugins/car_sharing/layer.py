"""Stations as discs with a pillar as high as they are full; free vehicles as cars; numbers as labels."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any

import numpy as np

from twin import api

from . import gbfs

COLUMNS = {
    "name": api.Column(label={"en": "Name", "fr": "Nom", "ko": "이름", "ar": "الاسم"}),
    "available": api.Column(
        unit="1",
        label={
            "en": "Vehicles available",
            "fr": "Véhicules disponibles",
            "ko": "이용 가능 차량",
            "ar": "المركبات المتاحة",
        },
    ),
    "capacity": api.Column(
        unit="1", label={"en": "Places", "fr": "Places", "ko": "자리", "ar": "الأماكن"}
    ),
    "free_places": api.Column(
        unit="1",
        label={"en": "Free places", "fr": "Places libres", "ko": "빈자리", "ar": "الأماكن الشاغرة"},
    ),
    "share_percent": api.Column(
        unit="%",
        label={"en": "Availability", "fr": "Disponibilité", "ko": "가용률", "ar": "التوفّر"},
    ),
    "range_km": api.Column(
        unit="km",
        label={
            "en": "Range left",
            "fr": "Autonomie restante",
            "ko": "남은 주행 거리",
            "ar": "المدى المتبقي",
        },
    ),
    "charge_percent": api.Column(
        unit="%", label={"en": "Charge", "fr": "Charge", "ko": "충전량", "ar": "الشحن"}
    ),
    "reported": api.Column(
        label={
            "en": "Reported (UTC)",
            "fr": "Relevé (UTC)",
            "ko": "보고 시각(UTC)",
            "ar": "وقت الإبلاغ (UTC)",
        }
    ),
}
CAR_M = (1.8, 4.3, 1.5)
"""Width, length and height."""
FIELDS = ("kind", "renting", "electric", *COLUMNS)


@api.params
class CarSharingParams:
    """Settings."""

    scale: Annotated[float, api.Range(0.3, 5.0), api.Unit("1")] = 1.0
    labels: bool = True


class CarSharing:
    """Reads the four files of a GBFS feed; those that a feed lacks may be left out."""

    Params = CarSharingParams

    def load(self, ctx: api.LoadContext) -> api.FeatureTable:
        """Join what stations and vehicles are with what they have now."""
        ctx.check_cancelled()
        first = api.read_json(ctx.path("stations")) if "stations" in ctx.sources else {}
        others = {
            role: api.read_json(ctx.path(role)) if role in ctx.sources else {}
            for role in ("status", "vehicles", "types")
        }
        rows = gbfs.stations(first, others["status"])
        rows += gbfs.vehicles(others["vehicles"], others["types"])
        for row in rows:
            row["share_percent"] = _share(row)
        if not rows:
            raise api.ReadError("io.no_layers", "GBFS")
        main = next(iter(ctx.sources.values()))
        return api.table_from_lonlat(
            rows,
            ctx.frame,
            name="car_sharing",
            columns=COLUMNS,
            provenance=main.provenance,
            fields=FIELDS,
        )

    def build(
        self, table: api.FeatureTable, params: CarSharingParams, view: api.ViewQuery
    ) -> list[api.Drawable]:
        """Draw discs, pillars, cars and numbers."""
        if not len(table):
            return []
        rows, xyz = api.shapes.standing(table.frame.geometry, view.frame, view.ground)
        kind = table.frame["kind"].to_numpy()[rows]
        found: list[api.Drawable] = []
        if (at := kind == "station").any():
            found += _stations(table, rows[at], xyz[at], params)
        if (at := kind == "vehicle").any():
            size = np.tile(np.array(CAR_M, dtype=np.float32), (int(at.sum()), 1)) * params.scale
            found.append(
                api.Glyphs(
                    xyz_in_scene=xyz[at],
                    shape="car",
                    scale_m=size.astype(np.float32),
                    row_of_glyph=rows[at],
                )
            )
        return found

    def default_style(self, table: api.FeatureTable) -> api.Style:
        """Colour by what is available, from none to all."""
        rule = api.Graduated(
            column="share_percent", breaks=(10.0, 30.0, 60.0, 90.0), ramp="viridis", unit="%"
        )
        return api.Style(
            rule=rule,
            title={"en": "Availability", "fr": "Disponibilité", "ko": "가용률", "ar": "التوفّر"},
        )

    def describe(
        self, table: api.FeatureTable, row: int, params: CarSharingParams, at: datetime
    ) -> Sequence[api.Fact]:
        """Say what a station or a vehicle has; what is not said is left out."""
        return api.facts_of(table, row, tuple(COLUMNS))

    def indicators(
        self, table: api.FeatureTable, params: CarSharingParams, at: datetime
    ) -> Sequence[api.Fact]:
        """Count what can be taken now."""
        available = table.frame["available"].astype(float)
        label = {
            "en": "Shared cars available",
            "fr": "Voitures partagées disponibles",
            "ko": "이용 가능한 공유 차량",
            "ar": "السيارات المشتركة المتاحة",
        }
        total = float(np.nansum(available)) if len(available) else 0.0
        return [api.Fact(label=label, value=total, unit="1", provenance=table.provenance)]


def _share(row: dict[str, Any]) -> float:
    if row["kind"] == "vehicle":
        return 100.0 * row["available"]
    capacity = row["capacity"]
    return (
        min(100.0, 100.0 * row["available"] / capacity)
        if capacity and capacity > 0
        else float("nan")
    )


def _stations(
    table: api.FeatureTable, rows: Any, xyz: Any, params: CarSharingParams
) -> list[api.Drawable]:
    share = table.frame["share_percent"].to_numpy(float)[rows]
    height = params.scale * (6.0 + 30.0 * np.nan_to_num(share) / 100.0)
    wide = np.full(len(rows), 4.5 * params.scale)
    disc = np.column_stack([4 * wide, 4 * wide, np.full(len(rows), 0.4)]).astype(np.float32)
    pillar = np.column_stack([wide, wide, height]).astype(np.float32)
    found: list[api.Drawable] = [
        api.Glyphs(xyz_in_scene=xyz, shape="cylinder", scale_m=disc, row_of_glyph=rows),
        api.Glyphs(xyz_in_scene=xyz, shape="cylinder", scale_m=pillar, row_of_glyph=rows),
    ]
    if params.labels:
        top = xyz.copy()
        top[:, 2] += height + 3.0
        numbers = table.frame["available"].to_numpy(float)[rows]
        words = tuple({"en": _count(n), "fr": _count(n)} for n in numbers)
        rank = np.argsort(np.argsort(-np.nan_to_num(numbers))).astype(np.int32)
        found.append(
            api.Labels(
                xyz_in_scene=top, texts=words, rank=rank, row_of_label=rows, max_distance_m=1500.0
            )
        )
    return found


def _count(value: float) -> str:
    return f"{value:.0f}" if np.isfinite(value) else "?"
