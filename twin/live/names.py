"""Observed properties in words: those that are known, and those that platforms of a city tell of besides."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from twin.drawables import Text
from twin.live.properties import PROPERTIES

LANGUAGES = ("en", "fr", "ko", "ar")
TOLD: Mapping[str, Text] = MappingProxyType(
    {
        name: MappingProxyType(dict(zip(LANGUAGES, words, strict=True)))
        for name, words in {
            "docks": ("Free docks", "Bornes libres", "빈 거치대", "المراسي الشاغرة"),
            "bike_free": (
                *("Free-floating bikes", "Vélos en libre-service"),
                *("거치대 없는 자전거", "الدراجات الحرة"),
            ),
            "car_free": (
                *("Free-floating cars", "Voitures en libre-service"),
                *("자유 반납 차량", "السيارات الحرة"),
            ),
            "cars": (
                "Cars available",
                "Voitures disponibles",
                "이용 가능한 차량",
                "السيارات المتاحة",
            ),
            "capacity": ("Capacity", "Capacité", "수용 능력", "السعة"),
            "range": ("Range", "Autonomie", "주행 가능 거리", "المدى"),
            "charge": ("State of charge", "État de charge", "충전 상태", "حالة الشحن"),
            "charge_points_free": (
                *("Free charge points", "Points de charge libres"),
                *("이용 가능한 충전기", "نقاط الشحن الشاغرة"),
            ),
            "vacant": ("Free places", "Places libres", "빈 주차면", "الأماكن الشاغرة"),
            "occupied": ("Occupied places", "Places occupées", "점유 주차면", "الأماكن المشغولة"),
            "wait": ("Wait", "Attente", "대기 시간", "الانتظار"),
            "delay": ("Delay", "Retard", "지연", "التأخير"),
        }.items()
    }
)
"""By the names that :mod:`twin.live.decoders` give them."""


def label_of(observed_property: str) -> Text:
    """Return an observed property in words; a name that is not known stands for itself, none for nothing."""
    known = PROPERTIES.get(observed_property)
    if known is not None:
        return known.label
    told = TOLD.get(observed_property)
    return told or (dict.fromkeys(LANGUAGES, observed_property) if observed_property else {})
