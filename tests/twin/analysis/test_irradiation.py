"""Solar energy against pvlib's own transposition, and what shade takes away."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from tests.twin.analysis.toy import FRAME, town
from twin.analysis.irradiation import PanelAsked, clear_sky, irradiation, on_samples
from twin.analysis.rays import Caster
from twin.analysis.samples import Samples, Surface, Wanted
from twin.analysis.sunhours import suns_of_days
from twin.analysis.town import soup_of
from twin.progress import Unattended

pvlib = pytest.importorskip("pvlib", reason="pvlib is in the extra 'planning'")


def tilted(tilt_deg: float, azimuth_deg: float) -> Samples:
    tilt, azimuth = np.radians([tilt_deg, azimuth_deg])
    normal = [np.sin(tilt) * np.sin(azimuth), np.sin(tilt) * np.cos(azimuth), np.cos(tilt)]
    return Samples(
        xyz_in_scene=np.array([[0.0, 0.0, 100.0]]),
        normal=np.array([normal], np.float32),
        surface=np.array([Surface.ROOF], np.uint8),
        body=np.zeros(1, np.int32),
        row=np.zeros(1, np.int32),
        spacing_m=(1.0, 1.0, 1.0),
    )


@pytest.mark.parametrize(("tilt", "azimuth"), [(0, 180), (35, 180), (35, 90), (90, 180), (60, 0)])
def test_a_free_surface_gets_what_pvlib_says(tilt: float, azimuth: float) -> None:
    place = town([(500, 500, 501, 501, 1.0)])
    suns = suns_of_days(place, [date(2026, 6, 21)], step_min=30)
    lon, lat = FRAME.lonlat_from_scene([(0.0, 0.0)])[0]
    beam, diffuse, whole = clear_sky(lon, lat, suns.times_utc)
    caster = Caster(soup_of(place))
    found = on_samples(
        caster,
        tilted(tilt, azimuth),
        suns.direction,
        (beam * suns.hours, diffuse * suns.hours, whole * suns.hours),
        Unattended(),
    )
    times = pd.DatetimeIndex(suns.times_utc).tz_localize("UTC")
    sun = pvlib.solarposition.get_solarposition(times, lat, lon)
    # The scene's north is that of the grid, a degree and a half from the true one here.
    north = np.degrees(np.arctan2(*_north(lon, lat)))
    sky = pvlib.irradiance.get_total_irradiance(
        tilt, azimuth + north, sun.apparent_zenith, sun.azimuth, beam, whole, diffuse,
        albedo=0.2, model="isotropic",
    )  # fmt: skip
    expected = float((sky["poa_global"].to_numpy() * suns.hours).sum())
    assert found[0] == pytest.approx(expected, rel=0.005)


def _north(lon: float, lat: float) -> tuple[float, float]:
    """Return east and north of the scene's y axis on Earth."""
    here, there = FRAME.lonlat_from_scene([(0.0, 0.0), (0.0, 100.0)])
    return (there[0] - here[0]) * np.cos(np.radians(lat)), there[1] - here[1]


def test_clear_sky_of_paris_is_of_the_right_size() -> None:
    place = town([(0, 0, 10, 10, 5.0)])
    answer = irradiation(
        place, PanelAsked(clearness=1.0), Wanted(bodies=[0], surfaces=[Surface.ROOF], spacing_m=2.0), 2026,
        Unattended(),
    )  # fmt: skip
    # About 1,800 to 2,000 kWh/m² a year under a sky that is always clear, at 48.8 degrees north.
    assert 1_650 < answer.summary["roof_kwh_m2"] < 2_150
    pv = answer.columns["pv_kwh"].sum()
    expected = answer.columns["kwh_m2"].sum() * 4.0 * 0.60 * 0.20 * 0.80
    assert pv == pytest.approx(expected, rel=0.001)


def test_a_tower_in_the_south_takes_energy_away() -> None:
    wanted = Wanted(
        bodies=[0], rows={0: np.array([0], np.int32)}, surfaces=[Surface.ROOF], spacing_m=2.0
    )
    free = irradiation(town([(0, 0, 10, 10, 5.0)]), PanelAsked(), wanted, 2026, Unattended())
    shaded = irradiation(
        town([(0, 0, 10, 10, 5.0), (-10, -30, 20, -8, 60.0)]),
        PanelAsked(),
        wanted,
        2026,
        Unattended(),
    )
    assert shaded.summary["roof_kwh_m2"] < 0.6 * free.summary["roof_kwh_m2"]
