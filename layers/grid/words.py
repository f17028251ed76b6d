"""The words of the grid: kinds, units and labels, in English and French."""

from __future__ import annotations

from collections.abc import Mapping

from twin.api import Column, Text, network

KINDS: Mapping[str, Text] = {
    "substation": {"en": "substation", "fr": "poste", "ko": "변전소", "ar": "محطة تحويل"},
    "line": {"en": "line", "fr": "ligne", "ko": "선로", "ar": "خط"},
    "load": {"en": "load", "fr": "consommation", "ko": "부하", "ar": "حمل"},
    "pv": {"en": "photovoltaics", "fr": "photovoltaïque", "ko": "태양광", "ar": "كهروضوئي"},
    "storage": {"en": "storage", "fr": "stockage", "ko": "저장", "ar": "تخزين"},
    "charger": {
        "en": "charging point",
        "fr": "borne de recharge",
        "ko": "충전 지점",
        "ar": "نقطة شحن",
    },
    "lighting": {
        "en": "street lighting",
        "fr": "éclairage public",
        "ko": "가로등",
        "ar": "إنارة عامة",
    },
    "generator": {"en": "generation", "fr": "production", "ko": "발전", "ar": "توليد"},
    "plant": {"en": "power plant", "fr": "centrale", "ko": "발전소", "ar": "محطة توليد"},
    "switch": {"en": "switch", "fr": "interrupteur", "ko": "개폐기", "ar": "قاطع"},
    "node": {"en": "node", "fr": "nœud", "ko": "노드", "ar": "عقدة"},
}
PERIODS: Mapping[str, Text] = {
    "past": {
        "en": "no longer exists",
        "fr": "n'existe plus",
        "ko": "더는 없음",
        "ar": "لم يعد موجودًا",
    },
    "present": {"en": "exists", "fr": "existe", "ko": "존재", "ar": "موجود"},
}
PERIOD = "period"
MARK_SPEED = "mark_speed_m_s"


def _of_phases() -> dict[str, Column]:
    """Return the columns of three phases that were computed one by one."""
    made = {}
    for number, letter in enumerate("abc", start=1):
        words = {
            f"voltage_{letter}_pu": ("pu", ("Voltage", "Tension", "전압", "الجهد")),
            f"loading_{letter}_percent": ("%", ("Loading", "Taux de charge", "부하율", "التحميل")),
        }
        for name, (unit, (en, fr, ko, ar)) in words.items():
            label = {
                "en": f"{en}, phase {number}",
                "fr": f"{fr}, phase {number}",
                "ko": f"{ko}, {number}상",
                "ar": f"{ar}، الطور {number}",
            }
            made[name] = Column(unit=unit, label=label)
    unbalance = {"en": "Unbalance", "fr": "Déséquilibre", "ko": "불평형률", "ar": "عدم التوازن"}
    made["unbalance_percent"] = Column(unit="%", label=unbalance)
    return made


PHASE_COLUMNS: Mapping[str, Column] = _of_phases()
COLUMNS: Mapping[str, Column] = {
    "name": Column(label={"en": "Name", "fr": "Nom", "ko": "이름", "ar": "الاسم"}),
    "kind": Column(label={"en": "Kind", "fr": "Nature", "ko": "종류", "ar": "النوع"}),
    PERIOD: Column(label={"en": "Period", "fr": "Période", "ko": "시기", "ar": "الفترة"}),
    "voltage_kv": Column(
        unit="kV", label={"en": "Voltage", "fr": "Tension", "ko": "전압", "ar": "الجهد"}
    ),
    "rated_kw": Column(
        unit="kW",
        label={
            "en": "Rated power",
            "fr": "Puissance nominale",
            "ko": "정격 출력",
            "ar": "القدرة الاسمية",
        },
    ),
    "rated_kva": Column(
        unit="kVA",
        label={
            "en": "Rated power",
            "fr": "Puissance nominale",
            "ko": "정격 출력",
            "ar": "القدرة الاسمية",
        },
    ),
    "capacity_kwh": Column(
        unit="kWh", label={"en": "Capacity", "fr": "Capacité", "ko": "용량", "ar": "السعة"}
    ),
    "area_m2": Column(
        unit="m²", label={"en": "Area", "fr": "Surface", "ko": "면적", "ar": "المساحة"}
    ),
    "depth_m": Column(
        unit="m", label={"en": "Depth", "fr": "Profondeur", "ko": "깊이", "ar": "العمق"}
    ),
    "height_m": Column(
        unit="m", label={"en": "Height", "fr": "Hauteur", "ko": "높이", "ar": "الارتفاع"}
    ),
    "length_m": Column(
        unit="m", label={"en": "Length", "fr": "Longueur", "ko": "길이", "ar": "الطول"}
    ),
    "from_node": Column(label={"en": "From", "fr": "De", "ko": "시작", "ar": "من"}),
    "to_node": Column(label={"en": "To", "fr": "Vers", "ko": "끝", "ar": "إلى"}),
    "building": Column(label={"en": "Building", "fr": "Bâtiment", "ko": "건물", "ar": "المبنى"}),
    "loading_percent": Column(
        unit="%", label={"en": "Loading", "fr": "Taux de charge", "ko": "부하율", "ar": "التحميل"}
    ),
    "p_kw": Column(
        unit="kW",
        label={"en": "Power now", "fr": "Puissance", "ko": "현재 전력", "ar": "القدرة الآن"},
    ),
    "forecast_kw": Column(
        unit="kW",
        label={
            "en": "Forecast of the evening before",
            "fr": "Prévision de la veille",
            "ko": "전날 예측",
            "ar": "توقعات الليلة السابقة",
        },
    ),
    "voltage_pu": Column(
        unit="pu", label={"en": "Voltage", "fr": "Tension", "ko": "전압", "ar": "الجهد"}
    ),
    "loss_kw": Column(
        unit="kW", label={"en": "Losses", "fr": "Pertes", "ko": "손실", "ar": "الفواقد"}
    ),
    **PHASE_COLUMNS,
    MARK_SPEED: Column(
        unit="m/s",
        label={
            "en": "Speed of the marks",
            "fr": "Vitesse des repères",
            "ko": "표식 속도",
            "ar": "سرعة العلامات",
        },
    ),
    "valid_from": Column(label={"en": "From", "fr": "Depuis", "ko": "시작", "ar": "من"}),
    "valid_to": Column(label={"en": "Until", "fr": "Jusqu'à", "ko": "까지", "ar": "حتى"}),
    "ended": Column(label={"en": "Ended", "fr": "Terminé", "ko": "종료", "ar": "انتهى"}),
    network.DATA_STATE: network.STATE_COLUMN,
}
