"""The off-screen window: the same way to draw with a display and without one."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
PROGRAM = """
from twin.render.window import offscreen_window
window = offscreen_window((16, 16))
window.Render()
print(window.GetClassName())
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="EGL is Linux's way")
@pytest.mark.skipif(shutil.which("xvfb-run") is None, reason="needs xvfb-run (make setup as root)")
def test_a_display_does_not_change_how_pictures_are_drawn() -> None:
    """Through Mesa's GLX, beside Qt, layers that arrived one after the other lost their colours."""
    plain = [sys.executable, "-c", PROGRAM]
    names = [
        subprocess.run(
            command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=60
        ).stdout.strip()
        for command in (plain, ["xvfb-run", "-a", *plain])
    ]
    assert names[0] == names[1]
