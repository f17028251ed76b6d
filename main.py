"""The command line of Belvedere: a verb, or a project to open in the window."""

from __future__ import annotations

import sys

from ui.cli import main

if __name__ == "__main__":
    if getattr(sys, "frozen", False):
        import multiprocessing

        from ui.cli.packaged import as_python

        multiprocessing.freeze_support()
        if as_python(sys.argv[1:]):
            sys.exit()
    sys.exit(main(sys.argv[1:]))
