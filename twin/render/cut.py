"""Cutting the scene open: what lies before a plane, or outside a box, is not drawn and not picked."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from twin.render.camera import CameraRig

Float64 = NDArray[np.float64]
MOST_PLANES = 6
"""A box has as many."""

NAMES = tuple(f"uCut{i}" for i in range(MOST_PLANES))
NOTHING_CUT = (0.0, 0.0, 0.0, 1.0)

CHECK = (
    "uniform vec4 uCutScreen;\nuniform vec2 uCutLens;\nuniform vec2 uCutShift;\n"
    + "".join(f"uniform vec4 {name};\n" for name in NAMES)
    + "bool cutAway() {\n"
    "  vec3 at = vec3((gl_FragCoord.xy * uCutScreen.zw + uCutShift) * uCutLens, -1.0) / gl_FragCoord.w;\n"
    "  float least = dot(uCut0.xyz, at) + uCut0.w;\n"
    + "".join(f"  least = min(least, dot({n}.xyz, at) + {n}.w);\n" for n in NAMES[1:])
    + "  return least < 0.0;\n}\n"
)
"""Where a pixel is comes from its depth, so that every program can be cut, whatever its vertices hand on."""

MAIN = "void main() {"


def with_cut(fragment: str) -> str:
    """Return a fragment program that leaves out what is cut away."""
    return fragment.replace(MAIN, f"{CHECK}{MAIN}\n  if (cutAway()) discard;", 1)


def uniforms(planes: Float64, rig: CameraRig) -> dict[str, tuple[float, ...]]:
    """Return the planes as the camera has them.

    Parameters
    ----------
    planes : (k, 4) float64
        Unit normal and distance: what has ``normal . xyz < distance`` is cut away; k at most :data:`MOST_PLANES`.
    """
    normal, distance = planes[:, :3], planes[:, 3]
    turned = normal @ rig.frame_matrix().T
    off = normal @ rig.position - distance
    told = [(*map(float, n), float(w)) for n, w in zip(turned, off, strict=True)]
    told += [NOTHING_CUT] * (MOST_PLANES - len(told))
    return dict(zip(NAMES, told, strict=True))


def kept(planes: Float64 | None, xyz: Float64) -> NDArray[np.bool_]:
    """Return (n,) whether points (n, 3) are not cut away."""
    if planes is None:
        return np.ones(len(xyz), bool)
    inside = xyz @ planes[:, :3].T >= planes[:, 3] - 1e-6
    return np.asarray(inside.all(axis=1))
