"""Texture pictures of models: found beside the file only, decoded within a budget, packed into few large ones."""

from __future__ import annotations

import base64
import io
import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import numpy as np
from numpy.typing import NDArray

from twin.extras import MissingExtraError
from twin.io import ktx2, limits
from twin.io.loaded import Request
from twin.model.table import FeatureMesh
from twin.problems import Problem, Severity

if TYPE_CHECKING:
    from PIL import Image

ATLAS_PX = 4096
_ALONE = 8
"""Up to so many pictures are kept as they are."""
_MARGIN_PX = 1
_EDGE = 1e-3
_KINDS = ("JPEG", "PNG", "WEBP", "BMP", "TIFF", "GIF", "TGA", "PPM", "JPEG2000")


@dataclass
class Pictures:
    """The pictures that a model names, decoded when its mesh is complete.

    ``folder`` is where the model lies: nothing outside of it is opened. None: pictures are not looked for.
    """

    folder: Path | None = None
    names: list[str] = field(default_factory=list)
    held: dict[int, bytes] = field(default_factory=dict)
    index: dict[str, int] = field(default_factory=dict)

    def add(self, name: str, data: bytes | None = None) -> int:
        """Return the number of a picture; ``data`` is its file, where the model holds it itself."""
        if data is None and name in self.index:
            return self.index[name]
        number = len(self.names)
        self.names.append(name)
        if data is None:
            self.index[name] = number
        else:
            self.held[number] = data
        return number

    def dress(
        self,
        mesh: FeatureMesh,
        uv: NDArray[np.float32],
        texture_of_triangle: NDArray[np.int32],
        request: Request,
    ) -> FeatureMesh:
        """Return the mesh with its textures; what cannot be read is reported and left plain."""
        used = np.unique(texture_of_triangle[texture_of_triangle >= 0])
        found: dict[int, Image.Image] = {}
        missing: list[str] = []
        for number in used.tolist():
            request.progress.check_cancelled()
            try:
                picture = self._opened(number)
            except MissingExtraError as error:
                request.progress.report(error.problem)
                return mesh
            if picture is None:
                missing.append(self.names[number][:80])
            else:
                found[number] = picture
        if missing:
            values = {"count": len(missing), "names": ", ".join(missing[:5])}
            request.progress.report(Problem("io.textures_missing", request.where, values))
        if not found:
            return mesh
        images = _decoded(found, request)
        finite = np.where(np.isfinite(uv), uv, 0.0).astype(np.float32)
        return packed(mesh, finite, texture_of_triangle, images)

    def _opened(self, number: int) -> Image.Image | None:
        from PIL import Image

        data = self.held.get(number)
        if data is None:
            data = beside(self.folder, self.names[number])
        if data is None:
            return None
        if data.startswith(ktx2.SIGNATURE):
            values = ktx2.pixels(data, limits.TEXTURE_PIXELS)
            return None if values is None else Image.fromarray(values)
        try:
            picture = Image.open(io.BytesIO(data), formats=_KINDS)
        except (OSError, ValueError, Image.DecompressionBombError, SyntaxError):
            return None
        width, height = picture.size
        return picture if 0 < width * height <= limits.TEXTURE_PIXELS else None


def beside(folder: Path | None, name: str, limit: int = limits.TEXTURE_BYTES) -> bytes | None:
    """Return the content of a file that a model names, None where it is missing or not to be opened.

    ``data:`` URIs are decoded; paths are relative to ``folder`` and may not leave it, whatever slashes,
    drive letters, links or percent signs they are made of.
    """
    if name.startswith("data:"):
        return _of_data_uri(name, limit)
    if folder is None or "://" in name or "\x00" in name:
        return None
    for written in dict.fromkeys((name, unquote(name))):
        inside = _inside(folder, written)
        if inside is not None and inside.stat().st_size <= limit:
            return inside.read_bytes()
    return None


def _inside(folder: Path, name: str) -> Path | None:
    parts = PurePosixPath(name.replace("\\", "/"))
    if parts.is_absolute() or ":" in name or ".." in parts.parts:
        return None
    try:
        full = (folder / parts).resolve()
        return full if full.is_relative_to(folder.resolve()) and full.is_file() else None
    except (OSError, ValueError, RuntimeError):
        return None


def _of_data_uri(uri: str, limit: int) -> bytes | None:
    head, _, body = uri.partition(",")
    if len(body) > limit * 4 // 3 + 4:
        return None
    try:
        return base64.b64decode(body) if head.endswith(";base64") else unquote(body).encode()
    except ValueError:
        return None


def _decoded(found: Mapping[int, Image.Image], request: Request) -> dict[int, NDArray[np.uint8]]:
    """Return the pictures as arrays, made smaller where all together are beyond the budget."""
    total = sum(math.prod(picture.size) for picture in found.values())
    factor = min(1.0, math.sqrt(limits.TEXTURE_PIXELS / max(total, 1)))
    images: dict[int, NDArray[np.uint8]] = {}
    broken: list[str] = []
    for number, picture in found.items():
        request.progress.check_cancelled()
        size = tuple(max(1, min(int(side * factor), ATLAS_PX - 2)) for side in picture.size)
        try:
            clear = "A" in picture.getbands() or "transparency" in picture.info
            full: Any = picture.convert("RGBA" if clear else "RGB")
            smaller = full if full.size == size else full.resize(size)
            images[number] = np.asarray(smaller, dtype=np.uint8)
        except (OSError, ValueError, SyntaxError, MemoryError):
            broken.append(str(number))
    if broken:
        values = {"count": len(broken), "names": ", ".join(broken[:5])}
        request.progress.report(Problem("io.textures_missing", request.where, values))
    if factor < 1.0:
        values = {"percent": round(100 * factor)}
        problem = Problem("io.textures_reduced", request.where, values, Severity.INFO)
        request.progress.report(problem)
    return images


def packed(
    mesh: FeatureMesh,
    uv: NDArray[np.float32],
    texture: NDArray[np.int32],
    images: Mapping[int, NDArray[np.uint8]],
) -> FeatureMesh:
    """Give every triangle one of few pictures; those that repeat stay what they are."""
    of_vertex = np.full(len(mesh.xyz_in_crs), -1, np.int32)
    of_vertex[mesh.triangles] = texture[:, None]
    numbers = list(images)
    repeating = (
        {n for n in numbers if _repeats(uv[of_vertex == n])}
        if len(numbers) > _ALONE
        else {*numbers}
    )
    textures: list[NDArray[np.uint8]] = []
    new_of_old = np.full(int(max([*numbers, int(texture.max(initial=-1))])) + 2, -1, np.int32)
    moved = uv.copy()
    for number in sorted(repeating):
        new_of_old[number] = len(textures)
        textures.append(images[number])
    rest = {n: images[n] for n in numbers if n not in repeating}
    for sheet, places in _sheets(rest):
        for number, (left, top) in places.items():
            height, width = images[number].shape[:2]
            mine = of_vertex == number
            high, wide = sheet.shape[:2]
            moved[mine, 0] = (left + np.clip(uv[mine, 0], 0, 1) * width) / wide
            moved[mine, 1] = 1.0 - (top + (1.0 - np.clip(uv[mine, 1], 0, 1)) * height) / high
            new_of_old[number] = len(textures)
        textures.append(sheet)
    return replace(
        mesh,
        uv_of_vertex=moved,
        texture_of_triangle=new_of_old[texture],
        textures=tuple(textures),
    )


def _repeats(uv: NDArray[np.float32]) -> bool:
    return bool(len(uv)) and (float(uv.min()) < -_EDGE or float(uv.max()) > 1 + _EDGE)


def _sheets(
    images: Mapping[int, NDArray[np.uint8]],
) -> list[tuple[NDArray[np.uint8], dict[int, tuple[int, int]]]]:
    """Pack pictures onto shelves of sheets; the place is the left and top pixel of each."""
    order = sorted(images, key=lambda n: -images[n].shape[0])
    sheets: list[dict[int, tuple[int, int]]] = []
    x, y, shelf = 0, ATLAS_PX + 1, 0
    for number in order:
        height, width = (side + 2 * _MARGIN_PX for side in images[number].shape[:2])
        if x + width > ATLAS_PX:
            x, y, shelf = 0, y + shelf, 0
        if y + height > ATLAS_PX:
            sheets.append({})
            x, y, shelf = 0, 0, 0
        sheets[-1][number] = (x + _MARGIN_PX, y + _MARGIN_PX)
        x, shelf = x + width, max(shelf, height)
    return [(_painted(images, places), places) for places in sheets]


def _painted(
    images: Mapping[int, NDArray[np.uint8]], places: Mapping[int, tuple[int, int]]
) -> NDArray[np.uint8]:
    wide = max(left + images[n].shape[1] for n, (left, _) in places.items()) + _MARGIN_PX
    high = max(top + images[n].shape[0] for n, (_, top) in places.items()) + _MARGIN_PX
    bands = max(images[n].shape[2] for n in places)
    sheet = np.full((high, wide, bands), 255, np.uint8)
    for number, (left, top) in places.items():
        image = images[number]
        # The margin repeats the edge, so that no neighbour shines through when it is drawn small.
        framed = np.pad(image, ((1, 1), (1, 1), (0, 0)), mode="edge")
        height, width = framed.shape[:2]
        sheet[top - 1 : top - 1 + height, left - 1 : left - 1 + width, : image.shape[2]] = framed
    return sheet
