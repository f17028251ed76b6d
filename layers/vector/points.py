"""Points: dots, symbols of the right size, trees."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache

import numpy as np
import shapely
from numpy.typing import NDArray

from layers.vector.values import AREA, LINE, Job, Places
from twin import api
from twin.api import shapes

TREE = "tree.broadleaf"
TREE_HEIGHTS = ("height_m", "hauteur_m", "hauteur", "height", "hauteurenm", "tree_height")
TREE_CROWNS = (
    "crown_m",
    "crown_diameter_m",
    "diameter_crown",
    "crown_width_m",
    "envergure",
    "couronne_m",
)

# Beginnings of words, unaccented, in French, English and Latin.
SPECIES: Mapping[str, str] = {
    "tree.conifer": "conif needle pin pinus pine sapin abies fir epicea picea spruce cedre cedrus cedar meleze larix"
    " larch thuya thuja if taxus yew douglas pseudotsuga sequoia resineux cypress",
    "tree.poplar": "peuplier populus poplar cypres cupressus fastig column italian",
    "tree.orchard": "pommier malus apple poirier pyrus pear cerisier prunus cherry prunier plum fruit orchard verger"
    " abricot apricot figuier ficus fig olivier olea olive amandier almond cognass pecher peach",
}
_WORDS = {word: glyph for glyph, words in SPECIES.items() for word in words.split()}
SHORT = 3
"""Words up to this length ("if", "pin", "fir") must match whole: "pinnate" is no pine."""

# Greens that differ a little from tree to tree, unless the style is to colour them.
GREENS = np.array(
    [
        [122, 152, 92],
        [134, 160, 98],
        [112, 146, 96],
        [142, 164, 104],
        [126, 148, 84],
        [118, 156, 108],
    ],
    np.uint8,
)
CONIFER_GREENS = np.array([[82, 118, 88], [90, 124, 96], [76, 110, 84], [96, 126, 90]], np.uint8)


@lru_cache(maxsize=4096)
def glyph_for(word: str) -> str:
    """Return the glyph that a word names: a glyph's own name or a species; empty when it is not known."""
    if word in shapes.GLYPHS:
        return word
    if f"tree.{word}" in shapes.GLYPHS:
        return f"tree.{word}"
    plain = unicodedata.normalize("NFKD", word).encode("ascii", "ignore").decode().lower()
    for token in re.findall(r"[a-z]+", plain):
        for start, glyph in _WORDS.items():
            if token == start or (len(start) > SHORT and token.startswith(start)):
                return glyph
    return ""


def draw(job: Job) -> list[api.Drawable]:
    """Return the drawables of the points."""
    points = _anchors(job)
    p = job.params
    if not len(points) or p.as_ == "labels":
        return []
    xyz = placed(job, points)
    if p.as_ == "glyphs" or (p.as_ != "points" and (p.glyph or p.glyph_column)):
        return _glyphs(job, points, xyz)
    xyz[:, 2] += _lift(job)
    return [
        api.Points(
            xyz_in_scene=xyz.astype(np.float32),
            row_of_point=points.rows,
            size_px=p.size_px,
            role=job.role(api.Role.MARKER),
        )
    ]


def _anchors(job: Job) -> Places:
    """The points, and where symbols are asked for also one inside each area and on each line."""
    if job.params.as_ not in ("points", "glyphs"):
        return job.points
    lines, areas = job.parts[LINE], job.parts[AREA]
    middle = shapely.line_interpolate_point(lines.geometry, 0.5, normalized=True)
    inside = shapely.point_on_surface(areas.geometry)
    return job.points.and_those_of(middle, lines.rows).and_those_of(inside, areas.rows)


def _lift(job: Job) -> float:
    return max(job.params.lift_m, 0.5) if job.z_mode == "ground" else 0.0


def placed(job: Job, points: Places) -> shapes.Float64:
    """Scene positions (n, 3) of the feet of points."""
    xyz = points.xyz.copy()
    xyz[:, 2] = job.foot(xyz[:, :2], points.rows, xyz[:, 2])
    return xyz


def glyph_names(job: Job) -> NDArray[np.object_]:
    """Return the glyph of each row."""
    p = job.params
    usual = p.glyph if p.glyph in shapes.GLYPHS else ""
    if not p.glyph_column:
        return np.full(len(job.table), usual or "pin", dtype=object)
    return np.array(
        [glyph_for(word) or usual or TREE for word in job.texts(p.glyph_column)], dtype=object
    )


def glyph_sizes(job: Job, names: NDArray[np.object_]) -> shapes.Float64:
    """Return width, depth and height (n_rows, 3) in metres."""
    p = job.params
    usual = np.array([shapes.GLYPHS[name].size_m for name in names]).reshape(-1, 3)
    tree = np.array([name.startswith("tree.") for name in names], dtype=bool)
    height = job.either(p.glyph_height_column or _found(job, TREE_HEIGHTS, tree), p.glyph_height_m)
    width = job.either(p.glyph_width_column or _found(job, TREE_CROWNS, tree), p.glyph_width_m)
    factor = np.where(np.isfinite(height), height / usual[:, 2], 1.0)
    # A size that is told in one direction only keeps the proportions.
    across = np.where(np.isfinite(width), width / usual[:, 0], factor)
    upright = np.where(np.isfinite(height), factor, across)
    return usual * np.column_stack([across, across, upright])


def _found(job: Job, names: tuple[str, ...], tree: NDArray[np.bool_]) -> str:
    if not tree.any():
        return ""
    present = {str(c).lower(): str(c) for c in job.table.frame.columns}
    return next((present[name] for name in names if name in present), "")


def _glyphs(job: Job, points: Places, xyz: shapes.Float64) -> list[api.Drawable]:
    names = glyph_names(job)
    sizes = glyph_sizes(job, names)
    told = job.numbers(job.params.heading_column)
    green = job.params.natural_greens
    drawables: list[api.Drawable] = []
    for name in sorted(set(names[points.rows])):
        chosen = names[points.rows] == name
        rows = points.rows[chosen]
        tree = str(name).startswith("tree.")
        # Trees differ: turned, and in a few greens, by their row, so that every build gives the same.
        heading = np.where(
            np.isfinite(told[rows]), told[rows], (rows * 137.5) % 360 if tree else 0.0
        )
        drawables.append(
            api.Glyphs(
                xyz_in_scene=xyz[chosen].astype(np.float32),
                shape=str(name),
                scale_m=sizes[rows].astype(np.float32),
                heading_deg=heading.astype(np.float32),
                row_of_glyph=rows,
                tint_of_glyph=_greens(str(name), rows) if tree and green else None,
                role=job.role(api.Role.VEGETATION if tree else api.Role.SOLID),
            )
        )
    return drawables


def _greens(name: str, rows: NDArray[np.int32]) -> NDArray[np.uint8]:
    palette = CONIFER_GREENS if name == "tree.conifer" else GREENS
    colour = palette[(rows.astype(np.int64) * 7919) % len(palette)]
    return np.column_stack([colour, np.full(len(rows), 255, np.uint8)])
