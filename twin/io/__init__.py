"""Files: one module per format, one door. ``inspect`` says what is in a file, ``read`` gives a table."""

from __future__ import annotations

from twin.io.door import inspect, read
from twin.io.formats import suffixes
from twin.io.guess import meanings
from twin.io.inspection import AttributeInfo, Inspection, LayerInfo

__all__ = [
    "AttributeInfo",
    "Inspection",
    "LayerInfo",
    "inspect",
    "meanings",
    "read",
    "suffixes",
]
