"""The town of another variant or moment than the one that is shown: only what differs is made again, on a worker."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from twin.analysis.town import Body, Town, bodies_for_rays
from twin.errors import BelvedereError
from twin.model.layer import LayerSpec, ViewQuery
from twin.model.plans import Changes, changes_of
from twin.model.table import FeatureTable
from twin.progress import Progress
from twin.work import runtime as rt
from twin.work.context import JobContext
from twin.work.jobs import PartOfJob
from twin.work.validity import Validity

if TYPE_CHECKING:
    from twin.registry import Registry
    from twin.work.session import Session

EXISTING = "existing"
"""Word for the city without any variant, where an id of one is asked for."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Layer:
    """A visible layer as it is, and the changes that hold in the other variant."""

    spec: LayerSpec
    layer: Any
    params: Any
    table: FeatureTable | None
    drawables: tuple[Any, ...]
    is_ground: bool
    now: Changes
    then: Changes


@dataclass(frozen=True, eq=False, kw_only=True)
class TownAsked:
    """A town, frozen on the owner's thread; :func:`town_made` makes it on a worker."""

    shown: Town
    layers: tuple[Layer, ...]
    variant: str
    at: datetime
    folder: Path
    registry: Registry


def town_asked(session: Session, variant: str, at: datetime) -> TownAsked:
    """Freeze the town of a variant: its id, or :data:`EXISTING` (or nothing) for none.

    Raises
    ------
    BelvedereError
        ``analyse.unknown_variant``.
    """
    from twin.work.town import town_of

    project = session.project
    known = [v.id for v in project.variants]
    name = "" if variant == EXISTING else variant
    if name and name not in known:
        words = ", ".join([EXISTING, *known])
        raise BelvedereError("analyse.unknown_variant", variant, known=words)
    then = changes_of(project, name, at)
    layers = tuple(
        Layer(
            spec=r.spec,
            layer=r.layer,
            params=r.params,
            table=r.table,
            drawables=r.drawables,
            is_ground=r.ground is not None,
            now=r.changes,
            then=then.get(r.spec.id, ()),
        )
        for r in session.layers()
        if r.spec.visible or r.ground is not None
    )
    return TownAsked(
        shown=town_of(session, at),
        layers=layers,
        variant=name,
        at=at,
        folder=session.folder,
        registry=session.registry,
    )


def differs(asked: TownAsked) -> bool:
    """Whether a town is another one than what is loaded."""
    return any(layer.now != layer.then for layer in asked.layers)


def town_made(asked: TownAsked, progress: Progress) -> Town:
    """Return the town: layers in which other changes hold are read and built again. Runs on a worker."""
    ground = asked.shown.ground
    tables: dict[str, FeatureTable | None] = {}
    for layer in asked.layers:
        progress.check_cancelled()
        tables[layer.spec.id] = layer.table
        if layer.now == layer.then or layer.layer is None:  # the same, or it could not be loaded
            continue
        tables[layer.spec.id] = _table(asked, layer, progress)
        if layer.is_ground and layer.spec.id == asked.shown.ground_id:
            ground = layer.layer.ground(tables[layer.spec.id], layer.params, asked.shown.frame)
    view = ViewQuery(at=asked.at, frame=asked.shown.frame, ground=ground, variant=asked.variant)
    bodies = []
    for layer in asked.layers:
        if not layer.spec.visible:
            continue
        progress.check_cancelled()
        table = tables[layer.spec.id]
        again = layer.now != layer.then or ground is not asked.shown.ground
        drawables = layer.drawables
        if again and table is not None:
            where = layer.spec.id
            drawables = rt.build(layer.layer, table, layer.params, view, where).drawables
        bodies.append(_body(layer.spec.id, table, drawables, asked.at))
    return replace(asked.shown, ground=ground, bodies=bodies_for_rays(bodies))


def _table(asked: TownAsked, layer: Layer, progress: Progress) -> FeatureTable:
    job = PartOfJob("job.load", layer.spec.id, progress)
    context = JobContext(
        layer.spec, asked.folder, asked.shown.frame, layer.params, job, changes=layer.then
    )
    table: FeatureTable = layer.layer.load(context)
    return table


def _body(name: str, table: FeatureTable | None, drawables: Any, at: datetime) -> Body:
    if table is None:
        return Body(
            layer_id=name, drawables=(), feature_ids=np.zeros(0, object), rows=np.zeros(0, bool)
        )
    validity = Validity.of(table.frame)
    rows = validity.at(at) if validity else np.ones(len(table), bool)
    return Body(layer_id=name, drawables=drawables, feature_ids=table.feature_ids, rows=rows)
