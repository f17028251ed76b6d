"""Builds the application with PyInstaller, starts it without network, and keeps pictures that it has drawn.

    make package        build/package/belvedere, and beside it picture.png and main.jpg drawn by it

docs/package.md says how the folder becomes an installer on Windows and an application on macOS.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
OUT = ROOT / "build" / "package"
TRIES = {
    "draws the demo": ["render", "demo", "--out", "{out}/picture.png", "--size", "1280x720"],
    "opens its window": ["-m", "ui.pictures", "--out", "{out}", "main"],
    "lists stories": ["story", "demo", "--list", "--json"],
    # Of processes of its own: the application is their Python.
    "solves a network": ["network", "demo", "--network", "heat_fort", "--solve", "--json"],
    "writes a page, a film and a handout": [
        "story", "demo", "issygrid", "--lang", "ar", "--html", "{home}/web", "--mp4", "{home}/x.mp4",
        "--pdf", "{home}/x.pdf",
    ],
}  # fmt: skip


def main() -> int:
    """Build and try; return the exit status."""
    spec = Path(__file__).with_name("belvedere.spec")
    command = [sys.executable, "-m", "PyInstaller", "--noconfirm", "--log-level", "WARN"]
    command += [
        "--distpath",
        str(OUT),
        "--workpath",
        str(ROOT / "build" / "pyinstaller"),
        str(spec),
    ]
    if subprocess.run(command, check=False, cwd=ROOT).returncode != 0:
        return 1
    name = "belvedere.exe" if os.name == "nt" else "belvedere"
    return tried(OUT / "belvedere" / name, OUT)


def tried(program: Path, out: Path) -> int:
    """Start the application where it can reach nothing of ours and no network; return 0 where all of it works."""
    failed = 0
    with tempfile.TemporaryDirectory() as home:
        environment = {"PATH": "/usr/bin:/bin", "HOME": home, "BELVEDERE_STATE": home}
        environment |= {k: v for k, v in os.environ.items() if k in ("LANG", "SYSTEMROOT", "TEMP")}
        environment |= {"QT_QPA_PLATFORM": "offscreen"}
        for what, arguments in TRIES.items():
            filled = [part.format(out=out, home=home) for part in arguments]
            done = subprocess.run(
                [*walls(), str(program), *filled], env=environment, cwd=home, check=False, timeout=600,
                capture_output=True, text=True, encoding="utf-8", errors="replace",
            )  # fmt: skip
            print(f"{what}: {'yes' if done.returncode == 0 else 'NO'}", flush=True)
            if done.returncode != 0:
                print(done.stderr[-2000:])
                failed += 1
    return 1 if failed else 0


def walls() -> Sequence[str]:
    """Return what shuts the network off for a program, where this system has it."""
    if sys.platform.startswith("linux") and shutil.which("unshare"):
        walled = ["unshare", "--net", "--map-root-user"]
        if subprocess.run([*walled, "true"], check=False, capture_output=True).returncode == 0:
            return walled
    return []


if __name__ == "__main__":
    sys.exit(main())
