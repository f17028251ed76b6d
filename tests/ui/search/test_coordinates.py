"""Coordinates in the notations that people paste."""

from __future__ import annotations

import pytest

from twin.model.geoframe import GeoFrame
from ui.i18n import translator
from ui.search import understand
from ui.search.coordinates import in_words

ISSY = GeoFrame(crs="EPSG:2154", origin=(646_800.0, 6_857_600.0, 0.0))
LON, LAT = 2.2735, 48.8245


@pytest.mark.parametrize(
    "typed",
    [
        "2.2735, 48.8245",
        "48.8245, 2.2735",
        "48.8245 2.2735",
        "48,8245 2,2735",
        "48,8245; 2,2735",
        "48,8245, 2,2735",
        "2.2735,48.8245",
        "lat 48.8245 lon 2.2735",
        "lon: 2.2735 lat: 48.8245",
        "48.8245N 2.2735E",
        "48.8245° N, 2.2735° E",
        "N48.8245° E2.2735°",
        "48°49'28.2\"N 2°16'24.6\"E",
        "48° 49′ 28,2″ N ; 2° 16′ 24,6″ E",
        "2°16'24.6\"E 48°49'28.2\"N",
        "48°49.47' 2°16.41'",
        "WGS84 48.8245 2.2735",
        "EPSG:4326 2.2735 48.8245",
        "646661.9 6858516.4",
        "646661.9, 6858516.4",
        "646 661,9 6 858 516,4",
        "646 661,9 ; 6 858 516,4",
        "6858516.4 646661.9",
        "X=646661.9 m Y=6858516.4 m",
        "646661.9 6858516.4 35.0",
        "L93 646661.9 6858516.4",
        "Lambert-93: 646661.9 6858516.4",
        "EPSG:2154 646661.9 6858516.4",
    ],
)
def test_one_place_in_many_notations(typed: str) -> None:
    place = understand(typed, ISSY)
    assert place is not None
    assert abs(place.lon - LON) < 2e-5
    assert abs(place.lat - LAT) < 2e-5


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "Mairie",
        "48.8",
        "1 2 3 4",
        "48°70'00\"N 2°16'E",
        "12 rue de Paris",
        "999999999 999999999",
        "48.8245N 2.2735N",
        "EPSG:4326 646672 6858298",
        "N118",
        "2026-06-21",
    ],
)
def test_what_is_no_place(typed: str) -> None:
    assert understand(typed, ISSY) is None


def test_west_is_also_ouest() -> None:
    place = understand("47°13'05\"N 1°33'12\"O", ISSY)
    assert place is not None
    assert place.lon == pytest.approx(-1.5533, abs=1e-4)


def test_the_nearest_reading_wins() -> None:
    place = understand("45.0 5.0", GeoFrame(crs="EPSG:2154", origin=(857_000.0, 6_430_000.0, 0.0)))
    assert place is not None
    assert (place.lon, place.lat) == (5.0, 45.0)
    assert place.distance_m < 100_000


def test_another_projection_of_the_project() -> None:
    lyon = GeoFrame(crs="EPSG:3946", origin=(1_842_000.0, 5_175_000.0, 0.0))
    place = understand("1842100 5175200", lyon)
    assert place is not None
    assert place.crs == "EPSG:3946"
    assert place.xy_in_scene(lyon) == pytest.approx((100.0, 200.0), abs=0.01)
    assert in_words(place).startswith("RGF93 v1 / CC46")


def test_it_says_what_it_understood(english: None) -> None:
    lonlat, projected = understand("48.8245 2.2735", ISSY), understand("646672 6858298", ISSY)
    assert lonlat is not None
    assert projected is not None
    assert in_words(lonlat) == "Longitude 2.27350°, latitude 48.82450° (WGS 84)"
    translator.set_language("fr")
    assert in_words(projected) == ("Lambert-93\u202f: x 646\u202f672 m, y 6\u202f858\u202f298 m")
