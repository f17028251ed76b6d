"""Makes a tileset: leaves in parallel, coarser tiles from them, tileset.json last.

Format: 3D Tiles 1.1 (OGC 22-025r4), glTF contents, explicit quadtrees with REPLACE refinement.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin import __version__
from twin.errors import BelvedereError
from twin.problems import Problem
from twin.progress import Progress
from twin.tiles.content import FORMAT, PLAIN_M, LeafTask, Made, box_of, make_leaf
from twin.tiles.keep import Keep, content_name, write
from twin.tiles.merge import merge
from twin.tiles.placing import Placement
from twin.tiles.pool import run
from twin.tiles.quadtree import Node, Square, quadtree

MOST_FEATURES = 2_000
TOP_FACTOR = 4.0
"""Error of the root without content, in errors of its coarsest child."""


@dataclass(frozen=True, eq=False, kw_only=True)
class BakeLayer:
    """Part of a tileset: what one layer shows.

    Parameters
    ----------
    id : str
        Letters, digits and ``_``; name of its folder.
    xy : (n, 2) float64
        Where each feature (or loose piece) is, in the CRS of the project.
    weight : (n,) int64
        What each counts towards ``most``.
    task : callable
        Given a name, the members of a leaf and its side in metres, returns what it is made of.
    """

    id: str
    title: str
    xy: NDArray[np.float64]
    weight: NDArray[np.int64]
    task: Callable[[str, NDArray[np.intp], float], LeafTask]
    most: int = MOST_FEATURES


@dataclass(kw_only=True)
class BakeReport:
    """What a bake did."""

    out: Path
    layers: dict[str, int] = field(default_factory=dict)
    tiles: int = 0
    baked: list[str] = field(default_factory=list)
    kept: int = 0
    removed: int = 0
    features: int = 0
    triangles: int = 0
    size_bytes: int = 0
    problems: list[Problem] = field(default_factory=list)


def bake(
    layers: Sequence[BakeLayer],
    out: Path,
    *,
    placement: Placement,
    progress: Progress,
    workers: int = 0,
    scheduler: str = "",
    about: Mapping[str, Any] | None = None,
) -> BakeReport:
    """Write a tileset to a folder; what an earlier run made of the same input is kept.

    Parameters
    ----------
    layers : sequence of BakeLayer
    out : Path
        Made if it does not exist. Other files in it are left alone.
    workers, scheduler
        See :func:`twin.tiles.pool.run`.
    about : mapping
        Said of the tileset in its JSON (``asset.extras``).

    Raises
    ------
    BelvedereError
        The folder cannot be written, or there is nothing to bake.
    Cancelled
        Asked to stop; run it again to go on where it was.
    """
    keep = Keep(out=out)
    report = BakeReport(out=out)
    try:
        out.mkdir(parents=True, exist_ok=True)
        tops = _bake_layers(
            layers,
            keep,
            report,
            progress,
            workers=workers,
            scheduler=scheduler,
            placement=placement,
        )
        if not tops:
            raise BelvedereError("tiles.nothing", str(out))
        document = _document(tops, placement, about or {})
        text = json.dumps(document, indent=1, sort_keys=True, allow_nan=False, ensure_ascii=False)
        write(out / "tileset.json", text.encode())
    except OSError as error:
        raise BelvedereError(
            "tiles.cannot_write", str(out), reason=error.strerror or str(error)
        ) from error
    report.size_bytes = sum(
        p.stat().st_size for p in out.rglob("*") if p.suffix in {".glb", ".json"}
    )
    return report


@dataclass(eq=False, kw_only=True)
class _Tree:
    layer: BakeLayer
    square: Square
    root: Node
    made: dict[str, Made] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)
    merged: dict[str, Made] = field(default_factory=dict)

    def name(self, node: Node) -> str:
        return f"{self.layer.id}/{node.name}"

    def side_m(self, node: Node) -> float:
        return self.square.side_m / (1 << node.level)


def _bake_layers(
    layers: Sequence[BakeLayer],
    keep: Keep,
    report: BakeReport,
    progress: Progress,
    *,
    workers: int,
    scheduler: str,
    placement: Placement,
) -> list[tuple[BakeLayer, dict[str, Any]]]:
    trees = [_planted(layer) for layer in layers if len(layer.xy)]
    total = sum(1 for tree in trees for _ in tree.root.leaves())

    def missing() -> Iterator[LeafTask]:
        for tree in trees:
            for leaf in tree.root.leaves():
                progress.check_cancelled()
                name = tree.name(leaf)
                if leaf.members is None:
                    continue
                task = tree.layer.task(name, leaf.members, tree.side_m(leaf))
                key = task.key()
                tree.keys[name] = key
                found = keep.find(name, key)
                if found is None:
                    yield task
                else:
                    tree.made[name] = found
                    report.kept += 1
                leaf.members = None

    by_layer = {tree.layer.id: tree for tree in trees}
    for task, made in run(make_leaf, missing(), workers=workers, scheduler=scheduler):
        progress.check_cancelled()
        tree = by_layer[task.name.split("/")[0]]
        tree.made[task.name] = keep.put(task.name, tree.keys[task.name], made)
        report.baked.append(task.name)
        progress.progress(len(report.baked) + report.kept, total, "tiles")
    tops = []
    for tree in trees:
        top = _finish(tree, keep, report, placement, progress)
        if top is not None:
            tops.append((tree.layer, top))
    names = {name for tree in trees for name in (*tree.made, *tree.merged)}
    report.removed = keep.drop_others(names)
    report.baked.sort()
    report.tiles = len(names)
    return tops


def _planted(layer: BakeLayer) -> _Tree:
    low, high = layer.xy.min(axis=0), layer.xy.max(axis=0)
    square = Square.around(float(low[0]), float(low[1]), float(high[0]), float(high[1]))
    return _Tree(
        layer=layer, square=square, root=quadtree(layer.xy, square, layer.most, layer.weight)
    )


def _finish(
    tree: _Tree, keep: Keep, report: BakeReport, placement: Placement, progress: Progress
) -> dict[str, Any] | None:
    """Make the coarser tiles from the leaves up; return the JSON of the layer's top tile."""
    leaves = list(tree.made.values())
    for made in leaves:
        report.problems += made.problems
    report.layers[tree.layer.id] = sum(m.features for m in leaves)
    report.features += report.layers[tree.layer.id]
    report.triangles += sum(m.triangles for m in leaves)

    def visit(node: Node) -> dict[str, Any] | None:
        progress.check_cancelled()
        name = tree.name(node)
        if node.is_leaf:
            return _leaf_json(tree.made[name], name)
        children = [child for child in (visit(c) for c in node.children) if child is not None]
        if not children:
            return None
        parts = []
        for child in node.children:
            key = tree.keys.get(tree.name(child))
            below = tree.merged.get(tree.name(child)) or tree.made.get(tree.name(child))
            if below is not None and key is not None:
                parts.append((key, below))
        key = hashlib.sha256(
            " ".join([str(FORMAT), name, *(k for k, _ in parts)]).encode()
        ).hexdigest()[:32]
        tree.keys[name] = key
        found = keep.find(name, key)
        if found is None:
            merged = merge([below for _, below in parts], tree.side_m(node), placement)
            found = keep.put(name, key, merged)
            report.baked.append(name)
        else:
            report.kept += 1
        tree.merged[name] = found
        for child in node.children:  # their blocks were used: let go of them
            _forget(tree, tree.name(child))
        return _inner_json(found, name, children)

    return visit(tree.root)


def _forget(tree: _Tree, name: str) -> None:
    for held in (tree.made, tree.merged):
        made = held.get(name)
        if made is not None:
            rows = replace(made.rows, columns={}, rgba=made.rows.rgba[:0])
            held[name] = replace(made, blocks=None, shapes=(), rows=rows)


def _leaf_json(made: Made, name: str) -> dict[str, Any] | None:
    if not made.glb:
        return None
    box = {"box": _rounded(made.box)}
    leaf = {"boundingVolume": box, "geometricError": 0.0, "content": {"uri": content_name(name)}}
    if not made.plain:
        return leaf
    return {
        "boundingVolume": box,
        "geometricError": PLAIN_M,
        "refine": "REPLACE",
        "content": {"uri": content_name(name, plain=True)},
        "children": [leaf],
    }


def _inner_json(made: Made, name: str, children: list[dict[str, Any]]) -> dict[str, Any]:
    boxes = np.array([c["boundingVolume"]["box"] for c in children])
    half = boxes[:, [3, 7, 11]]
    box = box_of((boxes[:, :3] - half).min(axis=0), (boxes[:, :3] + half).max(axis=0))
    if made.glb:
        low, high = made.box[:3] - made.box[[3, 7, 11]], made.box[:3] + made.box[[3, 7, 11]]
        box = box_of(
            np.minimum(low, box[:3] - box[[3, 7, 11]]), np.maximum(high, box[:3] + box[[3, 7, 11]])
        )
    error = max([made.error_m, *(1.2 * c["geometricError"] for c in children)])
    node: dict[str, Any] = {
        "boundingVolume": {"box": _rounded(box)},
        "geometricError": round(float(error), 3),
        "refine": "REPLACE",
        "children": children,
    }
    if made.glb:
        node["content"] = {"uri": content_name(name)}
    return node


def _document(
    tops: Sequence[tuple[BakeLayer, dict[str, Any]]], placement: Placement, about: Mapping[str, Any]
) -> dict[str, Any]:
    children = []
    for layer, top in tops:
        children.append({**top, "extras": {"layer": layer.id, "title": layer.title}})
    boxes = np.array([c["boundingVolume"]["box"] for c in children])
    half = boxes[:, [3, 7, 11]]
    box = box_of((boxes[:, :3] - half).min(axis=0), (boxes[:, :3] + half).max(axis=0))
    coarsest = max(c["geometricError"] for c in children)
    error = max(TOP_FACTOR * coarsest, float(np.linalg.norm(box[[3, 7, 11]])))
    frame = placement.frame
    return {
        "asset": {
            "version": "1.1",
            "extras": {
                "belvedere": {
                    "version": __version__,
                    "crs": frame.crs,
                    "origin": list(frame.origin),
                    "geoid": placement.geoid,
                    **about,
                }
            },
        },
        "geometricError": round(error * 2, 3),
        "root": {
            "transform": [float(v) for v in placement.ecef_from_root.T.reshape(-1)],
            "boundingVolume": {"box": _rounded(box)},
            "geometricError": round(error, 3),
            "refine": "ADD",
            "children": children,
        },
    }


def _rounded(box: NDArray[np.float64]) -> list[float]:
    return [round(float(v), 3) for v in box]
