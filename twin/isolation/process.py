"""The outside of the walls: starts a plugin's process, asks it, and ends it when it breaks a rule."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from twin.errors import BelvedereError, Cancelled, PluginError
from twin.isolation import confine
from twin.isolation.budget import MIB, Budget
from twin.isolation.mailbox import Mailbox, MailboxError
from twin.isolation.wire import BrokenWireError, Wire
from twin.plain import codec
from twin.problems import Problem
from twin.progress import Progress

POLL_S = 0.02
Serve = Callable[[str, Any], Any]
"""Answers what a plugin asks the application for while it works: ``serve(what, value)``."""

KEPT_OUTPUT = 200
START = "import sys; sys.path.insert(0, {root!r}); from twin.isolation.child import main; main(sys.argv[1:])"


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """What the last call cost: seconds of processor, and memory at its highest, MiB."""

    cpu_s: float = 0.0
    peak_mib: float = 0.0


class BrokenRuleError(PluginError):
    """The plugin crashed, hung, flooded or lied; its process was ended."""


class PluginProcess:
    """One layer type of one plugin in a process of its own.

    Parameters
    ----------
    layer_type : str
        Its id; also the place that its problems name.
    view : View
        What it sees of the file system.
    budget : Budget
    layer : bool
        It makes an instance of the layer type when it starts; else only what is called is imported.
    """

    def __init__(
        self, layer_type: str, view: confine.View, budget: Budget, *, layer: bool = True
    ) -> None:
        confine.require_sandbox(layer_type)
        self.layer_type = layer_type
        self.spent = Spent()
        self._budget = budget
        self._has_layer = layer
        self._busy = threading.Lock()
        self._serve: Serve | None = None
        self._output: deque[str] = deque(maxlen=KEPT_OUTPUT)
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        self._wire = Wire(ours)
        self._mail = Mailbox.make(budget.answer_mib * MIB)
        self._process = self._start(view, theirs)
        threading.Thread(
            target=_drain, args=(self._process.stdout, self._output), daemon=True
        ).start()

    @property
    def alive(self) -> bool:
        """Whether the process still runs."""
        return self._process.poll() is None

    @property
    def output(self) -> str:
        """The end of what the plugin printed; for its author's eyes, never for a log."""
        return "".join(self._output)

    def call(
        self,
        op: str,
        body: Mapping[str, Any] | None = None,
        *,
        timeout_s: float,
        progress: Progress | None = None,
        serve: Serve | None = None,
    ) -> Any:
        """Ask and return the answer.

        Raises
        ------
        BrokenRuleError
            It crashed, took too long, answered too much or what is no answer.
        PluginError
            Its code raised something; ``file`` and ``line`` say where.
        BelvedereError
            What its code reported itself, for instance a file that cannot be read.
        Cancelled
            The progress said so; the process had 0.2 s to stop by itself.
        """
        end = time.monotonic() + timeout_s
        if not self._busy.acquire(timeout=timeout_s):
            raise PluginError("plugin.busy", self.layer_type)
        try:
            self._send(op, body)
            self._serve = serve
            return self._unpacked(self._await(end, timeout_s, progress))
        finally:
            self._busy.release()

    def close(self) -> None:
        """End the process and all that it started."""
        self._wire.close()
        self._mail.close()
        if self._process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout=5)

    def _start(self, view: confine.View, theirs: socket.socket) -> subprocess.Popen[bytes]:
        filter_fd = confine.filter_file()
        budget = self._budget
        arguments = ["-I", "-c", START.format(root=str(confine.ROOT))]
        arguments += [str(end.fileno()) for end in (theirs, self._mail)]
        arguments += [str(view.folder.resolve()), self.layer_type if self._has_layer else ""]
        arguments += [str(n) for n in (budget.memory_mib, budget.answer_mib, budget.files)]
        arguments += [str(path.resolve()) for path in view.packages]
        fds = [theirs.fileno(), self._mail.fileno(), *([] if filter_fd is None else [filter_fd])]
        try:
            return subprocess.Popen(
                confine.command(view, filter_fd, arguments),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                pass_fds=fds,
                env=confine.environment(view.folder),
                start_new_session=True,
            )
        finally:
            theirs.close()
            if filter_fd is not None:
                os.close(filter_fd)

    def _send(self, op: str, body: Mapping[str, Any] | None) -> None:
        try:
            length = 0 if body is None else self._mail.put(codec.encode(dict(body)))
            self._wire.send({"op": op, "bytes": length})
        except MailboxError as error:
            raise PluginError("plugin.too_large", self.layer_type, reason=str(error)) from error
        except BrokenWireError as error:
            raise self._crashed(error) from error

    def _await(self, end: float, timeout_s: float, progress: Progress | None) -> bytearray:
        """Return the answer's body, passing on progress and cancel."""
        cancelled = False
        # What was cancelled before it began was told so: whether it stops is its own answer.
        watched = None if is_cancelled(progress) else progress
        while True:
            if not cancelled and is_cancelled(watched):
                cancelled = True
                end = min(end, time.monotonic() + self._budget.cancel_s)
                self._hint_cancel()
            left = end - time.monotonic()
            if left <= 0:
                self.close()
                if cancelled:
                    raise Cancelled
                raise BrokenRuleError("plugin.too_slow", self.layer_type, seconds=f"{timeout_s:g}")
            header = self._receive(min(left, POLL_S if progress else left))
            if header is None:
                continue
            if header.get("op") == "answer" and cancelled:
                raise Cancelled
            if header.get("op") == "answer":
                self.spent = _spent(header)
                return self._taken(header)
            if header.get("op") == "ask":
                self._reply(self._taken(header))
                continue
            if progress is not None and not cancelled:
                _pass_on(header, progress)

    def _taken(self, header: Mapping[str, Any]) -> bytearray:
        """Return the body of a message. Raises BrokenRuleError where there is none, or too much of it."""
        length = header.get("bytes")
        try:
            body = self._mail.take(length if isinstance(length, int) else 0)
        except (MailboxError, MemoryError) as error:
            raise self._lied(error) from error
        self._mail.clear(len(body))
        return body

    def _lied(self, error: Exception) -> BrokenRuleError:
        self.close()
        reason = str(error) or type(error).__name__
        return BrokenRuleError("plugin.bad_answer", self.layer_type, reason=reason)

    def _receive(self, timeout_s: float) -> dict[str, Any] | None:
        try:
            return self._wire.receive(timeout_s)
        except BrokenWireError as error:
            raise self._crashed(error) from error

    def _reply(self, body: bytearray) -> None:
        """Answer what the plugin asks for, as far as somebody here serves it."""
        try:
            asked = codec.decode(memoryview(body))
            what, value = str(asked["what"]), asked["value"]
        except (codec.NotPlainError, KeyError, TypeError) as error:
            raise self._lied(error) from error
        try:
            if self._serve is None:
                raise PluginError("plugin.not_granted", self.layer_type, what=what[:60])
            reply: dict[str, Any] = {"value": self._serve(what, value)}
        except BelvedereError as error:
            reply = {"problem": error.problem}
        self._send("reply", reply)

    def _hint_cancel(self) -> None:
        with contextlib.suppress(BrokenWireError):
            self._wire.send({"op": "cancel"})

    def _unpacked(self, body: bytearray) -> Any:
        try:
            answer = codec.decode(memoryview(body))
        except (codec.NotPlainError, MemoryError) as error:
            raise self._lied(error) from error
        if not isinstance(answer, dict):
            raise self._lied(codec.NotPlainError("an answer of an unknown form"))
        if "value" in answer:
            return answer["value"]
        raise self._raised(answer)

    def _raised(self, answer: Mapping[str, Any]) -> Exception:
        if answer.get("cancelled"):
            return Cancelled()
        problem = answer.get("problem")
        if isinstance(problem, Problem):
            if problem.key == "plugin.out_of_memory":
                return BrokenRuleError(problem.key, self.layer_type, memory=self._budget.memory_mib)
            return PluginError(str(problem.key), str(problem.where), **_plain(problem.values))
        file, line = str(answer.get("file", "")), answer.get("line", 0)
        reason = str(answer.get("fault", ""))[:300]
        return PluginError("plugin.raised", self.layer_type, reason=reason, file=file, line=line)

    def _crashed(self, error: BrokenWireError) -> BrokenRuleError:
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout=1)
        code = self._process.poll()
        self.close()
        return BrokenRuleError("plugin.crashed", self.layer_type, reason=_death(code, str(error)))


def is_cancelled(progress: Progress | None) -> bool:
    """Whether somebody asked the work to stop."""
    if progress is None:
        return False
    try:
        progress.check_cancelled()
    except Cancelled:
        return True
    return False


def _death(code: int | None, otherwise: str) -> str:
    """Return how a process ended, in a word; bubblewrap passes a signal on as 128 + its number."""
    if code is None or code == 0:
        return otherwise
    number = -code if code < 0 else code - 128
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"exit {code}"


def _spent(header: Mapping[str, Any]) -> Spent:
    try:
        return Spent(cpu_s=float(header["cpu_s"]), peak_mib=float(header["peak_mib"]))
    except (KeyError, TypeError, ValueError):
        return Spent()


def _pass_on(header: Mapping[str, Any], progress: Progress) -> None:
    done, total = header.get("done"), header.get("total")
    if header.get("op") == "progress" and isinstance(done, int | float):
        total = float(total) if isinstance(total, int | float) else None
        with contextlib.suppress(Cancelled):  # the next look at it will tell
            progress.progress(float(done), total, str(header.get("unit", ""))[:20])


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    return {
        str(k): v if isinstance(v, int | float | str) else str(v)[:300]
        for k, v in values.items()
        if k not in ("key", "where", "self")
    }


def _drain(stream: IO[bytes] | None, kept: deque[str]) -> None:
    """Read what the plugin prints, so that it never waits; keep the end of it."""
    if stream is None:
        return
    with contextlib.suppress(ValueError, OSError), stream:
        while data := os.read(stream.fileno(), 4096):
            kept.append(data.decode("utf-8", "replace"))


def view_of(folder: Path, sources: Mapping[str, Any], **more: tuple[Path, ...]) -> confine.View:
    """Return the view of a plugin that may read the files of a layer."""
    read = [p for s in sources.values() for p in confine.companions(Path(s.path))]
    return confine.View(folder=folder, read=(*read, *more.pop("read", ())), **more)
