"""oneM2M against a real platform (ACME, a CSE): what it refuses, the latest value, and a whole tree."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.servers import free_port, wait_for
from twin.live.engine import LiveEngine
from twin.live.feed import FeedState
from twin.live.kinds import make_feed
from twin.model.feed import FeedSpec

PROGRAM = Path(sys.prefix) / "servers" / "bin" / "acmecse"
ADMIN = "CAdmin"
CONTAINER, INSTANCE = 3, 4
"""Types of resources."""
CONFIGURATION = """[basic.config]
cseType=IN
cseID=id-in
cseName=cse-in
adminID={admin}
networkInterface=127.0.0.1
cseHost=127.0.0.1
httpPort={port}
databaseType=memory
logLevel=off
dataDirectory={folder}
"""


def headers(kind: int = 0) -> dict[str, str]:
    known = {"X-M2M-Origin": ADMIN, "X-M2M-RI": uuid.uuid4().hex, "X-M2M-RVI": "3"}
    return known | ({"Content-Type": f"application/json;ty={kind}"} if kind else {})


def create(parent: str, kind: int, resource: dict[str, object]) -> None:
    said = httpx.post(parent, content=json.dumps(resource), headers=headers(kind))
    said.raise_for_status()


def started(log: Path, server: subprocess.Popen[bytes]) -> bool:
    """Whether the platform says so. Asked before, it now and then never answers again."""
    words = log.read_text(encoding="utf-8", errors="replace")
    if server.poll() is not None:
        pytest.fail(f"the oneM2M platform ended: {words[-2000:]}")
    return "CSE started" in words


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A city of three air sensors, each with an older and a younger value."""
    if not PROGRAM.is_file():
        pytest.skip("the environment of tests/servers.txt is not installed (make setup)")
    folder, port = tmp_path_factory.mktemp("onem2m"), free_port()
    words = CONFIGURATION.format(admin=ADMIN, port=port, folder=folder)
    (folder / "acme.ini").write_text(words, encoding="ascii")
    here = f"http://127.0.0.1:{port}"
    options = ["--headless", "--config", "acme.ini", "--base-directory", str(folder)]
    options += ["--no-mqtt", "--no-coap", "--no-ws", "--no-remote-cse", "--db-type", "memory"]
    options += ["--http-address", here, "--http-port", str(port)]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen([str(PROGRAM), *options], stdout=log, stderr=log)
    try:
        root = f"{here}/cse-in"
        wait_for(lambda: started(folder / "log", server), "the oneM2M platform", within_s=90.0)
        create(root, CONTAINER, {"m2m:cnt": {"rn": "busan"}})
        for number in range(3):
            sensor = f"{root}/busan/air{number}"
            create(f"{root}/busan", CONTAINER, {"m2m:cnt": {"rn": f"air{number}"}})
            for value in (20 + number, 30 + number):
                said = {"pm10": value, "lat": 35.1, "lon": 129.0 + number / 100}
                create(sensor, INSTANCE, {"m2m:cin": {"con": json.dumps(said)}})
        yield root
    finally:
        server.terminate()
        server.wait(20.0)


@contextlib.contextmanager
def heard(spec: FeedSpec, observations: int, *, user: str = ADMIN) -> Iterator[LiveEngine]:
    """Give the engine of a feed that has told so much, or will never tell anything."""
    engine = LiveEngine(
        None, make=make_feed, secrets=lambda _spec, name: user if name == "user" else ""
    )
    try:
        engine.start(spec)

        def done() -> bool:
            (status,) = engine.statuses()
            return status.final or status.observations >= observations

        wait_for(done, "the feed")
        yield engine
    finally:
        engine.close()


def test_the_latest_value_of_a_container(platform: str) -> None:
    spec = FeedSpec(id="f", kind="onem2m", url=f"{platform}/busan/air1/la")
    with heard(spec, 3) as engine:
        latest = engine.latest.get("onem2m:cse-in/busan/air1:pm10")
        assert engine.statuses()[0].state is FeedState.LIVE
        assert latest is not None
        assert latest.result == 31.0
        assert engine.streams("f")["onem2m:cse-in/busan/air1:pm10"].lon == 129.01


def test_a_platform_is_recognised_and_read_with_all_that_is_below(platform: str) -> None:
    spec = FeedSpec(id="f", kind="poll", url=f"{platform}/busan")
    with heard(spec, 18) as engine:
        found = {
            name: value.result
            for name in engine.streams("f")
            if name.endswith("pm10") and (value := engine.latest.get(name)) is not None
        }
    assert found == {f"onem2m:cse-in/busan/air{n}:pm10": 30.0 + n for n in range(3)}


def test_who_may_not_ask_is_told_so(platform: str) -> None:
    spec = FeedSpec(id="f", kind="onem2m", url=f"{platform}/busan/air1/la")
    with heard(spec, 1, user="CStranger") as engine:
        (status,) = engine.statuses()
        assert status.state is FeedState.FAILED
        assert status.error is not None
        assert status.error.key == "feed.refused"
