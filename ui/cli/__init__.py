"""The command line: one module per verb, the same engine as the window.

Every verb takes ``--json``. Exit status: 0 if anything could be shown, its problems listed; 2 with a
message on stderr if nothing could.
"""

from __future__ import annotations

from ui.cli.main import main

__all__ = ["main"]
