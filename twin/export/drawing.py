"""A section through the town as a drawing: SVG, or DXF of release 12 (Autodesk, DXF reference R12), in metres."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import shapely
from numpy.typing import NDArray

from twin.analysis.cuts import BEYOND, BUILT, GROUND, NETWORK, PARTS, Cut
from twin.errors import BelvedereError

Float64 = NDArray[np.float64]
MARGIN_M, LEVEL_STEP_M = 4.0, 10.0
FILLS = {BEYOND: "#f3f1ec", GROUND: "#c9b8a3", BUILT: "#3c4048", NETWORK: "#c8451c"}
ORDER = (BEYOND, *PARTS)
"""What is drawn first lies behind."""

MM_A_METRE = 5.0
"""On paper: 1:200."""


def write_drawing(path: Path, found: Sequence[Cut], z_of_zero_m: float) -> None:
    """Write a section; the suffix says how.

    Parameters
    ----------
    found : sequence of Cut
        All of one plane, and what is seen beyond it.
    z_of_zero_m : float
        Height above the sea of the scene's zero.

    Raises
    ------
    BelvedereError
        ``analyse.cannot_write``.
    """
    make = {".svg": svg, ".dxf": dxf}.get(path.suffix.lower())
    if make is None:
        raise BelvedereError("analyse.cannot_write", str(path), reason=".svg, .dxf")
    try:
        path.write_text(make(found, z_of_zero_m), encoding="utf-8")
    except OSError as error:
        reason = error.strerror or str(error)
        raise BelvedereError("analyse.cannot_write", str(path), reason=reason) from error


def svg(found: Sequence[Cut], z_of_zero_m: float) -> str:
    """Return an SVG, one unit a metre and 1:200 on paper, heights upwards, with a line every ten metres."""
    left, low, right, high = _frame(found)
    shapes = "".join(
        f'<path d="{_path(cut, left, high)}" fill="{FILLS[cut.part]}" fill-rule="evenodd" '
        f'stroke="{_stroke(cut)}" stroke-width="0.08" data-layer="{_attribute(cut.layer)}" '
        f'data-feature="{_attribute(cut.feature)}"/>'
        for cut in sorted(found, key=lambda cut: ORDER.index(cut.part))
    )
    wide, tall = right - left, high - low
    lines = "".join(
        f'<path d="M0,{high - z:.2f}h{wide:.2f}" stroke="#999" stroke-width="0.06" '
        f'stroke-dasharray="1 1"/><text x="0.5" y="{high - z - 0.4:.2f}" font-size="1.8" '
        f'font-family="sans-serif" fill="#444">{z + z_of_zero_m:.0f} m</text>'
        for z in _levels(low, high, z_of_zero_m)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{wide * MM_A_METRE:.1f}mm" '
        f'height="{tall * MM_A_METRE:.1f}mm" viewBox="0 0 {wide:.2f} {tall:.2f}">'
        f'<rect width="100%" height="100%" fill="#fff"/>{shapes}{lines}</svg>\n'
    )


def dxf(found: Sequence[Cut], z_of_zero_m: float) -> str:
    """Return a DXF with closed polylines on layers BEYOND, GROUND, BUILT and NETWORK; y is the height above the sea."""
    rows = ["0", "SECTION", "2", "ENTITIES"]
    for cut in found:
        for ring in _rings(cut):
            rows += ["0", "POLYLINE", "8", cut.part.upper(), "66", "1", "70", "1"]
            for x, y in ring[:-1]:
                rows += ["0", "VERTEX", "8", cut.part.upper(), "10", f"{x:.3f}"]
                rows += ["20", f"{y + z_of_zero_m:.3f}", "30", "0.0"]
            rows += ["0", "SEQEND"]
    rows += ["0", "ENDSEC", "0", "EOF"]
    return "\n".join(rows) + "\n"


def _frame(found: Sequence[Cut]) -> tuple[float, float, float, float]:
    bounds = shapely.total_bounds(np.array([cut.shape for cut in found], object))
    if not np.isfinite(bounds).all():
        bounds = np.array([0.0, 0.0, 1.0, 1.0])
    x0, y0, x1, y1 = (float(v) for v in bounds)
    return x0 - MARGIN_M, y0 - MARGIN_M, x1 + MARGIN_M, y1 + MARGIN_M


def _levels(low: float, high: float, z_of_zero_m: float) -> Float64:
    """Return the heights in the scene of whole tens of metres above the sea."""
    first = np.ceil((low + z_of_zero_m) / LEVEL_STEP_M) * LEVEL_STEP_M
    return np.arange(first, high + z_of_zero_m, LEVEL_STEP_M) - z_of_zero_m


def _stroke(cut: Cut) -> str:
    return "#8a8780" if cut.part == BEYOND else "#111"


def _path(cut: Cut, left: float, high: float) -> str:
    strokes = (" L".join(f"{x - left:.3f},{high - y:.3f}" for x, y in ring) for ring in _rings(cut))
    return " ".join(f"M{stroke} Z" for stroke in strokes)


def _rings(cut: Cut) -> Iterator[Float64]:
    for part in shapely.get_parts(cut.shape):
        for ring in (part.exterior, *part.interiors) if part.geom_type == "Polygon" else ():
            yield shapely.get_coordinates(ring)


def _attribute(text: str) -> str:
    from html import escape

    return escape(text, quote=True)
