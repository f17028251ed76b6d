"""glTF and GLB: a row for each node with a shape, or for each feature that the asset tells apart; one mesh for all."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from twin.errors import ReadError
from twin.io import limits
from twin.io.gltf_file import Fetch, Gltf, open_gltf
from twin.io.gltf_parts import collect
from twin.io.gltf_scene import Scene, scene_of
from twin.io.loaded import Declared, Loaded, Request
from twin.io.pictures import Pictures, beside
from twin.problems import Problem


def layer_names(request: Request) -> list[str]:
    """Return the one layer of a model."""
    return [request.stem]


def load(request: Request) -> Loaded:
    """Read a model; heights are up, as in a map."""
    path = Path(request.opened)
    data = content_of(path, request)
    gltf = open_gltf(data, beside_of(path), request.where)
    scene = scene_of(gltf)
    report(scene, request)
    pictures = pictures_of(gltf, path.parent)
    crs = _own_crs(gltf)
    collected = collect(scene, gltf, pictures, whole_table=crs is not None)
    return Loaded(
        name=layer_names(request)[0],
        count=len(collected.rows),
        crs=Declared(text=crs or "", metric=True),
        columns=collected.columns(),
        geometry=collected.geometry(),
        row_names=np.array(collected.names, dtype=object),
        mesh=collected.mesh(request),
        kind="mesh",
        details={
            "version": str(gltf.json["asset"].get("version", "")),
            "generator": str(gltf.json["asset"].get("generator", ""))[:80],
            "meshes": len(gltf.items("meshes")),
            "materials": len(gltf.items("materials")),
            "textures": len(pictures.names),
            "triangles": collected.triangles,
            "extensions": [str(name)[:60] for name in gltf.items("extensionsUsed")[:30]],
        },
    )


def _own_crs(gltf: Gltf) -> str | None:
    """The CRS that Belvedere notes in what it writes; glTF itself knows none. None: somebody else wrote it."""
    extras = gltf.json["asset"].get("extras")
    crs = extras.get("crs") if isinstance(extras, dict) else None
    return crs if isinstance(crs, str) and len(crs) < 20_000 else None


def content_of(path: Path, request: Request) -> bytes:
    """Return the bytes of a model file. Raises ReadError where it is too large to be held."""
    size = path.stat().st_size
    if size > limits.JSON_BYTES:
        values = {"size_mb": size >> 20, "limit_mb": limits.JSON_BYTES >> 20}
        raise ReadError("io.too_large", request.where, **values)
    return path.read_bytes()


def beside_of(path: Path) -> Fetch:
    """Return a fetch that opens what lies beside a file, and nothing else."""
    return lambda name: beside(path.parent, name, limits.JSON_BYTES)


def pictures_of(gltf: Gltf, folder: Path | None) -> Pictures:
    """Return the pictures of an asset, numbered as its images are."""
    pictures = Pictures(folder=folder)
    for number, image in enumerate(gltf.items("images")):
        entry: dict[str, Any] = image if isinstance(image, dict) else {}
        uri = entry.get("uri")
        name = str(uri) if isinstance(uri, str) else f"image {number}"
        held = None
        if not isinstance(uri, str):
            try:
                held = gltf.view(entry.get("bufferView"))[0]
            except ValueError:
                held = b""
        elif folder is None:
            held = gltf.fetch(uri) or b""
        pictures.names.append(name if len(name) < 300 or name.startswith("data:") else name[:300])
        if held is not None:
            pictures.held[number] = held
    return pictures


def report(scene: Scene, request: Request) -> None:
    """Say what of a scene could not be read. Raises ReadError where nothing could."""
    if scene.bad and not scene.parts:
        raise ReadError("io.gltf_damaged", request.where, reason=scene.bad[0])
    if scene.bad:
        values = {"count": len(scene.bad), "reason": scene.bad[0]}
        request.progress.report(Problem("io.gltf_bad_parts", request.where, values))
