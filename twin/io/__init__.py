"""Files: one module per format, one door. ``inspect`` says what is in a file, ``read`` gives a table."""

from __future__ import annotations

from twin.io.door import gives_first, inspect, read
from twin.io.formats import suffixes
from twin.io.guess import meanings
from twin.io.inspection import AttributeInfo, Inspection, LayerInfo
from twin.io.observations import observations
from twin.io.quantities import metres
from twin.io.quantities import parse as parse_metres
from twin.io.write import WRITTEN, write_table

__all__ = [
    "WRITTEN",
    "AttributeInfo",
    "Inspection",
    "LayerInfo",
    "gives_first",
    "inspect",
    "meanings",
    "metres",
    "observations",
    "parse_metres",
    "read",
    "suffixes",
    "write_table",
]
