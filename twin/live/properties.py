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
    name: str, unit: str, family: str, labels: tuple[str, str], profile: Profile
) -> tuple[str, ObservedProperty]:
    label = MappingProxyType({"en": labels[0], "fr": labels[1]})
    return name, ObservedProperty(name=name, unit=unit, label=label, family=family, profile=profile)


PROPERTIES: Mapping[str, ObservedProperty] = MappingProxyType(
    dict(
        (
            _of(
                "air_no2",
                "µg/m³",
                "air",
                ("Nitrogen dioxide NO₂", "Dioxyde d'azote NO₂"),
                Profile(base=18, day=26, noise=7, shape="rush"),
            ),
            _of(
                "air_pm10",
                "µg/m³",
                "air",
                ("Fine particles PM10", "Particules PM10"),
                Profile(base=16, day=10, noise=5, shape="rush"),
            ),
            _of(
                "air_pm25",
                "µg/m³",
                "air",
                ("Fine particles PM2.5", "Particules PM2,5"),
                Profile(base=9, day=6, noise=3, shape="rush"),
            ),
            _of(
                "air_o3",
                "µg/m³",
                "air",
                ("Ozone O₃", "Ozone O₃"),
                Profile(base=45, day=40, noise=8, shape="warm"),
            ),
            _of(
                "noise",
                "dB(A)",
                "noise",
                ("Sound level", "Niveau sonore"),
                Profile(base=49, day=14, noise=4, low=30, high=100, shape="office", spread=0.06),
            ),
            _of(
                "traffic",
                "veh/h",
                "traffic",
                ("Road traffic", "Trafic routier"),
                Profile(base=90, day=620, noise=60, shape="rush", spread=0.5, whole=True),
            ),
            _of(
                "parking",
                "%",
                "parking",
                ("Car park occupancy", "Occupation du parking"),
                Profile(base=38, day=48, noise=8, high=100, shape="office"),
            ),
            _of(
                "bikes",
                "1",
                "bike",
                ("Bikes available", "Vélos disponibles"),
                Profile(base=14, day=-9, noise=4, high=40, shape="office", whole=True),
            ),
            _of(
                "water_level",
                "m",
                "water",
                ("Water level", "Hauteur d'eau"),
                Profile(base=2.4, day=0.05, noise=0.08, high=9, shape="warm", spread=0.02),
            ),
            _of(
                "meter_power",
                "kW",
                "meter",
                ("Electric power", "Puissance électrique"),
                Profile(base=35, day=60, noise=9, shape="evening", spread=0.5),
            ),
            _of(
                "meter_heat",
                "kW",
                "meter",
                ("Heat power", "Puissance thermique"),
                Profile(base=40, day=55, noise=8, shape="morning", spread=0.5),
            ),
            _of(
                "meter_water",
                "m³/h",
                "meter",
                ("Water flow", "Débit d'eau"),
                Profile(base=0.6, day=2.2, noise=0.3, shape="morning", spread=0.4),
            ),
            _of(
                "waste_fill",
                "%",
                "waste",
                ("Filling level", "Taux de remplissage"),
                Profile(base=8, day=84, noise=3, high=100, shape="filling", spread=0.15),
            ),
            _of(
                "temperature",
                "°C",
                "weather",
                ("Air temperature", "Température de l'air"),
                Profile(base=17, day=8, noise=1, low=-30, high=50, shape="warm", spread=0.05),
            ),
            _of(
                "humidity",
                "%",
                "weather",
                ("Relative humidity", "Humidité relative"),
                Profile(base=68, day=-22, noise=4, high=100, shape="warm", spread=0.08),
            ),
            _of(
                "charging_power",
                "kW",
                "meter",
                ("Charging power", "Puissance de recharge"),
                Profile(base=2, day=16, noise=4, shape="evening", spread=0.6),
            ),
        )
    )
)
"""Properties by name. Levels are orders of magnitude for a dense European town, not
measurements.
"""
