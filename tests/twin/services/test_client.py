from __future__ import annotations

import gzip
import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.twin.services.town_hall import TownHall
from twin.errors import Cancelled
from twin.progress import Unattended
from twin.services import client as module
from twin.services.client import HttpClient, ServiceError


def refused(call: Callable[[], object]) -> str:
    with pytest.raises(ServiceError) as caught:
        call()
    return caught.value.problem.key


def test_an_answer_is_kept_and_not_asked_for_again(town_hall: TownHall, http: HttpClient) -> None:
    first = http.get(f"{town_hall.url}/changing")
    second = http.get(f"{town_hall.url}/changing")
    assert (first.kept, second.kept) == (False, True)
    assert first.body() == second.body() == b"version 1"
    assert town_hall.asked["changing"] == 1


def test_an_old_answer_is_asked_for_only_if_it_has_changed(
    town_hall: TownHall, tmp_path: Path, told: Unattended
) -> None:
    with HttpClient(tmp_path, told, fresh_s=0.0) as http:
        http.get(f"{town_hall.url}/changing")
        again = http.get(f"{town_hall.url}/changing")
        town_hall.version = 2
        changed = http.get(f"{town_hall.url}/changing")
    assert (again.kept and again.body() == b"version 2") or again.body() == b"version 1"
    assert not changed.kept
    assert changed.path.read_bytes() == b"version 2"


def test_a_server_that_asks_to_wait_is_waited_for(
    town_hall: TownHall, http: HttpClient, waits: list[float]
) -> None:
    http.get(f"{town_hall.url}/busy")
    assert town_hall.asked["busy"] == 3
    assert sum(waits) >= 2.0


def test_an_answer_that_was_cut_off_is_asked_for_again(
    town_hall: TownHall, http: HttpClient
) -> None:
    assert http.get(f"{town_hall.url}/cut").body().endswith(b"}")
    assert town_hall.asked["cut"] == 2


def test_a_server_that_is_down_gives_a_clear_reason(town_hall: TownHall, http: HttpClient) -> None:
    town_hall.down.add("wfs")
    with pytest.raises(ServiceError) as caught:
        http.get(f"{town_hall.url}/wfs", {"token": "secret"})
    assert caught.value.problem.values["status"] == 500
    assert town_hall.asked["wfs"] == module.TRIES
    assert "secret" not in str(caught.value)


def test_a_host_that_gave_no_answer_is_given_up_sooner_until_it_answers(
    town_hall: TownHall, http: HttpClient
) -> None:
    town_hall.down.add("wms")
    for path in ("wms?a=1", "wms?a=2"):
        refused(lambda path=path: http.get(f"{town_hall.url}/{path}"))  # type: ignore[misc]
    assert town_hall.asked["wms"] == module.TRIES + module.TRIES_WHEN_SILENT
    http.get(f"{town_hall.url}/changing")
    refused(lambda: http.get(f"{town_hall.url}/wms?a=3"))
    assert town_hall.asked["wms"] == 2 * module.TRIES + module.TRIES_WHEN_SILENT


def test_a_server_that_is_down_is_answered_from_disk_and_its_age_is_told(
    town_hall: TownHall, tmp_path: Path, told: Unattended
) -> None:
    with HttpClient(tmp_path, told, fresh_s=0.0, sleep=lambda _s: None) as http:
        http.get(f"{town_hall.url}/changing")
        town_hall.down.add("changing")
        answer = http.get(f"{town_hall.url}/changing")
    assert answer.kept
    assert answer.body() == b"version 1"
    assert [p.key for p in told.problems] == ["service.stale"]


def test_nobody_there(http: HttpClient) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    assert refused(lambda: http.get(f"http://127.0.0.1:{port}/")) == "service.unreachable"


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://host/x", "gopher://x"])
def test_only_the_web(http: HttpClient, url: str) -> None:
    assert refused(lambda: http.get(url)) == "service.scheme"


def test_an_answer_that_is_too_long_is_not_taken(town_hall: TownHall, http: HttpClient) -> None:
    assert (
        refused(lambda: http.get(f"{town_hall.url}/huge", most_bytes=1000)) == "service.too_large"
    )
    assert not list(http._cache._folder.glob(".part-*"))


def test_a_packed_answer_may_not_unfold_without_end(
    http: HttpClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    bomb = gzip.compress(b"\0" * 50_000_000)

    def answer(connection: socket.socket) -> None:
        head = f"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {len(bomb)}\r\n\r\n"
        connection.sendall(head.encode() + bomb)

    with one_answer(answer) as url:
        assert refused(lambda: http.get(url, most_bytes=1_000_000)) == "service.too_large"


def test_a_slow_drip_ends(http: HttpClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "WHOLE_S", 0.2)

    def answer(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
        for _ in range(100):
            connection.sendall(b"x")
            time.sleep(0.05)

    with one_answer(answer) as url:
        assert refused(lambda: http.get(url)) == "service.too_slow"


def test_cancelled_between_pieces(town_hall: TownHall, tmp_path: Path) -> None:
    class Stopping(Unattended):
        def check_cancelled(self) -> None:
            if town_hall.asked["huge"]:
                raise Cancelled

    with HttpClient(tmp_path, Stopping()) as http, pytest.raises(Cancelled):
        http.get(f"{town_hall.url}/huge")
    assert list(tmp_path.iterdir()) == []


def test_requests_keep_their_distance(town_hall: TownHall, tmp_path: Path) -> None:
    waits: list[float] = []
    with HttpClient(tmp_path, Unattended(), requests_per_s=10.0, sleep=waits.append) as http:
        for number in range(12):
            http.get(f"{town_hall.url}/huge", {"n": number})
    assert 0.3 < sum(waits) < 0.8  # five at once, then a tenth of a second each


class one_answer:  # noqa: N801 - reads as a sentence
    """A server that answers each connection with what a function sends."""

    def __init__(self, answer: Callable[[socket.socket], None]) -> None:
        self._answer = answer
        self._socket = socket.create_server(("127.0.0.1", 0))

    def __enter__(self) -> str:
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()
        return f"http://127.0.0.1:{self._socket.getsockname()[1]}/"

    def __exit__(self, *_details: object) -> None:
        # A shutdown wakes accept(), a close alone does not.
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join(5.0)

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            with connection:
                try:
                    connection.recv(65_536)
                    self._answer(connection)
                except OSError:
                    continue
