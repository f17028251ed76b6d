"""The command line of Belvedere: a verb, or a project to open in the window."""

from __future__ import annotations

import sys

from ui.cli import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
