"""Builds the application with PyInstaller, starts it without network, and keeps a picture that it has drawn.

    make package        build/package/belvedere, and build/package/picture.png drawn by it

On Windows the folder is copied as it is into the user's own programs, no administrator needed; on macOS the spec makes
Belvedere.app beside it. docs/package.md has the recipes.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
OUT = ROOT / "build" / "package"


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
    return tried(OUT / "belvedere" / name, OUT / "picture.png")


def tried(program: Path, picture: Path) -> int:
    """Start the application where it can reach nothing of ours and no network; return 0 where it draws the demo."""
    with tempfile.TemporaryDirectory() as home:
        environment = {"PATH": "/usr/bin:/bin", "HOME": home, "BELVEDERE_STATE": home}
        environment |= {k: v for k, v in os.environ.items() if k in ("LANG", "SYSTEMROOT", "TEMP")}
        command = [str(program), "render", "demo", "--out", str(picture), "--size", "1280x720"]
        if sys.platform.startswith("linux") and shutil.which("unshare"):
            walled = ["unshare", "--net", "--map-root-user"]
            if subprocess.run([*walled, "true"], check=False, capture_output=True).returncode == 0:
                command = [*walled, *command]
        done = subprocess.run(command, env=environment, cwd=home, check=False, timeout=600)
    ready = done.returncode == 0 and picture.is_file()
    print(f"{program}: {'draws without network' if ready else 'does not start'}")
    return 0 if ready else 1


if __name__ == "__main__":
    sys.exit(main())
