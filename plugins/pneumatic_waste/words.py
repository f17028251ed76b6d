"""The words of a vacuum waste network: states, columns, kinds, in the languages of the interface."""

from __future__ import annotations

from collections.abc import Mapping

from twin import api

SIMULATED = api.Provenance(source="Belvedere", quality=api.Quality.SIMULATED)
ESTIMATED = api.Provenance(
    source="Darcy-Weisbach, Haaland 1983; 70 km/h: La Gazette", quality=api.Quality.ESTIMATED
)
STATES: Mapping[str, tuple[str, api.Text]] = {
    "idle": ("#4f9a6b", {"en": "idle", "fr": "au repos", "ko": "대기", "ar": "خامل"}),
    "full": ("#d9822b", {"en": "full", "fr": "pleine", "ko": "가득 참", "ar": "ممتلئ"}),
    "sucking": (
        "#2a7fc4",
        {"en": "being emptied", "fr": "en aspiration", "ko": "흡입 중", "ar": "قيد التفريغ"},
    ),
    "blocked": ("#8c2d19", {"en": "blocked", "fr": "bouchée", "ko": "막힘", "ar": "مسدود"}),
    "door_fault": (
        "#b0338f",
        {"en": "door fault", "fr": "porte en défaut", "ko": "문 고장", "ar": "عطل في الباب"},
    ),
    "open": (
        "#2a7fc4",
        {"en": "air flows", "fr": "air en mouvement", "ko": "공기 흐름", "ar": "الهواء يتدفق"},
    ),
    "closed": (
        "#8a6bab",
        {"en": "valves closed", "fr": "vannes fermées", "ko": "밸브 닫힘", "ar": "الصمامات مغلقة"},
    ),
    "under_way": (
        "#e0a526",
        {
            "en": "bags under way",
            "fr": "sacs en route",
            "ko": "이동 중인 봉투",
            "ar": "أكياس في الطريق",
        },
    ),
    "suction": (
        "#3a5a80",
        {"en": "suction point", "fr": "point d'aspiration", "ko": "흡입 지점", "ar": "نقطة شفط"},
    ),
}
COLUMNS = {
    "state": api.Column(
        label={"en": "State", "fr": "État", "ko": "상태", "ar": "الحالة"}, provenance=SIMULATED
    ),
    "fill_percent": api.Column(
        unit="%",
        label={"en": "Filled", "fr": "Remplissage", "ko": "충만도", "ar": "الامتلاء"},
        provenance=SIMULATED,
    ),
    "flow_m_s": api.Column(
        unit="m/s",
        label={"en": "Speed of air", "fr": "Vitesse de l'air", "ko": "풍속", "ar": "سرعة الهواء"},
        provenance=SIMULATED,
    ),
    "x_in_scene": api.Column(unit="m", provenance=SIMULATED),
    "y_in_scene": api.Column(unit="m", provenance=SIMULATED),
    "heading_deg": api.Column(unit="°", provenance=SIMULATED),
    "suction_kpa": api.Column(
        unit="kPa",
        label={
            "en": "Under-pressure needed",
            "fr": "Dépression nécessaire",
            "ko": "필요 음압",
            "ar": "الضغط السالب اللازم",
        },
        provenance=ESTIMATED,
    ),
    "fan_kw": api.Column(
        unit="kW",
        label={
            "en": "Power of the fan",
            "fr": "Puissance du ventilateur",
            "ko": "송풍기 동력",
            "ar": "قدرة المروحة",
        },
        provenance=ESTIMATED,
    ),
    "travel_s": api.Column(
        unit="s",
        label={
            "en": "Travel of a bag",
            "fr": "Trajet d'un sac",
            "ko": "봉투 이동 시간",
            "ar": "زمن رحلة الكيس",
        },
        provenance=ESTIMATED,
    ),
    "loss_kpa_m": api.Column(
        unit="kPa/m",
        label={
            "en": "Friction per metre",
            "fr": "Perte de charge par mètre",
            "ko": "미터당 마찰 손실",
            "ar": "فاقد الاحتكاك لكل متر",
        },
        provenance=ESTIMATED,
    ),
    "opens_s": api.Column(
        unit="s",
        label={
            "en": "Opens after midnight (UTC)",
            "fr": "S'ouvre après minuit (UTC)",
            "ko": "자정 이후 열림(UTC)",
            "ar": "يُفتح بعد منتصف الليل (UTC)",
        },
        provenance=SIMULATED,
    ),
    "open_s": api.Column(
        unit="s",
        label={
            "en": "Stays open for",
            "fr": "Reste ouverte pendant",
            "ko": "열려 있는 시간",
            "ar": "مدة الفتح",
        },
        provenance=SIMULATED,
    ),
    "under_kpa": api.Column(
        unit="kPa",
        label={
            "en": "Under-pressure now",
            "fr": "Dépression à l'instant",
            "ko": "현재 음압",
            "ar": "الضغط السالب الآن",
        },
        provenance=ESTIMATED,
    ),
    "fan_now_kw": api.Column(
        unit="kW",
        label={
            "en": "Fan now",
            "fr": "Ventilateur à l'instant",
            "ko": "현재 송풍기 동력",
            "ar": "قدرة المروحة الآن",
        },
        provenance=ESTIMATED,
    ),
    "valve": api.Column(
        label={"en": "Valve", "fr": "Vanne", "ko": "밸브", "ar": "الصمام"}, provenance=SIMULATED
    ),
    "diameter_mm": api.Column(
        unit="mm", label={"en": "Diameter", "fr": "Diamètre", "ko": "지름", "ar": "القطر"}
    ),
    "depth_m": api.Column(
        unit="m", label={"en": "Depth", "fr": "Profondeur", "ko": "깊이", "ar": "العمق"}
    ),
    "length_m": api.Column(
        unit="m", label={"en": "Length", "fr": "Longueur", "ko": "길이", "ar": "الطول"}
    ),
    "stream": api.Column(label={"en": "Stream", "fr": "Flux", "ko": "분류", "ar": "الصنف"}),
    "kind": api.Column(label={"en": "Kind", "fr": "Nature", "ko": "종류", "ar": "النوع"}),
}
VALVES = {
    True: {"en": "open", "fr": "ouverte", "ko": "열림", "ar": "مفتوح"},
    False: {"en": "closed", "fr": "fermée", "ko": "닫힘", "ar": "مغلق"},
}
KINDS = {
    "bag": {"en": "bag", "fr": "sac", "ko": "봉투", "ar": "كيس"},
    "tube": {"en": "tube", "fr": "tube", "ko": "관", "ar": "أنبوب"},
    "inlet": {"en": "inlet", "fr": "borne", "ko": "투입구", "ar": "فتحة إدخال"},
    "suction": {
        "en": "suction point",
        "fr": "point d'aspiration",
        "ko": "흡입 지점",
        "ar": "نقطة شفط",
    },
    "terminal": {"en": "terminal", "fr": "terminal", "ko": "집하장", "ar": "محطة تجميع"},
}
SOURCES = ("suction", "terminal")
