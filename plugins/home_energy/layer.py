"""A band around each building, coloured by what its connected homes use together at the hour of the clock.

Aggregates: one row a building and hour: ``rnb_id`` (or ``feature_id``), ``hour`` (0 to 23), ``homes``,
``power_w`` (mean of a home), ``temperature_c`` (mean). Values of fewer than ten homes are never shown,
whatever the file says: they could be somebody's. Presence is not read at all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import shapely

from twin import api

LEAST_HOMES = 10
SHOWN = {
    "power_w": (
        "W",
        {
            "en": "Power of a home (mean)",
            "fr": "Puissance d'un logement (moyenne)",
            "ko": "가구당 전력(평균)",
            "ar": "قدرة المنزل (متوسط)",
        },
    ),
    "temperature_c": (
        "°C",
        {
            "en": "Temperature (mean)",
            "fr": "Température (moyenne)",
            "ko": "온도(평균)",
            "ar": "درجة الحرارة (متوسط)",
        },
    ),
    "homes": ("1", {"en": "Homes", "fr": "Logements", "ko": "가구 수", "ar": "المنازل"}),
}
COLUMNS = {name: api.Column(unit=unit, label=label) for name, (unit, label) in SHOWN.items()} | {
    "secrecy": api.Column(label={"en": "Secrecy", "fr": "Secret", "ko": "비공개", "ar": "السرية"})
}


@api.params
class HomeEnergyParams:
    """Settings."""

    lift_m: Annotated[float, api.Range(0.2, 60.0), api.Unit("m")] = 0.6
    ring_m: Annotated[float, api.Range(0.5, 20.0), api.Unit("m")] = 5.0


class HomeEnergy:
    """Reads outlines of buildings, and hourly aggregates of their connected homes."""

    Params = HomeEnergyParams

    def load(self, ctx: api.LoadContext) -> api.FeatureTable:
        """Join buildings and aggregates by their id; groups that are too small are masked here."""
        table = ctx.read("buildings")
        frame = table.frame
        key = "rnb_id" if "rnb_id" in frame else api.FEATURE_ID
        hours = _aggregates(ctx.path("aggregates")) if "aggregates" in ctx.sources else {}
        kept = frame[frame[key].astype(str).isin({name for name, _ in hours})] if hours else frame
        kept = kept.reset_index(drop=True)
        names = kept[key].astype(str).tolist()
        homes = [
            max((v["homes"] for (n, _), v in hours.items() if n == name), default=np.nan)
            for name in names
        ]
        kept["homes"] = [h if h >= LEAST_HOMES else np.nan for h in homes]
        kept["secrecy"] = [None if h >= LEAST_HOMES else "secret" for h in homes]
        for what in ("power_w", "temperature_c"):
            for hour in range(24):
                kept[f"{what}_{hour:02}"] = [_value(hours.get((n, hour)), what) for n in names]
        units = {f"{w}_{h:02}": COLUMNS[w] for w in ("power_w", "temperature_c") for h in range(24)}
        return api.with_columns(table, {**COLUMNS, **units}, kept)

    def build(
        self, table: api.FeatureTable, params: HomeEnergyParams, view: api.ViewQuery
    ) -> list[api.Drawable]:
        """Draw a band on the ground around each building."""
        shapes = table.frame.geometry.to_numpy()
        there = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
        rows = np.flatnonzero(there & np.isin(shapely.get_type_id(shapes), (3, 6))).astype(np.int32)
        if not len(rows):
            return []
        origin = np.array(view.frame.origin[:2])
        local = shapely.transform(shapely.force_2d(shapes[rows]), lambda xy: xy - origin)
        bands = shapely.difference(shapely.buffer(local, params.ring_m), shapely.buffer(local, 0.3))
        flat = api.shapes.drape_polygons(bands, rows, ground=view.ground, lift_m=params.lift_m)
        return [
            api.Mesh(
                xyz_in_scene=flat.xyz.astype(np.float32),
                triangles=flat.triangles,
                row_of_vertex=flat.row_of_vertex,
                role=api.Role.DECAL,
            )
        ]

    def columns_at(
        self, table: api.FeatureTable, params: HomeEnergyParams, at: datetime
    ) -> Mapping[str, Any]:
        """Return what was used in the hour of the clock (UTC)."""
        return {
            what: table.frame[f"{what}_{at.hour:02}"].to_numpy(float)
            for what in ("power_w", "temperature_c")
        }

    def default_style(self, table: api.FeatureTable) -> api.Style:
        """Colour by the power of a home; masked groups are grey."""
        rule = api.Graduated(
            column="power_w",
            breaks=(150.0, 300.0, 450.0, 600.0),
            ramp="viridis",
            unit="W",
        )
        title = {
            "en": "Connected homes: power",
            "fr": "Logements connectés : puissance",
            "ko": "스마트 홈: 전력",
            "ar": "المنازل المتصلة: القدرة",
        }
        return api.Style(rule=rule, title=title)

    def describe(
        self, table: api.FeatureTable, row: int, params: HomeEnergyParams, at: datetime
    ) -> Sequence[api.Fact]:
        """Say what the homes use together, or that this is secret."""
        if table.frame["secrecy"].iloc[row]:
            label = {
                "en": "Fewer than ten homes",
                "fr": "Moins de dix logements",
                "ko": "10가구 미만",
                "ar": "أقل من عشرة منازل",
            }
            return [api.Fact(label=label, value="secret", provenance=table.provenance)]
        now = self.columns_at(table, params, at)
        facts = api.facts_of(table, row, ("homes",))
        return facts + [
            api.Fact(
                label=COLUMNS[what].label,
                value=float(values[row]),
                unit=COLUMNS[what].unit,
                provenance=table.provenance,
            )
            for what, values in now.items()
            if np.isfinite(values[row])
        ]

    def indicators(
        self, table: api.FeatureTable, params: HomeEnergyParams, at: datetime
    ) -> Sequence[api.Fact]:
        """Sum up what all homes use now."""
        homes = table.frame["homes"].to_numpy(float)
        power = self.columns_at(table, params, at)["power_w"]
        label = {
            "en": "Power of connected homes",
            "fr": "Puissance des logements connectés",
            "ko": "스마트 홈의 전력",
            "ar": "قدرة المنازل المتصلة",
        }
        total = float(np.nansum(homes * power)) / 1000.0
        return [api.Fact(label=label, value=total, unit="kW", provenance=table.provenance)]


def _aggregates(path: Path) -> dict[tuple[str, int], dict[str, float]]:
    """Return the values by building and hour; hours that are none are left out."""
    found: dict[tuple[str, int], dict[str, float]] = {}
    for row in api.read_rows(path):
        hour = api.number(row.get("hour"))
        if not 0 <= hour < 24:
            continue
        name = str(row.get("rnb_id") or row.get("feature_id") or "")
        found[name, int(hour)] = {what: api.number(row.get(what)) for what in SHOWN}
    return found


def _value(row: Mapping[str, float] | None, what: str) -> float:
    """Return a value of a group that is large enough, NaN for any other."""
    return row[what] if row is not None and row["homes"] >= LEAST_HOMES else float("nan")
