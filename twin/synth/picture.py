"""The map that lies on the whole terrain: one picture drawn from the vector data, crisp from afar.

The commune has its ground as polygons too, for the eye of someone walking; around it the picture alone
saves half a million triangles.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from twin.synth import geography, looks

if TYPE_CHECKING:
    import geopandas as gpd

PIXEL_M = 1.5
FINER = 2
"""Each pixel is the mean of ``FINER`` x ``FINER`` samples."""
STRIP_ROWS = 260
PAPER = "#dcd7cb"
BED = "#6f8f9c"
BALLAST, TRACK = "#b4aea5", "#77716a"
CANOPY = "#8fb071"
BLOSSOM = "#dcc3bd"
SHADE = 0.16
"""How much darker the ground is right beside a building."""
SHADE_REACH_M = 5.0
UInt8 = NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class Coat:
    """Shapes of one colour each, painted over what came before."""

    shapes: NDArray[Any]
    colours: NDArray[Any]


def coats(
    land: gpd.GeoDataFrame,
    pavements: gpd.GeoDataFrame,
    roads: gpd.GeoDataFrame,
    rails: gpd.GeoDataFrame,
    trees: gpd.GeoDataFrame,
) -> list[Coat]:
    """Return what to paint, in order."""
    beds = np.array([geography.river()], dtype=object)
    crowns = shapely.buffer(
        trees.geometry.to_numpy(), trees["crown_m"].to_numpy() * 0.46, quad_segs=3
    )
    blossom = trees["glyph"].to_numpy() == "tree.orchard"
    tracks = shapely.buffer(rails.geometry.to_numpy(), 0.9, cap_style="flat")
    return [
        _by(land, looks.LAND),
        _by(pavements, looks.PAVEMENTS),
        _by(roads, looks.ROADS),
        Coat(tracks, np.full(len(tracks), TRACK, dtype=object)),
        Coat(beds, np.array([BED], dtype=object)),
        Coat(crowns, np.where(blossom, BLOSSOM, CANOPY).astype(object)),
    ]


def _by(frame: gpd.GeoDataFrame, words: looks.Words) -> Coat:
    colours = np.array([words[kind][0] for kind in frame["kind"]], dtype=object)
    return Coat(frame.geometry.to_numpy(), colours)


def _strips() -> Iterator[tuple[int, int]]:
    _, south, _, north = geography.model_extent().bounds
    rows = round((north - south) / PIXEL_M)
    for first in range(0, rows, STRIP_ROWS):
        yield first, min(first + STRIP_ROWS, rows)


def _painted(
    strip: tuple[int, int], layers: Sequence[Coat], palette: dict[str, int]
) -> NDArray[np.uint8]:
    """Return the palette index of each fine sample of a strip."""
    from rasterio import Affine
    from rasterio.features import rasterize

    west, _, east, north = geography.model_extent().bounds
    fine = PIXEL_M / FINER
    top, low = north - strip[0] * PIXEL_M, north - strip[1] * PIXEL_M
    shape = ((strip[1] - strip[0]) * FINER, round((east - west) / PIXEL_M) * FINER)
    out = np.zeros(shape, dtype=np.uint8)
    window = shapely.box(west, low, east, top)
    for coat in layers:
        near = np.flatnonzero(shapely.intersects(coat.shapes, window))
        if len(near):
            pairs = [(coat.shapes[i], palette[coat.colours[i]]) for i in near]
            rasterize(pairs, out=out, transform=Affine(fine, 0.0, west, 0.0, -fine, top))
    return out


def _shadow(strip: tuple[int, int], walls: NDArray[Any]) -> NDArray[np.float64]:
    """Return how much the ground of a strip is darkened near buildings, (rows, columns), 0 to 1."""
    from rasterio import Affine
    from rasterio.features import rasterize
    from scipy.ndimage import gaussian_filter

    west, _, east, north = geography.model_extent().bounds
    margin = int(np.ceil(3 * SHADE_REACH_M / PIXEL_M))
    top, low = north - (strip[0] - margin) * PIXEL_M, north - (strip[1] + margin) * PIXEL_M
    shape = (strip[1] - strip[0] + 2 * margin, round((east - west) / PIXEL_M))
    near = walls[shapely.intersects(walls, shapely.box(west, low, east, top))]
    mask = np.zeros(shape, dtype=np.uint8)
    if len(near):
        transform = Affine(PIXEL_M, 0.0, west, 0.0, -PIXEL_M, top)
        rasterize([(wall, 1) for wall in near], out=mask, transform=transform)
    soft = gaussian_filter(mask.astype(np.float64), SHADE_REACH_M / PIXEL_M)
    return np.asarray(soft[margin:-margin])


def drawn(layers: Sequence[Coat], walls: NDArray[Any]) -> UInt8:
    """Return the picture, (3, rows, columns) uint8, north up."""
    names = [PAPER, *sorted({str(c) for coat in layers for c in coat.colours} - {PAPER})]
    palette = {name: index for index, name in enumerate(names)}
    rgb = np.array([list(bytes.fromhex(name[1:])) for name in names], dtype=np.float64)
    strips = []
    for strip in _strips():
        index = _painted(strip, layers, palette)
        rows, columns = index.shape[0] // FINER, index.shape[1] // FINER
        bands = []
        dark = 1.0 - SHADE * _shadow(strip, walls)
        for band in range(3):
            fine = rgb[index, band].reshape(rows, FINER, columns, FINER)
            bands.append(np.clip(np.round(fine.mean(axis=(1, 3)) * dark), 0, 255))
        strips.append(np.stack(bands).astype(np.uint8))
    return np.concatenate(strips, axis=1)


def write(path: Path, layers: Sequence[Coat], walls: NDArray[Any]) -> tuple[int, int]:
    """Write the picture as a GeoTIFF with JPEG tiles; returns rows and columns."""
    import rasterio

    picture = drawn(layers, walls)
    west, _, _, north = geography.model_extent().bounds
    transform = rasterio.Affine(PIXEL_M, 0.0, west, 0.0, -PIXEL_M, north)
    profile: dict[str, Any] = {
        "driver": "GTiff",
        "count": 3,
        "dtype": "uint8",
        "crs": geography.CRS,
    }
    profile |= {"height": picture.shape[1], "width": picture.shape[2], "transform": transform}
    profile |= {
        "compress": "jpeg",
        "jpeg_quality": 84,
        "photometric": "YCBCR",
        "interleave": "pixel",
    }
    profile |= {"tiled": True, "blockxsize": 512, "blockysize": 512}
    with rasterio.open(path, "w", **profile) as sink:
        sink.write(picture)
    return picture.shape[1], picture.shape[2]


def near_commune(frame: gpd.GeoDataFrame, reach_m: float = 60.0) -> gpd.GeoDataFrame:
    """Return the rows that lie in the commune or near it."""
    zone: BaseGeometry = geography.commune().buffer(reach_m)
    shapely.prepare(zone)
    return frame[shapely.intersects(zone, frame.geometry.to_numpy())].reset_index(drop=True)
