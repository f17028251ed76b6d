"""Noise at some places, by day, in the evening and at night: the column that counts follows the clock."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Annotated, Any

import numpy as np

from twin import api

COLUMNS = {
    "name": api.Column(label={"en": "Place", "fr": "Lieu"}),
    "day_db": api.Column(unit="dB(A)", label={"en": "Day", "fr": "Jour"}),
    "evening_db": api.Column(unit="dB(A)", label={"en": "Evening", "fr": "Soirée"}),
    "night_db": api.Column(unit="dB(A)", label={"en": "Night", "fr": "Nuit"}),
    "now_db": api.Column(unit="dB(A)", label={"en": "At this hour", "fr": "À cette heure"}),
}


@api.params
class NoiseParams:
    """Settings."""

    scale: Annotated[float, api.Range(0.2, 5.0), api.Unit("1")] = 1.0


class NoiseByHour:
    """Columns coloured by what is heard at the hour of the clock."""

    Params = NoiseParams

    def load(self, ctx: api.LoadContext) -> api.FeatureTable:
        """Read places with three levels each, and say what the columns are."""
        table = ctx.read("places")
        return replace(table, columns={**table.columns, **COLUMNS})

    def build(
        self, table: api.FeatureTable, params: NoiseParams, view: api.ViewQuery
    ) -> list[api.Drawable]:
        """Draw a column at each place; its colour needs no build when the hour changes."""
        rows, xyz = api.shapes.standing(table.frame.geometry, view.frame, view.ground)
        if not len(rows):
            return []
        size = np.tile(np.array([6.0, 6.0, 30.0], np.float32), (len(rows), 1)) * params.scale
        column = api.Glyphs(
            xyz_in_scene=xyz,
            shape="cylinder",
            scale_m=size.astype(np.float32),
            row_of_glyph=rows,
        )
        return [column]

    def columns_at(
        self, table: api.FeatureTable, params: NoiseParams, at: datetime
    ) -> Mapping[str, Any]:
        """Return the level of the hour: day from 6, evening from 18, night from 22 (UTC)."""
        name = "night_db" if at.hour < 6 or at.hour >= 22 else "day_db" if at.hour < 18 else "evening_db"
        return {"now_db": table.frame[name].to_numpy(float)}

    def default_style(self, table: api.FeatureTable) -> api.Style:
        """Colour by the level of the hour; a missing one is grey, never zero."""
        rule = api.Graduated(column="now_db", breaks=(50.0, 55.0, 60.0, 65.0), ramp="lajolla", unit="dB(A)")
        return api.Style(rule=rule, title={"en": "Noise", "fr": "Bruit"})

    def describe(
        self, table: api.FeatureTable, row: int, params: NoiseParams, at: datetime
    ) -> Sequence[api.Fact]:
        """Say what a click shows."""
        now = float(self.columns_at(table, params, at)["now_db"][row])
        facts = api.facts_of(table, row, ("name", "day_db", "evening_db", "night_db"))
        if np.isfinite(now):
            label = COLUMNS["now_db"].label
            facts.append(api.Fact(label=label, value=now, unit="dB(A)", provenance=table.provenance))
        return facts

    def indicators(
        self, table: api.FeatureTable, params: NoiseParams, at: datetime
    ) -> Sequence[api.Fact]:
        """Count the places that are too loud at this hour."""
        loud = np.nan_to_num(self.columns_at(table, params, at)["now_db"]) > 65.0
        label = {"en": "Places above 65 dB(A)", "fr": "Lieux au-dessus de 65 dB(A)"}
        count = float(loud.sum())
        return [api.Fact(label=label, value=count, unit="1", provenance=table.provenance)]
