"""Makes .venv from requirements.lock and names or installs what the system lacks.

Only the standard library, so that a bare Python is enough:

    python3 .ci/bootstrap.py                     the core, which runs the application
    python3 .ci/bootstrap.py --extra network     and an extra of pyproject.toml
    python3 .ci/bootstrap.py --all               every extra

A second run finds its own stamp and starts at once.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
LOCK = ROOT / "requirements.lock"
STAMP = VENV / "belvedere-stamp.json"
WEB = ROOT / ".ci" / "web"
SERVERS = ROOT / "tests" / "servers.txt"
PEERS = ROOT / "tests" / "twin" / "tiles" / "npm"
OLDEST = (3, 11)
NEWEST = (3, 13)
PROGRAMS = VENV / "programs"
FOREIGN_WHEELS = {"routing": ("pyvalhalla", "3.12")}
"""By extra: a package whose wheel asks for a newer Python than ours, while we only start its programs."""

# What Qt and VTK load from the system, and the Debian package that brings it. Qt finds its xcb
# libraries, and libglvnd its Mesa half, only at run time.
SYSTEM_LIBRARIES = {
    "libGL.so.1": "libgl1",
    "libEGL.so.1": "libegl1",
    "libEGL_mesa.so.0": "libegl-mesa0",
    "libOpenGL.so.0": "libopengl0",
    "libX11.so.6": "libx11-6",
    "libX11-xcb.so.1": "libx11-xcb1",
    "libXcursor.so.1": "libxcursor1",
    "libXrender.so.1": "libxrender1",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libgthread-2.0.so.0": "libglib2.0-0",
    "libwayland-client.so.0": "libwayland-client0",
    "libwayland-cursor.so.0": "libwayland-cursor0",
    "libwayland-egl.so.1": "libwayland-egl1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
}
TEST_PROGRAMS = {
    "Xvfb": "xvfb",
    "chromium": "chromium",
    "mosquitto": "mosquitto",
    "node": "nodejs",
    "npm": "npm",
    "pg_ctlcluster": "postgresql",
    "shp2pgsql": "postgis postgresql-postgis",
    "xrandr": "x11-xserver-utils",
}
"""Programs that some tests start; those tests are skipped where the program is missing."""

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
    if not OLDEST <= sys.version_info[:2] <= NEWEST:
        return _run_with_another_python()
    extras = set(_declared()[1]) if arguments.all else set(arguments.extra)
    unknown = extras - set(_declared()[1])
    if unknown:
        raise SystemExit(f"no such extra: {', '.join(sorted(unknown))}")
    _provide_system_packages()
    if "test" in extras:
        _offer_test_programs()
        _provide_peers()
    _provide_venv(extras)
    _provide_programs(extras)
    if "test" in extras:
        _provide_servers()
    if "show" in extras:
        subprocess.run([sys.executable, str(WEB / "bundle.py"), str(VENV)], check=False)
    if arguments.window:
        _refuse_without_display()
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Make .venv from requirements.lock.")
    parser.add_argument("--extra", action="append", default=[], metavar="NAME")
    parser.add_argument("--all", action="store_true", help="every extra of pyproject.toml")
    parser.add_argument("--window", action="store_true", help="a window will be opened next")
    return parser.parse_args()


def _run_with_another_python() -> int:
    for minor in range(NEWEST[1], OLDEST[1] - 1, -1):
        found = shutil.which(f"python3.{minor}")
        if found:
            return subprocess.call([found, str(Path(__file__)), *sys.argv[1:]])
    have = f"{sys.version_info[0]}.{sys.version_info[1]}"
    raise SystemExit(
        f"Belvedere needs Python 3.11 to 3.13, and this is {have}: install one of them."
    )


# --- what the system brings -----------------------------------------------------------------


def missing_system_packages() -> list[str]:
    """Return the Debian packages that this machine lacks, found by loading, not by asking dpkg."""
    if not sys.platform.startswith("linux"):
        return []
    missing = {package for name, package in SYSTEM_LIBRARIES.items() if not _loads(name)}
    if not VENV.exists() and importlib.util.find_spec("ensurepip") is None:
        missing.add(f"python3.{sys.version_info[1]}-venv")
    return sorted(missing)


def _loads(library: str) -> bool:
    import ctypes

    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def _provide_system_packages() -> None:
    missing = missing_system_packages()
    if not missing:
        return
    if shutil.which("apt-get") is None:
        libraries = [name for name, package in SYSTEM_LIBRARIES.items() if package in missing]
        print(f"This system lacks {', '.join(libraries)}; install them if the window stays away.")
        return
    if not _apt_install(missing):
        raise SystemExit(
            f"Some system packages are missing. Paste this, then try again:\n{_line(missing)}"
        )


def _offer_test_programs() -> None:
    absent = [packages for name, packages in TEST_PROGRAMS.items() if shutil.which(name) is None]
    missing = [package for packages in absent for package in packages.split()]
    if not missing or not sys.platform.startswith("linux") or shutil.which("apt-get") is None:
        return
    if not _apt_install(missing):
        print(f"Some tests will be skipped. To run them all, paste this:\n{_line(missing)}")


def _provide_servers() -> None:
    """Install the servers that tests start beside the application: what they need must not be ours."""
    wanted, folder = SERVERS.read_bytes(), VENV / "servers"
    stamp = folder / "pins.txt"
    if stamp.is_file() and stamp.read_bytes() == wanted:
        return
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    steps = (
        [sys.executable, "-m", "venv", "--clear", str(folder)],
        [str(python), "-m", "pip", "install", "-qq", "-r", str(SERVERS)],
    )
    if all(subprocess.run(step, check=False).returncode == 0 for step in steps):
        stamp.write_bytes(wanted)
    else:
        print("Some servers could not be installed: tests that need them will be skipped.")


def _line(packages: list[str]) -> str:
    return f"sudo apt-get update && sudo apt-get install -y {' '.join(packages)}"


def _apt_install(packages: list[str]) -> bool:
    if os.geteuid() != 0:
        return False
    print(f"Installing from Debian: {' '.join(packages)}", flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    steps = (["update", "-qq"], ["install", "-qq", "-y", "--no-install-recommends", *packages])
    for step in steps:
        done = subprocess.run(
            ["apt-get", *step], env=environment, stdout=subprocess.DEVNULL, check=False
        )
    return done.returncode == 0


def _refuse_without_display() -> None:
    if not sys.platform.startswith("linux"):
        return
    if any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")):
        return
    raise SystemExit(
        "Ready, but there is no display to open a window on. A picture needs none: "
        f"{_python_in_words()} main.py render demo --out demo.png"
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
    return hashlib.sha256(LOCK.read_bytes()).hexdigest()


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
    wanted = closure(extras)
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
        pin = next(entry.text for entry in _read_lock() if entry.name == package)
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


# --- the lock -------------------------------------------------------------------------------


class Entry:
    """One pinned package of the lock: its name, its lines, and who asks for it."""

    def __init__(self, name: str, lines: list[str]) -> None:
        self.name = name
        self.text = "\n".join(line for line in lines if not line.strip().startswith("#"))
        notes = "\n".join(line for line in lines if line.strip().startswith("#"))
        self.asked_by = {_normal(word) for word in re.findall(r"[\w.-]+", notes)} - {"via"}


def closure(extras: set[str]) -> list[Entry]:
    """Return what the lock holds for the core and some extras, following who asks for whom."""
    core, optional = _declared()
    chosen = set(core).union(*(optional[extra] for extra in extras))
    entries = _read_lock()
    while True:
        more = {entry.name for entry in entries if entry.asked_by & chosen} - chosen
        if not more:
            return [entry for entry in entries if entry.name in chosen]
        chosen |= more


def _read_lock() -> list[Entry]:
    blocks: list[list[str]] = []
    for line in LOCK.read_text(encoding="utf-8").splitlines():
        if re.match(r"[A-Za-z0-9]", line):
            blocks.append([line])
        elif blocks:
            blocks[-1].append(line)
    return [Entry(_name_of(block[0]), block) for block in blocks]


def _declared() -> tuple[list[str], dict[str, list[str]]]:
    """Return the names that pyproject.toml asks for: the core, and each extra."""
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    written = project["optional-dependencies"]

    def names(requirements: list[str]) -> list[str]:
        found: list[str] = []
        for requirement in requirements:
            own = re.match(rf"{project['name']}\[([\w, -]+)\]", requirement)
            if own:
                for extra in own.group(1).split(","):
                    found += names(written[extra.strip()])
            else:
                found.append(_name_of(requirement))
        return found

    return names(project["dependencies"]), {extra: names(written[extra]) for extra in written}


def _name_of(requirement: str) -> str:
    found = re.match(r"[A-Za-z0-9._-]+", requirement)
    return _normal(found.group(0)) if found else ""


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


if __name__ == "__main__":
    sys.exit(main())
