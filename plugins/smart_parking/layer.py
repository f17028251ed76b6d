"""Car parks as towers that fill up, coloured by occupancy, with free places and arrows to the nearest that has any."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any

import numpy as np

from twin import api

from . import reading

COLUMNS = {
    "name": api.Column(label={"en": "Name", "fr": "Nom", "ko": "이름", "ar": "الاسم"}),
    "spaces": api.Column(
        unit="1", label={"en": "Places", "fr": "Places", "ko": "자리", "ar": "الأماكن"}
    ),
    "free": api.Column(
        unit="1",
        label={"en": "Free places", "fr": "Places libres", "ko": "빈자리", "ar": "الأماكن الشاغرة"},
    ),
    "occupancy_percent": api.Column(
        unit="%",
        label={"en": "Occupancy", "fr": "Taux d'occupation", "ko": "점유율", "ar": "نسبة الإشغال"},
    ),
    "search_min": api.Column(
        unit="min",
        label={
            "en": "Time to find a place (estimate)",
            "fr": "Temps pour trouver une place (estimé)",
            "ko": "주차면 찾는 시간(추정)",
            "ar": "وقت إيجاد مكان (تقدير)",
        },
        provenance=api.Provenance(source="occupancy", quality=api.Quality.ESTIMATED),
    ),
    "spaces_disabled": api.Column(
        unit="1",
        label={
            "en": "Places for disabled people",
            "fr": "Places PMR",
            "ko": "장애인 주차면",
            "ar": "أماكن لذوي الإعاقة",
        },
    ),
    "spaces_electric": api.Column(
        unit="1",
        label={
            "en": "Places with a charger",
            "fr": "Places avec borne",
            "ko": "충전기 있는 주차면",
            "ar": "أماكن مزوّدة بشاحن",
        },
    ),
    "height_max_m": api.Column(
        unit="m",
        label={
            "en": "Highest vehicle",
            "fr": "Hauteur maximale",
            "ko": "최대 차량 높이",
            "ar": "أقصى ارتفاع للمركبة",
        },
    ),
    "price_1h_eur": api.Column(
        unit="€", label={"en": "One hour", "fr": "Une heure", "ko": "1시간", "ar": "ساعة واحدة"}
    ),
}
FIELDS = ("reported", *COLUMNS)
WALK_M_S = 1.3
DRIVE_M_S = 6.0
LOOK_S = 8.0
"""Seconds to look at one place and drive on to the next: an order of magnitude."""


@api.params
class SmartParkingParams:
    """Settings."""

    arrows: bool = True
    labels: bool = True
    full_percent: Annotated[float, api.Range(50, 100), api.Unit("%")] = 97.0
    scale: Annotated[float, api.Range(0.3, 5.0), api.Unit("1")] = 1.0


class SmartParking:
    """Reads car parks (BNLS) and how full they are; without occupancy it shows where they are."""

    Params = SmartParkingParams

    def load(self, ctx: api.LoadContext) -> api.FeatureTable:
        """Join car parks and occupancy; estimate how long it takes to find a place."""
        ctx.check_cancelled()
        rows = reading.parks(ctx.path("parks"))
        if "occupancy" in ctx.sources:
            states = reading.occupancy_of(ctx.path("occupancy"))
            rows = reading.joined(rows, states)
        for row in rows:
            row["occupancy_percent"] = _occupancy(row)
            row["search_min"] = search_min(row["spaces"], row["free"])
        return api.table_from_lonlat(
            rows,
            ctx.frame,
            name="smart_parking",
            columns=COLUMNS,
            provenance=ctx.sources["parks"].provenance,
            fields=FIELDS,
        )

    def build(
        self, table: api.FeatureTable, params: SmartParkingParams, view: api.ViewQuery
    ) -> list[api.Drawable]:
        """Draw a tower a car park: its foot is all its places, its height those that are taken."""
        rows, xyz = api.shapes.standing(table.frame.geometry, view.frame, view.ground)
        if not len(rows):
            return []
        spaces = np.nan_to_num(table.frame["spaces"].to_numpy(float)[rows], nan=50.0)
        taken = np.nan_to_num(table.frame["occupancy_percent"].to_numpy(float)[rows]) / 100.0
        wide = params.scale * (8.0 + 0.6 * np.sqrt(np.maximum(spaces, 1.0)))
        tall = params.scale * (8.0 + 40.0 * taken)
        foot = np.column_stack([wide * 1.25, wide * 1.25, np.full(len(rows), 0.5)])
        tower = np.column_stack([wide * 0.7, wide * 0.7, tall])
        found: list[api.Drawable] = [
            api.Glyphs(
                xyz_in_scene=xyz,
                shape="cylinder",
                scale_m=size.astype(np.float32),
                row_of_glyph=rows,
            )
            for size in (foot, tower)
        ]
        if params.labels:
            found.append(_labels(table, rows, xyz, tall))
        if params.arrows:
            found += _arrows(table, rows, xyz, params)
        return found

    def default_style(self, table: api.FeatureTable) -> api.Style:
        """Colour by occupancy, from free to full."""
        rule = api.Graduated(
            column="occupancy_percent",
            breaks=(50.0, 75.0, 90.0, 97.0),
            ramp="lajolla",
            unit="%",
        )
        return api.Style(
            rule=rule,
            title={
                "en": "Occupancy",
                "fr": "Taux d'occupation",
                "ko": "점유율",
                "ar": "نسبة الإشغال",
            },
        )

    def describe(
        self, table: api.FeatureTable, row: int, params: SmartParkingParams, at: datetime
    ) -> Sequence[api.Fact]:
        """Say what is known of a car park; what is not said is left out."""
        return api.facts_of(table, row, tuple(COLUMNS))

    def indicators(
        self, table: api.FeatureTable, params: SmartParkingParams, at: datetime
    ) -> Sequence[api.Fact]:
        """Sum up the free places of all car parks that tell."""
        free = table.frame["free"].astype(float) if len(table) else np.zeros(0)
        label = {
            "en": "Free parking places",
            "fr": "Places de parking libres",
            "ko": "빈 주차면",
            "ar": "أماكن الوقوف الشاغرة",
        }
        total = float(np.nansum(free))
        return [api.Fact(label=label, value=total, unit="1", provenance=table.provenance)]


def search_min(spaces: float, free: float) -> float:
    """Return minutes until a place is found in a car park: an estimate.

    Places are looked at one after the other, each free with the chance ``free / spaces``: the mean number
    of looks is ``(spaces + 1) / (free + 1)`` (drawing without putting back), each takes ``LOOK_S`` seconds.
    """
    if not spaces > 0 or not free >= 0:
        return float("nan")
    return (spaces + 1.0) / (min(free, spaces) + 1.0) * LOOK_S / 60.0


def _occupancy(row: dict[str, Any]) -> float:
    spaces, free = row["spaces"], row["free"]
    if not spaces > 0 or np.isnan(free):
        return float("nan")
    return float(np.clip(100.0 * (1.0 - free / spaces), 0.0, 100.0))


def _labels(table: api.FeatureTable, rows: Any, xyz: Any, tall: Any) -> api.Labels:
    free = table.frame["free"].to_numpy(float)[rows]
    top = xyz.copy()
    top[:, 2] += tall + 4.0
    texts = tuple(
        {
            "en": f"{n:.0f} free",
            "fr": f"{n:.0f} libres",
            "ko": f"빈자리 {n:.0f}",
            "ar": f"{n:.0f} شاغر",
        }
        if np.isfinite(n)
        else {"en": "P", "fr": "P"}
        for n in free
    )
    rank = np.argsort(np.argsort(-np.nan_to_num(free))).astype(np.int32)
    return api.Labels(
        xyz_in_scene=top, texts=texts, rank=rank, row_of_label=rows, max_distance_m=2500.0
    )


def _arrows(
    table: api.FeatureTable, rows: Any, xyz: Any, params: SmartParkingParams
) -> list[api.Drawable]:
    """Return an arrow from each full car park to the nearest that has places."""
    taken = table.frame["occupancy_percent"].to_numpy(float)[rows]
    full, open_ = (
        np.flatnonzero(taken >= params.full_percent),
        np.flatnonzero(taken < params.full_percent),
    )
    if not len(full) or not len(open_):
        return []
    away = np.linalg.norm(xyz[full][:, None, :2] - xyz[open_][None, :, :2], axis=-1)
    target = open_[away.argmin(axis=1)]
    start, end = xyz[full].copy(), xyz[target].copy()
    start[:, 2] += 20.0
    end[:, 2] += 8.0
    line, offsets = api.shapes.arcs(start, end, rise=0.12)
    shaft = api.Lines(
        xyz_in_scene=line,
        offsets=offsets,
        row_of_line=rows[target].astype(np.int32),
        radius_m=1.2 * params.scale,
        role=api.Role.MARKER,
    )
    head = np.full((len(end), 3), 6.0 * params.scale, dtype=np.float32)
    tip = api.Glyphs(
        xyz_in_scene=end, shape="cone", scale_m=head, row_of_glyph=rows[target].astype(np.int32)
    )
    return [shaft, tip]
