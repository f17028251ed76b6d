"""Series of features as a chart shows them: read, summed up and written."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ui.docks.features import feature_title
from ui.i18n import text
from ui.i18n.formats import quantity

if TYPE_CHECKING:
    from twin.model.layer import Series
    from twin.work.session import Session


@dataclass(frozen=True, slots=True)
class Shown:
    """A series of the chart and whose it is."""

    layer: str
    feature: str
    title: str
    series: Series

    @property
    def seconds(self) -> Any:
        """Times, seconds since 1970."""
        return self.series.time_utc.astype("datetime64[ns]").astype("int64") / 1e9


def series_of(session: Session, layer: str, feature: str) -> list[Shown]:
    """Return the series of a feature, none where it is gone."""
    runtime = session.layer(layer)
    row = runtime.table.row_of(feature) if runtime.table is not None else -1
    if row < 0:
        return []
    title = feature_title(runtime, row)
    return [Shown(layer, feature, title, series) for series in runtime.series(row)]


def again(session: Session, before: Sequence[Shown]) -> list[Shown]:
    """Return the same series as they are now; for workers."""
    found: list[Shown] = []
    for layer, feature in dict.fromkeys((s.layer, s.feature) for s in before):
        names = [s.series.name for s in before if (s.layer, s.feature) == (layer, feature)]
        found += [s for s in series_of(session, layer, feature) if s.series.name in names]
    return found


def numbers_of(shown: Shown, low: float, high: float, at: float) -> list[str]:
    """Return the value at a moment, least, mean, most and number of the values in a stretch of time."""
    seconds, value = shown.seconds, shown.series.value
    unit = shown.series.unit
    before = int(np.searchsorted(seconds, at, side="right")) - 1
    now = value[before] if before >= 0 else np.nan
    inside = value[(seconds >= low) & (seconds <= high) & np.isfinite(value)]
    figures = [now]
    figures += [inside.min(), inside.mean(), inside.max()] if len(inside) else [np.nan] * 3
    words = ["–" if not np.isfinite(f) else quantity(round(float(f), 2), unit) for f in figures]
    return [*words, str(len(inside))]


def write_csv(path: Path, shown: Sequence[Shown], stretch: tuple[float, float]) -> None:
    """Write the values of series within a stretch of time, seconds since 1970, as a table."""
    low, high = stretch
    with path.open("w", newline="", encoding="utf-8-sig") as file:
        writer = csv.writer(file)
        writer.writerow(["feature_id", "name", "unit", "phenomenon_time", "result", "quality"])
        for one in shown:
            quality = one.series.provenance.quality.value
            inside = (one.seconds >= low) & (one.seconds <= high)
            row = [one.feature, text(one.series.name), one.series.unit]
            for at, value in zip(one.seconds[inside], one.series.value[inside], strict=True):
                moment = datetime.fromtimestamp(at, UTC).isoformat()
                said = "" if np.isnan(value) else repr(float(value))
                writer.writerow([*row, moment, said, quality])
