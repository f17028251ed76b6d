"""Reads and builds the demo city once, so that it opens at once from then on: the last step of set-up.

python -m ui.prepare
"""

from __future__ import annotations

import sys

from twin.work.session import Session
from ui.opened import Opened
from ui.plugin_home import registry
from ui.services import kept_layers
from ui.shipped import DEMO


def main() -> int:
    """Keep the layers of the demo city where windows look for them; return the exit status."""
    opened = Opened.read(DEMO)
    session = Session(opened.project, opened.folder or DEMO, registry(), prepared=kept_layers())
    session.start()
    done = session.wait()
    session.close()
    return 0 if done else 1


if __name__ == "__main__":
    sys.exit(main())
