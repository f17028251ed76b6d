"""Ready-made styles for what planners colour most: energy label, year, material, use."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from twin.drawables import Text
from twin.model.style import Categories, Category, Graduated, Style

LABELS = {
    "A": "#009c6d",
    "B": "#52b153",
    "C": "#78bd76",
    "D": "#f4e70f",
    "E": "#f0b50f",
    "F": "#eb8235",
    "G": "#d7221f",
}
"""Colours of the French energy label since 2021."""

MATERIALS: dict[str, tuple[str, Text]] = {
    "timber": ("#a6611a", {"en": "timber", "fr": "bois", "ko": "목재", "ar": "خشب"}),
    "straw/timber": (
        "#dfc27d",
        {"en": "straw and timber", "fr": "paille et bois", "ko": "볏짚과 목재", "ar": "قش وخشب"},
    ),
    "straw": ("#e9d38f", {"en": "straw", "fr": "paille", "ko": "볏짚", "ar": "قش"}),
    "stone": ("#b8b0a2", {"en": "stone", "fr": "pierre", "ko": "석재", "ar": "حجر"}),
    "millstone": (
        "#c08a5a",
        {"en": "millstone", "fr": "meulière", "ko": "맷돌용 규석", "ar": "حجر الرحى"},
    ),
    "brick": ("#b5533c", {"en": "brick", "fr": "brique", "ko": "벽돌", "ar": "طوب"}),
    "concrete": ("#8d99a6", {"en": "concrete", "fr": "béton", "ko": "콘크리트", "ar": "خرسانة"}),
    "steel": ("#5b6b7a", {"en": "steel", "fr": "acier", "ko": "강철", "ar": "فولاذ"}),
    "glass": ("#8fc1d4", {"en": "glass", "fr": "verre", "ko": "유리", "ar": "زجاج"}),
}
USES: dict[str, tuple[str, Text]] = {
    "residential": ("#ebc27a", {"en": "housing", "fr": "logement", "ko": "주거", "ar": "سكن"}),
    "commercial": (
        "#6a9bc3",
        {
            "en": "offices and shops",
            "fr": "bureaux et commerces",
            "ko": "업무와 상업",
            "ar": "مكاتب ومتاجر",
        },
    ),
    "industrial": ("#9a86a4", {"en": "industry", "fr": "industrie", "ko": "산업", "ar": "صناعة"}),
    "public": (
        "#d2785a",
        {"en": "public services", "fr": "équipements", "ko": "공공 서비스", "ar": "خدمات عامة"},
    ),
    "heritage": ("#b89b4a", {"en": "heritage", "fr": "patrimoine", "ko": "문화유산", "ar": "تراث"}),
    "sport": (
        "#7fb069",
        {
            "en": "sport and leisure",
            "fr": "sport et loisirs",
            "ko": "체육과 여가",
            "ar": "رياضة وترفيه",
        },
    ),
    "annex": ("#c9c7c0", {"en": "annexes", "fr": "annexes", "ko": "부속 건물", "ar": "ملحقات"}),
}
YEARS = (1850.0, 1914.0, 1948.0, 1974.0, 1990.0, 2005.0, 2013.0, 2021.0)
"""Bounds of the French building periods: wars, and the thermal rules of 1974, 1988, 2005, 2012 and 2020."""


@dataclass(frozen=True, kw_only=True)
class Theme:
    """A style that fits any layer with one of some columns."""

    id: str
    title: Text
    columns: tuple[str, ...]

    def column_of(self, names: Iterable[str]) -> str:
        """Return the column of a layer that it colours by, empty where there is none."""
        known = {name.lower(): name for name in names}
        return next((known[c] for c in self.columns if c in known), "")

    def style(self, column: str) -> Style:
        """Return the style on a column."""
        if self.id == "year":
            return Style(
                rule=Graduated(column=column, breaks=YEARS, ramp="batlow"), title=self.title
            )
        if self.id == "energy":
            made = [
                Category(value=v, colour=c, label={"en": v, "fr": v}) for v, c in LABELS.items()
            ]
        else:
            table = MATERIALS if self.id == "material" else USES
            made = [Category(value=v, colour=c, label=label) for v, (c, label) in table.items()]
        return Style(rule=Categories(column=column, categories=tuple(made)), title=self.title)


THEMES = (
    Theme(
        id="energy",
        title={
            "en": "Energy label",
            "fr": "Étiquette énergie (DPE)",
            "ko": "에너지 등급",
            "ar": "ملصق الطاقة",
        },
        columns=(
            "energy_label",
            "classe_bilan_dpe",
            "classe_dpe",
            "dpe",
            "etiquette_dpe",
            "dpe_label",
        ),
    ),
    Theme(
        id="year",
        title={
            "en": "Year of construction",
            "fr": "Année de construction",
            "ko": "건축 연도",
            "ar": "سنة البناء",
        },
        columns=(
            "year",
            "annee_construction",
            "construction_year",
            "built_year",
            "year_built",
            "annee",
        ),
    ),
    Theme(
        id="material",
        title={
            "en": "Material of the walls",
            "fr": "Matériau des murs",
            "ko": "벽 재료",
            "ar": "مادة الجدران",
        },
        columns=("wall_material", "material", "materiau"),
    ),
    Theme(
        id="use",
        title={"en": "Use", "fr": "Usage", "ko": "용도", "ar": "الاستعمال"},
        columns=("use_group",),
    ),
)
