"""3D Tiles 1.0 and 1.1 opened as one layer: the finest contents of a tileset, or a single tile.

For towns that fit into memory; larger ones are streamed by ``twin.tiles``, which uses the decoders beside this.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.errors import ReadError
from twin.io import limits
from twin.io.gltf import content_of, pictures_of
from twin.io.gltf_parts import GEOCENTRIC, Z_UP, Collected, Place, add_scene
from twin.io.jsonstream import parse
from twin.io.loaded import Declared, Loaded, Request
from twin.io.packed import without_gzip
from twin.io.pictures import Pictures, beside
from twin.io.tiles3d_content import TileModel, decode
from twin.io.tiles3d_points import TilePoints
from twin.io.tiles3d_tree import Leaf, Tree, resolved
from twin.model.table import PointCloud
from twin.problems import Problem, Severity

TURNS = {
    "Y": Z_UP,
    "Z": np.eye(3),
    "X": np.array([[0.0, 0.0, -1.0], [0.0, 1.0, 0.0], [1.0, 0.0, 0.0]]),
}
"""From the up axis that a tileset names to z up."""

_INSPECT_BYTES = 64 * limits.MEGABYTE
_EARTH_M = (6_200_000.0, 6_500_000.0)


def layer_names(request: Request) -> list[str]:
    """Return the one layer of a tileset: the name of its folder where it is called tileset.json."""
    return [_name(request)]


def _name(request: Request) -> str:
    if request.stem != "tileset":
        return request.stem
    packed = Path(request.opened) != request.path  # the folder is a temporary one then
    folder = request.path.stem if packed else Path(request.opened).parent.name
    return folder or request.stem


def load(request: Request) -> Loaded:
    """Read the finest contents of a tileset."""
    path = Path(request.opened)
    data = content_of(path, request)
    reader = _Reader(request, path.parent)
    details: dict[str, Any] = {}
    if data[:4] in {b"b3dm", b"i3dm", b"pnts", b"cmpt"}:
        leaves = [Leaf(uri=path.name, transform=np.eye(4), depth=0)]
    else:
        leaves, details = _leaves(data, reader, request)
    for number, leaf in enumerate(reader.within_budget(leaves)):
        request.progress.check_cancelled()
        request.progress.progress(number, len(leaves), "tiles")
        reader.add(leaf)
    reader.report(leaves)
    return reader.loaded(_name(request), details)


def _leaves(data: bytes, reader: _Reader, request: Request) -> tuple[list[Leaf], dict[str, Any]]:
    try:
        tileset = parse(data.removeprefix(b"\xef\xbb\xbf"))
    except ValueError as error:
        raise ReadError("io.json_damaged", request.where, at=0, reason=str(error)[:120]) from error
    if not isinstance(tileset, Mapping) or not isinstance(tileset.get("root"), Mapping):
        raise ReadError("io.tileset_damaged", request.where, reason="root")
    tree = Tree(reader.fetch, reader.exists)
    leaves = tree.leaves(tileset, Path(request.opened).name)
    report, where = request.progress.report, request.where
    if tree.missing:
        values = {"count": len(tree.missing), "names": ", ".join(tree.missing[:3])}
        report(Problem("io.tile_missing", where, values))
    if tree.bad:
        values = {"count": len(tree.bad), "reason": tree.bad[0]}
        report(Problem("io.tiles_bad", where, values))
    if tree.refers_to_itself:
        report(Problem("io.tileset_circle", where))
    if tree.cut_short:
        report(Problem("io.tileset_cut", where, {"count": tree.tiles}))
    details = {
        "version": tree.versions[0] if tree.versions else "",
        "tiles": tree.tiles,
        "contents": tree.contents,
        "tilesets": tree.tilesets,
        "depth": tree.depth,
        "implicit": tree.implicit,
        "extensions": sorted(tree.extensions),
    }
    return leaves, details


@dataclass
class _Reader:
    """The state of reading the contents of one tileset."""

    request: Request
    folder: Path
    collected: Collected = field(default_factory=lambda: Collected(Pictures()))
    points: list[NDArray[np.float64]] = field(default_factory=list)
    colours: list[NDArray[np.uint8]] = field(default_factory=list)
    point_rows: list[NDArray[np.int64]] = field(default_factory=list)
    bad: list[str] = field(default_factory=list)
    left_out: int = 0
    geocentric: bool = False

    def fetch(self, name: str) -> bytes | None:
        """Return a file below the folder of the tileset."""
        data = beside(self.folder, name, limits.JSON_BYTES)
        return None if data is None else without_gzip(data, name, limits.JSON_BYTES)

    def exists(self, name: str) -> bool:
        """Whether a file is there, below the folder."""
        try:
            full = (self.folder / name).resolve()
            return full.is_relative_to(self.folder.resolve()) and full.is_file()
        except (OSError, ValueError):
            return False

    def within_budget(self, leaves: Sequence[Leaf]) -> list[Leaf]:
        """Return as many contents as can be held; when inspecting, as many as are quick to read."""
        budget = _INSPECT_BYTES if self.request.inspecting else limits.TILES_BYTES
        chosen: list[Leaf] = []
        size = 0
        for leaf in leaves:
            size += (self.folder / leaf.uri).stat().st_size
            if size > budget and chosen:
                self.left_out = len(leaves) - len(chosen)
                break
            chosen.append(leaf)
        return chosen

    def add(self, leaf: Leaf) -> None:
        """Decode a content and add what it holds."""
        data = self.fetch(leaf.uri)
        if data is None:
            return

        def fetch(name: str) -> bytes | None:
            if name.startswith("data:"):
                return beside(None, name, limits.TEXTURE_BYTES)
            full = resolved(leaf.uri, name)
            return None if full is None else self.fetch(full)

        try:
            contents = decode(data, fetch=fetch, where=leaf.uri)
        except ReadError as error:
            self.bad.append(f"{leaf.uri}: {error.problem.values.get('reason', error.problem.key)}")
            return
        for number, content in enumerate(contents):
            key = leaf.uri if len(contents) == 1 else f"{leaf.uri}#{number}"
            if isinstance(content, TileModel):
                self._add_model(content, leaf, key)
            else:
                self._add_points(content, leaf, key)

    def _add_model(self, content: TileModel, leaf: Leaf, key: str) -> None:
        self.bad += [f"{key}: {reason}" for reason in content.scene.bad]
        first = len(self.collected.pictures.names)
        inner = pictures_of(content.gltf, None)
        self.collected.pictures.names += inner.names
        held = {first + number: data for number, data in inner.held.items()}
        self.collected.pictures.held.update(held)
        for number, matrix in enumerate(content.matrices):
            ids = content.feature_of_matrix
            place = Place(
                turn=TURNS.get(leaf.up_axis, Z_UP),
                matrix=leaf.transform @ matrix,
                key=key,
                features=content.features,
                feature=None if ids is None else int(ids[number]),
                first_picture=first,
            )
            add_scene(self.collected, content.scene, content.gltf, place)

    def _add_points(self, content: TilePoints, leaf: Leaf, key: str) -> None:
        xyz = content.xyz @ leaf.transform[:3, :3].T + leaf.transform[:3, 3]
        row = self.collected.row((key, "points"), key, {"name": key, "points": len(xyz)})
        self.points.append(xyz)
        self.point_rows.append(np.full(len(xyz), row))
        rgba = content.rgba
        self.colours.append(np.zeros((len(xyz), 4), np.uint8) if rgba is None else rgba)

    def report(self, leaves: Sequence[Leaf]) -> None:
        """Say what was left out. Raises ReadError where nothing could be read."""
        where, tell = self.request.where, self.request.progress.report
        if self.bad and not self.collected.rows:
            raise ReadError("io.tile_damaged", where, reason=self.bad[0])
        if self.bad:
            values = {"count": len(self.bad), "reason": self.bad[0]}
            tell(Problem("io.tiles_bad", where, values))
        if self.left_out:
            values = {"count": self.left_out, "total": len(leaves)}
            severity = Severity.INFO if self.request.inspecting else Severity.WARNING
            tell(Problem("io.tiles_left_out", where, values, severity))

    def loaded(self, name: str, details: dict[str, Any]) -> Loaded:
        """Return the whole as one layer."""
        mesh = self.collected.mesh(self.request)
        cloud = self._cloud()
        parts = [part for part in (mesh, cloud) if part is not None]
        crs = GEOCENTRIC if any(_is_geocentric(part.xyz_in_crs) for part in parts) else ""
        return Loaded(
            name=name,
            count=len(self.collected.rows),
            crs=Declared(text=crs, by_default=True, metric=True),
            columns=self.collected.columns(),
            geometry=self.collected.geometry(),
            row_names=np.array(self.collected.names, dtype=object),
            mesh=mesh,
            points=cloud,
            kind="cloud" if mesh is None and cloud is not None else "mesh",
            details={**details, "triangles": self.collected.triangles},
        )

    def _cloud(self) -> PointCloud | None:
        if not self.points:
            return None
        xyz = np.concatenate(self.points)
        rgba = np.concatenate(self.colours)
        order = np.random.default_rng(1).permutation(len(xyz))
        return PointCloud(
            xyz_in_crs=xyz[order],
            row_of_point=np.concatenate(self.point_rows)[order].astype(np.int32),
            rgba_of_point=rgba[order] if rgba[:, 3].any() else None,
            total=len(xyz),
        )


def _is_geocentric(xyz: NDArray[np.float64]) -> bool:
    """Whether points lie at the surface of the Earth as measured from its centre."""
    if not len(xyz):
        return False
    distance = float(np.nanmedian(np.linalg.norm(xyz[:: max(1, len(xyz) // 1000)], axis=1)))
    return _EARTH_M[0] < distance < _EARTH_M[1]
