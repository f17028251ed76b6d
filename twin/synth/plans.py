"""An invented renewal of an estate of slabs: two variants with three phases, for the demo city.

Nobody plans this. It shows how variants, phases and changes of layers are written down.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import numpy as np
import shapely
from shapely import affinity

from twin.model.project import Delta, Phase, Variant
from twin.synth import geography

CORNER = (5669.6, 7970.4)
"""South-western corner of the estate, short coordinates; its slabs stand at this angle."""

TURN_DEG = 13.0
SOUTH = ("building-00727", "building-00728", "building-00729", "building-00730")
NORTH = ("building-00731", "building-00732", "building-00757", "building-00758")
KEPT = ("building-00758", "building-00731")
BLOCKS, GARDEN = "blocks", "garden"
CLEAR, FIRST, SECOND = "clear", "first", "second"
STOREY_M, DWELLING_M2 = 3.1, 72.0
TREES = 28


def variants() -> tuple[Variant, ...]:
    """Return the variants: the second derives from the first."""
    return (
        Variant(
            id=BLOCKS,
            label={"fr": "A. Îlots (projet fictif)", "en": "A. Blocks (fictional project)"},
        ),
        Variant(
            id=GARDEN,
            label={
                "fr": "B. Parc et tours bois (projet fictif)",
                "en": "B. Garden and timber towers (fictional project)",
            },
            parent=BLOCKS,
        ),
    )


def phases() -> tuple[Phase, ...]:
    """Return the three phases."""

    def phase(name: str, span: tuple[str, str], fr: str, en: str, **state: str) -> Phase:
        start, end = (datetime.fromisoformat(f"{day}T00:00:00+00:00") for day in span)
        return Phase(id=name, label={"fr": fr, "en": en}, start=start, end=end, **state)

    return (
        phase(
            CLEAR, ("2027-03-01", "2028-01-01"), "1. Démolition sud", "1. South cleared",
            status="permitted", permit="PD accordé (fictif)",
        ),
        phase(
            FIRST, ("2028-01-01", "2030-06-01"), "2. Logements sud", "2. South built",
            status="under_review", permit="PC déposé (fictif)",
        ),
        phase(
            SECOND, ("2030-06-01", "2033-01-01"), "3. Nord et espaces verts", "3. North and gardens",
            status="planned", permit="esquisse (fictif)",
        ),
    )  # fmt: skip


def deltas() -> tuple[Delta, ...]:
    """Return what the phases change in each variant."""
    return (*_blocks(), *_garden())


def _blocks() -> Iterator[Delta]:
    for name in SOUTH:
        yield _remove(BLOCKS, CLEAR, name)
    for name in NORTH:
        yield _remove(BLOCKS, FIRST, name)
    south = (_u(0, 0, 34, 26), _u(44, 0, 34, 26), _u(0, 40, 30, 14), _u(46, 40, 32, 14))
    for number, (outline, storeys) in enumerate(zip(south, (6, 7, 5, 5), strict=True), start=1):
        yield _build(BLOCKS, FIRST, f"plan-south-{number}", outline, storeys=storeys)
    north = (_u(0, 66, 34, 24), _u(44, 64, 34, 26), _u(8, 100, 56, 13))
    for number, (outline, storeys) in enumerate(zip(north, (6, 7, 6), strict=True), start=1):
        yield _build(BLOCKS, SECOND, f"plan-north-{number}", outline, storeys=storeys)


def _garden() -> Iterator[Delta]:
    for name in KEPT:
        # What the first variant pulls down is kept and renovated instead.
        yield Delta(
            variant=GARDEN, phase=FIRST, layer="buildings", feature_id=name, op="modify",
            values={"energy_label": "B", "quality": "synthetic"},
        )  # fmt: skip
    yield Delta(
        variant=GARDEN, phase=SECOND, layer="buildings", feature_id="plan-north-1", op="keep"
    )
    yield Delta(
        variant=GARDEN, phase=SECOND, layer="buildings", feature_id="plan-north-2", op="keep"
    )
    yield Delta(
        variant=GARDEN, phase=SECOND, layer="buildings", feature_id="plan-north-3", op="keep"
    )
    for number, (x, y) in enumerate(((58, 94), (30, 108)), start=1):
        outline = _box(x, y, 18, 17)
        yield _build(GARDEN, SECOND, f"plan-tower-{number}", outline, storeys=13, material="timber")
    park = _box(0, 84, 52, 18)
    values = {"geometry": _wkt(park), "kind": "park", "name_fr": "Jardin (projet fictif)",
              "name_en": "Garden (fictional project)", "quality": "synthetic"}  # fmt: skip
    yield Delta(
        variant=GARDEN, phase=SECOND, layer="land", feature_id="plan-park", op="add", values=values
    )
    chance = np.random.default_rng(7)
    for number, (x, y) in enumerate(chance.uniform((2, 85), (50, 101), (TREES, 2)), start=1):
        tree = {
            "geometry": _wkt(shapely.Point(*_at(float(x), float(y)))),
            "species_fr": "érable", "species_en": "maple", "glyph": "tree.broadleaf",
            "height_m": round(7.0 + 4.0 * float(chance.random()), 1),
            "crown_m": round(4.0 + 2.5 * float(chance.random()), 1),
            "place": "park", "quality": "synthetic",
        }  # fmt: skip
        yield Delta(
            variant=GARDEN, phase=SECOND, layer="trees", feature_id=f"plan-tree-{number:02d}",
            op="add", values=tree,
        )  # fmt: skip


def _remove(variant: str, phase: str, name: str) -> Delta:
    return Delta(variant=variant, phase=phase, layer="buildings", feature_id=name, op="remove")


def _build(
    variant: str,
    phase: str,
    name: str,
    outline: shapely.Polygon,
    *,
    storeys: int,
    material: str = "timber",
) -> Delta:
    height = round(storeys * STOREY_M + 0.6, 1)
    values: dict[str, Any] = {
        "geometry": _wkt(outline),
        "use": "housing",
        "height_m": height,
        "storeys": storeys,
        "dwellings": int(outline.area * storeys // DWELLING_M2),
        "year": 2029 if phase == FIRST else 2032,
        "wall_material": material if storeys > 5 else "brick",
        "roof_material": "green",
        "roof_shape": "flat",
        "roof_height_m": 0.0,
        "energy_label": "A",
        "district": "plan",
        "quality": "synthetic",
    }
    return Delta(
        variant=variant, phase=phase, layer="buildings", feature_id=name, op="add", values=values
    )


def _u(x: float, y: float, width: float, depth: float) -> Any:
    """Return a block open to the south around a court, or a bar where it is shallow."""
    whole: Any = shapely.box(x, y, x + width, y + depth)
    if depth > 20:
        court = shapely.box(x + 11, y - 1, x + width - 11, y + depth - 11)
        whole = whole.difference(court)
    return _turned(whole)


def _box(x: float, y: float, width: float, depth: float) -> Any:
    return _turned(shapely.box(x, y, x + width, y + depth))


def _turned(shape: Any) -> Any:
    turned = affinity.rotate(shape, TURN_DEG, origin=(0, 0))
    return affinity.translate(turned, CORNER[0], CORNER[1])


def _at(x: float, y: float) -> tuple[float, float]:
    point = _turned(shapely.Point(x, y))
    return (point.x, point.y)


def _wkt(shape: Any) -> str:
    east, north = geography.ORIGIN
    moved = affinity.translate(shape, east, north)
    return str(shapely.to_wkt(moved, rounding_precision=2))
