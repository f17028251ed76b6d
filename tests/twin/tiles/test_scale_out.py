"""The same bake on Dask: a scheduler and workers on loopback, one of them killed half-way."""

from __future__ import annotations

import importlib.util
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.twin.tiles.cities import ROOT, files, footprints
from twin.errors import BelvedereError
from twin.tiles.pool import run
from ui.cli.main import main

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("distributed") is None, reason="needs Dask distributed (extra tiles)"
)
BUILDINGS = 20_000


def _slow_square(number: int) -> tuple[int, int]:
    time.sleep(0.1)
    return number * number, os.getpid()


def _start(*arguments: str) -> subprocess.Popen[bytes]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", *arguments], cwd=ROOT, env=environment,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip


def _await(port: int) -> None:
    end = time.monotonic() + 30
    while time.monotonic() < end:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return


@pytest.fixture
def scheduler(tmp_path: Path) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"tcp://127.0.0.1:{port}"
    started = [
        _start(
            "distributed.cli.dask_scheduler",
            "--host",
            "127.0.0.1",
            "--port",
            str(port),
            "--no-dashboard",
        )
    ]
    workers = [
        _start("distributed.cli.dask_worker", address, "--nthreads", "1", "--no-nanny", "--no-dashboard",
               "--local-directory", str(tmp_path / f"worker{k}"), "--name", f"w{k}")
        for k in range(2)
    ]  # fmt: skip
    try:
        _await(port)
        yield address, workers
    finally:
        for process in (*workers, *started):
            process.terminate()
        for process in (*workers, *started):
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def test_a_worker_that_is_killed_loses_no_task(scheduler):
    address, workers = scheduler
    answers, pids = {}, set()
    for count, (task, (square, pid)) in enumerate(run(_slow_square, range(24), scheduler=address)):
        answers[task] = square
        pids.add(pid)
        if count == 5:
            workers[0].send_signal(signal.SIGKILL)
    assert answers == {n: n * n for n in range(24)}
    assert len(pids) == 2


def test_a_bake_goes_on_when_a_worker_is_killed_half_way(scheduler, tmp_path):
    address, workers = scheduler
    source = footprints(tmp_path, BUILDINGS)
    far, here = tmp_path / "far", tmp_path / "here"

    def kill() -> None:
        while not list(far.glob(".bake/*/*.state")):
            time.sleep(0.005)
        workers[0].send_signal(signal.SIGKILL)

    killer = threading.Thread(target=kill)
    killer.start()
    try:
        assert main(["bake", str(source), "--out", str(far), "--scheduler", address]) == 0
    finally:
        killer.join(timeout=20)
    assert workers[0].wait(timeout=10) == -signal.SIGKILL
    assert main(["bake", str(source), "--out", str(here), "--workers", "1"]) == 0
    assert files(far) == files(here)


def test_a_scheduler_that_is_not_there_is_named():
    with pytest.raises(BelvedereError) as caught:
        list(run(_slow_square, [1], scheduler="tcp://127.0.0.1:9"))
    assert caught.value.problem.key == "tiles.no_scheduler"
