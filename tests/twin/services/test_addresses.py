"""Addresses and parcels against a server on loopback that answers in the forms of the real ones."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from twin.progress import Unattended
from twin.services.addresses import Parcel, look_up, parcel_of
from twin.services.catalogue import Dataset, read_catalogue
from twin.services.client import HttpClient, ServiceError

ROOT = Path(__file__).resolve().parents[3]
ISSY, SEOUL = (2.27, 48.82), (127.0, 37.5)
RING = [[[2.270, 48.820], [2.271, 48.820], [2.271, 48.821], [2.270, 48.821], [2.270, 48.820]]]
PARCELS = {
    "type": "FeatureCollection",
    "features": [
        {
            "type": "Feature",
            "geometry": {"type": "MultiPolygon", "coordinates": [RING]},
            "properties": {"idu": "92040000AB0123", "nom_com": "Issy-les-Moulineaux"},
        },
        {"type": "Feature", "geometry": None, "properties": None},
    ],
}
ADDRESSES = {
    "type": "FeatureCollection",
    "features": [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [2.2735, 48.8239]},
            "properties": {
                "label": "62 Rue du Général Leclerc 92130 Issy-les-Moulineaux",
                "context": "92",
            },
        },
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [2000, 1]},
            "properties": {},
        },
        "no feature",
    ],
}
WORLD = [
    {"lat": "37.5665", "lon": "126.978", "display_name": "Seoul City Hall, Jung-gu, Seoul"},
    {"lat": "x", "lon": "2", "display_name": "?"},
    3,
]


class Answers(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        path = urlsplit(self.path)
        self.server.asked.append((path.path, parse_qs(path.query)))  # type: ignore[attr-defined]
        found = {"/parcels": PARCELS, "/addresses": ADDRESSES, "/world": WORLD}.get(path.path)
        if path.path == "/addresses" and "nowhere" in path.query:
            found = {"type": "FeatureCollection", "features": []}
        body = json.dumps(found).encode() if found is not None else b"no"
        self.send_response(200 if found is not None else 500)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[ThreadingHTTPServer]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Answers) as made:
        made.asked = []  # type: ignore[attr-defined]
        threading.Thread(target=made.serve_forever, daemon=True).start()
        yield made
        made.shutdown()


def finders(server: ThreadingHTTPServer, *, world: str = "/world") -> list[Dataset]:
    base = f"http://127.0.0.1:{server.server_address[1]}"
    rows = (
        ("parcels", "/parcels", "fr"),
        ("geoplateforme", "/addresses", "fr"),
        ("nominatim", world, "world"),
    )
    return [
        Dataset(id=k, kind=k, url=base + path, title={}, where=where, source=f"by {k}")
        for k, path, where in rows
    ]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("92040 AB 123", "92040000AB0123"),
        ("92040000AB0123", "92040000AB0123"),
        ("2a004 0b 7", "2A0040000B0007"),
        ("92040-AB-0001", "92040000AB0001"),
        ("92040 312 C 12", "920403120C0012"),
    ],
)
def test_parcels_are_understood(text: str, name: str) -> None:
    found = parcel_of(text)
    assert found is not None
    assert found.name == name


@pytest.mark.parametrize(
    "text", ["62 rue du Général Leclerc", "92040", "2.27, 48.82", "AB 123", ""]
)
def test_other_texts_are_no_parcels(text: str) -> None:
    assert parcel_of(text) is None


def test_a_parcel_has_its_outline(server: ThreadingHTTPServer, http: HttpClient) -> None:
    (found,) = look_up("92040 AB 123", finders(server), http, Unattended(), near=ISSY)
    assert found.title == "92040000AB0123"
    assert found.about == "Issy-les-Moulineaux, by parcels"
    assert found.outline.bounds == (2.270, 48.820, 2.271, 48.821)
    path, asked = server.asked[0]  # type: ignore[attr-defined]
    assert path == "/parcels"
    assert {k: v[0] for k, v in asked.items()} == {
        "code_insee": "92040", "section": "AB", "numero": "0123", "com_abs": "000",
        "source_ign": "PCI", "_limit": "8",
    }  # fmt: skip


def test_an_address_near_the_scene(server: ThreadingHTTPServer, http: HttpClient) -> None:
    (found,) = look_up("62 rue du general leclerc", finders(server), http, Unattended(), near=ISSY)
    assert (found.lon, found.lat) == (2.2735, 48.8239)
    assert found.title.startswith("62 Rue")
    assert [path for path, _ in server.asked] == ["/addresses"]  # type: ignore[attr-defined]
    assert server.asked[0][1]["lat"] == ["48.82000"]  # type: ignore[attr-defined]


def test_elsewhere_and_what_france_does_not_know_the_world_is_asked(
    server: ThreadingHTTPServer, http: HttpClient
) -> None:
    (found,) = look_up("City Hall", finders(server), http, Unattended(), near=SEOUL)
    assert found.title == "Seoul City Hall"
    assert [path for path, _ in server.asked] == ["/world"]  # type: ignore[attr-defined]
    (found,) = look_up("nowhere", finders(server), http, Unattended(), near=ISSY)
    assert found.about == "Jung-gu, Seoul, by nominatim"


def test_failures_are_said_only_where_nobody_answers(
    server: ThreadingHTTPServer, http: HttpClient
) -> None:
    broken = finders(server, world="/broken")
    with pytest.raises(ServiceError):
        look_up("City Hall", broken, http, Unattended(), near=SEOUL)
    assert look_up("nowhere", broken, http, Unattended(), near=ISSY) == []


def test_the_finders_that_come_along() -> None:
    rows = read_catalogue(ROOT / "assets" / "services" / "finders.toml").places
    assert [row.kind for row in rows] == ["parcels", "geoplateforme", "nominatim"]
    assert all(row.url.startswith("https://") and row.source and row.licence for row in rows)
    assert Parcel(commune="92040", section="AB", number="0001").name == "92040000AB0001"
