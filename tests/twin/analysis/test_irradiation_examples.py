"""The examples of pvlib's documentation repeated: what they compute with pvlib alone, and what this engine does.

User guide, *Clear sky*, Ineichen and Perez in Tucson; example gallery, *GHI to POA transposition*: a surface of 25
degrees that looks south in Tucson on the two solstices.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from tests.twin.analysis.test_irradiation import tilted
from tests.twin.analysis.toy import town
from twin.analysis.irradiation import ALBEDO, clear_sky, on_samples
from twin.analysis.rays import Caster
from twin.analysis.sun import directions, suns_in_scene
from twin.analysis.town import soup_of
from twin.model.geoframe import GeoFrame
from twin.progress import Unattended

pvlib = pytest.importorskip("pvlib", reason="pvlib is in the extra 'planning'")

TUCSON = GeoFrame(crs="EPSG:32612", origin=(509_425.0, 3_562_600.0, 0.0))
"""32.2 N, 110.9 W, in the zone of UTM around it: grid north is true north within 0.06 degrees."""


def test_the_clear_sky_of_the_user_guide() -> None:
    lat, lon, altitude = 32.2, -111.0, 700.0
    times = pd.date_range("2014-01-01", "2014-01-02", freq="1min", tz="US/Arizona")
    sun = pvlib.solarposition.get_solarposition(times, lat, lon)
    airmass = pvlib.atmosphere.get_relative_airmass(sun["apparent_zenith"])
    pressure = pvlib.atmosphere.alt2pres(altitude)
    absolute = pvlib.atmosphere.get_absolute_airmass(airmass, pressure)
    extra = pvlib.irradiance.get_extra_radiation(times)
    guide = pvlib.clearsky.ineichen(
        sun["apparent_zenith"], absolute, 3.0, altitude=altitude, dni_extra=extra
    )
    utc = times.tz_convert("UTC").tz_localize(None).to_numpy()
    beam, diffuse, whole = clear_sky(lon, lat, utc, altitude)
    for found, name in ((beam, "dni"), (diffuse, "dhi"), (whole, "ghi")):
        expected = guide[name].fillna(0.0).to_numpy()
        assert expected.max() > 50.0
        # pvlib's class refracts by the pressure at 700 m, its guide by that at the sea: it matters at sunrise.
        np.testing.assert_allclose(np.nan_to_num(found), expected, atol=1.5)


@pytest.mark.parametrize("day", ["2020-06-20", "2020-12-21"])
def test_the_transposition_of_the_gallery(day: str) -> None:
    lat, lon, tilt, azimuth = 32.2, -110.9, 25.0, 180.0
    site = pvlib.location.Location(lat, lon, tz="Etc/GMT+7")
    times = pd.date_range(day, freq="10min", periods=6 * 24, tz=site.tz)
    sky = site.get_clearsky(times)
    sun = site.get_solarposition(times=times)
    gallery = pvlib.irradiance.get_total_irradiance(
        surface_tilt=tilt,
        surface_azimuth=azimuth,
        dni=sky["dni"],
        ghi=sky["ghi"],
        dhi=sky["dhi"],
        solar_zenith=sun["apparent_zenith"],
        solar_azimuth=sun["azimuth"],
        albedo=ALBEDO,
    )["poa_global"].to_numpy()

    utc = times.tz_convert("UTC").tz_localize(None).to_numpy()
    towards = directions(*suns_in_scene(TUCSON, utc)).astype(np.float32)
    place = replace(town([(500, 500, 501, 501, 1.0)]), frame=TUCSON)
    caster = Caster(soup_of(place))
    parts = [sky[name].to_numpy(np.float64) for name in ("dni", "dhi", "ghi")]

    def ours(steps: slice) -> float:
        energy = tuple(part[steps] for part in parts)
        surface = tilted(tilt, azimuth)
        return float(on_samples(caster, surface, towards[steps], energy, Unattended())[0])

    assert ours(slice(None)) == pytest.approx(gallery.sum(), rel=0.002)
    bright = np.flatnonzero(gallery > 100.0)
    assert len(bright) > 40
    each = np.array([ours(slice(i, i + 1)) for i in bright])
    np.testing.assert_allclose(each, gallery[bright], rtol=0.01)
