"""The words and colours of vehicles."""

from __future__ import annotations

from collections.abc import Mapping

from twin.api import Column, Provenance, Quality, Text, live

STATES: Mapping[str, Text] = {
    **live.STATE_WORDS,
    "alert": {"en": "alert", "fr": "alerte", "ko": "경보", "ar": "تنبيه"},
    "missing": {
        "en": "not under way",
        "fr": "pas en course",
        "ko": "운행 안 함",
        "ar": "ليست في رحلة",
    },
}
STATE_COLOURS: Mapping[str, str] = {
    "live": "#0b6fb8",
    "replayed": "#2f9d8a",
    "estimated": "#8a63b8",
    "stale": "#8a93a6",
    "alert": "#d0312d",
    "missing": "#c4c2bb",
}
LEGEND: Mapping[str, Text] = {
    **STATES,
    "estimated": {
        "en": "estimated (between positions, or by the timetable)",
        "fr": "estimé (entre deux positions, ou d'après l'horaire)",
        "ko": "추정(위치 사이 보간 또는 시간표 기준)",
        "ar": "تقديري (بين موقعين أو حسب الجدول)",
    },
}
MODES: Mapping[str, Text] = {
    "bus": {"en": "bus", "fr": "bus", "ko": "버스", "ar": "حافلة"},
    "tram": {
        "en": "tram or metro",
        "fr": "tram ou métro",
        "ko": "트램·지하철",
        "ar": "ترام أو مترو",
    },
    "train": {"en": "train", "fr": "train", "ko": "열차", "ar": "قطار"},
    "boat": {"en": "boat", "fr": "bateau", "ko": "배", "ar": "قارب"},
}

_ESTIMATED = Provenance(source="Belvedere", quality=Quality.ESTIMATED)

COLUMNS: Mapping[str, Column] = {
    "name": Column(label={"en": "Name", "fr": "Nom", "ko": "이름", "ar": "الاسم"}),
    "line": Column(label={"en": "Line", "fr": "Ligne", "ko": "노선", "ar": "الخط"}),
    "headsign": Column(label={"en": "Towards", "fr": "Direction", "ko": "방면", "ar": "الاتجاه"}),
    "mode": Column(label={"en": "Means", "fr": "Mode", "ko": "수단", "ar": "الوسيلة"}),
    "state": Column(label={"en": "State", "fr": "État", "ko": "상태", "ar": "الحالة"}),
    "speed_kmh": Column(
        unit="km/h",
        label={"en": "Speed", "fr": "Vitesse", "ko": "속도", "ar": "السرعة"},
        provenance=_ESTIMATED,
    ),
    "delay_min": Column(
        unit="min", label={"en": "Delay", "fr": "Retard", "ko": "지연", "ar": "التأخير"}
    ),
    "x_in_scene": Column(
        unit="m",
        label={"en": "Place east", "fr": "Position est", "ko": "동쪽 위치", "ar": "الموقع شرقًا"},
        provenance=_ESTIMATED,
    ),
    "y_in_scene": Column(
        unit="m",
        label={"en": "Place north", "fr": "Position nord", "ko": "북쪽 위치", "ar": "الموقع شمالًا"},
        provenance=_ESTIMATED,
    ),
    "heading_deg": Column(
        unit="°",
        label={"en": "Heading", "fr": "Cap", "ko": "방향", "ar": "الاتجاه بالدرجات"},
        provenance=_ESTIMATED,
    ),
    "age_s": Column(
        unit="s",
        label={
            "en": "Age of the position",
            "fr": "Âge de la position",
            "ko": "위치의 경과 시간",
            "ar": "عمر الموقع",
        },
    ),
}
NEXT_STOP: Text = {
    "en": "Next stop",
    "fr": "Prochain arrêt",
    "ko": "다음 정류장",
    "ar": "المحطة التالية",
}
TRIP: Text = {"en": "Trip", "fr": "Course", "ko": "운행", "ar": "الرحلة"}
COUNTED: Text = {
    "en": "Vehicles under way",
    "fr": "Véhicules en course",
    "ko": "운행 중 차량",
    "ar": "مركبات في رحلة",
}
LATE: Text = {
    "en": "More than 5 min late",
    "fr": "Plus de 5 min de retard",
    "ko": "5분 넘게 지연",
    "ar": "متأخرة أكثر من 5 دقائق",
}
