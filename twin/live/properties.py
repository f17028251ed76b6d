"""What city sensors observe: a name, a unit, a label, and how such a value behaves over a day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from twin.drawables import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """How the simulator makes values: ``base + day * shape(hour) + noise``, within the limits.

    Parameters
    ----------
    base, day, noise, low, high : float
        In the unit of the property.
    shape : str
        Course of a day, a name in ``twin.live.simulator.SHAPES``.
    spread : float
        How much sites differ, as a part of base and day.
    whole : bool
        Counts: rounded to whole numbers.
    """

    base: float
    day: float = 0.0
    noise: float = 0.0
    low: float = 0.0
    high: float = float("inf")
    shape: str = "flat"
    spread: float = 0.25
    whole: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ObservedProperty:
    """One observed property. ``unit`` is as printed; ``family`` groups those that look alike."""

    name: str
    unit: str
    label: Text
    family: str
    profile: Profile


def _of(
    name: str, unit: str, family: str, labels: tuple[str, str, str, str], profile: Profile
) -> tuple[str, ObservedProperty]:
    label = MappingProxyType(dict(zip(("en", "fr", "ko", "ar"), labels, strict=True)))
    return name, ObservedProperty(name=name, unit=unit, label=label, family=family, profile=profile)


PROPERTIES: Mapping[str, ObservedProperty] = MappingProxyType(
    dict(
        (
            _of(
                "air_no2",
                "µg/m³",
                "air",
                (
                    "Nitrogen dioxide NO₂",
                    "Dioxyde d'azote NO₂",
                    "이산화질소 NO₂",
                    "ثاني أكسيد النيتروجين NO₂",
                ),
                Profile(base=18, day=26, noise=7, shape="rush"),
            ),
            _of(
                "air_pm10",
                "µg/m³",
                "air",
                (
                    "Fine particles PM10",
                    "Particules PM10",
                    "미세먼지 PM10",
                    "الجسيمات العالقة PM10",
                ),
                Profile(base=16, day=10, noise=5, shape="rush"),
            ),
            _of(
                "air_pm25",
                "µg/m³",
                "air",
                (
                    "Fine particles PM2.5",
                    "Particules PM2,5",
                    "초미세먼지 PM2.5",
                    "الجسيمات الدقيقة PM2.5",
                ),
                Profile(base=9, day=6, noise=3, shape="rush"),
            ),
            _of(
                "air_o3",
                "µg/m³",
                "air",
                ("Ozone O₃", "Ozone O₃", "오존 O₃", "الأوزون O₃"),
                Profile(base=45, day=40, noise=8, shape="warm"),
            ),
            _of(
                "noise",
                "dB(A)",
                "noise",
                ("Sound level", "Niveau sonore", "소음 수준", "مستوى الضوضاء"),
                Profile(base=49, day=14, noise=4, low=30, high=100, shape="office", spread=0.06),
            ),
            _of(
                "traffic",
                "veh/h",
                "traffic",
                ("Road traffic", "Trafic routier", "도로 교통량", "حركة المرور"),
                Profile(base=90, day=620, noise=60, shape="rush", spread=0.5, whole=True),
            ),
            _of(
                "parking",
                "%",
                "parking",
                (
                    "Car park occupancy",
                    "Occupation du parking",
                    "주차장 점유율",
                    "إشغال موقف السيارات",
                ),
                Profile(base=38, day=48, noise=8, high=100, shape="office"),
            ),
            _of(
                "bikes",
                "1",
                "bike",
                ("Bikes available", "Vélos disponibles", "이용 가능한 자전거", "الدراجات المتاحة"),
                Profile(base=14, day=-9, noise=4, high=40, shape="office", whole=True),
            ),
            _of(
                "water_level",
                "m",
                "water",
                ("Water level", "Hauteur d'eau", "수위", "منسوب المياه"),
                Profile(base=2.4, day=0.05, noise=0.08, high=9, shape="warm", spread=0.02),
            ),
            _of(
                "meter_power",
                "kW",
                "meter",
                ("Electric power", "Puissance électrique", "전력", "القدرة الكهربائية"),
                Profile(base=35, day=60, noise=9, shape="evening", spread=0.5),
            ),
            _of(
                "meter_heat",
                "kW",
                "meter",
                ("Heat power", "Puissance thermique", "열출력", "القدرة الحرارية"),
                Profile(base=40, day=55, noise=8, shape="morning", spread=0.5),
            ),
            _of(
                "meter_water",
                "m³/h",
                "meter",
                ("Water flow", "Débit d'eau", "물 유량", "تدفق المياه"),
                Profile(base=0.6, day=2.2, noise=0.3, shape="morning", spread=0.4),
            ),
            _of(
                "waste_fill",
                "%",
                "waste",
                ("Filling level", "Taux de remplissage", "적재율", "نسبة الامتلاء"),
                Profile(base=8, day=84, noise=3, high=100, shape="filling", spread=0.15),
            ),
            _of(
                "temperature",
                "°C",
                "weather",
                ("Air temperature", "Température de l'air", "기온", "درجة حرارة الهواء"),
                Profile(base=17, day=8, noise=1, low=-30, high=50, shape="warm", spread=0.05),
            ),
            _of(
                "humidity",
                "%",
                "weather",
                ("Relative humidity", "Humidité relative", "상대 습도", "الرطوبة النسبية"),
                Profile(base=68, day=-22, noise=4, high=100, shape="warm", spread=0.08),
            ),
            _of(
                "charging_power",
                "kW",
                "charge",
                ("Charging power", "Puissance de recharge", "충전 전력", "قدرة الشحن"),
                Profile(base=2, day=16, noise=4, shape="evening", spread=0.6),
            ),
        )
    )
)
"""Properties by name. Levels are orders of magnitude for a dense European town, not
measurements.
"""
