"""OGC Web Map Tile Service 1.0.0 by its capabilities: which matrices, formats and addresses a layer has.

Source: OGC 07-057r7. Matrix sets are named as each server likes (``PM``, ``PM_0_19``, ``GLOBAL_WEBMERCATOR``), and a
format that a layer does not have is refused: both are read, never guessed.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from twin.errors import CrsError
from twin.model.geoframe import transformer
from twin.problems import Problem
from twin.services.area import LONLAT
from twin.services.asked import Asked, Fetched
from twin.services.client import Answer, ServiceError, said_in, shown
from twin.services.tiles import Grid, rgb, write

PIXEL_M = 0.00028
"""Side of a pixel for which scale denominators are defined (07-057r7, 6.1)."""
DEGREE_M = 111_319.49079327358
MOST_CAPABILITIES = 64_000_000
MOST_TILES = 4096
MOST_SIDE_PX = 16_384


@dataclass(frozen=True, kw_only=True)
class Matrix:
    """One level of a pyramid of tiles; the corner is the upper left one, in the order east, north."""

    name: str
    cell: float
    x: float
    y: float
    tile_width: int
    tile_height: int
    columns: int
    rows: int


@dataclass(frozen=True, kw_only=True)
class Offer:
    """What a server has of a layer.

    Parameters
    ----------
    template : str
        Address with ``{TileMatrix}`` and so on; empty: tiles are asked for with parameters.
    """

    layer: str
    style: str
    format: str
    set_name: str
    crs: str
    matrices: tuple[Matrix, ...]
    template: str


def fetch(asked: Asked) -> Fetched:
    """Write the tiles of a layer over the area as one GeoTIFF in the CRS of its tiles.

    Options: ``layer``, ``style``, ``format``, ``matrix_set`` (where the first that fits is not wanted), ``cell_m``.

    Raises
    ------
    ServiceError
        The service has no such layer, none of its matrix sets can be placed, or no tile came.
    """
    offer = _offer(asked)
    box = _box_in(asked, offer.crs)
    matrix = _matrix(offer, box, float(asked.option("cell_m", 1.0)))
    wide, high = matrix.cell * matrix.tile_width, matrix.cell * matrix.tile_height
    columns = _range(box[0] - matrix.x, box[2] - matrix.x, wide, matrix.columns)
    rows = _range(matrix.y - box[3], matrix.y - box[1], high, matrix.rows)
    if not columns or not rows:
        raise ServiceError("service.empty", shown(asked.url), dataset=asked.dataset.id)
    values, at = _mosaic(asked, offer, matrix, rows, columns)
    shape = values.shape[1:]
    corner = matrix.x + columns.start * wide, matrix.y - rows.start * high
    path = write(asked.path(".tif"), values, Grid(*corner, matrix.cell, *shape), offer.crs)
    return Fetched(path=path, count=shape[0] * shape[1], address=shown(asked.url), at=at)


def _mosaic(
    asked: Asked, offer: Offer, matrix: Matrix, rows: range, columns: range
) -> tuple[NDArray[np.uint8], datetime]:
    width, height, total = matrix.tile_width, matrix.tile_height, len(rows) * len(columns)
    values = np.zeros((3, len(rows) * height, len(columns) * width), np.uint8)
    at, missing = datetime.fromtimestamp(0, UTC), 0
    for number, (row, column) in enumerate(itertools.product(rows, columns)):
        asked.progress.progress(number, total, "tiles")
        try:
            answer = _tile(asked, offer, matrix, row, column)
            part = rgb(asked, answer, (height, width))
        except ServiceError:
            missing += 1
            continue
        at = max(at, answer.at)
        top, left = (row - rows.start) * height, (column - columns.start) * width
        values[:, top : top + height, left : left + width] = part
    _report_missing(asked, missing, total)
    return values, at


def _report_missing(asked: Asked, missing: int, total: int) -> None:
    if missing == total:
        raise ServiceError("service.empty", shown(asked.url), dataset=asked.dataset.id)
    if missing:
        told = {"count": missing, "total": total}
        asked.progress.report(Problem("service.tiles_missing", asked.dataset.id, told))


def _tile(asked: Asked, offer: Offer, matrix: Matrix, row: int, column: int) -> Answer:
    if offer.template:
        url = offer.template
        words = {
            "Style": offer.style, "TileMatrixSet": offer.set_name, "TileMatrix": matrix.name,
            "TileRow": str(row), "TileCol": str(column),
        }  # fmt: skip
        for name, word in words.items():
            url = url.replace("{" + name + "}", word)
        return asked.http.get(url)
    return asked.http.get(
        asked.url,
        {
            "SERVICE": "WMTS", "VERSION": "1.0.0", "REQUEST": "GetTile", "LAYER": offer.layer,
            "STYLE": offer.style, "FORMAT": offer.format, "TILEMATRIXSET": offer.set_name,
            "TILEMATRIX": matrix.name, "TILEROW": row, "TILECOL": column,
            **dict(asked.option("params", {})),
        },
    )  # fmt: skip


# What a server offers.


def _offer(asked: Asked) -> Offer:
    """Read the capabilities. Raises ServiceError where they are none, or do not have the layer."""
    params = {"SERVICE": "WMTS", "VERSION": "1.0.0", "REQUEST": "GetCapabilities"}
    ready = asked.url.endswith(".xml")  # an address of the capabilities themselves (REST)
    answer = asked.http.get(asked.url, {} if ready else params, most_bytes=MOST_CAPABILITIES)
    root = _parsed(asked, answer)
    wanted = str(asked.option("layer", ""))
    contents = [e for e in root.iter() if _tag(e) == "Contents"]
    layers = [e for c in contents for e in c if _tag(e) == "Layer"]
    found = next((e for e in layers if _text(e, "Identifier") == wanted), None)
    if found is None:
        known = ", ".join(_text(e, "Identifier") for e in layers[:8])
        raise ServiceError("service.no_layer", shown(asked.url), layer=wanted, known=known)
    sets = {_text(e, "Identifier"): e for c in contents for e in c if _tag(e) == "TileMatrixSet"}
    linked = [_text(e, "TileMatrixSet") for e in found if _tag(e) == "TileMatrixSetLink"]
    chosen = str(asked.option("matrix_set", ""))
    name, crs = _chosen_set(asked, [n for n in linked if n in sets and chosen in {"", n}], sets)
    formats = [e.text or "" for e in found if _tag(e) == "Format"]
    format_ = _chosen(formats, str(asked.option("format", "")))
    return Offer(
        layer=wanted,
        style=_style(found, str(asked.option("style", ""))),
        format=format_,
        set_name=name,
        crs=crs,
        matrices=tuple(_matrices(sets[name], crs)),
        template=_template(found, format_),
    )


def _parsed(asked: Asked, answer: Answer) -> Any:
    from lxml import etree

    body = answer.body(MOST_CAPABILITIES)
    # No entities and no network: a description of tiles needs neither.
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    try:
        root = etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        asked.http.forget(answer)
        raise ServiceError("service.exception", answer.url, said=said_in(body)) from error
    if root is None or _tag(root) != "Capabilities":
        asked.http.forget(answer)
        raise ServiceError("service.exception", answer.url, said=said_in(body))
    return root


def _tag(element: Any) -> str:
    return str(element.tag).rpartition("}")[2]


def _text(element: Any, name: str) -> str:
    return next(((e.text or "").strip() for e in element if _tag(e) == name), "")


def _chosen(there: list[str], wanted: str) -> str:
    """Return the wanted one where it is there, else the first."""
    return wanted if wanted in there or not there else there[0]


def _style(layer: Any, wanted: str) -> str:
    styles = [e for e in layer if _tag(e) == "Style"]
    default = [_text(e, "Identifier") for e in styles if e.get("isDefault") == "true"]
    return _chosen([*default, *(_text(e, "Identifier") for e in styles)], wanted)


def _template(layer: Any, format_: str) -> str:
    for element in layer:
        if _tag(element) == "ResourceURL" and element.get("resourceType") == "tile":
            template = str(element.get("template", ""))
            if element.get("format") == format_ and template.startswith(("http://", "https://")):
                return template
    return ""


def _chosen_set(asked: Asked, names: list[str], sets: dict[str, Any]) -> tuple[str, str]:
    """Return the matrix set to use, with its CRS: that of the project before Web Mercator before others."""
    placed = [(name, _crs_of(_text(sets[name], "SupportedCRS"))) for name in names]
    placed = [(name, crs) for name, crs in placed if crs]
    order = [asked.area.crs, "EPSG:3857"]
    placed.sort(key=lambda pair: order.index(pair[1]) if pair[1] in order else len(order))
    if not placed:
        raise ServiceError("service.no_matrix", shown(asked.url), known=", ".join(names[:8]))
    return placed[0]


def _crs_of(text: str) -> str:
    """Return the code of a CRS that a server names in whatever way, empty where it is none."""
    if text.upper().endswith("CRS84"):
        return LONLAT
    code = text.rpartition(":")[2] or text.rpartition("/")[2]
    code = {"900913": "3857", "3785": "3857"}.get(code, code)
    return f"EPSG:{code}" if code.isdigit() and "EPSG" in text.upper() else ""


def _matrices(found: Any, crs: str) -> Iterator[Matrix]:
    from pyproj import CRS

    parsed = CRS.from_user_input(crs)
    degrees = parsed.is_geographic
    # Corners come in the order of the CRS, except under CRS84, which is east first by its name.
    own = _text(found, "SupportedCRS").upper()
    north_first = parsed.axis_info[0].direction == "north" and not own.endswith("CRS84")
    for element in found:
        if _tag(element) != "TileMatrix":
            continue
        scale = float(_text(element, "ScaleDenominator"))
        corner = [float(value) for value in _text(element, "TopLeftCorner").split()]
        x, y = corner[::-1] if north_first else corner
        sizes = ("TileWidth", "TileHeight", "MatrixWidth", "MatrixHeight")
        width, height, columns, rows = (int(_text(element, name)) for name in sizes)
        if scale <= 0 or not 0 < width <= 4096 or not 0 < height <= 4096:
            continue
        yield Matrix(
            name=_text(element, "Identifier"),
            cell=scale * PIXEL_M / (DEGREE_M if degrees else 1.0),
            x=x, y=y, tile_width=width, tile_height=height, columns=columns, rows=rows,
        )  # fmt: skip


# Which tiles.


def _box_in(asked: Asked, crs: str) -> tuple[float, float, float, float]:
    edge = shapely.get_coordinates(shapely.segmentize(shapely.box(*asked.area.bounds), 200.0))
    try:
        x, y = transformer(asked.area.crs, crs).transform(edge[:, 0], edge[:, 1])
    except CrsError as error:
        raise ServiceError("service.no_matrix", shown(asked.url), known=crs) from error
    return (float(np.min(x)), float(np.min(y)), float(np.max(x)), float(np.max(y)))


def _matrix(offer: Offer, box: tuple[float, float, float, float], cell_m: float) -> Matrix:
    """Return the coarsest matrix that is fine enough, or the finest whose tiles are not too many."""
    per_unit = DEGREE_M if offer.crs == LONLAT else 1.0
    allowed = [m for m in sorted(offer.matrices, key=lambda m: m.cell) if _few(m, box)]
    if not allowed:
        raise ServiceError("service.no_matrix", offer.layer, known=offer.set_name)
    fine = [m for m in allowed if m.cell * per_unit <= cell_m * 1.01]
    return fine[-1] if fine else allowed[0]


def _few(matrix: Matrix, box: tuple[float, float, float, float]) -> bool:
    wide, high = (box[2] - box[0]) / matrix.cell, (box[3] - box[1]) / matrix.cell
    tiles = (wide / matrix.tile_width + 1) * (high / matrix.tile_height + 1)
    return tiles <= MOST_TILES and max(wide, high) <= MOST_SIDE_PX


def _range(low: float, high: float, size: float, most: int) -> range:
    first, last = math.floor(low / size + 1e-9), math.floor(high / size - 1e-9) + 1
    return range(max(first, 0), min(last, most))
