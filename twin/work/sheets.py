"""Rasters that belong together: sheets of one model of heights, the picture on them, the surface of roofs above."""

from __future__ import annotations

import os.path
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from twin.io import LayerInfo
from twin.model.geoframe import GeoFrame
from twin.model.layer import LayerSpec, Source
from twin.model.table import Raster
from twin.work.placing import bounds_in

TERRAIN, BUILDINGS = "belvedere.terrain", "belvedere.buildings"
ELEVATION, IMAGERY, SURFACE, GROUND = "elevation", "imagery", "surface", "ground"
SAME_SHEET = 0.2
"""Sheets of one model lie side by side: they overlap by less than this part of the smaller one."""
SAME_CELL = 1.01
CLEAR_M = 60.0
"""Houses and trees up to this width are taken off a surface that has to be the ground."""
AROUND, LEAST_AROUND_M = 1.5, 1_500.0
"""How much ground is shown around the rest, in reaches of that, at least."""
LIES_ON = 0.3
"""A picture or a surface belongs to the heights of which it covers this part, or that cover it."""

_SURFACE = re.compile(r"(?:^|[^a-z])(?:dsm|mns|dom|surface|first.?return)(?:[^a-z]|$)")
_ABOVE_GROUND = re.compile(r"(?:^|[^a-z])(?:hag|ndsm|mnh|ndom|chm|height.above.ground)(?:[^a-z]|$)")

Box = tuple[float, float, float, float]


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """A layer that was made for a file, with what the file holds.

    Parameters
    ----------
    kind : str
        ``heights``, ``surface`` (of roofs and trees), ``above_ground``, ``picture``, or empty: no raster.
    """

    spec: LayerSpec
    layer: LayerInfo
    kind: str
    box: Box | None

    @property
    def cell(self) -> float:
        """Size of a cell in the units of the file."""
        cell = self.layer.details.get("cell", [1.0])
        return float(cell[0])


def sheet_of(spec: LayerSpec, layer: LayerInfo, frame: GeoFrame) -> Sheet:
    """Say what a layer that was made for a file is among rasters."""
    kind = ""
    if layer.kind == "raster" and spec.type == TERRAIN:
        name = f"{spec.id} {layer.name}".lower()
        kind = "picture" if layer.details.get("picture") else "heights"
        if kind == "heights" and _SURFACE.search(name):
            kind = "surface"
        elif kind == "heights" and _ABOVE_GROUND.search(name):
            kind = "above_ground"
    return Sheet(spec=spec, layer=layer, kind=kind, box=bounds_in(layer, frame.crs))


def gathered(sheets: Sequence[Sheet]) -> list[LayerSpec]:
    """Return the layers: sheets joined, pictures laid on heights, surfaces given to the buildings under them."""
    groups = _grouped([sheet for sheet in sheets if sheet.kind])
    grounds = [group for group in groups if group[0].kind == "heights"]
    measured = [group for group in groups if group[0].kind in {"surface", "above_ground"}]
    pictures = [group for group in groups if group[0].kind == "picture"]
    specs: list[LayerSpec] = []
    for ground in grounds:
        sources = _sources(ground, ELEVATION)
        painted = next((group for group in pictures if _lies_on(group, ground)), None)
        if painted is not None:
            pictures.remove(painted)
            sources |= _sources(painted, IMAGERY)
        specs.append(_named(replace(ground[0].spec, sources=sources), ground))
    given: set[str] = set()
    for sheet in (sheet for sheet in sheets if not sheet.kind):
        above = _above(sheet, measured)
        specs.append(sheet.spec if above is None else _measured(sheet, above, grounds))
        given |= set() if above is None else {above[0].spec.id}
    for group in (*measured, *pictures):
        spec = _named(replace(group[0].spec, sources=_sources(group, ELEVATION)), group)
        only_ground = group[0].kind == "surface" and not grounds
        if only_ground:
            spec = replace(spec, params={**spec.params, "clear_m": CLEAR_M})
        if only_ground or spec.id not in given:
            specs.append(spec)
    return specs


def _grouped(sheets: Sequence[Sheet]) -> list[list[Sheet]]:
    groups: list[list[Sheet]] = []
    for sheet in sheets:
        group = next((g for g in groups if all(_beside(sheet, other) for other in g)), None)
        if group is None:
            groups.append([sheet])
        else:
            group.append(sheet)
    return groups


def _beside(a: Sheet, b: Sheet) -> bool:
    """Whether two rasters are sheets of one model: of one kind, CRS and cell, side by side."""
    if (a.kind, a.layer.crs) != (b.kind, b.layer.crs) or a.box is None or b.box is None:
        return False
    ratio = max(a.cell, b.cell) / max(min(a.cell, b.cell), 1e-12)
    return ratio < SAME_CELL and overlap(a.box, b.box) < SAME_SHEET


def overlap(a: Box, b: Box) -> float:
    """Return the common part of two boxes, as a part of the smaller one."""
    width = min(a[2], b[2]) - max(a[0], b[0])
    height = min(a[3], b[3]) - max(a[1], b[1])
    smaller = min((c[2] - c[0]) * (c[3] - c[1]) for c in (a, b))
    return max(width, 0.0) * max(height, 0.0) / smaller if smaller > 0 else 0.0


def _lies_on(upper: Sequence[Sheet], lower: Sequence[Sheet]) -> bool:
    pairs = [(a.box, b.box) for a in upper for b in lower]
    return any(a and b and overlap(a, b) >= LIES_ON for a, b in pairs)


def _sources(group: Sequence[Sheet], role: str) -> dict[str, Source]:
    """Return the sources of a group: ``role``, ``role_2``, ``role_3`` ..."""
    files = [next(iter(sheet.spec.sources.values())) for sheet in group]
    names = [role if number == 1 else f"{role}_{number}" for number in range(1, len(files) + 1)]
    return dict(zip(names, files, strict=True))


def _named(spec: LayerSpec, group: Sequence[Sheet]) -> LayerSpec:
    """Call a layer of several sheets by the words that their names have in common."""
    if len(group) == 1:
        return spec
    names = [str(sheet.spec.title.get("en", "")) for sheet in group]
    common = os.path.commonprefix(names).rstrip("_-. 0123456789")  # noqa: RUF071 - names, no paths
    return replace(spec, title={"en": common, "fr": common}) if common else spec


def _above(sheet: Sheet, measured: Sequence[list[Sheet]]) -> list[Sheet] | None:
    """Return the measured surface over a layer of footprints, None where there is none."""
    if sheet.spec.type != BUILDINGS or sheet.layer.kind != "polygon":
        return None
    return next((group for group in measured if _lies_on([sheet], group)), None)


def _measured(
    sheet: Sheet, above: Sequence[Sheet], grounds: Sequence[Sequence[Sheet]]
) -> LayerSpec:
    """Return footprints with the surface over them, and the ground under it."""
    spec = sheet.spec
    sources = {**spec.sources, **_sources(above, SURFACE)}
    if above[0].kind == "above_ground":
        return replace(spec, sources=sources, params={**spec.params, "surface_is": "above_ground"})
    below = next((group for group in grounds if _lies_on([sheet], group)), ())
    return replace(spec, sources={**sources, **_sources(below, GROUND)})


def added(
    layers: Sequence[LayerSpec], sheets: Sequence[Sheet], heights: Mapping[str, Raster | None]
) -> list[LayerSpec]:
    """Return the layers of a project with those of new files: sheets beside a ground become part of it.

    Parameters
    ----------
    heights : mapping
        By the id of their layer the heights that are shown, in the CRS of the project.
    """
    known = list(layers)
    left: list[Sheet] = []
    for sheet in sheets:
        place = next((i for i, s in enumerate(known) if _continues(sheet, heights.get(s.id))), None)
        if place is None:
            left.append(sheet)
            continue
        spec = known[place]
        (source,) = list(sheet.spec.sources.values())[:1]
        number = sum(1 for role in spec.sources if role.startswith(ELEVATION)) + 1
        more = {**spec.sources, f"{ELEVATION}_{number}": source}
        known[place] = replace(spec, sources=more)
    return [*known, *gathered(left)]


def _continues(sheet: Sheet, shown: Raster | None) -> bool:
    """Whether a sheet of heights lies beside those that are shown, with cells as large."""
    if sheet.kind != "heights" or sheet.box is None or shown is None or shown.values.ndim != 2:
        return False
    if not sheet.layer.crs or max(sheet.cell, shown.dx) > SAME_CELL * min(sheet.cell, shown.dx):
        return False
    x_min, y_min, x_max, y_max = shown.extent
    touching = overlap(
        (x_min - shown.dx, y_min - shown.dy, x_max + shown.dx, y_max + shown.dy), sheet.box
    )
    return touching > 0 and overlap(shown.extent, sheet.box) < SAME_SHEET


def cut_to(specs: Sequence[LayerSpec], sheets: Sequence[Sheet], frame: GeoFrame) -> list[LayerSpec]:
    """Let a ground that reaches far beyond everything else be read around that only, and so in full detail."""
    rest = [sheet.box for sheet in sheets if not sheet.kind and sheet.box is not None]
    reach_m = max((_reach_m(box, frame) for box in rest), default=0.0)
    wanted_m = max(AROUND * reach_m, LEAST_AROUND_M)
    lands = [s.box for s in sheets if s.kind in {"heights", "surface"} and s.box is not None]
    if not rest or max((_reach_m(box, frame) for box in lands), default=0.0) < 2 * wanted_m:
        return list(specs)
    return [
        replace(s, params={**s.params, "radius_m": float(round(wanted_m))})
        if s.type == TERRAIN
        else s
        for s in specs
    ]


def _reach_m(box: Box, frame: GeoFrame) -> float:
    """How far a box reaches from the middle of the scene, along an axis."""
    x, y, _ = frame.origin
    return max(abs(box[0] - x), abs(box[1] - y), abs(box[2] - x), abs(box[3] - y))
