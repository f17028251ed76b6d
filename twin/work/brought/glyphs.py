"""Shapes that plugins bring as model files, known by the id of the contribution wherever a glyph names its shape."""

from __future__ import annotations

import functools
import io
import logging
from pathlib import Path
from typing import Any

import numpy as np

from twin.errors import PluginError
from twin.registry import Contribution, Registry
from twin.shapes import GLYPHS, GlyphShape
from twin.shapes.glyphs import contribute

log = logging.getLogger(__name__)

SUFFIXES = (".glb", ".obj", ".ply", ".stl")
MOST_BYTES = 8_000_000
MOST_TRIANGLES = 50_000
GREY = (150, 166, 180, 255)


def offer_glyphs(registry: Registry) -> None:
    """Make the shapes known that plugins bring; a file is read when something is first drawn with it."""
    for contribution in registry.contributions("glyphs"):
        contribute(contribution.id, functools.partial(_read, registry, contribution))


def _read(registry: Registry, contribution: Contribution) -> GlyphShape:
    tint = contribution.options.get("tint") is not False
    try:
        return shape_of(registry.load(contribution), tint=tint)
    except PluginError as error:  # found by ``check``; a picture without it would say nothing
        log.warning("%s: %s", contribution.id, dict(error.problem.values))
        return GLYPHS["pin"]


def shape_of(path: Path, *, tint: bool = True) -> GlyphShape:
    """Return the shape of a model file: z up (glTF: y up), metres, its foot in the middle of its base.

    Parameters
    ----------
    tint : bool
        The whole of it takes the colour of the style; else it keeps the colours of its vertices.

    Raises
    ------
    PluginError
        It cannot be read, has no surface, or is too large to be drawn many times.
    """
    ending = path.suffix.lower()
    try:
        mesh = _mesh(path, ending)
    except Exception as error:  # a library's reader may raise anything at a stranger's file
        reason = f"{type(error).__name__}: {error}"[:200]
        raise PluginError("plugin.bad_data", str(path), reason=reason) from error
    return _standing(mesh, upright=ending != ".glb", tint=tint)


def _mesh(path: Path, ending: str) -> Any:
    import trimesh

    library: Any = trimesh  # published without types
    if ending not in SUFFIXES or path.stat().st_size > MOST_BYTES:
        raise ValueError(f"a shape is a file of {', '.join(SUFFIXES)} below {MOST_BYTES} bytes")
    # Bytes and no resolver: a model cannot name other files.
    mesh = library.load(io.BytesIO(path.read_bytes()), file_type=ending[1:], force="mesh")
    if not 0 < len(mesh.faces) <= MOST_TRIANGLES or not np.isfinite(mesh.vertices).all():
        raise ValueError(f"{len(mesh.faces)} triangles, of at most {MOST_TRIANGLES}")
    return mesh


def _standing(mesh: Any, *, upright: bool, tint: bool) -> GlyphShape:
    xyz = np.asarray(mesh.vertices, np.float64)
    if not upright:
        xyz = xyz[:, [0, 2, 1]] * (1.0, -1.0, 1.0)
    low, high = xyz.min(axis=0), xyz.max(axis=0)
    size = np.maximum(high - low, 1e-6)
    xyz = (xyz - low) / size - (0.5, 0.5, 0.0)
    colours = getattr(mesh.visual, "vertex_colors", None)
    rgba = np.full((len(xyz), 4), GREY, np.uint8)
    if colours is not None and np.shape(colours) == rgba.shape:
        rgba = np.asarray(colours, np.uint8).copy()
    return GlyphShape(
        xyz=xyz.astype(np.float32),
        triangles=np.asarray(mesh.faces, np.int32),
        rgba_of_vertex=rgba,
        tintable=np.full(len(xyz), tint),
        size_m=(float(size[0]), float(size[1]), float(size[2])),
    )
