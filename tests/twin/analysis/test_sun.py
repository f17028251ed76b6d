"""The sun, against published positions and what any calendar says."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from twin.analysis.sun import sun_in_scene, sun_position
from twin.model.geoframe import GeoFrame

ISSY = (2.27, 48.82)
SOLSTICE = datetime(2026, 6, 21, 11, 53, tzinfo=UTC)  # solar noon at Issy


def test_noon_of_the_summer_solstice_is_as_high_as_the_tilt_of_the_earth_says() -> None:
    azimuth, elevation = sun_position(*ISSY, SOLSTICE)
    assert azimuth == pytest.approx(180.0, abs=0.6)
    assert elevation == pytest.approx(90.0 - 48.82 + 23.44, abs=0.05)


def test_sun_rises_in_the_north_east_in_june_and_the_south_east_in_december() -> None:
    june = datetime(2026, 6, 21, 3, 48, tzinfo=UTC)  # sunrise in Paris, 05:48 summer time
    december = datetime(2026, 12, 21, 7, 42, tzinfo=UTC)  # 08:42 winter time
    for at, expected in ((june, 52.0), (december, 127.0)):
        azimuth, elevation = sun_position(*ISSY, at)
        assert azimuth == pytest.approx(expected, abs=2.0)
        assert elevation == pytest.approx(0.0, abs=1.0)


def test_midnight_is_below_the_horizon_in_the_north() -> None:
    azimuth, elevation = sun_position(*ISSY, SOLSTICE + timedelta(hours=12))
    assert elevation == pytest.approx(48.82 - 90.0 + 23.44, abs=0.2)
    assert min(azimuth, 360.0 - azimuth) < 1.0


def test_same_moment_in_another_zone_is_the_same_sun() -> None:
    local = SOLSTICE.astimezone(timezone(timedelta(hours=-9)))
    assert sun_position(*ISSY, local) == sun_position(*ISSY, SOLSTICE)


def test_sun_shines_from_the_north_in_the_south() -> None:
    azimuth, elevation = sun_position(18.42, -33.93, datetime(2026, 6, 21, 10, 48, tzinfo=UTC))
    assert min(azimuth, 360.0 - azimuth) < 2.0
    assert elevation == pytest.approx(90.0 - 33.93 - 23.44, abs=0.1)


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        sun_position(*ISSY, datetime(2026, 6, 21, 12, 0))  # noqa: DTZ001


def test_azimuth_in_the_scene_counts_from_grid_north() -> None:
    # Lambert-93 west of its meridian of 3 degrees east: its meridians lean east, so grid north lies
    # west of true north, by sin of the cone (0.7256) times the difference in longitude.
    frame = GeoFrame(crs="EPSG:2154", origin=(646_000.0, 6_857_000.0, 0.0))
    lon, lat = frame.lonlat_from_scene([(0.0, 0.0)])[0]
    true_azimuth, true_elevation = sun_position(lon, lat, SOLSTICE)
    azimuth, elevation = sun_in_scene(frame, SOLSTICE)
    assert elevation == true_elevation
    assert azimuth - true_azimuth == pytest.approx((lon - 3.0) * -0.7256, abs=0.02)
