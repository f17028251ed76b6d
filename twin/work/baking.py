"""A project as what a tileset is baked from: each layer loaded by its own code, then cut into tiles."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.drawables import Drawable
from twin.errors import BelvedereError, Cancelled
from twin.model.geoframe import GeoFrame
from twin.model.ground import FlatGround, GridGround, Ground
from twin.model.layer import LayerSpec, ViewQuery
from twin.model.project import Project
from twin.model.table import Column, FeatureTable
from twin.problems import Problem, Severity
from twin.progress import Progress
from twin.registry import Registry
from twin.tiles.baking import BakeLayer
from twin.tiles.content import LeafTask, Rows
from twin.tiles.geometry import Shape, shapes_of
from twin.tiles.placing import Placement
from twin.work import runtime as rt
from twin.work.context import JobContext
from twin.work.jobs import Job

SNAP_M = 4096.0
"""Origins of scenes made of files lie on such a grid: new data at the edge then move no vertex."""
TRIANGLES_A_FEATURE = 40
LOOSE_A_TILE = 30_000
GROUND_MARGIN = 3
"""Cells of the terrain around a tile that its buildings may ask for."""


def snapped(frame: GeoFrame) -> GeoFrame:
    """Return the frame with its origin on a coarse grid."""
    x, y, _ = frame.origin
    return replace(frame, origin=(round(x / SNAP_M) * SNAP_M, round(y / SNAP_M) * SNAP_M, 0.0))


def layers_to_bake(
    project: Project,
    folder: Path,
    registry: Registry,
    *,
    roots: Sequence[Path],
    progress: Progress,
) -> tuple[list[BakeLayer], Placement]:
    """Load the visible layers of a project and return what a tileset is baked from.

    Rows count that are valid at the project's time.

    Parameters
    ----------
    roots : sequence of Path
        Folders of layers and plugins, so that other processes find them too.
    progress : Progress
        Takes the problems of the layers; a layer that fails is left out.
    """
    at = project.at or datetime.now(UTC)
    placement = Placement.of(project.frame)
    loaded: list[tuple[LayerSpec, rt.Loaded]] = []
    for spec in project.layers:
        if not spec.visible:
            continue
        progress.check_cancelled()
        answer = _guarded(spec, progress, partial(_load, spec, project, folder, registry, progress))
        if answer is not None:
            loaded.append((spec, answer))
    ground = next((a.read.ground for _, a in loaded if a.read.ground), None) or FlatGround()
    view = ViewQuery(at=at, frame=project.frame, ground=ground)
    found: list[BakeLayer] = []
    for spec, answer in loaded:
        progress.check_cancelled()
        source = _Source(spec, answer, view, placement, tuple(str(r) for r in roots))
        found += _guarded(spec, progress, partial(source.layers, progress)) or []
    return found, placement


def _guarded(spec: LayerSpec, progress: Progress, work: Callable[[], Any]) -> Any:
    """Run a layer's code; whatever it raises becomes a problem and the layer is left out."""
    try:
        return work()
    except Cancelled:
        raise
    except BelvedereError as error:
        progress.report(error.problem)
    except Exception as error:  # noqa: BLE001 - a layer's author may raise anything
        reason = f"{type(error).__name__}: {error}"[:300]
        progress.report(Problem("job.failed", spec.id, {"reason": reason}, Severity.ERROR))
    return None


def _load(
    spec: LayerSpec, project: Project, folder: Path, registry: Registry, progress: Progress
) -> rt.Loaded:
    at = project.at or datetime.now(UTC)
    made = rt.make_layer(registry.create(spec.type), spec)
    job = Job("job.load", spec.id)
    read = rt.read(JobContext(spec, folder, project.frame, made.params, job), made)
    for problem in (*made.problems, *read.problems):
        progress.report(problem)
    return rt.loaded(read, spec, made, at)


@dataclass(frozen=True, eq=False)
class _Source:
    """A loaded layer."""

    spec: LayerSpec
    loaded: rt.Loaded
    view: ViewQuery
    placement: Placement
    roots: tuple[str, ...]

    @property
    def id(self) -> str:
        return re.sub(r"[^a-zA-Z0-9_]", "_", self.spec.id) or "layer"

    @property
    def title(self) -> str:
        return str(self.spec.title.get("en") or next(iter(self.spec.title.values()), self.spec.id))

    def layers(self, progress: Progress) -> list[BakeLayer]:
        if (
            getattr(self.loaded.made.layer, "rowwise", False)
            and self.loaded.read.table.mesh is None
        ):
            return self._by_rows()
        return self._by_shapes(progress)

    def _valid(self) -> NDArray[np.bool_]:
        valid = self.loaded.validity
        return (
            np.ones(len(self.loaded.read.table), bool) if valid is None else valid.at(self.view.at)
        )

    # Rows that other processes turn into drawables.

    def _by_rows(self) -> list[BakeLayer]:
        import shapely

        table = self.loaded.read.table
        geometry = np.asarray(table.frame.geometry.array, dtype=object)
        box = shapely.bounds(geometry)
        rows = np.flatnonzero(np.isfinite(box).all(axis=1) & self._valid())
        if not len(rows):
            return []
        middle = (box[rows, :2] + box[rows, 2:]) / 2
        columns = columns_of(table)
        rgba = self.loaded.look.rgba
        bare = replace(table, frame=table.frame.iloc[:0], mesh=None, raster=None, tables={})

        def task(name: str, members: NDArray[np.intp], side_m: float) -> LeafTask:
            chosen = rows[members]
            of_tile = geometry[chosen]
            low, high = box[chosen, :2].min(axis=0), box[chosen, 2:].max(axis=0)
            maker = RowsMaker(
                roots=self.roots,
                spec=self.spec,
                view=replace(
                    self.view, ground=_around(self.view.ground, low, high, self.view.frame)
                ),
                crs=table.crs,
                name=table.name,
                notes=dict(bare.columns),
            )
            held = Rows(
                columns={n: v[chosen] for n, v in columns.items()},
                wkb=np.asarray(shapely.to_wkb(of_tile), dtype=object),
                rgba=rgba[chosen],
            )
            return LeafTask(
                name=name, placement=self.placement, rows=held, maker=maker, side_m=side_m
            )

        weight = np.ones(len(rows), np.int64)
        return [BakeLayer(id=self.id, title=self.title, xy=middle, weight=weight, task=task)]

    # Drawables that are cut here.

    def _by_shapes(self, progress: Progress) -> list[BakeLayer]:
        made, table = self.loaded.made, self.loaded.read.table
        built = rt.build(made.layer, table, made.params, self.view, self.spec.id)
        for problem in built.problems:
            progress.report(problem)
        shapes = [s for s in shapes_of(built.drawables, self.loaded.look.rgba) if len(s.corners)]
        valid = np.append(self._valid(), True)
        named, loose = [], []
        for shape in shapes:
            row = shape.row[shape.corners[:, 0]]
            shown = valid[np.where(row < 0, len(valid) - 1, row)]
            if ((row >= 0) & shown).any():
                named.append(shape.take(np.flatnonzero((row >= 0) & shown)))
            if (row < 0).any():
                loose.append(shape.take(np.flatnonzero(row < 0)))
        found = [self._named(named)] if named else []
        return found + ([self._loose(loose, suffix="_loose" if named else "")] if loose else [])

    def _named(self, shapes: list[Shape]) -> BakeLayer:
        origin = np.asarray(self.view.frame.origin[:2])
        row = np.concatenate([s.row for s in shapes])
        xy = np.concatenate([s.xyz[:, :2] for s in shapes])
        rows, of = np.unique(row, return_inverse=True)
        count = np.bincount(of)
        middle = np.column_stack([np.bincount(of, weights=xy[:, k]) / count for k in (0, 1)])
        pieces = np.zeros(len(rows), np.int64)
        cuts = []
        for shape in shapes:
            of_piece = np.searchsorted(rows, shape.row[shape.corners[:, 0]])
            pieces += np.bincount(of_piece, minlength=len(rows))
            order = np.argsort(of_piece, kind="stable")
            cuts.append((shape, order, of_piece[order]))
        columns, rgba = columns_of(self.loaded.read.table), self.loaded.look.rgba

        def task(name: str, members: NDArray[np.intp], side_m: float) -> LeafTask:
            taken = []
            new = np.full(len(self.loaded.read.table), -1, np.int32)
            new[rows[members]] = np.arange(len(members), dtype=np.int32)
            for shape, order, ordered in cuts:
                start, stop = (np.searchsorted(ordered, members, side=s) for s in ("left", "right"))
                size = stop - start
                if size.sum():
                    steps = np.arange(size.sum()) - np.repeat(np.cumsum(size) - size, size)
                    part = shape.take(order[np.repeat(start, size) + steps])
                    taken.append(replace(part, row=new[part.row]))
            held = Rows(
                columns={n: v[rows[members]] for n, v in columns.items()},
                wkb=None,
                rgba=rgba[rows[members]],
            )
            return LeafTask(
                name=name, placement=self.placement, rows=held, shapes=tuple(taken), side_m=side_m
            )

        weight = np.maximum(pieces // TRIANGLES_A_FEATURE, 1)
        return BakeLayer(id=self.id, title=self.title, xy=middle + origin, weight=weight, task=task)

    def _loose(self, shapes: list[Shape], suffix: str) -> BakeLayer:
        origin = np.asarray(self.view.frame.origin[:2])
        middle = [s.xyz[s.corners, :2].mean(axis=1) for s in shapes]
        starts = np.cumsum([0, *(len(s.corners) for s in shapes)])
        none = Rows(columns={}, wkb=None, rgba=np.zeros((0, 4), np.uint8))

        def task(name: str, members: NDArray[np.intp], side_m: float) -> LeafTask:
            taken = []
            for shape, low, high in zip(shapes, starts[:-1], starts[1:], strict=True):
                mine = members[(members >= low) & (members < high)] - low
                if len(mine):
                    taken.append(shape.take(mine))
            return LeafTask(
                name=name, placement=self.placement, rows=none, shapes=tuple(taken), side_m=side_m
            )

        return BakeLayer(
            id=self.id + suffix,
            title=self.title,
            xy=np.concatenate(middle) + origin,
            weight=np.ones(int(starts[-1]), np.int64),
            task=task,
            most=LOOSE_A_TILE,
        )


def columns_of(table: FeatureTable) -> dict[str, NDArray[Any]]:
    """Return the attributes of a table as arrays of numbers and texts."""
    geometry = table.frame.geometry.name if table.frame.columns.size else ""
    found: dict[str, NDArray[Any]] = {}
    for name in table.frame.columns:
        if name == geometry:
            continue
        values = table.frame[name]
        array = values.to_numpy()
        if array.dtype.kind not in "biuf":
            missing = values.isna().to_numpy()
            array = np.array(
                [None if m else str(v) for v, m in zip(array, missing, strict=True)], dtype=object
            )
        found[str(name)] = array
    return found


@dataclass(frozen=True, eq=False, kw_only=True)
class RowsMaker:
    """Builds rows with the code of their layer, on whatever machine has Belvedere's folders at the same place."""

    roots: tuple[str, ...]
    spec: LayerSpec
    view: ViewQuery
    crs: str
    name: str
    notes: dict[str, Column]

    def drawables(self, rows: Rows) -> Sequence[Drawable]:
        """Return what the layer draws of the rows."""
        import geopandas as gpd
        import shapely

        made = _layer(self.roots, self.spec.type)
        params = rt.make_layer(made, self.spec).params
        frame = gpd.GeoDataFrame(
            dict(rows.columns), geometry=shapely.from_wkb(rows.wkb), crs=self.crs or None
        )
        table = FeatureTable(frame=frame, crs=self.crs, name=self.name, columns=self.notes)
        return rt.build(made, table, params, self.view, self.spec.id).drawables

    def digest(self) -> bytes:
        """Return what distinguishes it from another maker."""
        found = hashlib.sha256(
            f"{self.spec.type} {sorted(self.spec.params.items())} {self.crs}".encode()
        )
        ground = self.view.ground
        if isinstance(ground, GridGround):
            found.update(np.ascontiguousarray(ground.z_in_scene).tobytes())
            found.update(f"{ground.x_first} {ground.y_first} {ground.cell_m}".encode())
        return found.digest()


@lru_cache(maxsize=16)
def _layer(roots: tuple[str, ...], type_id: str) -> Any:
    return Registry.discover([Path(root) for root in roots]).create(type_id)


def _around(
    ground: Ground, low: NDArray[np.float64], high: NDArray[np.float64], frame: GeoFrame
) -> Ground:
    """Return the part of the terrain that a tile stands on."""
    if not isinstance(ground, GridGround):
        return ground
    rows, columns = ground.z_in_scene.shape
    x0, y0 = low - frame.origin[:2]
    x1, y1 = high - frame.origin[:2]
    j0 = int(np.clip((x0 - ground.x_first) // ground.cell_m - GROUND_MARGIN, 0, columns - 2))
    j1 = int(np.clip((x1 - ground.x_first) // ground.cell_m + GROUND_MARGIN, j0 + 2, columns))
    i0 = int(np.clip((ground.y_first - y1) // ground.cell_y_m - GROUND_MARGIN, 0, rows - 2))
    i1 = int(np.clip((ground.y_first - y0) // ground.cell_y_m + GROUND_MARGIN, i0 + 2, rows))
    return replace(
        ground,
        z_in_scene=ground.z_in_scene[i0:i1, j0:j1],
        x_first=ground.x_first + j0 * ground.cell_m,
        y_first=ground.y_first - i0 * ground.cell_y_m,
    )
