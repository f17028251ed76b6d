"""10,000 sensors through a real Mosquitto into a history: none lost, how late, how much memory and processor.

Wanted at 5,000 messages a second: none lost, lag under 1 s, memory flat, at most 60 % of one core beside drawing,
and a window that is never kept waiting for more than 50 ms. ``make feeds`` runs it for ten minutes in a real
window that shows all sensors live (``--window``; off screen where there is no display), and writes a line every
ten seconds; the tests run the same for a few seconds at a lower rate, without a window. Needs Mosquitto.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from twin.live.feed import FeedStatus

SENSORS = 10_000
RATE = 5_000
SECONDS = 20.0
LINE_EVERY_S = 10.0
SETTLE_S = 15.0
REST_S = 3.0
"""After the last message, for the picture to come to rest."""


@dataclass(frozen=True, kw_only=True)
class Load:
    """How much is sent: messages a second for so many seconds, from so many sensors in turn."""

    sensors: int = SENSORS
    rate: int = RATE
    seconds: float = SECONDS

    @property
    def messages(self) -> int:
        """All that is sent."""
        return round(self.rate * self.seconds)


def publish(port: int, load: Load) -> None:
    """Send at an even rate with QoS 1, and print how many the broker has; runs in a process of its own."""
    import paho.mqtt.client as mqtt

    client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, protocol=mqtt.MQTTv5)
    client.on_socket_open = lambda _c, _d, s: s.setsockopt(
        socket.IPPROTO_TCP, socket.TCP_NODELAY, 1
    )
    client.max_inflight_messages_set(1000)
    taken = [0]

    def acknowledged(*_told: object) -> None:
        taken[0] += 1

    client.on_publish = acknowledged
    client.connect("127.0.0.1", port)
    client.loop_start()
    began, sent = time.monotonic(), 0
    while sent < load.messages:
        due = min(load.messages, int((time.monotonic() - began) * load.rate) + 1)
        for number in range(sent, due):
            body = f'{{"value": {number}, "time": {time.time():.6f}}}'
            client.publish(f"soak/{number % load.sensors}", body, qos=1)
        sent = due
        time.sleep(0.005)
    before, since = taken[0], time.monotonic()
    while taken[0] < load.messages and time.monotonic() - since < SETTLE_S:
        time.sleep(0.05)
        if taken[0] != before:
            before, since = taken[0], time.monotonic()
    client.disconnect()
    client.loop_stop()
    print(taken[0], flush=True)


class Recorder(Protocol):
    """What takes the messages in: an engine alone, or a window."""

    def status(self) -> FeedStatus:
        """Return how the feed stands."""

    def wait(self, seconds: float) -> None:
        """Let time pass."""

    def busy_s(self) -> float:
        """Return the processor time spent until now, without drawing."""

    def close(self) -> None:
        """Keep what came and let go."""

    def told(self) -> dict[str, object]:
        """Return what else was measured."""


class Headless:
    """An engine without a window, as ``record`` has it."""

    def __init__(self, folder: Path, url: str, _load: Load) -> None:
        from twin.live.engine import LiveEngine
        from twin.live.kinds import make_feed
        from twin.model.feed import FeedSpec
        from twin.store.history import FolderHistory

        self._history = FolderHistory(folder / "history", write=True)
        self._engine = LiveEngine(self._history, make=make_feed)
        self._engine.start(FeedSpec(id="soak", kind="mqtt", url=url))

    def status(self) -> FeedStatus:
        """See base."""
        return self._engine.statuses()[0]

    def wait(self, seconds: float) -> None:
        """See base."""
        time.sleep(seconds)

    def busy_s(self) -> float:
        """See base."""
        return time.process_time()

    def close(self) -> None:
        """See base."""
        self._engine.close()
        self._history.close()

    def told(self) -> dict[str, object]:
        """See base."""
        return {}


@dataclass
class Watched:
    """What was seen while messages came."""

    lags_s: list[float] = field(default_factory=list)
    memory: list[int] = field(default_factory=list)
    at_rest: int = 0
    busy_s: float = 0.0
    length_s: float = 0.0

    @property
    def half(self) -> int:
        """Place of the middle."""
        return len(self.memory) // 2 or 1

    def as_dict(self) -> dict[str, object]:
        """Return the figures."""
        lags, memory = sorted(self.lags_s), self.memory
        return {
            "seconds": round(self.length_s, 1),
            "lag_s": round(lags[len(lags) // 2], 3) if lags else None,
            "lag_at_worst_s": round(lags[-1], 3) if lags else None,
            "core_percent": round(100.0 * self.busy_s / self.length_s, 1),
            "memory_mb": round(memory[-1] / 1e6),
            "memory_at_rest_mb": round(self.at_rest / 1e6),
            "memory_grew_mb": round((max(memory[self.half :]) - max(memory[: self.half])) / 1e6),
        }


def soak(
    load: Load, *, say: bool = False, make: Callable[[Path, str, Load], Recorder] = Headless
) -> dict[str, object]:
    """Run broker, publisher and recorder; return what was measured."""
    from twin.live.feed import FeedState

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        port, broker = _broker(folder)
        recorder = make(folder, f"mqtt://127.0.0.1:{port}/soak/#", load)
        try:
            while recorder.status().state is not FeedState.LIVE:
                recorder.wait(0.02)
            words = [str(port), str(load.rate), str(load.seconds), str(load.sensors)]
            sender = subprocess.Popen(
                [sys.executable, "-m", "benchmarks.feeds", "--publish", *words],
                stdout=subprocess.PIPE,
            )
            watched = _watch(recorder, sender, load, say=say)
            sent = int((sender.communicate(timeout=SETTLE_S)[0] or b"0").split()[-1])
            told = recorder.told()
        finally:
            recorder.close()
            broker.terminate()
            broker.wait(10)
        lost = sent - _distinct(folder / "history", load)
    return {
        "sensors": load.sensors,
        "messages": load.messages,
        "sent": sent,
        "rate": load.rate,
        "lost": lost,
        **watched.as_dict(),
        **told,
    }


def _watch(
    recorder: Recorder, sender: subprocess.Popen[bytes], load: Load, *, say: bool
) -> Watched:
    """Look four times a second until all has come."""
    seen = Watched()
    began, busy, line = time.monotonic(), recorder.busy_s(), LINE_EVERY_S
    heard, came = began, 0
    while time.monotonic() - heard < SETTLE_S:  # a machine with other work needs longer
        recorder.wait(0.25)
        status = recorder.status()
        if status.observations != came:
            heard, came = time.monotonic(), status.observations
        if status.observations:
            seen.lags_s.append(status.lag_s)
        # Only under load: a scene that comes to rest is drawn finer, with memory of its own.
        if sender.poll() is None:
            seen.memory.append(_resident())
        passed = time.monotonic() - began
        if say and passed >= line:
            line += LINE_EVERY_S
            print(
                f"{passed:6.0f} s  {status.observations:>9} kept  {status.rate:7.0f}/s  "
                f"lag {status.lag_s:5.2f} s  {seen.memory[-1] / 1e6:6.0f} MB",
                file=sys.stderr,
                flush=True,
            )
        if sender.poll() is not None and status.observations >= load.messages:
            break
    seen.busy_s, seen.length_s = recorder.busy_s() - busy, time.monotonic() - began
    recorder.wait(REST_S)
    seen.at_rest = _resident()
    return seen


def _distinct(folder: Path, load: Load) -> int:
    """Return how many different messages were kept."""
    import numpy as np

    from twin.store.history import open_history

    history = open_history(folder)
    seen = np.zeros(load.messages, dtype=bool)
    for batch in history.batches():
        seen[batch.column("result").to_numpy().astype(np.int64)] = True
    history.close()
    return int(seen.sum())


def _resident() -> int:
    """Return the memory of this process, bytes; 0 where the system does not say."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    except OSError:
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")


def _broker(folder: Path) -> tuple[int, subprocess.Popen[bytes]]:
    program = shutil.which("mosquitto", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if program is None:
        raise SystemExit("mosquitto is not installed")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    config = folder / "mosquitto.conf"
    lines = (f"listener {port} 127.0.0.1", "allow_anonymous true", "max_queued_messages 0")
    config.write_text("\n".join(lines) + "\n", encoding="ascii")
    process = subprocess.Popen(
        [program, "-c", str(config)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    end = time.monotonic() + 20.0
    while time.monotonic() < end:
        try:
            socket.create_connection(("127.0.0.1", port), 0.2).close()
        except OSError:
            time.sleep(0.05)
        else:
            return port, process
    raise SystemExit("mosquitto does not start")


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, and print one line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--seconds", type=float, default=SECONDS)
    parser.add_argument("--rate", type=int, default=RATE)
    parser.add_argument("--window", action="store_true", help="record in a window that shows it")
    parser.add_argument("--publish", nargs=4, metavar="N", help=argparse.SUPPRESS)
    given = parser.parse_args(arguments)
    if given.publish:
        port, rate, seconds, sensors = given.publish
        publish(int(port), Load(rate=int(rate), seconds=float(seconds), sensors=int(sensors)))
        return
    load = (
        Load(rate=500, seconds=5.0) if given.quick else Load(rate=given.rate, seconds=given.seconds)
    )
    make: Callable[[Path, str, Load], Recorder] = Headless
    if given.window:
        from benchmarks.feeds_window import Windowed

        make = Windowed
    measured = {**soak(load, say=not given.quick, make=make), "at": datetime.now(UTC).isoformat()}
    assert isinstance(measured["lost"], int)
    print(json.dumps(measured))


if __name__ == "__main__":
    main()
