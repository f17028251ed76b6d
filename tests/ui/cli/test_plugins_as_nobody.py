"""``plugins check`` by a user without rights who may start few processes: the same walls, the same answer."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.twin.isolation.conftest import needs_walls, write_plugin
from twin.registry.scaffold import new_plugin
from ui.cli.plugins import TEMPLATES

ROOT = Path(__file__).resolve().parents[3]
NOBODY = "65534"
PROCESSES = "24"
TOOLS = ("bwrap", "setpriv", "prlimit")
missing = [tool for tool in TOOLS if shutil.which(tool) is None]

pytestmark = [
    needs_walls,
    pytest.mark.skipif(
        os.name != "posix" or os.getuid() != 0, reason="needs root to become another"
    ),
    pytest.mark.skipif(bool(missing), reason=f"not installed: {', '.join(missing)}"),
]


def as_nobody(home: Path) -> list[str]:
    """Return what runs a command as a user without rights.

    The interpreter may stand in a closed home folder (``/root``): an open one with nothing but the
    interpreter is put in its place, for this command only.
    """
    python = Path(sys.base_prefix).resolve()
    line = ["bwrap", "--dev-bind", "/", "/"]
    closed = next((p for p in reversed(python.parents) if not p.stat().st_mode & 0o005), None)
    if closed is not None:
        line += ["--perms", "0755", "--tmpfs", str(closed)]
        for parent in reversed(python.parents):
            if parent.is_relative_to(closed) and parent != closed:
                line += ["--perms", "0755", "--dir", str(parent)]
        line += ["--ro-bind", str(python), str(python)]
    line += ["--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID", "--chdir", "/"]
    line += ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
    return [*line, "env", f"HOME={home}", "prlimit", f"--nproc={PROCESSES}"]


def check(folder: Path, home: Path) -> tuple[int, dict[str, object]]:
    """Return the exit status and the answer of a check by nobody."""
    verb = ["plugins", "check", str(folder), "--json"]
    done = subprocess.run(
        [*as_nobody(home), sys.executable, str(ROOT / "main.py"), *verb],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.stdout, done.stderr[-500:]
    return done.returncode, json.loads(done.stdout)


@pytest.fixture
def open_place() -> Path:
    """Return a folder that everybody can read; those of pytest are the user's own."""
    import tempfile

    with tempfile.TemporaryDirectory(prefix="belvedere-nobody-") as name:
        place = Path(name)
        place.chmod(0o755)
        (place / "home").mkdir()
        os.chown(place / "home", int(NOBODY), int(NOBODY))
        yield place


def test_a_new_plugin_is_healthy_and_a_hostile_one_is_found(open_place: Path) -> None:
    good = new_plugin("springs", "layer", open_place, templates=TEMPLATES)
    code, told = check(good, open_place / "home")
    assert (code, told["healthy"], told["isolated"], told["findings"]) == (0, True, True, [])
    lines = "import os\nos.fork()"
    code, told = check(write_plugin(open_place / "forks", load=lines), open_place / "home")
    assert (code, told["healthy"], told["isolated"]) == (1, False, True)
    assert "plugin.raised" in {f["key"] for f in told["findings"]}  # type: ignore[union-attr,index]
