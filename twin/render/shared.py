"""What all layers of a stage share."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from vtkmodules.vtkRenderingCore import vtkRenderWindow, vtkTexture

from twin.render.actors import make_texture
from twin.render.material import Materials
from twin.tiles.limits import MOST_DRAWN_BYTES


@dataclass(eq=False)
class Shared:
    """What all layers of a stage share."""

    materials: Materials
    shadow_map: vtkTexture
    height_map: vtkTexture
    open_map: vtkTexture
    workers: ThreadPoolExecutor
    window: vtkRenderWindow | None = None
    slant: int = 1
    """How many looks at pictures that are seen along the ground, see :func:`make_texture`."""
    most_drawn_bytes: int = MOST_DRAWN_BYTES
    """Of the streamed tiles of one resting picture."""


def shared() -> Shared:
    """Return what a new stage starts with: no shadows, and a sky that is open everywhere."""
    return Shared(
        materials=Materials(),
        shadow_map=make_texture(np.full((1, 1, 4), 255, np.uint8), smooth=False),
        height_map=make_texture(np.full((1, 1, 3), -1e4, np.float32)),
        open_map=make_texture(np.full((1, 1), 255, np.uint8)),
        workers=ThreadPoolExecutor(1, thread_name_prefix="scene"),
    )
