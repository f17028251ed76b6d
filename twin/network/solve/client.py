"""Asking the solver's process: requests out, progress and results back, ended when nobody wants the answer."""

from __future__ import annotations

import contextlib
import io
import queue
import subprocess
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

from twin.errors import Cancelled
from twin.extras import MissingExtraError
from twin.network.model import NetworkError
from twin.problems import Problem, Severity
from twin.progress import Progress, Unattended

ROOT = Path(__file__).resolve().parents[3]
START = (
    "import sys; sys.path.insert(0, sys.argv.pop(1)); "
    "from twin.network.solve.worker import main; main()"
)
POLL_S = 0.1
PATIENCE_S = 5.0


Messages = queue.SimpleQueue[tuple[dict[str, Any], bytes] | None]


@dataclass(frozen=True, eq=False)
class Answer:
    """What the solver found.

    Parameters
    ----------
    sector : str
        ``power`` or ``pipes``.
    mode : str
        What was computed.
    index : mapping of str to list of str
        Row labels by table (``bus``, ``line`` ...).
    values : mapping of (table, column) to (steps, rows) float64
    problems : tuple of Problem
    """

    sector: str
    mode: str
    index: Mapping[str, list[str]]
    values: Mapping[tuple[str, str], NDArray[np.float64]]
    problems: tuple[Problem, ...] = field(default=())

    @property
    def steps(self) -> int:
        """How many moments were solved."""
        return next((len(v) for v in self.values.values()), 0)


class Solver:
    """A process that solves; started at the first request and kept warm for the next.

    One request at a time; :meth:`close` ends it. Safe to use from one worker thread after another.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the process now, so that its imports run beside what the caller still has to do.

        Raises
        ------
        MissingExtraError
            The packages of the extra ``network`` are not installed.
        """
        import importlib.util

        if self._process is not None and self._process.poll() is None:
            return
        if importlib.util.find_spec("pandapower") is None:
            raise MissingExtraError("network", "pandapower")
        self._process = subprocess.Popen(
            [sys.executable, "-c", START, str(ROOT), "--warm"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )

    def write(self, request: Mapping[str, Any], progress: Progress | None = None) -> bytes:
        """Return a net as the text of a file of its library; see :meth:`ask`."""
        return self._exchange({**request, "write": True}, progress)[1]

    def convert(self, request: Mapping[str, Any], progress: Progress | None = None) -> Any:
        """Return a file in the form of pandapower's JSON, decoded; see :meth:`ask`."""
        _, blob = self._exchange(request, progress)
        return orjson.loads(blob)

    def ask(self, request: Mapping[str, Any], progress: Progress | None = None) -> Answer:
        """Send a request and wait for its answer.

        Raises
        ------
        NetworkError
            It cannot be solved; the problem says where.
        Cancelled
            The job was asked to stop: the process is ended.
        """
        return _answer(*self._exchange(request, progress))

    def _exchange(
        self, request: Mapping[str, Any], progress: Progress | None
    ) -> tuple[Mapping[str, Any], bytes]:
        watch = progress or Unattended()
        with self._lock:
            self.start()
            assert self._process is not None  # noqa: S101 - start() has made it
            assert self._process.stdin is not None  # noqa: S101
            try:
                self._process.stdin.write(
                    orjson.dumps(request, option=orjson.OPT_SERIALIZE_NUMPY) + b"\n"
                )
                self._process.stdin.flush()
                return self._wait(self._process, watch)
            except (BrokenPipeError, OSError) as error:
                self.close()
                raise NetworkError("network.solver_died", str(request.get("where", ""))) from error
            except BaseException as error:
                if not isinstance(error, NetworkError):
                    self.close()
                raise

    def _wait(
        self, process: subprocess.Popen[bytes], watch: Progress
    ) -> tuple[Mapping[str, Any], bytes]:
        """Read on a thread of its own, which ends with the answer: a pipe cannot be asked for a moment only."""
        messages: Messages = queue.SimpleQueue()
        reader = threading.Thread(
            target=_listen, args=(process, messages), daemon=True, name="solver-reader"
        )
        reader.start()
        try:
            return self._answered(messages, watch)
        except BaseException as error:
            if not isinstance(error, NetworkError):
                self.close()
            raise
        finally:
            reader.join(PATIENCE_S)

    def _answered(self, messages: Messages, watch: Progress) -> tuple[Mapping[str, Any], bytes]:
        while True:
            watch.check_cancelled()
            try:
                message = messages.get(timeout=POLL_S)
            except queue.Empty:
                continue
            if message is None:
                self.close()
                raise NetworkError("network.solver_died")
            header, blob = message
            if header["type"] == "progress":
                watch.progress(header["done"], header["total"], "")
            elif header["type"] == "failed":
                raise _error(header)
            else:
                return header, blob

    def close(self) -> None:
        """End the process."""
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(PATIENCE_S)
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()


def _listen(process: subprocess.Popen[bytes], messages: Messages) -> None:
    """Read messages until the answer has come; the end of the process is None."""
    assert process.stdout is not None  # noqa: S101 - opened with a pipe
    with contextlib.suppress(OSError, ValueError):
        while line := process.stdout.readline():
            header = orjson.loads(line)
            blob = process.stdout.read(header["bytes"]) if header["bytes"] else b""
            messages.put((header, blob))
            if header["type"] != "progress":
                return
    messages.put(None)


def _answer(header: Mapping[str, Any], blob: bytes) -> Answer:
    values: dict[tuple[str, str], NDArray[np.float64]] = {}
    if blob:
        with np.load(io.BytesIO(blob), allow_pickle=False) as arrays:
            for name in arrays.files:
                table, _, column = name.partition("/")
                values[table, column] = arrays[name]
    index = {name: list(table["index"]) for name, table in header["tables"].items()}
    problems = tuple(_problem(p) for p in header["problems"])
    return Answer(header["sector"], header["mode"], index, values, problems)


def _problem(said: Mapping[str, Any]) -> Problem:
    severity = Severity(said.get("severity", "warning"))
    return Problem(said["key"], said.get("where", ""), said.get("values", {}), severity)


def _error(header: Mapping[str, Any]) -> NetworkError:
    said = header.get("problem")
    if said is None:
        return NetworkError(header["key"], reason=header.get("reason", ""))
    return NetworkError(said["key"], said.get("where", ""), **said.get("values", {}))


_SHARED = Solver()


def shared() -> Solver:
    """Return the solver of this process."""
    return _SHARED


__all__ = ["Answer", "Cancelled", "Solver", "shared"]
