"""Pictures on planned models: cut down to what a model shows of them, kept as short text beside its triangles."""

from __future__ import annotations

import base64
import binascii
import io
import math
import struct
import zlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

MOST_PICTURES = 64
MOST_PX = 1_024
"""A side of a picture; larger ones are kept smaller."""

MOST_TEXT = 12_000_000
"""Characters of one skin: what is longer is not read."""

_HEAD = struct.Struct("<III")
_LENGTH = struct.Struct("<I")
_KINDS = ("JPEG", "PNG")
_JPEG_QUALITY = 88
_EDGE = 1e-3


@dataclass(frozen=True, eq=False, kw_only=True)
class Skin:
    """What is painted on the triangles of a model.

    Parameters
    ----------
    uv : (n, 2) float32
        Place of each vertex in its picture, v up; what lies outside 0..1 repeats the picture.
    texture : (m,) int32
        Picture of each triangle, -1 for none.
    pictures : tuple of (h, w, 3 or 4) uint8
        Top row first.
    """

    uv: NDArray[np.float32]
    texture: NDArray[np.int32]
    pictures: tuple[NDArray[np.uint8], ...]


def fitted(skin: Skin, triangles: NDArray[np.int32]) -> Skin:
    """Return a skin of only what its triangles show: pictures that are used, cropped and no larger than needed.

    Every vertex must belong to one picture.
    """
    uv, texture = skin.uv.copy(), np.full(len(skin.texture), -1, np.int32)
    pictures: list[NDArray[np.uint8]] = []
    for number in np.unique(skin.texture[skin.texture >= 0]).tolist()[:MOST_PICTURES]:
        mine = skin.texture == number
        vertices = np.unique(triangles[mine])
        picture, uv[vertices] = _cropped(skin.pictures[number], skin.uv[vertices])
        texture[mine] = len(pictures)
        pictures.append(_small(picture))
    return Skin(uv=uv, texture=texture, pictures=tuple(pictures))


def _cropped(
    picture: NDArray[np.uint8], uv: NDArray[np.float32]
) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    """Return the part of a picture that is shown, and the places in it; one that repeats stays whole."""
    low, high = uv.min(axis=0), uv.max(axis=0)
    if low.min() < -_EDGE or high.max() > 1 + _EDGE:
        return picture, uv
    size = np.array([picture.shape[1], picture.shape[0]], np.float64)
    px = np.clip(np.column_stack([uv[:, 0], 1.0 - uv[:, 1]]), 0.0, 1.0) * size
    start = np.minimum(np.floor(px.min(axis=0)), size - 1)
    end = np.maximum(np.ceil(px.max(axis=0)), start + 1)
    (left, top), (right, bottom) = start.astype(int), end.astype(int)
    share = (px - start) / (end - start)
    moved = np.column_stack([share[:, 0], 1.0 - share[:, 1]]).astype(np.float32)
    return picture[top:bottom, left:right], moved


def _small(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    from PIL import Image

    factor = MOST_PX / max(picture.shape[:2])
    if factor >= 1.0:
        return picture
    size = tuple(max(1, round(side * factor)) for side in picture.shape[1::-1])
    return np.asarray(Image.fromarray(picture).resize(size), np.uint8)


def packed(skin: Skin) -> str:
    """Return a skin as text: places compressed, opaque pictures as JPEG, others as PNG."""
    places = zlib.compress(
        skin.uv.astype("<f4").tobytes() + skin.texture.astype("<i4").tobytes(), 9
    )
    parts = [_encoded(picture) for picture in skin.pictures]
    head = _HEAD.pack(len(skin.uv), len(skin.texture), len(parts))
    body = b"".join(_LENGTH.pack(len(part)) + part for part in (places, *parts))
    return base64.b64encode(head + body).decode("ascii")


def _encoded(picture: NDArray[np.uint8]) -> bytes:
    from PIL import Image

    store = io.BytesIO()
    image = Image.fromarray(np.ascontiguousarray(picture))
    if picture.shape[2] == 4:
        image.save(store, "PNG", optimize=True)
    else:
        image.save(store, "JPEG", quality=_JPEG_QUALITY)
    return store.getvalue()


def unpacked(text: str, vertices: int, triangles: int) -> Skin | None:
    """Return the skin of a text for a model of so many vertices and triangles; None where it is none.

    Files are hostile: memory is bounded, and a picture is opened only as what it may be.
    """
    if len(text) > MOST_TEXT:
        return None
    try:
        data = memoryview(base64.b64decode(text, validate=True))
        told = _HEAD.unpack_from(data)
        parts = _parts(data[_HEAD.size :], told[2] + 1)
        if told[:2] != (vertices, triangles) or not 0 < told[2] <= MOST_PICTURES:
            return None
        size = vertices * 8 + triangles * 4
        places = zlib.decompressobj().decompress(parts[0], size)
        uv = np.frombuffer(places, "<f4", vertices * 2).reshape(-1, 2)
        texture = np.frombuffer(places, "<i4", triangles, vertices * 8)
        pictures = tuple(_picture(part) for part in parts[1:])
    except (binascii.Error, ValueError, zlib.error, struct.error, OSError, SyntaxError):
        return None
    if not np.isfinite(uv).all() or (len(texture) and int(texture.max()) >= len(pictures)):
        return None
    return Skin(uv=uv.astype(np.float32), texture=texture.astype(np.int32), pictures=pictures)


def _parts(data: memoryview, count: int) -> list[memoryview]:
    """Return so many parts, each behind its length. Raises ValueError, struct.error."""
    found: list[memoryview] = []
    while len(found) < min(count, MOST_PICTURES + 1):
        (length,) = _LENGTH.unpack_from(data)
        if length > len(data) - _LENGTH.size:
            raise ValueError("cut off")
        found.append(data[_LENGTH.size : _LENGTH.size + length])
        data = data[_LENGTH.size + length :]
    return found


def _picture(data: memoryview) -> NDArray[np.uint8]:
    """Decode a picture. Raises ValueError, OSError, SyntaxError."""
    from PIL import Image

    image = Image.open(io.BytesIO(data), formats=_KINDS)
    if math.prod(image.size) > MOST_PX**2:
        raise ValueError("too large")
    return np.asarray(image.convert("RGBA" if "A" in image.getbands() else "RGB"), np.uint8)
