"""Where a thing that moves is: a vehicle that a stop follows."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np

from twin.model.selection import FeatureRef
from twin.model.story import Place

if TYPE_CHECKING:
    from twin.work.session import Session

Where = Callable[[datetime | None], Place | None]
"""Gives the place of a thing at a moment (None: now), None where it is not known."""


def whereabouts(session: Session, subject: FeatureRef | None) -> Where:
    """Return where a feature of a layer that moves is, as a function of time.

    The layer says it by its columns ``x_in_scene`` and ``y_in_scene`` of a moment; the height is that of the ground.
    """

    def where(at: datetime | None) -> Place | None:
        if subject is None:
            return None
        moment = at or session.clock.at
        runtime = next((some for some in session.layers() if some.spec.id == subject[0]), None)
        if runtime is None or runtime.table is None or not hasattr(runtime.layer, "columns_at"):
            return None
        rows = np.flatnonzero(np.asarray(runtime.table.feature_ids, str) == subject[1])
        columns = runtime.layer.columns_at(runtime.table, runtime.params, moment)
        if not len(rows) or "x_in_scene" not in columns:
            return None
        x, y = (float(columns[name][rows[0]]) for name in ("x_in_scene", "y_in_scene"))
        if not (math.isfinite(x) and math.isfinite(y)):
            return None
        return x, y, float(session.ground.height_m(np.array([[x, y]]))[0])

    return where
