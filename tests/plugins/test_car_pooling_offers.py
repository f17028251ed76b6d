"""The client of "Standard covoiturage" against a server on this machine, in this process and behind walls."""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest

from plugins.car_pooling.layer import CarPooling
from tests.twin.isolation.conftest import needs_walls
from twin import api
from twin.api import testing
from twin.errors import BelvedereError, PluginError
from twin.isolation.discovery import open_registry
from twin.isolation.trust import TrustStore
from twin.isolation.warden import Warden
from twin.registry import Registry
from twin.work.brought import calls
from ui.plugin_home import BUNDLED, ROOT

HOME = ROOT / "plugins" / "car_pooling"
AT = datetime(2026, 6, 23, 15, tzinfo=UTC)
JOURNEYS = [
    {
        "operator": "second.example.org",
        "passengerPickupDate": int(datetime(2026, 6, 23, 8, 20, tzinfo=UTC).timestamp()),
        "duration": 1260,
        "distance": 9400,
        "price": {"type": "PAYING", "amount": 2.5, "currency": "EUR"},
        "availableSeats": 2,
    },
    {
        "operator": "first.example.org",
        "driverDepartureDate": int(datetime(2026, 6, 23, 7, 50, tzinfo=UTC).timestamp()),
        "duration": 900,
        "price": {"type": "FREE"},
    },
    "no journey",
]


class Server:
    """Answers ``/driver_journeys`` and keeps what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, dict[str, list[str]], str]] = []
        self.answer: Any = JOURNEYS
        self.status = 200
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                parts = urlsplit(self.path)
                key = self.headers.get("X-API-Key", "")
                outer.asked.append((parts.path, parse_qs(parts.query), key))
                body = json.dumps(outer.answer).encode()
                self.send_response(outer.status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_arguments: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server()
    yield made
    made.close()


def asked(registry: Registry, **values: Any) -> calls.Asked:
    sample = HOME / "sample"
    files = {role: sample / f"{role}.csv" for role in ("places", "journeys", "centres")}
    ctx = testing.FakeContext(files=files, params=CarPooling.Params())
    found = next(c for c in registry.contributions("panels") if c.id == "car_pooling.offers")
    return calls.Asked(
        registry=registry,
        contribution=found,
        tables={"car_pooling": CarPooling().load(ctx)},
        view=testing.view(ctx, at=AT),
        values=values,
    )


def grid(parts: tuple[api.PanelPart, ...]) -> list[Any]:
    return next(list(p.rows) for p in parts if isinstance(p, api.Grid))


def test_it_is_off_until_a_server_is_named(server: Server) -> None:
    parts = calls.show_panel(asked(Registry.discover(BUNDLED)))
    assert not any(isinstance(p, api.Grid) for p in parts)
    words = [p.text["en"] for p in parts if isinstance(p, api.Paragraph)]
    assert "No server is named: nothing is asked." in words
    assert server.asked == []


def test_offers_are_listed_as_the_standard_tells_them(server: Server) -> None:
    way = "Paris 15e - Issy-les-Moulineaux"
    registry = Registry.discover(BUNDLED)
    parts = calls.show_panel(asked(registry, server=server.url, key="word", way=way, hour=8))
    rows = grid(parts)
    assert [row[5] for row in rows] == ["first.example.org", "second.example.org"]
    assert rows[1][1:5] == [21.0, 9.4, "2.50 EUR", 2.0]
    assert (rows[0][3], rows[0][2]) == ("0", None)
    ((path, query, key),) = server.asked
    assert (path, key) == ("/driver_journeys", "word")
    told = {name: float(value[0]) for name, value in query.items()}
    here = [told[n] for n in ("departureLng", "departureLat", "arrivalLng", "arrivalLat")]
    assert np.allclose(here, [2.293, 48.8412, 2.273, 48.8245], atol=1e-4)
    leave = datetime.fromtimestamp(told["departureDate"], UTC)
    assert (leave.date(), leave.hour, told["timeDelta"]) == (AT.date(), 8, 3600)


@pytest.mark.parametrize(("status", "answer"), [(401, []), (429, []), (200, {"error": "x"})])
def test_what_a_server_refuses_is_a_problem(server: Server, status: int, answer: Any) -> None:
    server.status, server.answer = status, answer
    with pytest.raises(BelvedereError):
        calls.show_panel(asked(Registry.discover(BUNDLED), server=server.url))


@needs_walls
def test_behind_walls_it_reaches_what_was_granted_and_nothing_else(
    server: Server, tmp_path: Path
) -> None:
    folder = tmp_path / "plugins" / "car_pooling"
    shutil.copytree(HOME, folder)
    manifest = (folder / "plugin.toml").read_text()
    (folder / "plugin.toml").write_text(f'{manifest}\n[capabilities]\nnetwork = ["127.0.0.1"]\n')
    store = TrustStore()
    registry = open_registry([], Warden(store), user=tmp_path / "plugins")
    with pytest.raises(PluginError) as caught:
        calls.show_panel(asked(registry, server=server.url))
    assert caught.value.problem.key in {"plugin.not_granted", "plugin.raised"}
    assert server.asked == []
    store.change(folder, hosts=("127.0.0.1",))
    assert len(grid(calls.show_panel(asked(registry, server=server.url)))) == 2
