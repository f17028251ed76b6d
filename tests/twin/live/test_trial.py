"""What is proposed of an address that is tried."""

from __future__ import annotations

import pytest

from twin.live.trial import limits_of


@pytest.mark.parametrize(
    "name, unit, limits",
    [
        ("air_no2", "µg/m³", (40.0, 200.0)),
        ("NO2", "ug/m3", (40.0, 200.0)),
        ("pm2.5", "", (15.0, 50.0)),
        ("no2", "ppb", (0.0, 0.0)),
        ("LAeq", "dB(A)", (65.0, 75.0)),
        ("parking", "%", (85.0, 95.0)),
        ("lat", "", (0.0, 0.0)),
    ],
)
def test_limits_are_proposed_by_any_name_but_only_in_the_unit_they_hold_in(
    name: str, unit: str, limits: tuple[float, float]
) -> None:
    assert limits_of(name, unit) == limits
