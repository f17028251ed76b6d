"""Files on static servers and heights of points: COG by ranges, a STAC search, altimetry; and all through a proxy."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import rasterio
from affine import Affine

from tests.twin.services.shelf import Proxy, Shelf
from tests.twin.services.test_kinds import AREA, fetch  # noqa: F401 - a fixture
from twin.model.geoframe import transformer
from twin.progress import Unattended
from twin.services import altimetry
from twin.services.client import HttpClient, ServiceError

X0, Y0, X1, Y1 = AREA.bounds
SIDE = 4000
CELL = 2.0
LEFT, TOP = round(X0) - 3000.0, round(Y1) + 3000.0


def height(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    return 40.0 + (x - LEFT) / 100.0 + (TOP - y) / 50.0


def cog(left: float = LEFT, top: float = TOP, side: int = SIDE) -> bytes:
    """A tiled GeoTIFF of noise on a slope: nothing that packs away."""
    x = left + (np.arange(side) + 0.5) * CELL
    y = top - (np.arange(side) + 0.5) * CELL
    noise = np.random.default_rng(1).normal(0, 0.01, (side, side))
    values = (height(x[None, :], y[:, None]) + noise).astype(np.float32)
    memory = io.BytesIO()
    with rasterio.open(
        memory, "w", driver="GTiff", width=side, height=side, count=1, dtype="float32",
        crs="EPSG:2154", transform=Affine(CELL, 0, left, 0, -CELL, top), tiled=True,
        blockxsize=256, blockysize=256, nodata=-9999.0,
    ) as file:  # fmt: skip
        file.write(values, 1)
    return memory.getvalue()


@pytest.fixture(scope="module")
def file() -> bytes:
    return cog()


@pytest.fixture
def shelf() -> Iterator[Shelf]:
    made = Shelf()
    yield made
    made.close()


def checked_heights(path: Path) -> None:
    places = [(X0 + 50, Y0 + 50), (X1 - 50, Y1 - 50), ((X0 + X1) / 2, (Y0 + Y1) / 2)]
    with rasterio.open(path) as source:
        got = [float(v[0]) for v in source.sample(places)]
    assert got == pytest.approx(
        [float(height(np.array(x), np.array(y))) for x, y in places], abs=0.1
    )


def test_of_a_far_raster_only_the_area_comes(shelf: Shelf, fetch, file: bytes) -> None:  # noqa: F811
    shelf.files["dem.tif"] = file
    made = fetch("cog", f"{shelf.url}/dem.tif", cell_m=CELL)
    checked_heights(made.path)
    assert shelf.bytes_sent < len(file) / 4
    assert all(count > 1 for count in shelf.asked.values())


def test_a_raster_of_another_place_is_empty(shelf: Shelf, fetch) -> None:  # noqa: F811
    shelf.files["dem.tif"] = cog(left=LEFT + 90_000, side=64)
    with pytest.raises(ServiceError) as caught:
        fetch("cog", f"{shelf.url}/dem.tif")
    assert caught.value.problem.key == "service.empty"


def test_what_is_no_raster_is_damaged(shelf: Shelf, fetch) -> None:  # noqa: F811
    shelf.files["dem.tif"] = b"II*\0" + b"nonsense" * 5000
    with pytest.raises(ServiceError) as caught:
        fetch("cog", f"{shelf.url}/dem.tif")
    assert caught.value.problem.key == "service.damaged"


def test_a_search_joins_the_sheets_it_finds(shelf: Shelf, fetch) -> None:  # noqa: F811
    middle = round((X0 + X1) / 2)
    shelf.files["west.tif"] = cog(left=middle - 2000.0, side=1000)
    shelf.files["east.tif"] = cog(left=float(middle), side=1000)
    for name in ("west", "east"):  # 2 km high from the top: the area is inside
        shelf.files[f"{name}.tif"] = cog(
            left=middle - 2000.0 if name == "west" else float(middle), top=Y1 + 200.0, side=1000
        )

    def search(query: dict[str, str], _body: bytes) -> object:
        west, south, east, north = (float(v) for v in query.get("bbox", "0,0,0,0").split(","))
        assert west < 2.24 < east or "page" in query
        assert south < 48.82 < north or "page" in query
        name = "east" if "page" in query else "west"
        asset = {"href": f"{shelf.url}/{name}.tif", "type": "image/tiff; application=geotiff"}
        picture = {"href": f"{shelf.url}/{name}.png", "type": "image/png"}
        links = [] if "page" in query else [{"rel": "next", "href": f"{shelf.url}/search?page=2"}]
        item = {"type": "Feature", "assets": {"thumbnail": picture, "dem": asset}}
        return {"type": "FeatureCollection", "features": [item], "links": links}

    shelf.answers["search"] = search
    made = fetch("stac", f"{shelf.url}/search", collections=["dem"])
    with rasterio.open(made.path) as source:
        assert np.isfinite(source.read(1)).all()
        assert source.bounds.left < X0
        assert source.bounds.right > X1


def test_an_address_with_a_question_of_its_own_keeps_it(shelf: Shelf, http: HttpClient) -> None:
    shelf.answers["wfs"] = lambda query, _body: query
    answer = http.get(f"{shelf.url}/wfs?map=/town.map&empty=", {"request": "GetFeature"})
    assert json.loads(answer.body()) == {"map": "/town.map", "request": "GetFeature"}


# Altimetry.


def altitudes(query: dict[str, str], body: bytes) -> object:
    """Answer as the service does: texts in, heights out, -99999 where it has none."""
    sent = json.loads(body)
    assert query == {}
    assert all(isinstance(value, str) for value in sent.values())
    lon, lat = (list(map(float, sent[name].split(sent["delimiter"]))) for name in ("lon", "lat"))
    assert len(lon) == len(lat) <= altimetry.MOST_POINTS
    x, y = transformer("EPSG:4326", "EPSG:2154").transform(lon, lat)
    z = np.where(np.array(lon) > 3.0, -99999.0, height(np.array(x), np.array(y)))
    if "sampling" in sent:
        t = np.linspace(0, 1, int(sent["sampling"]))
        along = [np.interp(t, [0, 1], ends) for ends in (lon, lat, z)]
        return {
            "elevations": [
                dict(zip(("lon", "lat", "z"), row, strict=True)) for row in zip(*along, strict=True)
            ]
        }
    return {"elevations": z.tolist()}


def test_a_grid_of_points_is_a_ground(shelf: Shelf, fetch) -> None:  # noqa: F811
    shelf.answers["elevation.json"] = altitudes
    made = fetch("altimetry", f"{shelf.url}/elevation.json", cell_m=14.0)
    assert shelf.asked["elevation.json"] > 1  # more points than one request may have
    with rasterio.open(made.path) as source:
        got = next(source.sample([(X0 + 300, Y0 + 300)]))[0]
    assert got == pytest.approx(float(height(np.array(X0 + 300), np.array(Y0 + 300))), abs=0.4)


def test_points_without_height_are_missing(shelf: Shelf, http: HttpClient) -> None:
    shelf.answers["elevation.json"] = altitudes
    found, _ = altimetry.heights_at(
        [(2.24, 48.82), (4.0, 50.0)], http, f"{shelf.url}/elevation.json"
    )
    assert np.isfinite(found).tolist() == [True, False]


def test_a_profile_has_as_many_points_as_wanted(shelf: Shelf, http: HttpClient) -> None:
    shelf.answers["line"] = altitudes
    ends = [(2.24, 48.82), (2.25, 48.83)]
    line = altimetry.profile(ends, http, f"{shelf.url}/line", samples=9)
    assert line.shape == (9, 3)
    assert line[[0, -1], :2] == pytest.approx(np.array(ends))


def test_fewer_heights_than_points_are_refused(shelf: Shelf, http: HttpClient) -> None:
    shelf.answers["elevation.json"] = lambda _query, _body: {"elevations": [1.0]}
    with pytest.raises(ServiceError, match=r"service\.no_features"):
        altimetry.heights_at([(2.24, 48.82), (2.25, 48.82)], http, f"{shelf.url}/elevation.json")


# Through a proxy.


def test_requests_go_through_the_proxy_of_the_system(
    shelf: Shelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf.answers["said"] = lambda query, _body: {"said": query["word"]}
    proxy = Proxy()
    monkeypatch.setenv("http_proxy", f"http://planner:secret@127.0.0.1:{proxy.server_port}")
    monkeypatch.setenv("no_proxy", "")
    told = Unattended()
    with HttpClient(tmp_path / "cache", told, requests_per_s=1e6) as client:
        answer = client.get(f"{shelf.url}/said", {"word": "hello"})
        assert json.loads(answer.body()) == {"said": "hello"}
    proxy.close()
    ((path, authorised),) = proxy.passed
    assert path == f"{shelf.url}/said?word=hello"
    assert authorised.startswith("Basic ")
    kept = b"".join(p.read_bytes() for p in (tmp_path / "cache").iterdir())
    assert b"secret" not in kept
    assert "secret" not in str(told.problems)


def test_a_proxy_that_is_not_there_is_said_without_its_password(
    shelf: Shelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", "http://planner:secret@127.0.0.1:9")
    monkeypatch.setenv("no_proxy", "")
    with (
        HttpClient(tmp_path / "cache", Unattended(), sleep=lambda _s: None) as client,
        pytest.raises(ServiceError) as caught,
    ):
        client.get(f"{shelf.url}/said")
    assert caught.value.problem.key == "service.unreachable"
    assert "secret" not in str(caught.value)
