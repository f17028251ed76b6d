"""A large picture on the ground as tiles made while it is looked at: a quadtree of pages, sharp where one is near.

The surface below shows the whole picture as one texture; a page is made only where that is too coarse.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from twin import io
from twin.drawables import Role
from twin.errors import ReadError
from twin.model.geoframe import GeoFrame
from twin.model.table import Raster
from twin.progress import Unattended
from twin.shapes.drape import drape_polygons
from twin.shapes.mosaic import mosaic
from twin.shapes.pictures import faded
from twin.shapes.regrid import raster_from_scene
from twin.tiles.glb import Primitive, write_glb
from twin.tiles.pictures import encoded

PAGE_PX = 512
LIFT_M = 0.04
"""Above the surface that shows the whole; what else lies on the ground lies higher."""
DEEPEST = 12
AT_ONCE = 4
"""Levels that are described together; the pages below are when one of them is near."""
MARGIN_PX = 2
ELSEWHERE = "io.raster_elsewhere"
"""What a reader says of a file that does not reach into the wanted part."""
WHOLE = "whole.gltf"
NOTHING = b'{"asset":{"version":"2.0"}}'
"""What the surface below shows needs no page."""

Box = tuple[float, float, float, float]


class GroundPages:
    """Answers what a stream of tiles asks for with parts of a picture, each laid on its part of the ground.

    Parameters
    ----------
    address : str
        Path of the picture: a GeoTIFF or COG, whose overviews are used.
    frame : GeoFrame
        Of the scene.
    options : mapping
        ``ground`` (a :class:`~twin.model.ground.Ground`), ``extent`` (of the picture in the scene, x_min, y_min, x_max,
        y_max), ``shown_m`` and ``finest_m`` (sides of a pixel of the whole, and of the file), ``strength`` (0 to 1),
        ``sheets``: the files that are joined, each with ``path``, and ``crs`` and ``source`` as the layer has them.
    """

    remote = False
    in_scene = True

    def __init__(self, address: str, frame: GeoFrame, options: Mapping[str, Any]) -> None:
        self.base = address
        self._frame = frame
        self._options = options
        self._ground = options["ground"]
        x_min, y_min, x_max, y_max = (float(value) for value in options["extent"])
        self._extent: Box = (x_min, y_min, x_max, y_max)
        self._side_m = max(x_max - x_min, y_max - y_min)
        self._first = 0

    def resolved(self, uri: str, beside: str = "") -> str:
        """Return a name as it is: nothing is read but the one file."""
        del beside
        return uri

    def close(self) -> None:
        """Nothing stays open."""

    def read(self, full: str, stopped: Callable[[], bool] = lambda: False) -> bytes:
        """Return the tileset, or a page. Raises ReadError where the picture cannot be read."""
        del stopped
        if full == Path(self.base).name:
            return json.dumps(self._document(0, 0, 0)).encode()
        if full == WHOLE:
            return NOTHING
        name, _, form = full.rpartition(".")
        try:
            level, column, row = (int(part) for part in name.split("-"))
        except ValueError as error:
            raise ReadError("tiles.not_loaded", full[:80], reason="no such page") from error
        if form == "json":
            return json.dumps(self._document(level, column, row)).encode()
        return self._page(self._box(level, column, row))

    def _document(self, level: int, column: int, row: int) -> dict[str, Any]:
        """Return the tileset that begins with a page."""
        shown, finest = float(self._options["shown_m"]), float(self._options["finest_m"])
        self._first = max(math.ceil(math.log2(self._side_m / (PAGE_PX * shown / 2))), 0)
        last = math.ceil(math.log2(max(self._side_m / (PAGE_PX * finest), 1.0)))
        root = self._pages(level, column, row, (level + AT_ONCE, min(last, self._first + DEEPEST)))
        return {"asset": {"version": "1.1"}, "geometricError": 1e6, "root": root}

    def _pages(self, level: int, column: int, row: int, ends: tuple[int, int]) -> dict[str, Any]:
        """Return a page and those below it; the coarsest are empty, for the surface below shows as much.

        ``ends`` are the last level that this tileset describes, and the last of all.
        """
        here, last = ends
        box, shown = self._box(level, column, row), float(self._options["shown_m"])
        pixel_m = self._side_m / 2**level / PAGE_PX
        tile = self._tile(box, min(pixel_m, shown) if level < last else 0.0)
        below = level < last
        if below and level == here:
            tile["content"] = {"uri": f"{level}-{column}-{row}.json"}
            return tile
        name = WHOLE if level < self._first else f"{level}-{column}-{row}.glb"
        tile["content"] = {"uri": name}
        if below:
            tile["children"] = [
                self._pages(level + 1, 2 * column + i, 2 * row + j, ends)
                for i in (0, 1)
                for j in (0, 1)
                if _has_area(self._box(level + 1, 2 * column + i, 2 * row + j))
            ]
        return tile

    def _box(self, level: int, column: int, row: int) -> Box:
        """Return the part of the picture that a page shows."""
        side = self._side_m / 2**level
        x_min, y_min, x_max, y_max = self._extent
        west, south = x_min + column * side, y_min + row * side
        return (west, south, min(west + side, x_max), min(south + side, y_max))

    def _tile(self, box: Box, error_m: float) -> dict[str, Any]:
        x_min, y_min, x_max, y_max = box
        x, y = np.meshgrid(np.linspace(x_min, x_max, 9), np.linspace(y_min, y_max, 9))
        z = self._ground.height_m(np.column_stack([x.ravel(), y.ravel()]))
        low, high = float(z.min()) - 5.0, float(z.max()) + 5.0
        half = ((x_max - x_min) / 2, (y_max - y_min) / 2, (high - low) / 2)
        centre = ((x_min + x_max) / 2, (y_min + y_max) / 2, (low + high) / 2)
        volume = {"box": [*centre, *np.diag(half).reshape(-1).tolist()]}
        return {"boundingVolume": volume, "geometricError": error_m, "refine": "REPLACE"}

    def _page(self, box: Box) -> bytes:
        raster = self._picture(box)
        if raster is None:
            return NOTHING
        made = drape_polygons(
            np.array([shapely.box(*box)]), [0], ground=self._ground, lift_m=LIFT_M
        )
        uv = raster_from_scene(raster, self._frame, made.xyz[:, :2])
        pixels = faded(np.asarray(raster.values), float(self._options.get("strength", 1.0)))
        picture, inside = encoded(pixels, np.clip(uv, 0, 1).astype(np.float32))
        count = len(made.xyz)
        page = Primitive(
            xyz=made.xyz,
            indices=made.triangles,
            feature=np.full(count, -1, np.int32),
            rgba=np.full((count, 4), 255, np.uint8),
            uv=inside,
            picture=picture,
            role=Role.DECAL.value,
        )
        return write_glb([page], [], 0)

    def _picture(self, box: Box) -> Raster | None:
        """Return a part of the picture, joined of the sheets that reach into it; None where none does."""
        found = [self._of_sheet(sheet, box) for sheet in self._options["sheets"]]
        there = [raster for raster in found if raster is not None]
        return mosaic(there, max_cells=2 * PAGE_PX**2) if there else None

    def _of_sheet(self, sheet: Mapping[str, Any], box: Box) -> Raster | None:
        x_min, y_min, x_max, y_max = box
        margin = MARGIN_PX * max(x_max - x_min, y_max - y_min) / PAGE_PX
        x, y = self._frame.origin[:2]
        window = (x_min + x - margin, y_min + y - margin, x_max + x + margin, y_max + y + margin)
        options = {
            **dict(sheet.get("source") or {}),
            "window": window,
            "window_crs": self._frame.crs,
            "cells": 2 * PAGE_PX**2,
            "as": "picture",
        }
        path = Path(sheet["path"])
        try:
            table = io.read(
                path,
                crs=str(sheet.get("crs", "")),
                target=self._frame,
                progress=Unattended(),
                options=options,
            )
        except ReadError as error:
            if error.problem.key == ELSEWHERE:
                return None
            raise
        if table.raster is None or np.ndim(table.raster.values) != 3:
            raise ReadError("terrain.not_a_picture", path.name)
        return table.raster


def _has_area(box: Box) -> bool:
    return box[2] - box[0] > 0.01 and box[3] - box[1] > 0.01
