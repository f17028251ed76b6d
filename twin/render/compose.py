"""Small pictures laid over large ones. Pure numpy; straight alpha; top row first."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Rgba = tuple[float, float, float, float]
"""Straight, 0 to 1."""


def blend(image: NDArray[np.uint8], patch: NDArray[np.uint8], left: int, top: int) -> None:
    """Lay a patch over an image, in place; what reaches beyond the edge is cut off.

    Parameters
    ----------
    image : (h, w, 3 or 4) uint8
        Its alpha, if any, is left alone.
    patch : (h, w, 4) uint8
    left, top : int
        Pixel of the patch's corner.
    """
    height, width = image.shape[:2]
    x0, y0 = max(left, 0), max(top, 0)
    x1, y1 = min(left + patch.shape[1], width), min(top + patch.shape[0], height)
    if x0 >= x1 or y0 >= y1:
        return
    over = patch[y0 - top : y1 - top, x0 - left : x1 - left]
    under = image[y0:y1, x0:x1, :3]
    alpha = over[:, :, 3:].astype(np.uint16)
    mixed = over[:, :, :3] * alpha + under * (255 - alpha) + 127
    image[y0:y1, x0:x1, :3] = mixed // 255


def plate(width: int, height: int, radius: float, rgba: Rgba) -> NDArray[np.uint8]:
    """Return a rectangle with round corners, (height, width, 4) uint8, its edge smooth."""
    x = np.abs(np.arange(width) + 0.5 - width / 2) - (width / 2 - radius)
    y = np.abs(np.arange(height) + 0.5 - height / 2) - (height / 2 - radius)
    out = np.hypot(np.maximum(x, 0)[None, :], np.maximum(y, 0)[:, None])
    inside = np.minimum(np.maximum(x[None, :], y[:, None]), 0.0)
    cover = np.clip(0.5 - (out + inside - radius), 0.0, 1.0)
    return tinted(cover, rgba)


def polygon(size: int, corners: NDArray[np.float64], rgba: Rgba) -> NDArray[np.uint8]:
    """Return a convex polygon on a square of pixels, (size, size, 4) uint8, its edges smooth.

    Parameters
    ----------
    corners : (n, 2) float64
        x to the right, y down, in pixels; clockwise as seen on the screen.
    """
    at = np.arange(size) + 0.5
    x, y = np.meshgrid(at, at)
    far = np.full((size, size), -np.inf)
    for (x0, y0), (x1, y1) in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        length = max(float(np.hypot(x1 - x0, y1 - y0)), 1e-9)
        far = np.maximum(far, ((y1 - y0) * (x - x0) - (x1 - x0) * (y - y0)) / length)
    return tinted(np.clip(0.5 - far, 0.0, 1.0), rgba)


def tinted(cover: NDArray[np.float64], rgba: Rgba) -> NDArray[np.uint8]:
    """Return a picture of one colour whose alpha is a coverage in 0..1."""
    picture = np.empty((*cover.shape, 4), np.uint8)
    picture[:, :, :3] = np.round(np.array(rgba[:3]) * 255)
    picture[:, :, 3] = np.round(cover * rgba[3] * 255)
    return picture
