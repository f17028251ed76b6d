"""What the application and its tests need of the system: Debian packages, installed as root or named in one line."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

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
    "dbus-daemon": "dbus-daemon",
    "mosquitto": "mosquitto",
    "node": "nodejs",
    "npm": "npm",
    "pg_ctlcluster": "postgresql",
    "shp2pgsql": "postgis postgresql-postgis",
    "xrandr": "x11-xserver-utils",
}
"""Programs that some tests start; those tests are skipped where the program is missing."""


def missing_packages(*, venv: Path) -> list[str]:
    """Return the Debian packages that this machine lacks, found by loading, not by asking dpkg."""
    if not sys.platform.startswith("linux"):
        return []
    missing = {package for name, package in SYSTEM_LIBRARIES.items() if not _loads(name)}
    if not venv.exists() and importlib.util.find_spec("ensurepip") is None:
        missing.add(f"python3.{sys.version_info[1]}-venv")
    return sorted(missing)


def _loads(library: str) -> bool:
    import ctypes

    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def provide_packages(*, venv: Path) -> None:
    """Install what Qt and OpenGL lack here, or end with the line that does."""
    missing = missing_packages(venv=venv)
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


def offer_test_programs() -> None:
    """Install the programs that tests start, or print the line that does."""
    absent = [packages for name, packages in TEST_PROGRAMS.items() if shutil.which(name) is None]
    missing = [package for packages in absent for package in packages.split()]
    if not missing or not sys.platform.startswith("linux") or shutil.which("apt-get") is None:
        return
    if not _apt_install(missing):
        print(f"Some tests will be skipped. To run them all, paste this:\n{_line(missing)}")


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
