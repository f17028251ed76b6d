"""Valhalla's programs: where they are, and running one so that it can be stopped and cannot fill the disk."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from twin.errors import BelvedereError
from twin.progress import Progress

LONGEST_S = 180.0
MOST_BYTES = 1_000_000_000
LOOK_S = 0.02


class RoutingError(BelvedereError):
    """The router gave no answer; the problem says why."""


def installed() -> bool:
    """Tell whether the extra ``routing`` is there: its programs, and what writes streets for them."""
    writer = importlib.util.find_spec("osmium") is not None
    return writer and _find("valhalla_service") is not None


def run(name: str, arguments: Sequence[str], ctx: Progress) -> bytes:
    """Run a program to its end and return what it wrote.

    Raises
    ------
    RoutingError
        It is not installed, failed, took too long or wrote too much.
    Cancelled
        The job was asked to stop; the program is gone.
    """
    program = _find(name)
    if program is None:
        raise RoutingError("extra.missing", name, extra="routing")
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as said:
        process = subprocess.Popen(
            [str(program), *arguments], stdin=subprocess.DEVNULL, stdout=out, stderr=said
        )
        try:
            _wait(process, out.fileno(), ctx)
        finally:
            if process.poll() is None:
                process.kill()
            process.wait()
        out.seek(0)
        answer = out.read()
        if process.returncode != 0:
            said.seek(0)
            reason = (said.read() or answer).decode("utf-8", "replace").strip()[-200:]
            raise RoutingError("routing.failed", name, reason=reason or str(process.returncode))
    return answer


def _wait(process: subprocess.Popen[bytes], out: int, ctx: Progress) -> None:
    import os

    end = time.monotonic() + LONGEST_S
    while process.poll() is None:
        ctx.check_cancelled()
        if time.monotonic() > end or os.fstat(out).st_size > MOST_BYTES:
            raise RoutingError("routing.too_much", Path(str(process.args[0])).name)  # type: ignore[index]
        time.sleep(LOOK_S)


def _find(name: str) -> Path | None:
    """Return a program: of the package, of its wheel unpacked beside an older Python, or of the system."""
    package = importlib.util.find_spec("valhalla")
    folders = [Path(p) for p in (package.submodule_search_locations or ())] if package else []
    folders.append(Path(sys.prefix) / "programs" / "pyvalhalla" / "valhalla")
    suffix = ".exe" if sys.platform == "win32" else ""
    there = (folder / "bin" / f"{name}{suffix}" for folder in folders)
    found = next((path for path in there if path.is_file()), None) or shutil.which(name)
    return Path(found) if found else None
