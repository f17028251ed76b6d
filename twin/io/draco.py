"""KHR_draco_mesh_compression: the attributes and triangles of one primitive, by Google's library."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.extras import require
from twin.io import limits
from twin.io.gltf_error import GltfError
from twin.io.gltf_file import Gltf


def decoded(
    gltf: Gltf, draco: Mapping[str, Any]
) -> tuple[dict[str, NDArray[Any]], NDArray[np.int64] | None]:
    """Return the columns by their names in glTF, and the indices; None for a point cloud.

    Raises
    ------
    GltfError
        Damaged, or more than can be held.
    MissingExtraError
        The library is not installed (extra ``models``).
    """
    library = require("models", "DracoPy")
    data, _ = gltf.view(draco.get("bufferView"))
    wanted = draco.get("attributes")
    if not isinstance(wanted, Mapping):
        raise GltfError("no attributes in the compressed primitive")
    return unpack(library, data, wanted)


def unpack(
    library: Any, data: bytes, wanted: Mapping[str, Any]
) -> tuple[dict[str, NDArray[Any]], NDArray[np.int64] | None]:
    """Decode Draco bytes; ``wanted`` gives the unique id of each attribute by its name."""
    if not data.startswith(b"DRACO"):
        raise GltfError("no Draco data")
    try:
        mesh = library.decode(bytes(data))
    except Exception as error:
        raise GltfError(f"Draco: {error}") from error
    columns: dict[str, NDArray[Any]] = {}
    for name, number in wanted.items():
        found = mesh.get_attribute_by_unique_id(number) if isinstance(number, int) else None
        if found is None:
            continue
        values = np.asarray(found["data"])
        columns[str(name)] = values[:, 0] if values.ndim == 2 and values.shape[1] == 1 else values
    if "POSITION" not in columns:
        columns["POSITION"] = np.asarray(mesh.points)
    if len(columns["POSITION"]) > limits.VERTICES:
        raise GltfError("too many vertices")
    faces = getattr(mesh, "faces", None)
    index = None if faces is None or not len(faces) else np.asarray(faces, np.int64).ravel()
    return columns, index
