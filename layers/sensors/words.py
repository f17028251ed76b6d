"""The words of sensors: states, status, units and labels, in English and French."""

from __future__ import annotations

from collections.abc import Mapping

from twin.api import Column, Text

TRENDS: Mapping[str, Text] = {
    "rising": {"en": "rising ↗", "fr": "en hausse ↗", "ko": "상승 ↗", "ar": "في ارتفاع ↗"},
    "falling": {"en": "falling ↘", "fr": "en baisse ↘", "ko": "하락 ↘", "ar": "في انخفاض ↘"},
    "steady": {"en": "steady →", "fr": "stable →", "ko": "유지 →", "ar": "ثابت →"},
}
STATUS: Mapping[str, Text] = {
    "ok": {"en": "normal", "fr": "normal", "ko": "정상", "ar": "عادي"},
    "warn": {"en": "warning", "fr": "avertissement", "ko": "주의", "ar": "تنبيه"},
    "alarm": {"en": "alarm", "fr": "alarme", "ko": "경보", "ar": "إنذار"},
    "stale": {"en": "stale value", "fr": "valeur périmée", "ko": "오래된 값", "ar": "قيمة قديمة"},
    "missing": {"en": "no value", "fr": "pas de valeur", "ko": "값 없음", "ar": "بلا قيمة"},
}
COUNTS: Mapping[str, Text] = {
    "alarm": {"en": "In alarm", "fr": "En alarme", "ko": "경보 중", "ar": "في حالة إنذار"},
    "warn": {"en": "With a warning", "fr": "En avertissement", "ko": "주의 중", "ar": "مع تنبيه"},
    "stale": {
        "en": "With a stale value",
        "fr": "À valeur périmée",
        "ko": "오래된 값",
        "ar": "بقيمة قديمة",
    },
    "missing": {"en": "Without a value", "fr": "Sans valeur", "ko": "값 없음", "ar": "بلا قيمة"},
}
KINDS: Mapping[str, Text] = {
    "air": {"en": "air quality", "fr": "qualité de l'air", "ko": "대기질", "ar": "جودة الهواء"},
    "noise": {"en": "noise", "fr": "bruit", "ko": "소음", "ar": "الضجيج"},
    "weather": {"en": "weather", "fr": "météo", "ko": "기상", "ar": "الطقس"},
    "traffic": {"en": "traffic", "fr": "circulation", "ko": "교통", "ar": "حركة السير"},
    "parking": {"en": "car park", "fr": "stationnement", "ko": "주차", "ar": "مواقف السيارات"},
    "bike": {"en": "bicycles", "fr": "vélos", "ko": "자전거", "ar": "درّاجات"},
    "car": {"en": "shared cars", "fr": "autopartage", "ko": "공유 차량", "ar": "سيارات مشتركة"},
    "charge": {
        "en": "charge point",
        "fr": "point de recharge",
        "ko": "충전기",
        "ar": "نقطة شحن",
    },
    "water": {"en": "water", "fr": "eau", "ko": "물", "ar": "المياه"},
    "meter": {"en": "energy", "fr": "énergie", "ko": "에너지", "ar": "الطاقة"},
    "waste": {"en": "waste", "fr": "déchets", "ko": "폐기물", "ar": "النفايات"},
    "": {"en": "other sensor", "fr": "autre capteur", "ko": "기타 센서", "ar": "مجسّ آخر"},
}
"""What a symbol in the scene stands for, by what is watched; the last is a plain pole."""

STATUS_COLOURS: Mapping[str, str] = {
    "ok": "#2f8f9d",
    "warn": "#e6a52a",
    "alarm": "#c2362f",
    "stale": "#8a93a6",
    "missing": "#c4c2bb",
}
"""Told apart by lightness as well as by hue."""

THRESHOLDS: Mapping[str, Text] = {
    "warn_above": {
        "en": "Warning from",
        "fr": "Avertissement dès",
        "ko": "주의 하한",
        "ar": "تنبيه ابتداءً من",
    },
    "alarm_above": {
        "en": "Alarm from",
        "fr": "Alarme dès",
        "ko": "경보 하한",
        "ar": "إنذار ابتداءً من",
    },
    "warn_below": {
        "en": "Warning up to",
        "fr": "Avertissement jusqu'à",
        "ko": "주의 상한",
        "ar": "تنبيه حتى",
    },
    "alarm_below": {
        "en": "Alarm up to",
        "fr": "Alarme jusqu'à",
        "ko": "경보 상한",
        "ar": "إنذار حتى",
    },
}

COLUMNS: Mapping[str, Column] = {
    "name": Column(label={"en": "Name", "fr": "Nom", "ko": "이름", "ar": "الاسم"}),
    "observed_property": Column(
        label={
            "en": "Observed property",
            "fr": "Grandeur observée",
            "ko": "관측 항목",
            "ar": "الخاصية المرصودة",
        }
    ),
    "unit": Column(label={"en": "Unit", "fr": "Unité", "ko": "단위", "ar": "الوحدة"}),
    "value": Column(label={"en": "Value", "fr": "Valeur", "ko": "값", "ar": "القيمة"}),
    "age_s": Column(
        unit="s",
        label={
            "en": "Age of the value",
            "fr": "Âge de la valeur",
            "ko": "값의 경과 시간",
            "ar": "عمر القيمة",
        },
    ),
    "state": Column(label={"en": "State", "fr": "État", "ko": "상태", "ar": "الحالة"}),
    "status": Column(label={"en": "Status", "fr": "Situation", "ko": "상황", "ar": "الوضع"}),
    "trend": Column(label={"en": "Trend", "fr": "Tendance", "ko": "추세", "ar": "الاتجاه"}),
    "reading": Column(label={"en": "Reading", "fr": "Mesure", "ko": "측정값", "ar": "القراءة"}),
    "weight": Column(
        unit="1",
        label={
            "en": "Weight among neighbours",
            "fr": "Poids parmi les voisins",
            "ko": "주변 대비 비중",
            "ar": "الوزن بين الجيران",
        },
    ),
    "stale_after_s": Column(
        unit="s",
        label={
            "en": "Stale after",
            "fr": "Périmé après",
            "ko": "오래된 값 기준",
            "ar": "تصبح قديمة بعد",
        },
    ),
    "height_m": Column(
        unit="m", label={"en": "Height", "fr": "Hauteur", "ko": "높이", "ar": "الارتفاع"}
    ),
    **{name: Column(label=label) for name, label in THRESHOLDS.items()},
}


def short_span(seconds: float) -> str:
    """Return a stretch of minutes or hours in symbols that languages share: a day has another in French."""
    return f"{int(seconds // 3600)} h" if seconds >= 3600.0 else f"{int(seconds // 60)} min"


def span(seconds: float) -> Text:
    """Return a stretch of time in words, in its largest whole unit."""
    for size, english, french in (
        (86_400.0, "d", "j"),
        (3600.0, "h", "h"),
        (60.0, "min", "min"),
    ):
        if seconds >= size:
            count = int(seconds // size)
            return {"en": f"{count} {english}", "fr": f"{count} {french}"}
    return {"en": f"{int(seconds)} s", "fr": f"{int(seconds)} s"}
