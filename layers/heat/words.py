"""The words of the heat network: kinds, units and labels, in English and French."""

from __future__ import annotations

from collections.abc import Mapping

from twin.api import Column, Text, network, rows

KINDS: Mapping[str, Text] = {
    "well": {"en": "well", "fr": "puits", "ko": "우물", "ar": "بئر"},
    "plant": {
        "en": "heat plant",
        "fr": "centrale de chaleur",
        "ko": "열원 설비",
        "ar": "محطة حرارة",
    },
    "substation": {"en": "sub-station", "fr": "sous-station", "ko": "열교환소", "ar": "محطة فرعية"},
    "heat_pump": {
        "en": "heat pump",
        "fr": "pompe à chaleur",
        "ko": "열펌프",
        "ar": "مضخة حرارية",
    },
    "storage": {
        "en": "heat store",
        "fr": "stockage de chaleur",
        "ko": "축열조",
        "ar": "خزان حرارة",
    },
    "valve": {"en": "valve", "fr": "vanne", "ko": "밸브", "ar": "صمام"},
    "node": {"en": "junction", "fr": "nœud", "ko": "접속점", "ar": "عقدة"},
    "pipe": {"en": "pipe", "fr": "conduite", "ko": "관", "ar": "أنبوب"},
}
NETWORKS: Mapping[str, Text] = {
    "temperate_loop": {
        "en": "temperate loop",
        "fr": "boucle d'eau tempérée",
        "ko": "온수 루프",
        "ar": "حلقة ماء معتدل",
    },
    "heat": {"en": "heat", "fr": "chaleur", "ko": "난방", "ar": "حرارة"},
    "cold": {"en": "cold", "fr": "froid", "ko": "냉방", "ar": "تبريد"},
}
SIDES: Mapping[str, Text] = {
    "supply": {"en": "supply", "fr": "aller", "ko": "공급", "ar": "ذهاب"},
    "return": {"en": "return", "fr": "retour", "ko": "환수", "ar": "إياب"},
}
CASINGS: Mapping[str, Text] = {
    "single": {"en": "one pipe", "fr": "un tube", "ko": "단관", "ar": "أنبوب واحد"},
    "twin": {
        "en": "supply and return in one (twin pipe)",
        "fr": "aller et retour réunis (bitube)",
        "ko": "공급과 환수를 한 외피에 (이중관)",
        "ar": "الذهاب والإياب معًا (أنبوب مزدوج)",
    },
}
WELLS: Mapping[str, Text] = {
    "production": {"en": "production", "fr": "production", "ko": "생산", "ar": "إنتاج"},
    "injection": {"en": "reinjection", "fr": "réinjection", "ko": "재주입", "ar": "إعادة حقن"},
}
COLUMNS: Mapping[str, Column] = {
    "kind": Column(label={"en": "Kind", "fr": "Nature", "ko": "종류", "ar": "النوع"}),
    "network_kind": Column(label={"en": "Network", "fr": "Réseau", "ko": "관망", "ar": "الشبكة"}),
    "side": Column(label={"en": "Side", "fr": "Sens", "ko": "방향", "ar": "الاتجاه"}),
    "depth_m": Column(
        unit="m", label={"en": "Depth", "fr": "Profondeur", "ko": "깊이", "ar": "العمق"}
    ),
    "depth_sources": Column(
        label={
            "en": "Depth by source",
            "fr": "Profondeur selon la source",
            "ko": "출처별 깊이",
            "ar": "العمق حسب المصدر",
        }
    ),
    "diameter_mm": Column(
        unit="mm", label={"en": "Diameter", "fr": "Diamètre", "ko": "지름", "ar": "القطر"}
    ),
    "insulation_mm": Column(
        unit="mm",
        label={
            "en": "Insulation",
            "fr": "Épaisseur d'isolant",
            "ko": "단열재 두께",
            "ar": "سماكة العزل",
        },
    ),
    "casing": Column(label={"en": "Casing", "fr": "Gaine", "ko": "외피", "ar": "الغلاف"}),
    "length_m": Column(
        unit="m", label={"en": "Length", "fr": "Longueur", "ko": "길이", "ar": "الطول"}
    ),
    "power_kw": Column(
        unit="kW",
        label={
            "en": "Rated power",
            "fr": "Puissance nominale",
            "ko": "정격 출력",
            "ar": "القدرة الاسمية",
        },
    ),
    "temperature_c": Column(
        unit="°C", label={"en": "Temperature", "fr": "Température", "ko": "온도", "ar": "الحرارة"}
    ),
    "flow_m_s": Column(
        unit="m/s",
        label={
            "en": "Flow speed",
            "fr": "Vitesse d'écoulement",
            "ko": "유속",
            "ar": "سرعة الجريان",
        },
    ),
    "mass_flow_kg_s": Column(
        unit="kg/s",
        label={"en": "Mass flow", "fr": "Débit massique", "ko": "질량 유량", "ar": "التدفق الكتلي"},
    ),
    "dwellings": Column(
        label={"en": "Dwellings", "fr": "Logements", "ko": "세대 수", "ar": "المساكن"}
    ),
    "heat_kw": Column(
        unit="kW",
        label={"en": "Heat now", "fr": "Chaleur livrée", "ko": "현재 열량", "ar": "الحرارة الآن"},
    ),
    "pressure_bar": Column(
        unit="bar", label={"en": "Pressure", "fr": "Pression", "ko": "압력", "ar": "الضغط"}
    ),
    "loss_kw": Column(
        unit="kW",
        label={
            "en": "Heat loss",
            "fr": "Pertes thermiques",
            "ko": "열 손실",
            "ar": "الفقد الحراري",
        },
    ),
    network.DATA_STATE: network.STATE_COLUMN,
    "from_node": Column(label={"en": "From", "fr": "De", "ko": "시작", "ar": "من"}),
    "to_node": Column(label={"en": "To", "fr": "Vers", "ko": "끝", "ar": "إلى"}),
    "building": Column(label={"en": "Building", "fr": "Bâtiment", "ko": "건물", "ar": "المبنى"}),
    "well_kind": Column(
        label={
            "en": "Use of the well",
            "fr": "Usage du puits",
            "ko": "우물 용도",
            "ar": "استخدام البئر",
        }
    ),
    "name": Column(label={"en": "Name", "fr": "Nom", "ko": "이름", "ar": "الاسم"}),
    "strata": Column(
        label={"en": "Ground", "fr": "Terrains traversés", "ko": "지층", "ar": "الطبقات الأرضية"}
    ),
    "phase": Column(label={"en": "Phase", "fr": "Phase", "ko": "단계", "ar": "المرحلة"}),
    "begins": Column(
        label={
            "en": "In service from",
            "fr": "Mise en service",
            "ko": "가동 시작",
            "ar": "بدء التشغيل",
        }
    ),
    "valid_from": Column(label={"en": "From", "fr": "Depuis", "ko": "시작", "ar": "من"}),
    "valid_to": Column(label={"en": "Until", "fr": "Jusqu'à", "ko": "까지", "ar": "حتى"}),
}


def depth_text(values: Mapping[str, object]) -> str:
    """Return the depth as a label says it: one number, or all that the sources give."""
    if rows.known(values, "depth_sources"):
        parts = str(values["depth_sources"]).split("|")
        return " / ".join(part.partition("(")[0].strip() for part in parts)
    if rows.known(values, "depth_m"):
        return f"{float(str(values['depth_m'])):g} m"
    return ""
