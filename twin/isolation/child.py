"""Inside the walls: runs one layer of one plugin and answers the application. Started by bubblewrap.

Limits are set before any code of the author is imported; they cannot be raised again. The main thread
listens, so that a cancel is heard while the author's code runs on the other.
"""

from __future__ import annotations

import contextlib
import gc
import os
import queue
import resource
import socket
import sys
import threading
import time
import types
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from twin.errors import BelvedereError, Cancelled
from twin.isolation.faults import place_of
from twin.isolation.mailbox import Mailbox, MailboxError
from twin.isolation.schema import METHODS, param_rows
from twin.isolation.wire import BrokenWireError, Wire
from twin.plain import codec
from twin.problems import Problem
from twin.work.jobs import Job

MAX_PROBLEMS = 200
PROGRESS_S = 0.1


class SandboxedJob(Job):
    """A job whose progress goes through the wall, at most ten times a second."""

    def __init__(self, wire: Wire, where: str) -> None:
        super().__init__("job.load", where)
        self._wire = wire
        self._last = 0.0

    def progress(self, done: float, total: float | None = None, unit: str = "") -> None:
        """Say how far the work is."""
        super().progress(done, total, unit)
        now = time.monotonic()
        if now - self._last >= PROGRESS_S:
            self._last = now
            header = {"op": "progress", "done": float(done), "total": total, "unit": unit[:20]}
            self._wire.send(header)

    def report(self, problem: Problem) -> None:
        """Keep a problem; a flood of them is cut."""
        if len(self.problems) < MAX_PROBLEMS:
            super().report(problem)


class Server:
    """Answers calls, one at a time, on its own thread."""

    def __init__(self, wire: Wire, mail: Mailbox, folder: Path, layer_type: str) -> None:
        self._wire = wire
        self._mail = mail
        self._folder = folder
        self._type = layer_type
        self._calls: queue.SimpleQueue[tuple[dict[str, Any], Any]] = queue.SimpleQueue()
        self._replies: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self._job = SandboxedJob(wire, layer_type)
        self._layer: Any = None
        self._tables: dict[int, Any] = {}

    def listen(self) -> None:
        """Serve until the application hangs up."""
        threading.Thread(target=self._work, daemon=True).start()
        while True:
            header = self._wire.receive()
            if header is None:
                continue
            if header.get("op") == "cancel":
                self._job.cancel()
                continue
            length = int(header.get("bytes", 0))
            body = codec.decode(memoryview(self._mail.take(length))) if length else None
            if header.get("op") == "reply":
                self._replies.put(body)
            else:
                if header.get("op") in {"load", "feed"}:
                    self._job = SandboxedJob(self._wire, self._type)
                self._calls.put((header, body))

    def _work(self) -> None:
        while True:
            header, body = self._calls.get()
            started = time.process_time()
            length = self._put(self._answer(str(header["op"]), body))
            used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            spent = {"cpu_s": time.process_time() - started, "peak_mib": used}
            self._wire.send({"op": "answer", "bytes": length, **spent})

    def _put(self, answer: dict[str, Any]) -> int:
        try:
            return self._mail.put(codec.encode(answer))
        except codec.NotPlainError as error:
            return self._mail.put(codec.encode({"fault": str(error), "file": "", "line": 0}))
        except MailboxError as error:
            return error.length  # the application sees that nothing so large can be there

    def _answer(self, op: str, body: Any) -> dict[str, Any]:
        try:
            return {"value": getattr(self, f"_do_{op}")(**(body or {}))}
        except Cancelled:
            return {"cancelled": True}
        except BelvedereError as error:
            return {"problem": error.problem}
        except MemoryError:
            return {"problem": Problem("plugin.out_of_memory", self._type)}
        except (Exception, SystemExit) as error:  # noqa: BLE001 - an author's code may raise anything
            file, line = place_of(error, self._folder)
            text = f"{type(error).__name__}: {error}"[:300]
            return {"fault": text, "file": file, "line": line}

    def _do_start(self) -> dict[str, Any]:
        from twin.registry import Registry, read_manifest

        if not self._type:
            return {"methods": [], "load_params": [], "params": None}
        self._layer = Registry([read_manifest(self._folder)]).create(self._type)
        found = [n for n in METHODS if callable(getattr(self._layer, n, None))]
        cls = getattr(self._layer, "Params", None)
        return {
            "methods": found,
            "load_params": list(getattr(self._layer, "load_params", ())),
            "params": param_rows(cls) if cls is not None else None,
        }

    def _do_load(
        self,
        *,
        frame: Any,
        params: Any,
        sources: Mapping[str, Any],
        tables: Mapping[str, Any],
        cancelled: bool,
        token: int,
    ) -> dict[str, Any]:
        from twin.isolation.inside import SandboxContext
        from twin.model.layer import LayerSpec

        if cancelled:
            self._job.cancel()
        spec = LayerSpec(id=self._type, type=self._type, title={}, sources=sources)
        ctx = SandboxContext(spec, frame, self._params(params), self._job, tables)
        table = self._layer.load(ctx)
        self._tables = {token: table}
        return {"table": table, "problems": list(self._job.problems)}

    def _do_table(self, table: Any, token: int) -> None:
        self._tables = {token: table}

    def _do_build(self, token: int, params: Any, view: Any) -> list[Any]:
        return list(self._layer.build(self._tables[token], self._params(params), view))

    def _do_ask(self, method: str, token: int, arguments: list[Any], params: Any) -> Any:
        """Call one of the optional methods; ``"params"`` among the arguments stands for the parameters."""
        if method not in METHODS:
            raise ValueError(method)
        made = [self._params(params) if a == "$params" else a for a in arguments]
        answer = getattr(self._layer, method)(self._tables[token], *made)
        return (
            list(answer) if method in ("describe", "series", "indicators", "networks") else answer
        )

    def _do_function(self, kind: str, name: str, arguments: list[Any], asks: int) -> Any:
        """Call the function of a contribution; generators and tuples come back as lists."""
        if kind == "readers":
            arguments = [Path(str(arguments[0])), *arguments[1:]]
        if asks:
            arguments = [*arguments, self._fetch]
        answer = self._contribution(kind, name)(*arguments)
        return list(answer) if isinstance(answer, tuple | types.GeneratorType) else answer

    def _do_feed(self, name: str, url: str, options: Mapping[str, Any]) -> None:
        """Run a feed until it ends or the application cancels."""
        from twin.isolation.feeding import run_feed

        run_feed(self._contribution("feeds", name)(), url, options, self._ask, self._job)

    def _contribution(self, kind: str, name: str) -> Any:
        from twin.registry import Registry, read_manifest

        registry = Registry([read_manifest(self._folder)])
        found = next(c for c in registry.contributions(kind) if c.id == name)
        return registry.load(found)

    def _ask(self, what: str, value: Any) -> Any:
        """Ask the application while a call is under way. Raises BelvedereError where it does not grant it."""
        length = self._mail.put(codec.encode({"what": what, "value": value}))
        self._wire.send({"op": "ask", "bytes": length})
        reply = self._replies.get()
        if "value" in reply:
            return reply["value"]
        problem = reply["problem"]
        raise BelvedereError(problem.key, problem.where, **dict(problem.values))

    def _fetch(self, url: str, headers: Mapping[str, str] | None = None) -> bytes:
        """Return what an address answers, fetched by the application from hosts that the user granted."""
        return bytes(self._ask("get", [url, dict(headers or {})]).tobytes())

    def _params(self, values: Any) -> Any:
        cls = getattr(self._layer, "Params", None)
        return None if cls is None else cls(**values)


class NoWindows:
    """Refuses the application's own packages: a plugin draws with drawables, never with a window."""

    NAMES = frozenset(
        {"PySide6", "shiboken6", "PyQt6", "PyQt5", "pyvista", "pyvistaqt", "tkinter", "vtk", "ui"}
    )

    def find_spec(self, name: str, path: object = None, target: object = None) -> None:
        """Raise ImportError for a package that is not for plugins."""
        del path, target
        if name.partition(".")[0] in self.NAMES:
            raise ImportError(f"{name} is not for plugins: return drawables, the application draws")


NICE = 15
"""Drawing goes first: a plugin that never ends has what the picture leaves of the machine."""


def limit(memory_mib: int, answer_mib: int, files: int) -> None:
    """Lower what this process may use, for good."""
    for what, value in (
        (resource.RLIMIT_AS, memory_mib << 20),
        (resource.RLIMIT_FSIZE, answer_mib << 20),
        (resource.RLIMIT_NOFILE, files),
        (resource.RLIMIT_CORE, 0),
    ):
        _, highest = resource.getrlimit(what)
        ceiling = value if highest == resource.RLIM_INFINITY else min(value, highest)
        resource.setrlimit(what, (ceiling, ceiling))
    os.nice(NICE)
    with contextlib.suppress(OSError):
        # Linux shares the machine among sessions first; ours is one of its own.
        Path("/proc/self/autogroup").write_text(str(NICE))


def main(arguments: list[str]) -> None:
    """Run: descriptors of wire and mailbox, folder, layer type, memory, answer, files, environments."""
    fd, mail_fd, folder, layer_type, memory, answer, files, *packages = arguments
    limit(int(memory), int(answer), int(files))
    gc.freeze()  # as the application does: full collections walk every object of the imported packages
    gc.set_threshold(10_000, 20, 500)
    sys.path.extend(packages)
    sys.meta_path.insert(0, NoWindows())
    # The author's output goes to the pipe that the application keeps the end of; input there is none.
    wire = Wire(socket.socket(fileno=int(fd)))
    try:
        Server(wire, Mailbox(int(mail_fd)), Path(folder), layer_type).listen()
    except (BrokenWireError, KeyboardInterrupt):
        os._exit(0)
