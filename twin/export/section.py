"""A section of the ground as a drawing: SVG, DXF (R12) or CSV, in metres."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from twin.errors import BelvedereError

Float64 = NDArray[np.float64]
MARGIN_M = 2.0


def write_section(path: Path, along_m: Float64, height_m: Float64) -> None:
    """Write a section; the suffix says how.

    Raises
    ------
    BelvedereError
        ``analyse.cannot_write``.
    """
    make = {".svg": svg, ".dxf": dxf, ".csv": csv}.get(path.suffix.lower())
    if make is None:
        raise BelvedereError("analyse.cannot_write", str(path), reason=".svg, .dxf, .csv")
    try:
        path.write_text(make(along_m, height_m), encoding="ascii")
    except OSError as error:
        reason = error.strerror or str(error)
        raise BelvedereError("analyse.cannot_write", str(path), reason=reason) from error


def svg(along_m: Float64, height_m: Float64) -> str:
    """Return an SVG, one unit a metre, heights upwards, with a line every ten metres of height."""
    low, high = float(height_m.min()), float(height_m.max())
    floor, ceiling = np.floor(low / 10) * 10, np.ceil(high / 10) * 10
    wide, tall = float(along_m[-1]) + 2 * MARGIN_M, ceiling - floor + 2 * MARGIN_M
    points = " ".join(
        f"{a + MARGIN_M:.2f},{ceiling - h + MARGIN_M:.2f}"
        for a, h in zip(along_m, height_m, strict=True)
    )
    lines = "".join(
        f'<path d="M{MARGIN_M},{ceiling - level + MARGIN_M:.2f}h{along_m[-1]:.2f}" stroke="#bbb" '
        f'stroke-width="0.1"/><text x="{MARGIN_M}" y="{ceiling - level + MARGIN_M - 0.3:.2f}" '
        f'font-size="2">{level:g} m</text>'
        for level in np.arange(floor, ceiling + 1, 10)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{wide:.2f}mm" height="{tall:.2f}mm" '
        f'viewBox="0 0 {wide:.2f} {tall:.2f}">{lines}'
        f'<polyline points="{points}" fill="none" stroke="#333" stroke-width="0.3"/></svg>\n'
    )


def dxf(along_m: Float64, height_m: Float64) -> str:
    """Return a DXF of release 12 with one polyline on the layer GROUND (Autodesk, DXF reference R12)."""
    rows = ["0", "SECTION", "2", "ENTITIES", "0", "POLYLINE", "8", "GROUND", "66", "1", "70", "0"]
    for along, height in zip(along_m, height_m, strict=True):
        rows += [
            "0",
            "VERTEX",
            "8",
            "GROUND",
            "10",
            f"{along:.3f}",
            "20",
            f"{height:.3f}",
            "30",
            "0.0",
        ]
    rows += ["0", "SEQEND", "0", "ENDSEC", "0", "EOF"]
    return "\n".join(rows) + "\n"


def csv(along_m: Float64, height_m: Float64) -> str:
    """Return a CSV with the columns along_m and height_m."""
    rows = [f"{a:.3f},{h:.3f}" for a, h in zip(along_m, height_m, strict=True)]
    return "\n".join(["along_m,height_m", *rows]) + "\n"
