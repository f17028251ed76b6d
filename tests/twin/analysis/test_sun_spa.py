"""The sun's position against NREL's Solar Position Algorithm, as pvlib implements it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from twin.analysis.sun import directions, sun_positions

pvlib = pytest.importorskip("pvlib", reason="pvlib is in the extra 'planning'")


@pytest.mark.parametrize("years", [(1950, 2050), (1900, 2100)])
def test_position_is_within_a_hundredth_of_a_degree_of_spa(years: tuple[int, int]) -> None:
    chance = np.random.default_rng(years[0])
    start = np.datetime64(f"{years[0]}-01-01T00:00:00", "s")
    span_s = (years[1] - years[0]) * 365.25 * 86400
    for lat, lon in chance.uniform([-66, -180], [66, 180], (25, 2)):
        times = start + chance.uniform(0, span_s, 200).astype("timedelta64[s]")
        spa = pvlib.solarposition.spa_python(
            pd.DatetimeIndex(times, tz="UTC"), lat, lon, delta_t=None
        )
        azimuth, elevation = sun_positions(lon, lat, times)
        off = (azimuth - spa.azimuth.to_numpy() + 180.0) % 360.0 - 180.0
        across = off * np.cos(np.radians(spa.elevation.to_numpy()))
        assert np.abs(across).max() < 0.01
        # Where refraction sets in, at the horizon, a hair decides whether there is any.
        clear = np.abs(spa.elevation.to_numpy() + 0.83337) > 0.02
        assert np.abs(elevation - spa.apparent_elevation.to_numpy())[clear].max() < 0.01
        _, true = sun_positions(lon, lat, times, refraction=False)
        assert np.abs(true - spa.elevation.to_numpy()).max() < 0.01


def test_directions_point_where_the_angles_say() -> None:
    north_east_south = directions([0.0, 90.0, 180.0], [0.0, 0.0, 90.0])
    np.testing.assert_allclose(north_east_south, [[0, 1, 0], [1, 0, 0], [0, 0, 1]], atol=1e-12)
