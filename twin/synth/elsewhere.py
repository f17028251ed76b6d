"""Two places far away, drawn beside Issy at the same scale: a business park and a container terminal.

Neither is surveyed. The park has the published size of Casanearshore (53 ha, 250,000 m² of offices); the terminal is of
an ordinary kind, and no number of it is claimed. Both say so.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from shapely.affinity import rotate, translate

from twin.model.geoframe import GeoFrame
from twin.model.layer import LayerSpec, Source
from twin.model.project import Project, View
from twin.model.table import Provenance, Quality
from twin.store.codec import to_json
from twin.synth import looks

if TYPE_CHECKING:
    import geopandas as gpd

    Polygon = shapely.Polygon

MAKER = Provenance("Belvedere, twin.synth", "2026", "MIT", Quality.SYNTHETIC)
LANGUAGES = ("fr", "en", "ko", "ar")
REACH_M = 2_600.0
STEP_M = 0.0625
"""Coordinates lie on this grid: the same bytes on every machine."""

PARK_M = (800.0, 662.5)
"""Width and depth of 53 ha (aujourdhui.ma)."""
OFFICES_M2 = 250_000.0
"""Floor area of the park (CDG, January 2020)."""
STOREY_M = 3.7

GROUNDS: looks.Words = {
    "around": ("#dfd9c9", "Alentours", "Surroundings"),
    "park": ("#d8d9bf", "Parc d'affaires", "Business park"),
    "lawn": ("#b5d196", "Pelouse", "Lawn"),
    "street": ("#c3c0b9", "Rue", "Street"),
    "quay": ("#c9c6bf", "Quai", "Quay"),
    "yard": ("#bdb9b1", "Parc à conteneurs", "Container yard"),
    "rail": ("#b4aea5", "Voie ferrée", "Railway"),
}
PORT: looks.Words = {
    "crane": ("#d8703f", "Portique", "Crane"),
    "red": ("#b5604f", "Conteneurs", "Containers"),
    "blue": ("#5f86a8", "Conteneurs", "Containers"),
    "green": ("#6f9a82", "Conteneurs", "Containers"),
    "grey": ("#b9bcbd", "Conteneurs", "Containers"),
    "ochre": ("#cfa765", "Conteneurs", "Containers"),
    "hull": ("#5b6670", "Coque", "Hull"),
    "bridge": ("#efece4", "Passerelle de navire", "Ship's bridge"),
    "hall": ("#d3cec3", "Entrepôt", "Warehouse"),
}
Solid = tuple[Any, str, float, float]
"""Outline, kind, metres from and to above the ground."""


def write(folder: Path) -> None:
    """Write both projects below a folder."""
    _write(folder / "casablanca", _park(), casablanca())
    _write(folder / "busan", _terminal(), busan())


def casablanca() -> Project:
    """Return the document of the business park."""
    titles = ("Parc d'affaires, dessin synthétique", "Business park, synthetic drawing",
              "비즈니스 파크, 합성 그림", "مجمّع أعمال، رسم اصطناعي")  # fmt: skip
    notice = (
        "Dessin synthétique à la taille publiée de Casanearshore (53 ha, 250 000 m²) : plan inventé.",
        "Synthetic drawing at the published size of Casanearshore (53 ha, 250,000 m²): the layout is made up.",
        "카사니어쇼어의 공개된 규모(53헥타르, 250,000 m²)로 그린 합성 그림: 배치는 지어낸 것입니다.",
        "رسم اصطناعي بالمساحة المنشورة لكازانيرشور (53 هكتارًا و250000 م²): المخطط مُبتكر.",
    )
    use = looks.by("kind", looks.USE, ("Usage", "Use"))
    offices = _layer("buildings", "buildings", "buildings.parquet", use)
    return _project(titles, notice, "EPSG:32629", (625_900.0, 3_710_400.0, 0.0), offices)


def busan() -> Project:
    """Return the document of the container terminal."""
    titles = ("Terminal à conteneurs, dessin synthétique", "Container terminal, synthetic drawing",
              "컨테이너 부두, 합성 그림", "محطة حاويات، رسم اصطناعي")  # fmt: skip
    notice = (
        "Terminal d'un type courant, dessin synthétique : aucun plan de Busan n'est montré.",
        "A terminal of an ordinary kind, synthetic drawing: no plan of Busan is shown.",
        "흔한 형태의 부두를 그린 합성 그림: 부산의 도면이 아닙니다.",
        "محطة من نوع مألوف، رسم اصطناعي: ليس مخططًا لبوسان.",
    )
    paint = looks.by("kind", PORT, ("Terminal", "Terminal"))
    own = {"place": "own", "facades": False}
    solids = _layer("buildings", "buildings", "buildings.parquet", paint, params=own)
    return _project(titles, notice, "EPSG:32652", (504_600.0, 3_884_600.0, 0.0), solids, sea=True)


def _project(
    titles: Sequence[str], notice: Sequence[str], crs: str, origin: tuple[float, float, float],
    solids: LayerSpec, *, sea: bool = False,
) -> Project:  # fmt: skip
    ground = looks.by("kind", GROUNDS, ("Sols", "Grounds"))
    layers = [_layer("ground", "vector", "ground.parquet", ground, params={"lift_m": 0.05})]
    if sea:
        flat = {"water": True, "water_level_column": "water_level_m"}
        layers.append(
            _layer("water", "vector", "water.parquet", looks.plain("#8fb2c4"), params=flat)
        )
    trees = {"as_": "glyphs", "glyph_column": "glyph", "glyph_height_column": "height_m",
             "glyph_width_column": "crown_m"}  # fmt: skip
    layers += [solids, _layer("trees", "vector", "trees.parquet", None, params=trees)]
    view = View(
        id="overview",
        title={"fr": "Vue d'ensemble", "en": "Overview", "ko": "전체 보기", "ar": "نظرة عامة"},
        position=(-640.0, -560.0, 420.0),
        target=(0.0, 0.0, 10.0),
    )
    return Project(
        title=dict(zip(LANGUAGES, titles, strict=True)),
        notice=dict(zip(LANGUAGES, notice, strict=True)),
        frame=GeoFrame(crs=crs, origin=origin),
        layers=tuple(layers),
        views=(view,),
        at=datetime.fromisoformat("2026-04-14T09:00:00+00:00"),
    )


def _layer(
    name: str, kind: str, file: str, style: Any, *, params: dict[str, Any] | None = None
) -> LayerSpec:
    titles = {
        "ground": ("Sols", "Grounds", "지표", "الأرضيات"),
        "water": ("Mer", "Sea", "바다", "البحر"),
        "buildings": ("Bâtiments", "Buildings", "건물", "المباني"),
        "trees": ("Arbres", "Trees", "나무", "الأشجار"),
    }[name]
    role = "buildings" if kind == "buildings" else "features"
    return LayerSpec(
        id=name,
        type=f"belvedere.{kind}",
        title=dict(zip(LANGUAGES, titles, strict=True)),
        sources={role: Source(path=f"data/{file}", provenance=MAKER)},
        params=params or {},
        style=style,
        group="city",
        legend=False,
    )


# The business park.


def _park() -> dict[str, gpd.GeoDataFrame]:
    wide, deep = PARK_M
    park = shapely.box(-wide / 2, -deep / 2, wide / 2, deep / 2)
    avenues = [shapely.box(-wide / 2, -14.0, wide / 2, 14.0)]
    avenues += [shapely.box(x - 7.0, -deep / 2, x + 7.0, deep / 2) for x in (-200.0, 0.0, 200.0)]
    ring = park.difference(park.buffer(-12.0, join_style="mitre"))
    streets = shapely.unary_union([*avenues, ring])
    offices, storeys = _offices()
    taken = shapely.unary_union([streets, *(o.buffer(6.0) for o in offices)])
    lawns = park.buffer(-14.0, join_style="mitre").difference(taken).buffer(-3.0)
    grounds = [
        *((p, "around") for p in _parts(shapely.box(-REACH_M, -REACH_M, REACH_M, REACH_M) - park)),
        *((p, "street") for p in _parts(streets)),
        *((p, "lawn") for p in _parts(lawns)),
        *((p, "park") for p in _parts(park - streets - lawns)),
    ]
    solids = [
        (o, "office", 0.0, round(n * STOREY_M + 0.6, 2))
        for o, n in zip(offices, storeys, strict=True)
    ]
    rows = np.arange(-wide / 2 + 20, wide / 2 - 10, 14.0)
    trees = [(x, y) for x in rows for y in (-19.0, 19.0, -deep / 2 + 18, deep / 2 - 18)]
    return {
        "ground": _grounds(grounds),
        "buildings": _solids(solids, storeys),
        "trees": _trees(trees),
    }


def _offices() -> tuple[list[Any], list[int]]:
    """Return offices around courts; their floors together have the published area, to a square metre or so."""
    shapes, storeys = [], []
    for row, y in enumerate((-235.0, -105.0, 105.0, 235.0)):
        for column, x in enumerate((-300.0, -100.0, 100.0, 300.0)):
            block = shapely.box(-66.0, -38.0, 66.0, 38.0)
            court = shapely.box(-40.0, -16.0, 66.0 if (row + column) % 2 else 40.0, 16.0)
            shapes.append(translate(rotate(block - court, 180.0 * (row > 1), origin=(0, 0)), x, y))
            storeys.append(4 + (row + 2 * column) % 4)
    floors = sum(s.area * n for s, n in zip(shapes, storeys, strict=True))
    scale = float(np.sqrt(OFFICES_M2 / floors))
    fitted = [shapely.affinity.scale(s, scale, scale, origin=s.envelope.centroid) for s in shapes]
    return fitted, storeys


# The container terminal.


def _terminal() -> dict[str, gpd.GeoDataFrame]:
    shore = -120.0
    land = shapely.box(-REACH_M, shore, REACH_M, REACH_M)
    quay = shapely.box(-620.0, shore, 620.0, shore + 70.0)
    yard = shapely.box(-600.0, shore + 85.0, 600.0, shore + 330.0)
    rail = shapely.box(-620.0, shore + 345.0, 620.0, shore + 362.0)
    street = shapely.box(-620.0, shore + 375.0, 620.0, shore + 395.0)
    special = shapely.unary_union([quay, yard, rail, street])
    named = ((quay, "quay"), (yard, "yard"), (rail, "rail"), (street, "street"))
    grounds = [*named, *((part, "around") for part in _parts(land - special))]
    solids = [
        *_stacks(shore + 95.0),
        *(s for x in (-470.0, -330.0, -60.0, 60.0, 330.0, 450.0) for s in _crane(x, shore)),
        *_ship(-400.0, shore - 32.0),
        *_ship(390.0, shore - 32.0),
        *((shapely.box(x, shore + 410.0, x + 130.0, shore + 470.0), "hall", 0.0, 13.0)
          for x in np.arange(-600.0, 560.0, 165.0)),
    ]  # fmt: skip
    trees = [(x, shore + 402.0) for x in np.arange(-610.0, 615.0, 15.0)]
    sea = _frame([shapely.box(-REACH_M, -REACH_M, REACH_M, shore)], kind=["sea"])
    return {
        "ground": _grounds(grounds),
        "water": sea.assign(water_level_m=-2.5),
        "buildings": _solids(solids),
        "trees": _trees(trees),
    }


def _stacks(y0: float) -> list[Solid]:
    """Return blocks of containers (12.2 × 2.44 × 2.6 m, ISO 668), one to five high."""
    chance = np.random.default_rng(2011)
    colours = ("red", "blue", "green", "grey", "ochre")
    found: list[Solid] = []
    for block in range(6):
        x0 = -580.0 + block * 198.0
        for lane in range(6):
            for place in range(13):
                x, y = x0 + place * 13.2, y0 + lane * 38.0
                high = int(chance.integers(1, 6))
                colour = colours[int(chance.integers(0, len(colours)))]
                found.append((shapely.box(x, y, x + 12.2, y + 6 * 2.44), colour, 0.0, high * 2.6))
    return found


def _crane(x: float, shore: float) -> list[Solid]:
    """Return a ship-to-shore crane: four legs, a portal, and the boom over the water."""
    legs = [
        (shapely.box(x + a - 1, shore + b - 1, x + a + 1, shore + b + 1), "crane", 0.0, 48.0)
        for a in (-10.0, 10.0)
        for b in (6.0, 34.0)
    ]
    boom = (shapely.box(x - 4, shore - 55.0, x + 4, shore + 60.0), "crane", 44.0, 49.0)
    portal = (shapely.box(x - 11, shore + 5.0, x + 11, shore + 35.0), "crane", 18.0, 20.5)
    mast = (shapely.box(x - 2, shore + 4.0, x + 2, shore + 8.0), "crane", 48.0, 72.0)
    return [*legs, boom, portal, mast]


def _ship(x: float, y: float) -> list[Solid]:
    """Return a container ship along the quay."""
    chance = np.random.default_rng(round(x) + 5000)
    hull = shapely.Polygon(
        [(x - 140, y - 20), (x + 120, y - 20), (x + 150, y), (x + 120, y + 20), (x - 140, y + 20)]
    )
    colours = ("red", "blue", "green", "grey", "ochre")
    found: list[Solid] = [(hull, "hull", -3.0, 11.0)]
    for bay in range(17):
        left = x - 128.0 + bay * 14.0
        if bay == 3:
            bridge = shapely.box(left, y - 18, left + 12, y + 18)
            found.append((bridge, "bridge", 11.0, 36.0))
            continue
        colour = colours[int(chance.integers(0, len(colours)))]
        top = 11.0 + 2.6 * int(chance.integers(3, 7))
        found.append((shapely.box(left, y - 17, left + 12.2, y + 17), colour, 11.0, top))
    return found


# Tables.


def _parts(shape: Any) -> list[Polygon]:
    return [p for p in shapely.get_parts(shape) if p.area > 1.0]


def _frame(shapes: Sequence[Any], **columns: Sequence[Any]) -> gpd.GeoDataFrame:
    import geopandas as gpd

    placed = shapely.set_precision(np.asarray(shapes, object), STEP_M)
    return gpd.GeoDataFrame({**columns, "quality": "synthetic"}, geometry=placed)


def _grounds(rows: Sequence[tuple[Any, str]]) -> gpd.GeoDataFrame:
    return _frame([shape for shape, _ in rows], kind=[kind for _, kind in rows])


def _solids(rows: Sequence[Solid], storeys: Sequence[int] = ()) -> gpd.GeoDataFrame:
    outlines, kinds, low, high = zip(*rows, strict=True)
    more: dict[str, Sequence[Any]] = {}
    if storeys:
        more = {"storeys": list(storeys), "wall_material": ["glass"] * len(rows)}
    return _frame(
        outlines,
        kind=kinds,
        ground_m=[0.0] * len(rows),
        min_height_m=low,
        height_m=high,
        roof_shape=["flat"] * len(rows),
        **more,
    )


def _trees(places: Sequence[tuple[float, float]]) -> gpd.GeoDataFrame:
    chance = np.random.default_rng(7)
    high = np.round(chance.uniform(6.0, 9.5, len(places)), 1)
    return _frame(
        [shapely.Point(p) for p in places],
        glyph=["tree.broadleaf"] * len(places),
        height_m=high.tolist(),
        crown_m=np.round(high * 0.62, 1).tolist(),
    )


def _write(folder: Path, tables: dict[str, gpd.GeoDataFrame], project: Project) -> None:
    (folder / "data").mkdir(parents=True, exist_ok=True)
    frame = project.frame
    for name, table in tables.items():
        placed = table.set_geometry(table.geometry.translate(*frame.origin[:2])).set_crs(frame.crs)
        placed.insert(0, "feature_id", [f"{name}-{n:04}" for n in range(1, len(placed) + 1)])
        path = folder / "data" / f"{name}.parquet"
        placed.to_parquet(path, compression="zstd", compression_level=15, index=False)
    document = to_json(project)
    text = json.dumps(document, ensure_ascii=False, indent=1)
    (folder / "project.json").write_text(text + "\n", encoding="utf-8")
