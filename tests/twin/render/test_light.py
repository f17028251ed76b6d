"""The light follows the sun, without jumps, and never goes out."""

from __future__ import annotations

import numpy as np
import pytest

from twin.render.light import Atmosphere, atmosphere, direction


def brightness(colour: tuple[float, float, float]) -> float:
    return float(np.mean(colour))


def numbers(air: Atmosphere) -> np.ndarray:
    parts = (air.key, air.fill, air.bounce, air.zenith, air.horizon, air.glow)
    return np.array([*np.ravel(parts), air.night, air.daylight, air.shadow])


def test_the_sun_of_noon_shines_from_the_south_and_above() -> None:
    x, y, z = direction(180.0, 60.0)
    assert (x, y) == pytest.approx((0.0, -0.5), abs=1e-9)
    assert z == pytest.approx(np.sin(np.radians(60.0)))


def test_day_is_bright_dusk_is_warm_night_is_blue_and_lit() -> None:
    day, dusk, night = (atmosphere(200.0, e) for e in (50.0, 2.0, -20.0))
    assert brightness(day.key) > brightness(dusk.key) > brightness(night.key)
    assert dusk.key[0] > 2 * dusk.key[2]
    assert night.fill[2] > night.fill[0]
    assert (day.night, night.night) == (0.0, 1.0)
    assert brightness(night.fill) > 0.0


def test_light_changes_without_jumps() -> None:
    steps = np.array([numbers(atmosphere(120.0, e)) for e in np.arange(-30.0, 70.0, 0.25)])
    assert np.abs(np.diff(steps, axis=0)).max() < 0.12


def test_the_key_light_always_comes_from_above() -> None:
    for elevation in np.arange(-90.0, 90.0, 3.0):
        air = atmosphere(77.0, float(elevation))
        assert air.sun[2] > 0.0
        assert np.linalg.norm(air.sun) == pytest.approx(1.0)
        assert numbers(air).min() >= 0.0
