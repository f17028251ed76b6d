"""Parts of a network that were announced before they were built: shown from then on, as planned."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from twin.api import FeatureTable, Text

ANNOUNCED, BEGINS, PHASE = "planned_from", "begins", "phase"
"""Columns: since when a part is planned, since when it is in service, and which of both it is now."""
PHASES: Mapping[str, Text] = {
    "planned": {"en": "planned", "fr": "en projet", "ko": "계획", "ar": "مخطط"},
    "in_service": {"en": "in service", "fr": "en service", "ko": "가동 중", "ar": "قيد التشغيل"},
}


def kept_visible(table: FeatureTable) -> FeatureTable:
    """Return the table with parts that say ``planned_from`` valid from then on; when they begin stays known."""
    frame = table.frame
    if ANNOUNCED not in frame or "valid_from" not in frame:
        return table
    known = frame[ANNOUNCED].notna() & (frame[ANNOUNCED].astype("string").fillna("") != "")
    if not known.any():
        return table
    frame = frame.copy()
    frame[BEGINS] = frame["valid_from"].where(known, None)
    frame["valid_from"] = frame[ANNOUNCED].where(known, frame["valid_from"])
    return replace(table, frame=frame)


def planned_at(table: FeatureTable, at: datetime) -> NDArray[np.bool_]:
    """Return (n,) True for rows that do not exist yet at a moment, but are planned."""
    if BEGINS not in table.frame:
        return np.zeros(len(table), dtype=bool)
    begins = pd.to_datetime(
        table.frame[BEGINS].astype("string"), errors="coerce", utc=True, format="mixed"
    )
    return (begins > pd.Timestamp(at.astimezone(UTC))).to_numpy(dtype=bool)


def without_planned(
    table: FeatureTable, now: Mapping[str, NDArray[Any]], at: datetime
) -> dict[str, NDArray[Any]]:
    """Return the values of a moment with none for what is only planned, and the phase of every row."""
    made = dict(now)
    if BEGINS not in table.frame:
        return made
    planned = planned_at(table, at)
    for name, values in now.items():
        if values.dtype.kind == "f":
            made[name] = np.where(planned, np.nan, values)
    made[PHASE] = np.where(planned, "planned", "in_service").astype(object)
    return made
