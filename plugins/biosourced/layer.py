"""Bio-sourced buildings as shells of their floors, which can be drawn apart; coloured by what they are made of.

Materials: one row a building by ``rnb_id``: ``name, structure_material, envelope_material,
insulation_material, biosourced_kg_m2, floor_area_m2, storeys, source_url, confidence``. BD TOPO may join
several RNB ids by ``/``. Carbon stored is the mass of the bio-sourced material times the share of carbon in
dry wood (one half: EN 16449) times 44/12.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import shapely

from twin import api

CARBON_SHARE, CO2_OF_CARBON = 0.5, 44.0 / 12.0
FAMILIES = {
    "timber_frame": (
        "#b98248",
        {"en": "Timber frame", "fr": "Ossature bois", "ko": "목조 골조", "ar": "هيكل خشبي"},
    ),
    "clt": (
        "#caa26b",
        {
            "en": "Cross-laminated timber",
            "fr": "Bois lamellé-croisé",
            "ko": "구조용 집성판(CLT)",
            "ar": "خشب مصفّح متقاطع",
        },
    ),
    "glulam": (
        "#a8703a",
        {
            "en": "Glued laminated timber",
            "fr": "Bois lamellé-collé",
            "ko": "집성목",
            "ar": "خشب مصفّح بالغراء",
        },
    ),
    "straw_bale": (
        "#dcbf5e",
        {"en": "Straw bales", "fr": "Bottes de paille", "ko": "짚단", "ar": "بالات القش"},
    ),
    "hemp_concrete": (
        "#8fa36a",
        {
            "en": "Hemp concrete",
            "fr": "Béton de chanvre",
            "ko": "헴프 콘크리트",
            "ar": "خرسانة القنّب",
        },
    ),
    "rammed_earth": (
        "#b5805f",
        {"en": "Rammed earth", "fr": "Pisé", "ko": "다짐흙", "ar": "تراب مدكوك"},
    ),
}
COLUMNS = {
    "name": api.Column(label={"en": "Name", "fr": "Nom", "ko": "이름", "ar": "الاسم"}),
    "structure_material": api.Column(
        label={"en": "Structure", "fr": "Structure", "ko": "구조", "ar": "الهيكل"}
    ),
    "envelope_material": api.Column(
        label={"en": "Envelope", "fr": "Enveloppe", "ko": "외피", "ar": "الغلاف"}
    ),
    "insulation_material": api.Column(
        label={"en": "Insulation", "fr": "Isolation", "ko": "단열", "ar": "العزل"}
    ),
    "biosourced_kg_m2": api.Column(
        unit="kg/m²",
        label={
            "en": "Bio-sourced material",
            "fr": "Matière biosourcée",
            "ko": "바이오 기반 재료",
            "ar": "مادة حيوية المصدر",
        },
    ),
    "floor_area_m2": api.Column(
        unit="m²",
        label={
            "en": "Floor area",
            "fr": "Surface de plancher",
            "ko": "연면적",
            "ar": "مساحة الأرضيات",
        },
    ),
    "storeys": api.Column(
        unit="1", label={"en": "Storeys", "fr": "Niveaux", "ko": "층수", "ar": "الطوابق"}
    ),
    "carbon_t": api.Column(
        unit="t CO₂",
        label={
            "en": "Carbon stored (estimate)",
            "fr": "Carbone stocké (estimé)",
            "ko": "저장 탄소(추정)",
            "ar": "الكربون المخزّن (تقدير)",
        },
        provenance=api.Provenance(source="EN 16449", quality=api.Quality.ESTIMATED),
    ),
    "source_url": api.Column(label={"en": "Source", "fr": "Source", "ko": "출처", "ar": "المصدر"}),
    "confidence": api.Column(
        label={"en": "Confidence", "fr": "Fiabilité", "ko": "신뢰도", "ar": "درجة الثقة"}
    ),
}
NUMBERS = ("biosourced_kg_m2", "floor_area_m2", "storeys")


@api.params
class BiosourcedParams:
    """Settings."""

    open_m: Annotated[float, api.Range(0.0, 30.0), api.Unit("m")] = 0.0
    storey_m: Annotated[float, api.Range(2.0, 6.0), api.Unit("m")] = 3.4


class Biosourced:
    """Reads outlines of buildings and what they are made of; shows only those that are known."""

    Params = BiosourcedParams

    def load(self, ctx: api.LoadContext) -> api.FeatureTable:
        """Join by RNB id and estimate the carbon that is stored."""
        table = ctx.read("buildings")
        frame = table.frame
        materials = _materials(ctx.path("materials")) if "materials" in ctx.sources else {}
        ids = _rnb_ids(frame)
        found = [next((materials[i] for i in row if i in materials), None) for row in ids]
        kept = frame[[row is not None for row in found]].reset_index(drop=True).copy()
        known = [row for row in found if row is not None]
        for name in COLUMNS:
            if name != "carbon_t":
                kept[name] = [row[name] for row in known]
        mass_t = (
            kept["biosourced_kg_m2"].astype(float) * kept["floor_area_m2"].astype(float) / 1000.0
        )
        kept["carbon_t"] = mass_t * CARBON_SHARE * CO2_OF_CARBON
        return api.with_columns(table, COLUMNS, kept)

    def build(
        self, table: api.FeatureTable, params: BiosourcedParams, view: api.ViewQuery
    ) -> list[api.Drawable]:
        """Draw each storey as a slab and a shell a little outside of the building, drawn apart on demand."""
        shapes = table.frame.geometry.to_numpy()
        there = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
        rows = np.flatnonzero(there & np.isin(shapely.get_type_id(shapes), (3, 6))).astype(np.int32)
        if not len(rows):
            return []
        origin = np.array(view.frame.origin[:2])
        local = shapely.transform(shapely.force_2d(shapes[rows]), lambda xy: xy - origin)
        local = shapely.buffer(local, 0.4, join_style="mitre")
        storeys = np.nan_to_num(table.frame["storeys"].to_numpy(float)[rows], nan=1.0)
        centre = shapely.get_coordinates(shapely.centroid(local))
        foot = view.ground.height_m(centre)
        parts = []
        for floor in range(int(storeys.max())):
            at = np.flatnonzero(storeys > floor)
            low = foot[at] + floor * (params.storey_m + params.open_m)
            parts.append(_storey(local[at], rows[at], low, params.storey_m * 0.94))
        whole = api.shapes.joined(parts)
        return [
            api.Mesh(
                xyz_in_scene=whole.xyz.astype(np.float32),
                triangles=whole.triangles,
                row_of_vertex=whole.row_of_vertex,
                closed=False,
            )
        ]

    def default_style(self, table: api.FeatureTable) -> api.Style:
        """Colour by what insulates, else by what carries."""
        categories = tuple(
            api.Category(value=value, colour=colour, label=label)
            for value, (colour, label) in FAMILIES.items()
        )
        rule = api.Categories(column="insulation_material", categories=categories)
        return api.Style(
            rule=rule,
            title={
                "en": "Bio-sourced material",
                "fr": "Matériau biosourcé",
                "ko": "바이오 기반 재료",
                "ar": "مادة حيوية المصدر",
            },
        )

    def describe(
        self, table: api.FeatureTable, row: int, params: BiosourcedParams, at: datetime
    ) -> Sequence[api.Fact]:
        """Say what a building is made of, and what it stores."""
        return api.facts_of(table, row, tuple(COLUMNS))

    def indicators(
        self, table: api.FeatureTable, params: BiosourcedParams, at: datetime
    ) -> Sequence[api.Fact]:
        """Sum up floor area and carbon."""
        area = float(np.nansum(table.frame["floor_area_m2"].to_numpy(float)))
        carbon = float(np.nansum(table.frame["carbon_t"].to_numpy(float)))
        return [
            api.Fact(
                label={
                    "en": "Bio-sourced floor area",
                    "fr": "Surface biosourcée",
                    "ko": "바이오 기반 연면적",
                    "ar": "مساحة الأرضيات حيوية المصدر",
                },
                value=area,
                unit="m²",
                provenance=table.provenance,
            ),
            api.Fact(
                label=COLUMNS["carbon_t"].label,
                value=carbon,
                unit="t CO₂",
                provenance=COLUMNS["carbon_t"].provenance,
            ),
        ]


def _storey(outlines: Any, rows: Any, low_m: Any, height_m: float) -> Any:
    return api.shapes.extrude(outlines, rows, z_bottom=low_m, z_top=low_m + height_m)


def _materials(path: Path) -> dict[str, dict[str, Any]]:
    found = {}
    for row in api.read_rows(path):
        plain: dict[str, Any] = {
            name: row.get(name) or None for name in COLUMNS if name != "carbon_t"
        }
        plain |= {name: api.number(row.get(name)) for name in NUMBERS}
        found[str(row.get("rnb_id", "")).strip()] = plain
    return found


def _rnb_ids(frame: Any) -> list[list[str]]:
    """Return the RNB ids of each building; ``identifiants_rnb`` may hold several, joined by ``/``."""
    for name in ("rnb_id", "identifiants_rnb", "rnb"):
        if name in frame:
            return [[part.strip() for part in str(v).split("/")] for v in frame[name].fillna("")]
    return [[str(v)] for v in frame[api.FEATURE_ID]]
