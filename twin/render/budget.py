"""How much of the machine's memory a scene may take unless told otherwise."""

from __future__ import annotations

import os

SHARE = 0.25


def default_budget_bytes() -> int:
    """Return a quarter of the machine's memory."""
    try:
        return int(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") * SHARE)
    except (AttributeError, ValueError, OSError):
        return 2 << 30
