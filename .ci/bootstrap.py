"""Makes .venv from requirements.lock and names or installs what the system lacks.

Only the standard library, so that a bare Python is enough:

    python3 .ci/bootstrap.py                     the core, which runs the application
    python3 .ci/bootstrap.py --extra network     and an extra of pyproject.toml
    python3 .ci/bootstrap.py --all               every extra
    python3 .ci/bootstrap.py --all --bench       and the programs that benchmarks compare with

A second run finds its own stamp and starts at once.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import lock
import system

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
STAMP = VENV / "belvedere-stamp.json"
WEB = ROOT / ".ci" / "web"
SERVERS = ROOT / "tests" / "servers.txt"
COMPARED = ROOT / "benchmarks" / "programs.txt"
PEERS = ROOT / "tests" / "twin" / "tiles" / "npm"
PROGRAMS = VENV / "programs"
FOREIGN_WHEELS = {"routing": ("pyvalhalla", "3.12")}
"""By extra: a package whose wheel asks for a newer Python than ours, while we only start its programs."""

MISLEADING_PIP = (
    "USER",
    "TARGET",
    "PREFIX",
    "ROOT",
    "NO_BINARY",
    "DRY_RUN",
    "REQUIREMENT",
    "PYTHON",
)
"""Settings of pip (PIP_...) that would install somewhere else, or something else."""


def main() -> int:
    """Make the environment ready; return the exit code."""
    arguments = _arguments()
    if not lock.OLDEST <= sys.version_info[:2] <= lock.NEWEST:
        return _run_with_another_python()
    extras = set(lock.declared()[1]) if arguments.all else set(arguments.extra)
    unknown = extras - set(lock.declared()[1])
    if unknown:
        raise SystemExit(f"no such extra: {', '.join(sorted(unknown))}")
    system.provide_packages(venv=VENV)
    if "test" in extras:
        system.offer_test_programs()
        _provide_peers()
    _provide_venv(extras)
    _provide_programs(extras)
    if "test" in extras:
        _provide_apart(SERVERS, "servers", "Some servers", "tests that need them will be skipped")
    if arguments.bench:
        _provide_apart(COMPARED, "peers", "Some programs", "tables of speed will say so")
    if "show" in extras:
        subprocess.run([sys.executable, str(WEB / "bundle.py"), str(VENV)], check=False)
    if arguments.window:
        _refuse_without_display()
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Make .venv from requirements.lock.")
    parser.add_argument("--extra", action="append", default=[], metavar="NAME")
    parser.add_argument("--all", action="store_true", help="every extra of pyproject.toml")
    parser.add_argument("--bench", action="store_true", help="programs to compare with, too")
    parser.add_argument("--window", action="store_true", help="a window will be opened next")
    return parser.parse_args()


def _run_with_another_python() -> int:
    for minor in range(lock.NEWEST[1], lock.OLDEST[1] - 1, -1):
        found = shutil.which(f"python3.{minor}")
        if found:
            return subprocess.call([found, str(Path(__file__)), *sys.argv[1:]])
    have = f"{sys.version_info[0]}.{sys.version_info[1]}"
    raise SystemExit(
        f"Belvedere needs Python 3.11 to 3.13, and this is {have}: install one of them."
    )


# --- the environment ------------------------------------------------------------------------


def _provide_venv(extras: set[str]) -> None:
    wanted = {"lock": _lock_sum(), "python": list(sys.version_info[:3])}
    stamp = _read_stamp()
    same = {name: stamp.get(name) for name in wanted} == wanted
    installed = set(stamp.get("extras", ()))
    if same and extras <= installed and _venv_python().exists():
        return
    if stamp and stamp.get("python", [])[:2] != wanted["python"][:2]:
        shutil.rmtree(VENV, ignore_errors=True)
    if not os.access(VENV if VENV.exists() else ROOT, os.W_OK):
        raise SystemExit(f"{ROOT} belongs to another user: make your own copy, or ask its owner.")
    extras |= installed
    _make_venv()
    STAMP.unlink(missing_ok=True)
    _install(extras)
    _make_ready()
    STAMP.write_text(json.dumps({**wanted, "extras": sorted(extras)}) + "\n", encoding="utf-8")


def _lock_sum() -> str:
    return hashlib.sha256(lock.LOCK.read_bytes()).hexdigest()


def _read_stamp() -> dict:
    try:
        stamp = json.loads(STAMP.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return stamp if isinstance(stamp, dict) else {}


def _venv_python() -> Path:
    return VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def _python_in_words() -> str:
    return os.path.relpath(_venv_python(), Path.cwd())


def _works(python: Path) -> bool:
    """Tell whether an environment left by an earlier run has the same Python, alive, and pip."""
    ask = "import pip, sys; print(*sys.version_info[:2])"
    try:
        answer = subprocess.run(
            [str(python), "-I", "-c", ask], capture_output=True, text=True, check=False
        )
    except OSError:
        return False
    return answer.stdout.split() == [str(part) for part in sys.version_info[:2]]


def _make_venv() -> None:
    if _works(_venv_python()):
        return
    print(f"Making .venv with Python {sys.version_info[0]}.{sys.version_info[1]}", flush=True)
    command = [sys.executable, "-I", "-m", "venv", "--clear", str(VENV)]
    done = subprocess.run(command, check=False)
    if done.returncode != 0:
        raise SystemExit(f"Could not make {VENV}: is the folder writable, and the disk not full?")


def _install(extras: set[str]) -> None:
    wanted = lock.closure(extras)
    print(f"Installing {len(wanted)} pinned packages into .venv", flush=True)
    if not _pip_install("\n".join(entry.text for entry in wanted)):
        raise SystemExit(
            "pip could not install everything; the lines above say why. Then try again."
        )


def _pip_install(pins: str, more: list[str] | None = None) -> bool:
    environment = {
        name: value
        for name, value in os.environ.items()
        if name not in {f"PIP_{end}" for end in MISLEADING_PIP}
    }
    environment["PIP_USER"] = "0"
    with tempfile.TemporaryDirectory() as folder:
        subset = Path(folder) / "subset.txt"
        subset.write_text(pins + "\n", encoding="utf-8")
        pip = [str(_venv_python()), "-I", "-m", "pip", "install", "--disable-pip-version-check"]
        quiet = [] if sys.stdout.isatty() else ["--quiet"]
        rules = ["--require-hashes", "--no-deps", "--only-binary", ":all:", "-r", str(subset)]
        done = subprocess.run([*pip, *quiet, *rules, *(more or [])], env=environment, check=False)
    return done.returncode == 0


def _provide_programs(extras: set[str]) -> None:
    """Unpack programs of wheels that our Python is too old to import, where an extra starts them."""
    for extra in sorted(extras & set(FOREIGN_WHEELS)):
        package, python = FOREIGN_WHEELS[extra]
        if sys.version_info[:2] >= tuple(int(part) for part in python.split(".")):
            continue
        pin = next(entry.text for entry in lock.read_lock() if entry.name == package)
        pin = re.sub(r"\s*;[^\\\n]*", " ", pin, count=1)  # the marker that leaves it out here
        stamp = PROGRAMS / package / "pin.txt"
        if stamp.is_file() and stamp.read_text(encoding="utf-8") == pin:
            continue
        shutil.rmtree(stamp.parent, ignore_errors=True)
        rules = ["--python-version", python, "--target", str(stamp.parent)]
        if _pip_install(pin, rules):
            stamp.write_text(pin, encoding="utf-8")
        else:
            print(f"The programs of {package} could not be installed: what asks them estimates.")


def _make_ready() -> None:
    """Compile our modules, as pip did those of others, and keep the demo city built: both open at once then."""
    python = str(_venv_python())
    folders = ["twin", "ui", "layers", "plugins", "main.py"]
    subprocess.run([python, "-m", "compileall", "-q", *folders], cwd=ROOT, check=False)
    print("Making the demo city ready", flush=True)
    subprocess.run([python, "-m", "ui.prepare"], cwd=ROOT, check=False)


def _provide_peers() -> None:
    """Install the programs of others that tests let read tilesets, pinned by their package-lock.json."""
    recipe = [PEERS / name for name in ("package.json", "package-lock.json")]
    stamp = hashlib.sha256(b"".join(path.read_bytes() for path in recipe)).hexdigest()
    mark = PEERS / "node_modules" / "belvedere-stamp"
    if mark.exists() and mark.read_text(encoding="utf-8") == stamp:
        return
    npm = shutil.which("npm")
    quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--silent"]
    if npm and subprocess.run([npm, "ci", *quiet], cwd=PEERS, check=False).returncode == 0:
        mark.write_text(stamp, encoding="utf-8")
    else:
        print(
            "Tests that let CesiumJS, loaders.gl and the glTF validator read tiles will be skipped."
        )


def _provide_apart(pins: Path, name: str, what: str, so: str) -> None:
    """Install packages of others into an environment of their own beside ours: what they need must not be ours."""
    wanted, folder = pins.read_bytes(), VENV / name
    stamp = folder / "pins.txt"
    if stamp.is_file() and stamp.read_bytes() == wanted:
        return
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    steps = (
        [sys.executable, "-m", "venv", "--clear", str(folder)],
        [str(python), "-m", "pip", "install", "-qq", "-r", str(pins)],
    )
    if all(subprocess.run(step, check=False).returncode == 0 for step in steps):
        stamp.write_bytes(wanted)
    else:
        print(f"{what} could not be installed: {so}.")


def _refuse_without_display() -> None:
    if not sys.platform.startswith("linux"):
        return
    if any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")):
        return
    raise SystemExit(
        "Ready, but there is no display to open a window on. A picture needs none: "
        f"{_python_in_words()} main.py render demo --out demo.png"
    )


if __name__ == "__main__":
    sys.exit(main())
