"""Colours of bare ground: soft, so that what stands on it is seen first."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

UInt8 = NDArray[np.uint8]
Float64 = NDArray[np.float64]

EARTH = (0.62, 0.57, 0.50, 1.0)
"""The cut edge of the model."""

# Stops of the ramps: position, then red, green, blue.
NATURAL = np.array([
    [0.0, 186, 196, 168],
    [0.35, 196, 201, 174],
    [0.7, 206, 203, 180],
    [1.0, 212, 206, 188],
])  # fmt: skip
HEIGHT = np.array([
    [0.0, 120, 154, 132],
    [0.25, 170, 188, 142],
    [0.5, 218, 208, 162],
    [0.75, 196, 158, 122],
    [1.0, 236, 230, 222],
])  # fmt: skip
SLOPE = np.array([
    [0.0, 238, 236, 228],
    [0.3, 226, 202, 152],
    [0.6, 200, 132, 90],
    [1.0, 120, 60, 62],
])  # fmt: skip
STEEP_TONE = np.array([154, 160, 128])
PLAIN = (202, 204, 188)
STEEPEST_DEG = 45.0


def ground_rgba(kind: str, z_m: Float64, normals: Float64) -> UInt8:
    """Return (n, 4) uint8 colours of terrain vertices.

    Parameters
    ----------
    kind : str
        ``natural``, ``height``, ``slope`` or ``plain``.
    z_m : (n,) float64
        Heights.
    normals : (n, 3) float64
        Unit normals.
    """
    rgba = np.full((len(z_m), 4), 255, np.uint8)
    slope_deg = np.degrees(np.arccos(np.clip(normals[:, 2], -1.0, 1.0)))
    if kind == "plain":
        rgba[:, :3] = PLAIN
    elif kind == "slope":
        rgba[:, :3] = _ramp(SLOPE, slope_deg / STEEPEST_DEG)
    else:
        share = _share(z_m)
        colour = _ramp(HEIGHT if kind == "height" else NATURAL, share)
        steep = np.clip((slope_deg - 6.0) / 24.0, 0.0, 1.0)[:, None] * (
            0.75 if kind == "natural" else 0.25
        )
        rgba[:, :3] = np.rint(colour * (1 - steep) + STEEP_TONE * steep)
    return rgba


def _share(z_m: Float64) -> Float64:
    """Heights as 0..1 between the lowest and the highest, a stray peak left out."""
    if not len(z_m):
        return z_m
    low, high = np.percentile(z_m, [1, 99])
    return np.clip((z_m - low) / max(high - low, 1.0), 0.0, 1.0)


def _ramp(stops: Float64, share: Float64) -> Float64:
    return np.column_stack([np.interp(share, stops[:, 0], stops[:, i]) for i in (1, 2, 3)])
