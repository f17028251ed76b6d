"""Answers of services that were saved as files: they say how many features there are, and hold a page of them.

WFS in GeoJSON (``numberMatched``, GeoServer's ``totalFeatures``), OGC API Features, Opendatasoft (``nhits``,
``total_count``), data-fair (``total``).
"""

from __future__ import annotations

import re
from pathlib import Path

from twin.io.loaded import Request
from twin.problems import Problem

_ENDS = 4096
"""Bytes at both ends of a file where the members of its root stand."""
_TOTAL = re.compile(rb'"(?:numberMatched|totalFeatures|total_count|nhits)"\s*:\s*(\d{1,12})\b')


def check_whole(request: Request, count: int) -> None:
    """Report where a file of ``count`` features says that there are more."""
    with Path(request.opened).open("rb") as file:
        head = file.read(_ENDS)
        size = file.seek(0, 2)
        file.seek(max(size - _ENDS, len(head)))
        found = [int(total) for total in _TOTAL.findall(head + b"\n" + file.read(_ENDS))]
    promised = max(found, default=0)
    if promised > count:
        values = {"promised": promised, "count": count}
        request.progress.report(Problem("io.page_of_more", request.where, values))
