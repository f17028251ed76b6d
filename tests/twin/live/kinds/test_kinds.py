"""Each kind of feed against a server on loopback, or a real file, through the engine that runs it."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.servers import free_port, wait_for
from twin.live.engine import LiveEngine
from twin.live.feed import FeedState
from twin.live.http import Answer
from twin.live.kinds import make_feed
from twin.live.polling import recognise
from twin.model.feed import FeedSpec
from twin.store.history import Datastream, FolderHistory, open_history


class Site:
    """Answers of a web service by path; keeps what was asked."""

    def __init__(self) -> None:
        self.answers: dict[str, Any] = {}
        self.asked: list[str] = []
        self.busy = 0
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                site.asked.append(self.path)
                site.answer(self)

            def log_message(self, *_args: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        if self.busy:
            self.busy -= 1
            handler.send_response(429)
            handler.send_header("Retry-After", "1")
            handler.send_header("Content-Length", "0")
            handler.end_headers()
            return
        path = handler.path.split("?")[0]
        body = self.answers.get(handler.path, self.answers.get(path))
        if body is None:
            handler.send_error(404)
            return
        body = body() if callable(body) else body
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        tag = f'"{hash(data)}"'
        if handler.headers.get("If-None-Match") == tag:
            handler.send_response(304)
            handler.end_headers()
            return
        handler.send_response(200)
        handler.send_header("ETag", tag)
        handler.send_header("Content-Length", str(len(data)))
        if b"data:" in data[:20]:
            handler.send_header("Content-Type", "text/event-stream")
        handler.end_headers()
        handler.wfile.write(data)

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@pytest.fixture
def site() -> Iterator[Site]:
    made = Site()
    yield made
    made.close()


@contextmanager
def running(spec: FeedSpec, folder: Path) -> Iterator[LiveEngine]:
    history = FolderHistory(folder / "history", write=True)
    engine = LiveEngine(history, make=make_feed)
    try:
        engine.start(spec)
        yield engine
    finally:
        engine.close()
        history.close()


def kept(
    spec: FeedSpec, folder: Path, done: Callable[[LiveEngine], bool]
) -> dict[str, list[float]]:
    with running(spec, folder) as engine:
        wait_for(lambda: done(engine), f"the feed {spec.kind}")
    history = open_history(folder / "history")
    found: dict[str, list[float]] = {}
    for batch in history.batches():
        for row in batch.to_pylist():
            found.setdefault(row["datastream"], []).append(row["result"])
    history.close()
    return found


def observed(count: int) -> Callable[[LiveEngine], bool]:
    return lambda engine: engine.statuses()[0].observations >= count


def thing(number: int) -> dict[str, Any]:
    return {
        "@iot.id": number,
        "name": f"T{number}",
        "Locations": [{"location": {"type": "Point", "coordinates": [2.27, 48.82]}}],
        "Datastreams": [
            {
                "@iot.id": number,
                "name": "NO2",
                "unitOfMeasurement": {"symbol": "µg/m³"},
                "ObservedProperty": {"name": "no2"},
                "Observations": [
                    {"result": 10.0 + number, "phenomenonTime": "2026-03-01T10:00:00Z"}
                ],
            }
        ],
    }


def test_sensorthings_follows_pages_with_relative_links(site: Site, tmp_path: Path) -> None:
    site.answers["/v1.1/Things"] = {"value": [thing(1)], "@iot.nextLink": "Things?$skip=1"}
    site.answers["/v1.1/Things?$skip=1"] = {"value": [thing(2)]}
    spec = FeedSpec(id="f", kind="sensorthings", url=f"{site.url}/v1.1")
    assert kept(spec, tmp_path, observed(2)) == {"sta:1": [11.0], "sta:2": [12.0]}
    streams = open_history(tmp_path / "history").streams()
    assert streams["sta:1"].unit == "µg/m³"
    assert streams["sta:1"].placed


def test_what_did_not_change_is_kept_once_and_a_busy_server_is_left_alone(
    site: Site, tmp_path: Path
) -> None:
    site.answers["/things"] = {"value": [thing(1)]}
    site.busy = 1
    options = {"interval_s": 1.0}
    spec = FeedSpec(id="f", kind="sensorthings", url=f"{site.url}/things?x=1", options=options)
    found = kept(spec, tmp_path, lambda _e: len(site.asked) >= 4)
    assert found == {"sta:1": [11.0]}


def test_gbfs_is_recognised_and_read_by_its_own_addresses(site: Site, tmp_path: Path) -> None:
    root = {
        "last_updated": 1_772_359_200,
        "ttl": 60,
        "version": "2.3",
        "data": {
            "fr": {
                "feeds": [
                    {"name": n, "url": f"{site.url}/x/{n}"}
                    for n in ("station_information", "station_status", "vehicle_types")
                ]
            }
        },
    }
    site.answers["/gbfs.json"] = root
    station = {"station_id": "a", "name": "Mairie", "lat": 48.82, "lon": 2.27, "capacity": 20}
    site.answers["/x/station_information"] = {"data": {"stations": [station]}}
    status = {
        "station_id": "a",
        "num_bikes_available": 7,
        "num_docks_available": 13,
        "last_reported": 1_772_359_100,
    }
    site.answers["/x/station_status"] = {
        "last_updated": 1_772_359_200,
        "ttl": 60,
        "data": {"stations": [status]},
    }
    spec = FeedSpec(id="f", kind="poll", url=f"{site.url}/gbfs.json")
    found = kept(spec, tmp_path, observed(3))
    assert found["gbfs:gbfs:a:bikes"] == [7.0]
    assert found["gbfs:gbfs:a:docks"] == [13.0]


@pytest.mark.parametrize("directory", [True, False], ids=["beside gbfs.json", "alone"])
def test_the_address_of_one_file_of_gbfs_finds_the_others_beside_it(
    site: Site, tmp_path: Path, *, directory: bool
) -> None:
    names = ("station_information", "station_status")
    feeds = [{"name": n, "url": f"{site.url}/x/{n}.json"} for n in names]
    if directory:
        site.answers["/x/gbfs.json"] = {"last_updated": 1, "ttl": 60, "data": {"feeds": feeds}}
    place = {"station_id": "a", "name": "Mairie", "lat": 48.82, "lon": 2.27}
    site.answers["/x/station_information.json"] = {"data": {"stations": [place]}}
    status = {"station_id": "a", "num_bikes_available": 7, "last_reported": 1_772_359_100}
    site.answers["/x/station_status.json"] = {"last_updated": 1, "data": {"stations": [status]}}
    spec = FeedSpec(id="f", kind="poll", url=f"{site.url}/x/station_status.json")
    assert kept(spec, tmp_path, observed(1)) == {"gbfs:gbfs:a:bikes": [7.0]}
    stream = open_history(tmp_path / "history").streams()["gbfs:gbfs:a:bikes"]
    assert stream.placed is directory


def test_a_datastream_is_told_of_once_it_stands_in_the_history(site: Site, tmp_path: Path) -> None:
    early: set[str] = set()

    class Watched(FolderHistory):
        def describe(self, streams: Iterable[Datastream]) -> None:
            listed = list(streams)
            early.update(s.id for s in listed if s.id in engine.streams("f"))
            super().describe(listed)

    site.answers["/things"] = {"value": [thing(1), thing(2)]}
    history = Watched(tmp_path / "history", write=True)
    engine = LiveEngine(history, make=make_feed)
    engine.start(FeedSpec(id="f", kind="sensorthings", url=f"{site.url}/things?x=1"))
    wait_for(lambda: observed(2)(engine), "two observations")
    engine.close()
    assert set(history.streams()) == {"sta:1", "sta:2"}
    assert not early
    history.close()


def test_datafair_follows_next(site: Site, tmp_path: Path) -> None:
    base = "/data-fair/api/v1/datasets/d/lines"
    row = {"_id": "a", "valeur": 3.5, "date": "2026-03-01T10:00:00Z", "_geopoint": "48.82,2.27"}
    site.answers[base] = {"total": 2, "results": [row], "next": f"{site.url}{base}?after=1"}
    site.answers[f"{base}?after=1"] = {"total": 2, "results": [{**row, "_id": "b", "valeur": 4.5}]}
    spec = FeedSpec(id="f", kind="datafair", url=f"{site.url}/data-fair/api/v1/datasets/d")
    assert sorted(v for vs in kept(spec, tmp_path, observed(2)).values() for v in vs) == [3.5, 4.5]


def test_opendatasoft_takes_the_export(site: Site, tmp_path: Path) -> None:
    base = "/api/explore/v2.1/catalog/datasets/velos"
    row = {
        "id": "p1",
        "valeur": 3,
        "date_heure": "2026-03-01T10:00:00Z",
        "geo_point_2d": {"lon": 2.27, "lat": 48.82},
    }
    site.answers[f"{base}/exports/json"] = [row]
    spec = FeedSpec(id="f", kind="opendatasoft", url=f"{site.url}{base}")
    assert kept(spec, tmp_path, observed(1)) == {"ods:velos:p1:valeur": [3.0]}


@pytest.mark.parametrize("kind", ["table", "poll"])
def test_what_was_looked_at_to_know_its_kind_is_kept_all_the_same(
    site: Site, tmp_path: Path, kind: str
) -> None:
    site.answers["/bins"] = [{"id": "b1", "fill": 40, "updated_at": "2026-03-01T10:00:00Z"}]
    spec = FeedSpec(id="f", kind=kind, url=f"{site.url}/bins")
    assert list(kept(spec, tmp_path, observed(1)).values()) == [[40.0]]


def test_events_of_a_server(site: Site, tmp_path: Path) -> None:
    site.answers["/events"] = (
        b'data: {"value": 1}\n\nevent: noise\ndata: {"value": 2}\n\n: ping\n\n'
    )
    spec = FeedSpec(id="f", kind="sse", url=f"{site.url}/events")
    found = kept(spec, tmp_path, observed(2))
    assert found["f"][0] == 1.0
    assert found["noise"][0] == 2.0


def test_a_stream_of_events_is_known_by_its_type(site: Site, tmp_path: Path) -> None:
    site.answers["/events"] = b'data: {"value": 1}\n\n'
    found = kept(FeedSpec(id="f", kind="poll", url=f"{site.url}/events"), tmp_path, observed(1))
    assert found["f"][0] == 1.0


def test_a_page_about_parking_is_no_datex() -> None:
    assert not recognise(Answer(b"<html><body>Parking</body></html>", "http://127.0.0.1/"))


def test_a_websocket(tmp_path: Path) -> None:
    from websockets.asyncio.server import serve

    port, stop, ready = free_port(), threading.Event(), threading.Event()

    async def talk(line: Any) -> None:
        for number in range(3):
            await line.send(json.dumps({"id": "s1", "value": number}))
        await line.wait_closed()

    async def main() -> None:
        async with serve(talk, "127.0.0.1", port):
            ready.set()
            await asyncio.to_thread(stop.wait)

    thread = threading.Thread(target=lambda: asyncio.run(main()))
    thread.start()
    ready.wait(10)
    try:
        spec = FeedSpec(id="f", kind="websocket", url=f"ws://127.0.0.1:{port}")
        assert kept(spec, tmp_path, observed(3)) == {"s1": [0.0, 1.0, 2.0]}
    finally:
        stop.set()
        thread.join()


def test_a_file_that_grows_and_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_text("sensor_id;time;value\na;2026-03-01T10:00:00Z;1,5\n")
    spec = FeedSpec(id="f", kind="csv", url=str(path))
    with running(spec, tmp_path) as engine:
        wait_for(lambda: engine.statuses()[0].observations >= 1, "the first row")
        with path.open("a") as file:
            file.write("a;2026-03-01T10:01:00Z;2,5\na;2026-03-01T10:02")
        wait_for(lambda: engine.statuses()[0].observations >= 2, "the second row")
        with path.open("a") as file:
            file.write(":00Z;3,5\n")
        wait_for(lambda: engine.statuses()[0].observations >= 3, "the torn row")
    history = open_history(tmp_path / "history")
    results = [r for b in history.batches() for r in b.column("result").to_pylist()]
    history.close()
    assert sorted(results) == [1.5, 2.5, 3.5]


def test_a_server_that_is_away_is_tried_again_for_ever(site: Site, tmp_path: Path) -> None:
    spec = FeedSpec(id="f", kind="sensorthings", url=f"{site.url}/later?x=1")
    with running(spec, tmp_path) as engine:
        wait_for(lambda: engine.statuses()[0].state is FeedState.FAILED, "the failure")
        status = engine.statuses()[0]
        assert status.error is not None
        assert "404" in str(status.error.values["reason"])
        site.answers["/later"] = {"value": [thing(1)]}
        wait_for(lambda: engine.statuses()[0].state is FeedState.LIVE, "the recovery")


def test_a_refused_password_waits_for_somebody(tmp_path: Path) -> None:
    spec = FeedSpec(id="f", kind="ngsi", url="ftp://127.0.0.1/x")
    with running(spec, tmp_path) as engine:
        wait_for(lambda: engine.statuses()[0].state is FeedState.FAILED, "the failure")
        time.sleep(0.3)
        status = engine.statuses()[0]
        assert status.state is FeedState.FAILED
        assert status.retry_in_s != status.retry_in_s  # none is due


@pytest.mark.parametrize(
    ("document", "kind"),
    [
        ({"value": [{"name": "Things", "url": "x"}]}, "sensorthings"),
        ([{"id": "urn:ngsi-ld:A:1", "type": "A"}], "ngsi"),
        ({"m2m:cin": {"con": 1}}, "onem2m"),
        ({"Siri": {}}, "siri"),
        ({"data": [{"id": "L", "evses": []}]}, "ocpi"),
        ({"total_count": 1, "results": [{"a": 1}]}, "opendatasoft"),
        ({"total": 1, "results": [{"a": 1}]}, "datafair"),
        ([{"a": 1}], "table"),
        ("text", ""),
    ],
)
def test_answers_speak_for_their_kind(document: object, kind: str) -> None:
    assert recognise(Answer(json.dumps(document).encode(), "http://x/y")) == kind
