"""Pictures of tiles: only the part that a tile shows, as small as its level needs, encoded."""

from __future__ import annotations

import io

import numpy as np
from numpy.typing import NDArray

MARGIN_PX = 2
LONGEST_PX = 1024
JPEG_QUALITY = 88


def encoded(
    texture: NDArray[np.uint8], uv: NDArray[np.float32]
) -> tuple[bytes, NDArray[np.float32]]:
    """Return the part of a picture that texture coordinates use as JPEG or PNG, and the coordinates in it.

    Parameters
    ----------
    texture : (h, w, 3 or 4) uint8
        Top row first.
    uv : (n, 2) float32
        v up.

    Returns
    -------
    picture : bytes
    uv : (n, 2) float32
        v down, as glTF has it.
    """
    height, width = texture.shape[:2]
    at = np.column_stack([uv[:, 0] * width, (1.0 - uv[:, 1]) * height]).astype(np.float64)
    size = np.array([width, height])
    low = np.clip(np.floor(at.min(axis=0)).astype(int) - MARGIN_PX, 0, size - 1)
    high = np.clip(np.ceil(at.max(axis=0)).astype(int) + MARGIN_PX, low + 1, size)
    part = texture[low[1] : high[1], low[0] : high[0]]
    inside = ((at - low) / (high - low)).astype(np.float32)
    return _file_of(_thinned(part)), inside


def _thinned(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return the picture with at most 1024 pixels a side, averaged in whole squares."""
    step = -(-max(pixels.shape[:2]) // LONGEST_PX)
    if step <= 1:
        return pixels
    pad = [(0, -side % step) for side in pixels.shape[:2]]
    whole = np.pad(pixels, [*pad, (0, 0)], mode="edge")
    rows, columns, bands = whole.shape
    squares = whole.reshape(rows // step, step, columns // step, step, bands)
    return np.asarray(squares.mean(axis=(1, 3)).round().astype(np.uint8))


def _file_of(pixels: NDArray[np.uint8]) -> bytes:
    from PIL import Image

    clear = pixels.shape[2] == 4 and bool((pixels[..., 3] < 255).any())
    image = Image.fromarray(np.ascontiguousarray(pixels if clear else pixels[..., :3]))
    file = io.BytesIO()
    if clear:
        image.save(file, "PNG")
    else:
        image.save(file, "JPEG", quality=JPEG_QUALITY)
    return file.getvalue()
