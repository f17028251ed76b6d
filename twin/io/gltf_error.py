"""The error of parts of glTF files and tiles that contradict themselves."""

from __future__ import annotations


class GltfError(ValueError):
    """A part of a file that contradicts itself; the rest may still be good."""
