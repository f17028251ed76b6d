"""Buildings that a variant sets beside streamed tiles: added ones, and those that stand in place of baked ones.

They are made as a layer of buildings makes them, and have rows of their own before those of the tiles.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from twin.drawables import Drawable, Mesh, Tileset
from twin.model.geoframe import GeoFrame
from twin.model.layer import LayerSpec, ViewQuery
from twin.model.plans import ADD, LEVEL, MODIFY, VERSION, Change, Changes, version_id
from twin.model.table import FEATURE_ID, FeatureTable
from twin.problems import Problem, Severity
from twin.registry import Registry
from twin.tiles.foot import ground_at
from twin.tiles.slots import PLANNED_ROWS
from twin.work import runtime as rt
from twin.work.context import JobContext
from twin.work.jobs import Job
from twin.work.plan import GEOMETRY
from twin.work.runtime import Built
from twin.work.sheets import BUILDINGS


@dataclass(frozen=True, eq=False, kw_only=True)
class Asked:
    """What a worker needs to know."""

    spec: LayerSpec
    changes: Changes
    folder: Path
    registry: Registry
    view: ViewQuery


def shaped(change: Change) -> bool:
    """Whether a change brings a shape."""
    return change.op in (ADD, MODIFY) and GEOMETRY in change.values and LEVEL not in change.values


def shape_changes(changes: Sequence[Change]) -> Changes:
    """Return the changes of features that have a shape of their own, from the first one on that brings it.

    What replaces a baked building is added, under the id of its version: the baked one ends there.
    """
    begun: dict[str, str] = {}
    found = []
    for change in changes:
        name = change.feature_id
        if name not in begun:
            if not shaped(change):
                continue
            begun[name] = name if change.op == ADD else version_id(name, change.phase)
            change = replace(change, op=ADD)  # noqa: PLW2901 - of a table that does not have it
        found.append(replace(change, feature_id=begun[name]))
    return tuple(found)


def with_shapes(built: Built, asked: Asked, job: Job) -> Built:
    """Return a built layer with what the variant adds to its tiles. Runs on a worker."""
    tileset = next((d for d in built.drawables if isinstance(d, Tileset)), None)
    changes = shape_changes(asked.changes)
    if tileset is None or not changes or BUILDINGS not in asked.registry.layer_types:
        return built
    spec = LayerSpec(id=asked.spec.id, type=BUILDINGS, title=asked.spec.title)
    made = rt.make_layer(asked.registry.create(BUILDINGS), spec)
    frame = asked.view.frame
    context = JobContext(spec, asked.folder, frame, made.params, job, changes=changes)
    table = _unversioned(rt.read(context, made).table)
    left_out = _too_many(table, asked.spec.id)
    table = (
        table if not left_out else replace(table, frame=table.frame.iloc[:PLANNED_ROWS], mesh=None)
    )
    view = _on_tiles(asked.view, tileset, table, frame)
    more = rt.build(made.layer, table, made.params, view, asked.spec.id)
    drawables = (*built.drawables, *(_ours(d) for d in more.drawables))
    problems = (*built.problems, *context.problems, *more.problems, *left_out)
    return replace(
        built, drawables=drawables, bounds=rt.bounds_of(drawables), problems=problems, planned=table
    )


def _ours(drawable: Drawable) -> Drawable:
    """Return a drawable that is coloured by rows, as the tiles are, and not as the layer of buildings would."""
    return replace(drawable, styled=True) if isinstance(drawable, Mesh) else drawable


def _unversioned(table: FeatureTable) -> FeatureTable:
    """Return a table in which a version of a version is one of the feature."""
    ids = [_once(str(name)) for name in table.feature_ids]
    return replace(table, frame=table.frame.assign(**{FEATURE_ID: np.array(ids, object)}))


def _once(name: str) -> str:
    parts = name.split(VERSION)
    return name if len(parts) < 3 else f"{parts[0]}{VERSION}{parts[-1]}"


def _too_many(table: FeatureTable, where: str) -> tuple[Problem, ...]:
    if len(table) <= PLANNED_ROWS:
        return ()
    values = {"count": len(table), "most": PLANNED_ROWS}
    return (Problem("plan.streamed_many", where, values, Severity.WARNING),)


def _on_tiles(view: ViewQuery, tileset: Tileset, table: FeatureTable, frame: GeoFrame) -> ViewQuery:
    """Let what is planned stand on the terrain of the session, else on that of the tiles."""
    shapes: Any = table.frame.geometry.to_numpy()
    if np.isfinite(view.ground.cell_m) or not len(shapes):
        return view
    places = shapely.get_coordinates(shapely.centroid(shapes)) - np.asarray(frame.origin[:2])
    places = places[np.isfinite(places).all(axis=1)]
    ground = ground_at(tileset.address, frame, places, tileset.options) if len(places) else None
    return view if ground is None else replace(view, ground=ground)
