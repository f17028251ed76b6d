"""The welcome robot: what it may ask, what it is told, over a real socket, and what is refused."""

from __future__ import annotations

import json
import socket
import threading
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from twin.model.geoframe import GeoFrame
from twin.model.project import Project, View
from twin.model.story import Camera, Stop, Story
from ui.cli.greeter import ask
from ui.greeter.protocol import Greeter
from ui.greeter.server import GreeterServer


def project() -> Project:
    stop = Stop(
        id="one",
        title={"en": "Fort", "fr": "Fort"},
        narration={"fr": "Voici le Fort.", "en": "This is the Fort."},
        camera=Camera(position=(0, 0, 9), target=(0, 0, 0)),
    )
    return Project(
        title={"en": "Town", "fr": "Ville"},
        frame=GeoFrame(crs="EPSG:2154"),
        views=(
            View(
                id="hall",
                title={"en": "Town hall", "fr": "Mairie"},
                position=(0, 0, 9),
                target=(0, 0, 0),
            ),
        ),
        stories=(Story(id="tour", title={"en": "Tour", "fr": "Visite"}, stops=(stop,)),),
    )


def greeter(shown: list[View]) -> Greeter:
    return Greeter(project, shown.append, "secret")


def request(do: str, **more: Any) -> bytes:
    return json.dumps({"id": 7, "token": "secret", "do": do, **more}).encode()


def test_hello_lists_bookmarks_and_stops_in_the_language_asked_for() -> None:
    answer = greeter([]).answer(request("hello", language="fr-FR"))
    assert (answer["id"], answer["ok"], answer["project"]) == (7, True, "Ville")
    titles = {"hall": "Mairie", "tour/one": "Fort"}
    assert {s["id"]: s["title"] for s in answer["scenes"]} == titles


def test_show_moves_the_view_and_tells_what_to_say() -> None:
    shown: list[View] = []
    answer = greeter(shown).answer(request("show", scene="tour/one", language="fr"))
    assert (answer["speak"], answer["language"]) == ("Voici le Fort.", "fr")
    assert [v.id for v in shown] == ["one"]
    answer = greeter(shown).answer(request("say", scene="hall", language="ko"))
    assert (answer["speak"], answer["language"], len(shown)) == ("Town hall", "en", 1)


@pytest.mark.parametrize(
    ("line", "error"),
    [
        (b"{", "no_json"),
        (b"[" * 100_000, "no_json"),
        (b"[]", "no_object"),
        (b'{"do": "hello"}', "wrong_token"),
        (b'{"token": "secret", "do": "quit"}', "unknown_request"),
        (b'{"token": "secret", "do": "show", "scene": {"a": 1}}', "unknown_scene"),
    ],
)
def test_what_is_wrong_is_answered(line: bytes, error: str) -> None:
    assert greeter([]).answer(line)["error"] == error


def test_the_simulated_robot_talks_to_the_socket(qtbot: QtBot) -> None:
    shown: list[View] = []
    server = GreeterServer(greeter(shown))
    assert server.listen()
    found: list[dict[str, Any]] = []
    body = {"id": 1, "token": "secret", "do": "show", "scene": "hall", "language": "fr"}
    robot = threading.Thread(target=lambda: found.append(ask(server.port, body)))
    robot.start()
    qtbot.waitUntil(lambda: bool(found), timeout=5000)
    robot.join()
    server.close()
    assert (found[0]["speak"], [v.id for v in shown]) == ("Mairie", ["hall"])


def test_three_wrong_tokens_end_the_connection(qtbot: QtBot) -> None:
    server = GreeterServer(greeter([]))
    assert server.listen()
    with socket.create_connection(("127.0.0.1", server.port), timeout=5) as robot:
        robot.sendall(b'{"do": "hello"}\n' * 5)
        qtbot.wait(200)
        robot.settimeout(2)
        data = b""
        while part := robot.recv(4096):
            data += part
    server.close()
    assert data.count(b"wrong_token") == 3
