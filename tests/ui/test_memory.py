"""How the application has its memory."""

from __future__ import annotations

import subprocess
import sys

ASKS = "import {first}; import numpy; print(numpy._core.multiarray._set_madvise_hugepage(False))"


def test_arrays_ask_for_no_large_pages() -> None:
    """Putting those together holds everybody up."""
    said = {
        first: subprocess.run(
            [sys.executable, "-c", ASKS.format(first=first)],
            capture_output=True,
            text=True,
            check=True,
            env={},
        ).stdout.strip()
        for first in ("ui.app", "benchmarks.first_frame")
    }
    assert said == {"ui.app": "False", "benchmarks.first_frame": "False"}
