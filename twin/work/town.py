"""From a session to the frozen town that analyses work on."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np

from twin.analysis.town import Body, Town, bodies_for_rays
from twin.drawables import Mesh, Role

if TYPE_CHECKING:
    from twin.work.runtime import LayerRuntime
    from twin.work.session import Session


def town_of(
    session: Session, at: datetime | None = None, *, shown: Collection[str] | None = None
) -> Town:
    """Return what is visible of a session that is loaded, as it stands at a moment (the clock's if None).

    ``shown`` names the layers that are visible where the project does not say it: on a stage.
    """
    visible = {s.id for s in session.project.layers if s.visible} if shown is None else shown
    moment = at or session.clock.at
    terrain = next((r for r in session.layers() if r.ground is not None), None)
    return Town(
        frame=session.project.frame,
        ground=session.ground,
        bodies=bodies_for_rays(
            [_body(r, moment) for r in session.layers() if r.spec.id in visible]
        ),
        time_zone=session.project.time_zone,
        ground_id=terrain.spec.id if terrain is not None else "",
    )


def _body(runtime: LayerRuntime, at: datetime) -> Body:
    table = runtime.table
    if table is None:
        return Body(
            layer_id=runtime.spec.id,
            drawables=(),
            feature_ids=np.zeros(0, object),
            rows=np.zeros(0, bool),
        )
    rows = runtime.validity.at(at) if runtime.validity else np.ones(len(table), bool)
    return Body(
        layer_id=runtime.spec.id,
        drawables=runtime.drawables,
        feature_ids=table.feature_ids,
        rows=rows,
    )


def built(body: Body) -> bool:
    """Whether a body has solids that belong to features: buildings and other works."""
    return any(
        isinstance(d, Mesh) and d.role is Role.SOLID and d.row_of_vertex is not None
        for d in body.drawables
    )
