"""A function of the engine in a process of its own: it stops at once when it is cancelled, and never holds the window.

Building the tree of rays of a city holds the interpreter's lock for up to a second, whoever calls it; so do long
writes of tables. What they are given goes to the process as arrays, without copies; what comes back is JSON.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import pickle
import queue
import struct
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO, cast

import orjson

from twin.errors import BelvedereError, Cancelled
from twin.problems import Problem, Severity
from twin.progress import Progress

ROOT = Path(__file__).resolve().parents[2]
START = (
    "import sys; sys.path.insert(0, sys.argv.pop(1)); from twin.work.apart import serve; serve()"
)
POLL_S = 0.05
TELL_S = 0.1
NICE = 10
"""Rays keep every core busy: the window takes what it needs first."""

SIZE = struct.Struct("<Q")


def call(work: Callable[..., Any], given: tuple[Any, ...], progress: Progress) -> Any:
    """Run ``work(*given, progress)`` in a process of its own and return what it returns, through JSON.

    Parameters
    ----------
    work : callable
        A function at the top of a module of ``twin``.
    given : tuple
        What can be pickled; arrays are not copied.

    Raises
    ------
    BelvedereError
        What the function raised; ``job.process_died`` where the process ended without an answer.
    Cancelled
        The job was asked to stop: the process is ended within a moment.
    """
    progress.check_cancelled()
    process, to_it, from_it = _started(work)
    heard: queue.SimpleQueue[dict[str, Any] | None] = queue.SimpleQueue()
    threads = (
        threading.Thread(target=_send, args=(to_it, given), daemon=True),
        threading.Thread(target=_listen, args=(from_it, heard), daemon=True),
    )
    try:
        for thread in threads:
            thread.start()
        return _answered(heard, progress, work.__name__)
    finally:
        process.kill()
        process.wait()
        for thread in threads:
            thread.join()
        from_it.close()


def _started(work: Callable[..., Any]) -> tuple[subprocess.Popen[bytes], BinaryIO, BinaryIO]:
    """Return a process that waits for what it is given, and the pipes to it and from it."""
    process = subprocess.Popen(
        [sys.executable, "-c", START, str(ROOT), work.__module__, work.__qualname__],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    to_it, from_it = cast("BinaryIO", process.stdin), cast("BinaryIO", process.stdout)
    return process, to_it, from_it


def _answered(
    heard: queue.SimpleQueue[dict[str, Any] | None], progress: Progress, where: str
) -> Any:
    while True:
        progress.check_cancelled()
        try:
            message = heard.get(timeout=POLL_S)
        except queue.Empty:
            continue
        if message is None:
            raise BelvedereError("job.process_died", where)
        if "answer" in message:
            return message["answer"]
        if "problem" in message:
            told = _problem(message["problem"])
            if message["fatal"]:
                raise BelvedereError(told.key, told.where, **told.values)
            progress.report(told)
        else:
            progress.progress(message["done"], message["total"], message["unit"])


def _problem(told: dict[str, Any]) -> Problem:
    return Problem(told["key"], told["where"], told["values"], Severity(told["severity"]))


def _send(pipe: BinaryIO, given: tuple[Any, ...]) -> None:
    buffers: list[pickle.PickleBuffer] = []
    packed = pickle.dumps(given, protocol=5, buffer_callback=buffers.append)
    # A process that has ended early closes the pipe; the listener says so.
    with contextlib.suppress(OSError), pipe:
        pipe.write(SIZE.pack(len(buffers)))
        for raw in (memoryview(packed), *(buffer.raw() for buffer in buffers)):
            pipe.write(SIZE.pack(len(raw)))
            pipe.write(raw)


def _listen(pipe: BinaryIO, heard: queue.SimpleQueue[dict[str, Any] | None]) -> None:
    with contextlib.suppress(OSError, ValueError):
        for line in pipe:
            heard.put(orjson.loads(line))
    heard.put(None)


# In the process.


class _Told:
    """The progress of the process: it tells, and is ended rather than asked to stop."""

    def __init__(self, out: BinaryIO) -> None:
        self._out = out
        self._lock = threading.Lock()
        self._last = 0.0

    def tell(self, message: dict[str, Any]) -> None:
        with self._lock:
            self._out.write(orjson.dumps(message, default=_plain) + b"\n")
            self._out.flush()

    def check_cancelled(self) -> None:
        """Go on: the process that waits ends this one."""

    def progress(self, done: float, total: float | None = None, unit: str = "") -> None:
        import time

        if time.monotonic() - self._last >= TELL_S:
            self._last = time.monotonic()
            self.tell({"done": done, "total": total, "unit": unit})

    def report(self, problem: Problem) -> None:
        self.tell({"problem": problem.as_dict(), "fatal": False})


def serve() -> None:
    """Answer one call: the work of the process."""
    if hasattr(os, "nice"):  # not on Windows
        os.nice(NICE)
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints is no message
    told = _Told(out)
    module, name = sys.argv[1:3]
    try:
        given = _received(sys.stdin.buffer)
        told.tell({"answer": getattr(importlib.import_module(module), name)(*given, told)})
    except Cancelled:
        return
    except BelvedereError as error:
        told.tell({"problem": error.problem.as_dict(), "fatal": True})
    except MemoryError:
        told.tell({"problem": Problem("job.out_of_memory", name).as_dict(), "fatal": True})
    except Exception as error:  # noqa: BLE001 - said to whoever waits, who has no other way to know
        values = {"reason": f"{type(error).__name__}: {error}"[:300]}
        told.tell({"problem": Problem("job.failed", name, values).as_dict(), "fatal": True})


def _received(pipe: BinaryIO) -> tuple[Any, ...]:
    count = SIZE.unpack(_read(pipe, SIZE.size))[0]
    packed, *buffers = (
        _read(pipe, SIZE.unpack(_read(pipe, SIZE.size))[0]) for _ in range(count + 1)
    )
    # Only the process that started this one writes to its pipe.
    given: tuple[Any, ...] = pickle.loads(packed, buffers=buffers)  # noqa: S301
    return given


def _read(pipe: BinaryIO, count: int) -> bytearray:
    data = bytearray(count)
    view = memoryview(data)
    at = 0
    while at < count:
        got = pipe.readinto(view[at:])  # type: ignore[attr-defined]
        if not got:
            raise EOFError
        at += got
    return data


def _plain(value: Any) -> Any:
    """Word what JSON has no form for: numbers of numpy, paths."""
    return value.item() if hasattr(value, "item") else str(value)
