"""Real servers on loopback for tests: Mosquitto and PostgreSQL, each in a folder of its own."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

STARTS_WITHIN_S = 20.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(done: Callable[[], bool], what: str, within_s: float = STARTS_WITHIN_S) -> None:
    end = time.monotonic() + within_s
    while not done():
        if time.monotonic() > end:
            pytest.fail(f"{what} took more than {within_s:g} s")
        time.sleep(0.02)


def answers(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 0.2):
        return True
    return False


class Broker:
    """Mosquitto with a configuration of the test's."""

    def __init__(self, folder: Path, *lines: str) -> None:
        self.program = shutil.which("mosquitto", path=f"{os.environ['PATH']}:/usr/sbin") or ""
        if not self.program:
            pytest.skip("mosquitto is not installed")
        self.port = free_port()
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._process: subprocess.Popen[bytes] | None = None
        own = lines or ("allow_anonymous true",)
        user = pwd.getpwuid(os.geteuid()).pw_name
        text = "\n".join(
            [
                f"listener {self.port} 127.0.0.1",
                *own,
                f"user {user}",
                "persistence true",
                f"persistence_location {folder}/",
                "log_type all",
                "max_queued_messages 0",
            ]
        )
        self.config = folder / "mosquitto.conf"
        self.config.write_text(text + "\n")
        self.start()

    @property
    def url(self) -> str:
        return f"mqtt://127.0.0.1:{self.port}"

    def start(self) -> None:
        with (self.folder / "mosquitto.log").open("ab") as log:
            self._process = subprocess.Popen(
                [self.program, "-c", str(self.config)], stdout=subprocess.DEVNULL, stderr=log
            )
        wait_for(lambda: answers(self.port), "mosquitto")

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(10)
            self._process = None


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    running = Broker(tmp_path / "mosquitto")
    yield running
    running.stop()


class Postgres:
    """A PostgreSQL server with an empty database, run by an ordinary user."""

    def __init__(self, folder: Path) -> None:
        found = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
        if not found:
            pytest.skip("postgresql is not installed")
        self._bin = found[-1]
        self._folder = folder
        self._user = "postgres" if os.geteuid() == 0 else None
        self.port = free_port()
        folder.mkdir(parents=True, exist_ok=True)
        if self._user:
            shutil.chown(folder, self._user)
        options = "-U tester --auth=trust -N --locale=C -E UTF8"
        self._run([self._bin / "initdb", "-D", folder / "data", *options.split()])
        settings = f"-p {self.port} -c listen_addresses=127.0.0.1 -k {folder} -F"
        self._run(
            [
                *(self._bin / "pg_ctl", "-D", folder / "data", "-w"),
                *("-l", folder / "log", "-o", settings, "start"),
            ]
        )

    def _run(self, command: list[object], *, check: bool = True) -> None:
        words = [str(word) for word in command]
        if self._user:
            who = (f"--reuid={self._user}", f"--regid={self._user}", "--clear-groups")
            words = ["setpriv", *who, *words]
        subprocess.run(words, check=check, cwd="/", capture_output=True, timeout=60)

    def database(self, name: str) -> str:
        """Make an empty database; return its address."""
        self._run(
            [self._bin / "createdb", "-h", "127.0.0.1", "-p", self.port, "-U", "tester", name]
        )
        return f"postgresql://tester@127.0.0.1:{self.port}/{name}"

    def stop(self) -> None:
        # One that is gone already is as good as stopped.
        stop = [self._bin / "pg_ctl", "-D", self._folder / "data", "-m", "immediate", "stop"]
        self._run(stop, check=False)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    # Not in pytest's folder, which is closed to other users again and again.
    folder = Path(tempfile.mkdtemp(prefix="belvedere-postgres-"))
    try:
        server = Postgres(folder)
        yield server
        server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
