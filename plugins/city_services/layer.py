"""Services as posts by their kind, open or closed by the clock, with the ground that is within reach on foot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np
import shapely

from twin import api

from . import hours

KINDS = {
    "health": ("#c8553d", {"en": "Health", "fr": "Santé", "ko": "보건", "ar": "الصحة"}),
    "safety": ("#3f6fb5", {"en": "Safety", "fr": "Sécurité", "ko": "안전", "ar": "السلامة"}),
    "environment": (
        "#5b9a4a",
        {"en": "Environment", "fr": "Environnement", "ko": "환경", "ar": "البيئة"},
    ),
    "education": ("#d69e2e", {"en": "Education", "fr": "Éducation", "ko": "교육", "ar": "التعليم"}),
    "port": ("#2d7f8f", {"en": "Port", "fr": "Port", "ko": "항만", "ar": "الميناء"}),
    "culture": ("#8a6bab", {"en": "Culture", "fr": "Culture", "ko": "문화", "ar": "الثقافة"}),
}
COLUMNS = {
    "name": api.Column(label={"en": "Name", "fr": "Nom", "ko": "이름", "ar": "الاسم"}),
    "kind": api.Column(label={"en": "Kind", "fr": "Domaine", "ko": "종류", "ar": "النوع"}),
    "opening_hours": api.Column(
        label={"en": "Opening hours", "fr": "Horaires", "ko": "운영 시간", "ar": "ساعات العمل"}
    ),
    "address": api.Column(label={"en": "Address", "fr": "Adresse", "ko": "주소", "ar": "العنوان"}),
    "people": api.Column(
        unit="1",
        label={
            "en": "People served a day",
            "fr": "Personnes par jour",
            "ko": "일일 이용자",
            "ar": "المستفيدون يوميًا",
        },
    ),
    "time_zone": api.Column(
        label={"en": "Time zone", "fr": "Fuseau horaire", "ko": "시간대", "ar": "المنطقة الزمنية"}
    ),
}
WALK_M_MIN = 75.0
"""Metres a minute on foot, 4.5 km/h: the usual assumption of planners."""
DETOUR = 1.3
"""Streets lead on average 1.3 times as far as the crow flies."""


@api.params
class CityServicesParams:
    """Settings."""

    catchment: bool = False
    minutes: Annotated[float, api.Range(1, 60), api.Unit("min")] = 10.0
    labels: bool = True
    scale: Annotated[float, api.Range(0.3, 5.0), api.Unit("1")] = 1.0


class CityServices:
    """Reads points in any format, with ``kind`` and ``opening_hours``."""

    Params = CityServicesParams

    def load(self, ctx: api.LoadContext) -> api.FeatureTable:
        """Read the places; columns that are missing are empty."""
        return api.with_columns(ctx.read("places"), COLUMNS)

    def build(
        self, table: api.FeatureTable, params: CityServicesParams, view: api.ViewQuery
    ) -> list[api.Drawable]:
        """Draw posts, names, and rings of what is within reach."""
        rows, xyz = api.shapes.standing(table.frame.geometry, view.frame, view.ground)
        if not len(rows):
            return []
        size = np.tile(np.array([10.0, 10.0, 34.0], np.float32), (len(rows), 1)) * params.scale
        found: list[api.Drawable] = [
            api.Glyphs(
                xyz_in_scene=xyz, shape="pin", scale_m=size.astype(np.float32), row_of_glyph=rows
            )
        ]
        if params.labels:
            found.append(_names(table, rows, xyz, params))
        if params.catchment:
            found.append(_reach(rows, xyz, params, view))
        return found

    def columns_at(
        self, table: api.FeatureTable, params: CityServicesParams, at: datetime
    ) -> Mapping[str, Any]:
        """Say which are open now, by the clock of the place."""
        texts = table.frame["opening_hours"].fillna("").astype(str)
        zones = table.frame["time_zone"].fillna("Europe/Paris").astype(str)
        words = {True: "open", False: "closed", None: "unknown"}
        state = [
            words[hours.is_open(text, _local(at, zone))]
            for text, zone in zip(texts, zones, strict=True)
        ]
        made = np.empty(len(table), dtype=object)
        made[:] = state
        return {"open_now": made}

    def default_style(self, table: api.FeatureTable) -> api.Style:
        """Colour by kind of service."""
        categories = tuple(
            api.Category(value=kind, colour=colour, label=label)
            for kind, (colour, label) in KINDS.items()
        )
        rule = api.Categories(column="kind", categories=categories)
        return api.Style(
            rule=rule,
            title={
                "en": "City services",
                "fr": "Services de la ville",
                "ko": "도시 서비스",
                "ar": "خدمات المدينة",
            },
        )

    def describe(
        self, table: api.FeatureTable, row: int, params: CityServicesParams, at: datetime
    ) -> Sequence[api.Fact]:
        """Say what a service is and whether it is open."""
        facts = api.facts_of(table, row, tuple(COLUMNS))
        state = self.columns_at(table, params, at)["open_now"][row]
        words = {
            "open": {
                "en": "open now",
                "fr": "ouvert à cette heure",
                "ko": "현재 운영 중",
                "ar": "مفتوح الآن",
            },
            "closed": {
                "en": "closed now",
                "fr": "fermé à cette heure",
                "ko": "현재 닫힘",
                "ar": "مغلق الآن",
            },
            "unknown": {
                "en": "hours not known",
                "fr": "horaires inconnus",
                "ko": "운영 시간 미상",
                "ar": "الساعات غير معروفة",
            },
        }[state]
        return [
            *facts,
            api.Fact(
                label={"en": "Now", "fr": "Maintenant", "ko": "현재", "ar": "الآن"},
                value=words,
            ),
        ]

    def indicators(
        self, table: api.FeatureTable, params: CityServicesParams, at: datetime
    ) -> Sequence[api.Fact]:
        """Count services that are open, and measure the ground within reach of one."""
        shapes = table.frame.geometry.to_numpy()
        there = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
        state = self.columns_at(table, params, at)["open_now"]
        reach = shapely.union_all(shapely.buffer(shapes[there], reach_m(params.minutes)))
        estimated = api.Provenance(source="75 m/min, detour 1.3", quality=api.Quality.ESTIMATED)
        return [
            api.Fact(
                label={
                    "en": "Services open now",
                    "fr": "Services ouverts à cette heure",
                    "ko": "현재 운영 중인 서비스",
                    "ar": "الخدمات المفتوحة الآن",
                },
                value=float((state == "open").sum()),
                unit="1",
                provenance=table.provenance,
            ),
            api.Fact(
                label={
                    "en": "Ground within reach",
                    "fr": "Surface à portée",
                    "ko": "도달 가능 면적",
                    "ar": "المساحة في المتناول",
                },
                value=float(shapely.area(reach)) / 1e6,
                unit="km²",
                provenance=estimated,
            ),
        ]


def reach_m(minutes: float) -> float:
    """Return how far one gets on foot, as the crow flies: an estimate where there is no street network."""
    return minutes * WALK_M_MIN / DETOUR


def _local(at: datetime, zone: str) -> datetime:
    try:
        return at.astimezone(ZoneInfo(zone))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return at


def _names(table: api.FeatureTable, rows: Any, xyz: Any, params: CityServicesParams) -> api.Labels:
    top = xyz.copy()
    top[:, 2] += 37.0 * params.scale
    texts = tuple(_worded(table.frame.iloc[row]) for row in rows)
    rank = np.arange(len(rows), dtype=np.int32)
    return api.Labels(
        xyz_in_scene=top, texts=texts, rank=rank, row_of_label=rows, max_distance_m=2500.0
    )


def _worded(place: Any) -> dict[str, str]:
    """Return the name of a place in each language that it has one in (``name_ko``), else its own."""
    named = {language: place.get(f"name_{language}") for language in ("en", "fr", "ko", "ar")}
    own = place["name"] if isinstance(place["name"], str) and place["name"] else "?"
    return {
        language: name if isinstance(name, str) and name else own
        for language, name in named.items()
    }


def _reach(rows: Any, xyz: Any, params: CityServicesParams, view: api.ViewQuery) -> api.Drawable:
    discs = shapely.buffer(
        shapely.points(xyz[:, :2].astype(float)), reach_m(params.minutes), quad_segs=24
    )
    rings = shapely.difference(
        discs,
        shapely.buffer(
            shapely.points(xyz[:, :2].astype(float)), reach_m(params.minutes) - 6.0, quad_segs=24
        ),
    )
    flat = api.shapes.drape_polygons(rings, rows, ground=view.ground, lift_m=1.0)
    return api.Mesh(
        xyz_in_scene=flat.xyz.astype(np.float32),
        triangles=flat.triangles,
        row_of_vertex=flat.row_of_vertex,
        role=api.Role.DECAL,
    )
