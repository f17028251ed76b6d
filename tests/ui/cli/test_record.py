"""``record`` and ``replay`` against a real Mosquitto, as a script would call them."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.servers import Broker, broker, wait_for
from twin.model.feed import FeedSpec
from twin.model.geoframe import GeoFrame
from twin.model.project import Project
from twin.store.history import Flag, open_history
from twin.store.project_folder import save_project

ROOT = Path(__file__).resolve().parents[3]

__all__ = ["broker"]


class Recorder:
    """``main.py record`` in a process of its own."""

    def __init__(self, *arguments: str) -> None:
        RUNNING.append(self)
        self.process = subprocess.Popen(
            [sys.executable, "main.py", "record", "--json", *arguments],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def answer(self, within_s: float = 60.0) -> dict[str, Any]:
        out, self.errors = self.process.communicate(timeout=within_s)
        self.out = out
        return json.loads(out)


RUNNING: list[Recorder] = []


@pytest.fixture(autouse=True)
def no_recorder_left() -> Iterator[None]:
    yield
    while RUNNING:
        process = RUNNING.pop().process
        if process.poll() is None:
            process.kill()
            process.communicate()


class Publisher:
    """Publishes with QoS 1 and waits for every acknowledgement."""

    def __init__(self, port: int, *, user: str = "", password: str = "", ca: str = "") -> None:
        import paho.mqtt.client as mqtt

        self._client = mqtt.Client(
            mqtt.CallbackAPIVersion.VERSION2, client_id=f"pub-{time.time_ns()}"
        )
        if user:
            self._client.username_pw_set(user, password)
        if ca:
            self._client.tls_set(ca_certs=ca)
        self._client.reconnect_delay_set(1, 2)
        self._client.on_socket_open = lambda _c, _d, s: s.setsockopt(
            socket.IPPROTO_TCP, socket.TCP_NODELAY, 1
        )
        self._client.connect("localhost" if ca else "127.0.0.1", port)
        self._client.loop_start()

    def publish(self, topic: str, payload: object, *, retain: bool = False) -> Any:
        body = payload if isinstance(payload, str) else json.dumps(payload)
        return self._client.publish(topic, body, qos=1, retain=retain)

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()


@pytest.fixture
def publisher(broker: Broker) -> Iterator[Publisher]:
    made = Publisher(broker.port)
    yield made
    made.close()


def subscribed(broker: Broker, count: int = 1) -> None:
    log = broker.folder / "mosquitto.log"
    answered = "Sending SUBACK to belvedere-"
    wait_for(lambda: log.read_text(errors="replace").count(answered) >= count, "the subscription")


def results(folder: Path, stream: str) -> list[float]:
    history = open_history(folder / "history")
    ends = history.extent()
    from datetime import timedelta

    if ends is None:
        history.close()
        return []

    table = history.observations([stream], ends[0], ends[1] + timedelta(seconds=1))
    history.close()
    return table["result"].to_pylist()


def test_every_rule_of_messages_without_a_mapping(
    broker: Broker, publisher: Publisher, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    recorder = Recorder("--feed", f"{broker.url}/city/#", "--out", str(out), "--seconds", "2")
    subscribed(broker)
    for number in range(100):
        publisher.publish("city/bare", str(number))
    publisher.publish("city/json", {"value": 1.5, "time": "2026-03-01T10:00:00Z", "battery": 3.6})
    publisher.publish("city/json", {"value": 2.5, "timestamp": 1772359260, "battery": 3.5})
    publisher.publish("city/fields", {"no2": 12.0, "inner": {"rssi": -80}, "name": "x"})
    publisher.publish("city/wrong", "not a number")
    publisher.publish("elsewhere/x", "7").wait_for_publish(5)
    answer = recorder.answer()
    assert recorder.process.returncode == 0
    assert answer["observations"] == 106
    assert answer["messages"] == 104
    assert answer["datastreams"] == 6
    assert answer["wrong"] == 1
    assert answer["seconds"] >= 2.0  # from the subscription on
    assert results(out, "city/bare") == [float(n) for n in range(100)]
    history = open_history(out / "history")
    from datetime import UTC, datetime

    day = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 3, 2, tzinfo=UTC)
    table = history.observations(["city/json", "city/json#battery"], *day)
    kept = {(r["datastream"], r["time"].isoformat(), r["result"]) for r in table.to_pylist()}
    assert kept == {
        ("city/json", "2026-03-01T10:00:00+00:00", 1.5),
        ("city/json", "2026-03-01T10:01:00+00:00", 2.5),
        ("city/json#battery", "2026-03-01T10:00:00+00:00", 3.6),
        ("city/json#battery", "2026-03-01T10:01:00+00:00", 3.5),
    }
    history.close()
    replayed = subprocess.run(
        [sys.executable, "main.py", "replay", str(out), "--json"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(replayed.stdout)["observations"] == 106


def test_a_broker_that_restarts_in_mid_stream_loses_nothing(
    broker: Broker, publisher: Publisher, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    recorder = Recorder("--feed", f"{broker.url}/s/#", "--out", str(out))
    subscribed(broker)
    for number in range(300):
        publisher.publish("s/a", {"value": number, "time": 1_790_000_000 + number})
    time.sleep(0.3)
    broker.stop()
    for number in range(300, 600):
        publisher.publish("s/a", {"value": number, "time": 1_790_000_000 + number})
    time.sleep(1.0)
    broker.start()
    publisher.publish("s/a", {"value": 600, "time": 1_790_000_600})
    wait_for(lambda: 600.0 in results(out, "s/a"), "the last message")
    recorder.process.send_signal(signal.SIGTERM)
    answer = recorder.answer()
    assert answer["observations"] == 601
    assert sorted(set(results(out, "s/a"))) == [float(n) for n in range(601)]


def test_kill_9_loses_at_most_the_last_second(
    broker: Broker, publisher: Publisher, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    recorder = Recorder("--feed", f"{broker.url}/k/#", "--out", str(out))
    subscribed(broker)
    sent: list[float] = []
    end = time.monotonic() + 2.5
    while time.monotonic() < end:
        publisher.publish("k/a", str(len(sent))).wait_for_publish(10)  # the broker has it
        sent.append(time.time())
    killed = time.time()
    os.kill(recorder.process.pid, signal.SIGKILL)
    recorder.process.communicate()
    kept = results(out, "k/a")
    assert kept == [float(n) for n in range(len(kept))]
    must = sum(1 for at in sent if at < killed - 1.0)
    assert must <= len(kept) <= len(sent)
    # The next recorder puts the rest in order, and what was kept stays.
    again = Recorder("--feed", f"{broker.url}/k/#", "--out", str(out), "--seconds", "1")
    assert again.answer()["observations"] == 0
    assert results(out, "k/a") == kept
    assert list((out / "history" / "journal").glob("*.arrows")) == []


def test_what_comes_twice_is_flagged_and_what_was_retained_is_not_new(
    broker: Broker, publisher: Publisher, tmp_path: Path
) -> None:
    publisher.publish("t/old", "5", retain=True).wait_for_publish(5)
    out = tmp_path / "out"
    recorder = Recorder("--feed", f"{broker.url}/t/#", "--out", str(out), "--seconds", "2")
    subscribed(broker)
    for _ in range(2):
        publisher.publish("t/twice", {"value": 1, "time": "2026-03-01T10:00:00Z"})
    publisher.publish("t/past", {"value": 2, "time": "2026-03-01T11:00:00Z"})
    publisher.publish("t/past", {"value": 3, "time": "2026-03-01T10:30:00Z"})
    publisher.publish("t/future", {"value": 4, "time": "2190-03-01T10:30:00Z"})
    answer = recorder.answer()
    assert (answer["observations"], answer["duplicates"]) == (5, 1)
    history = open_history(out / "history")
    flags: dict[tuple[str, float], Flag] = {}
    for batch in history.batches():
        for row in batch.to_pylist():
            key = (row["datastream"], row["result"])
            flags[key] = flags.get(key, Flag(0)) | Flag(row["quality"])
    history.close()
    assert flags["t/old", 5.0] == Flag.UNTIMED
    assert flags["t/twice", 1.0] == Flag.DUPLICATE | Flag.LATE
    assert flags["t/past", 3.0] == Flag.OUT_OF_ORDER | Flag.LATE
    assert flags["t/future", 4.0] == Flag.FUTURE


def test_passwords_and_tls_and_no_secret_is_written(tmp_path: Path) -> None:
    folder = tmp_path / "tls"
    folder.mkdir()
    _certificates(folder)
    subprocess.run(
        ["mosquitto_passwd", "-b", "-c", str(folder / "passwords"), "ada", "sesame-42"],
        check=True,
        capture_output=True,
    )
    broker = Broker(
        folder,
        "allow_anonymous false",
        f"password_file {folder}/passwords",
        f"cafile {folder}/ca.crt",
        f"certfile {folder}/server.crt",
        f"keyfile {folder}/server.key",
    )
    try:
        out = tmp_path / "out"
        address = f"mqtts://ada:sesame-42@localhost:{broker.port}/x/#"
        ca = ("--ca", str(folder / "ca.crt"))
        recorder = Recorder("--feed", address, "--out", str(out), "--seconds", "2", *ca)
        subscribed(broker)
        publisher = Publisher(
            broker.port, user="ada", password="sesame-42", ca=str(folder / "ca.crt")
        )
        publisher.publish("x/y", "1").wait_for_publish(5)
        publisher.close()
        assert recorder.answer()["observations"] == 1
        told = recorder.out + recorder.errors
        written = b"".join(p.read_bytes() for p in out.rglob("*") if p.is_file())
        assert "sesame-42" not in told
        assert b"sesame-42" not in written
        wrong = Recorder(
            *("--feed", address.replace("sesame-42", "no"), "--out", str(tmp_path / "no")),
            *("--seconds", "2", *ca),
        )
        problems = wrong.answer()["problems"]
        assert wrong.process.returncode == 2
        assert problems[0]["key"] == "feed.refused"
        # Without the authority nobody is trusted.
        strange = Recorder("--feed", address, "--out", str(tmp_path / "no2"), "--seconds", "1")
        strange.process.send_signal(signal.SIGTERM)
        strange.process.communicate(timeout=20)
    finally:
        broker.stop()


def _certificates(folder: Path) -> None:
    def openssl(*words: str) -> None:
        subprocess.run(["openssl", *words], cwd=folder, check=True, capture_output=True)

    key = ("-newkey", "rsa:2048", "-nodes")
    openssl(
        "req",
        "-x509",
        *key,
        "-keyout",
        "ca.key",
        "-out",
        "ca.crt",
        "-subj",
        "/CN=test authority",
        "-days",
        "2",
    )
    openssl("req", *key, "-keyout", "server.key", "-out", "server.csr", "-subj", "/CN=localhost")
    (folder / "names").write_text("subjectAltName=DNS:localhost,IP:127.0.0.1\n")
    signed = ("-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2")
    openssl("x509", "-req", "-in", "server.csr", *signed, "-extfile", "names", "-out", "server.crt")


def test_a_window_and_a_recorder_write_to_one_record_at_once(
    broker: Broker, publisher: Publisher, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    first = Recorder("--feed", f"{broker.url}/a/#", "--out", str(out))
    second = Recorder("--feed", f"{broker.url}/b/#", "--out", str(out))
    subscribed(broker, 2)
    for number in range(50):
        publisher.publish("a/x", str(number))
        publisher.publish("b/x", str(number))
    for stream in ("a/x", "b/x"):
        wait_for(lambda name=stream: 49.0 in results(out, name), "the last message")
    for recorder in (first, second):
        recorder.process.send_signal(signal.SIGTERM)
    threads = [threading.Thread(target=r.answer) for r in (first, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results(out, "a/x") == results(out, "b/x") == [float(n) for n in range(50)]


def test_what_is_missing_is_said(tmp_path: Path) -> None:
    nothing = Recorder()
    assert nothing.answer()["problems"][0]["key"] == "record.what"
    nowhere = Recorder("--feed", "mqtt://localhost/x")
    assert nowhere.answer()["problems"][0]["key"] == "record.where"
    bad = Recorder("--feed", "mqtt://localhost/x/#/y", "--out", str(tmp_path / "o"))
    assert bad.answer()["problems"][0]["key"] == "feed.topic"
    assert bad.process.returncode == 2


def test_a_plugin_of_the_project_is_found_and_feeds_only_when_granted(tmp_path: Path) -> None:
    folder = tmp_path / "plugins" / "ticker"
    folder.mkdir(parents=True)
    title = 'title = { en = "Ticker", fr = "Ticker" }'
    (folder / "plugin.toml").write_text(
        f'id = "ticker"\nversion = "0.1.0"\napi = "0.1"\n{title}\n'
        f'[[contributions.feeds]]\nid = "ticker"\nclass = "feed:Ticker"\n{title}\n',
        encoding="utf-8",
    )
    (folder / "feed.py").write_text(
        "class Ticker:\n    async def run(self, ctx):\n        ctx.connected()\n", encoding="utf-8"
    )
    feed = FeedSpec(id="f", kind="ticker", url="x://y")
    project = Project(title={"en": "T"}, frame=GeoFrame(crs="EPSG:2154"), feeds=(feed,))
    save_project(project, tmp_path)
    stranger = Recorder(str(tmp_path), "--seconds", "1")
    assert stranger.answer()["problems"][0]["key"] == "plugin.not_granted"
    assert stranger.process.returncode == 2
