"""Colours on their way into tiles and back: glTF keeps light, the screen has another scale."""

from __future__ import annotations

import json
import struct

import numpy as np

from twin.tiles.decode import TileContent, add_content
from twin.tiles.glb import Primitive, write_glb

SHADES = 256


def _grey_tile() -> bytes:
    """Return a tile of 256 triangles, one feature each, from black to white."""
    shade = np.repeat(np.arange(SHADES, dtype=np.uint8), 3)
    solid = Primitive(
        xyz=np.random.default_rng(0).random((3 * SHADES, 3)),
        indices=np.arange(3 * SHADES).reshape(-1, 3),
        feature=np.repeat(np.arange(SHADES, dtype=np.int32), 3),
        rgba=np.column_stack([shade, shade, shade, np.full(3 * SHADES, 255, np.uint8)]),
    )
    return write_glb([solid], [], SHADES)


def test_vertices_have_linear_light_as_gltf_says() -> None:
    data = _grey_tile()
    (length,) = struct.unpack_from("<I", data, 12)
    document = json.loads(data[20 : 20 + length])
    accessor = document["accessors"][
        document["meshes"][0]["primitives"][0]["attributes"]["COLOR_0"]
    ]
    view = document["bufferViews"][accessor["bufferView"]]
    start = 20 + length + 8 + view["byteOffset"]
    light = np.frombuffer(data, np.uint8, 12 * SHADES, start).reshape(-1, 4)[::3, 0]
    # IEC 61966-2-1: the middle of the screen's scale is a fifth of the light.
    assert light[128] == 55
    assert light[255] == 255
    assert (np.diff(light.astype(int)) >= 0).all()


def test_what_was_baked_has_its_colours_again() -> None:
    found = TileContent()
    add_content(
        found,
        _grey_tile(),
        np.eye(4),
        up_axis="Y",
        scene_from=lambda xyz: xyz,
        fetch=lambda _name: None,
        where="grey.glb",
    )
    off = np.abs(found.rgba[:, 0].astype(int) - np.arange(SHADES))
    assert off[40:].max() <= 2
    assert off.max() <= 6, "dark ones lie closer together as light than eight bits can tell"
