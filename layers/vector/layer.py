"""The vector layer: any features, drawn by their kind and by what their columns say."""

from __future__ import annotations

from collections.abc import Sequence

from layers.vector import areas, labels, lines, points
from layers.vector.options import VectorParams
from layers.vector.values import AREA, LINE, Job, kinds_in
from twin import api

GREEN, ROAD, NEUTRAL = "#b5c79a", "#e8e5de", "#9aa7b1"


class Vector:
    """Points, lines and polygons on, above or below the ground."""

    Params = VectorParams

    def load(self, ctx: api.LoadContext) -> api.FeatureTable:
        """Read the features; name columns and glyphs that do not exist."""
        table = ctx.read("features")
        ctx.check_cancelled()
        present = set(map(str, table.frame.columns))
        for name, value in vars(ctx.params).items():
            missing = name.endswith("_column") and value and value not in present
            if (
                missing
                and len(table)
                and not (name == "label_column" and _has_languages(value, present))
            ):
                ctx.report(
                    api.Problem(
                        "vector.column_missing", table.name, {"param": name, "column": value}
                    )
                )
        if ctx.params.glyph and ctx.params.glyph not in api.shapes.GLYPHS:
            ctx.report(api.Problem("vector.glyph_unknown", table.name, {"glyph": ctx.params.glyph}))
        return table

    def default_style(self, table: api.FeatureTable) -> api.Style:
        """One quiet colour, by the kind of geometry."""
        kinds = kinds_in(table)
        colour = {frozenset([AREA]): GREEN, frozenset([LINE]): ROAD}.get(kinds, NEUTRAL)
        return api.Style(rule=api.Constant(colour=colour))

    def build(
        self, table: api.FeatureTable, params: VectorParams, view: api.ViewQuery
    ) -> Sequence[api.Drawable]:
        """Draw areas first, then lines, points and texts."""
        job = Job(table, params, view)
        return [*areas.draw(job), *lines.draw(job), *points.draw(job), *labels.draw(job)]


def _has_languages(stem: str, present: set[str]) -> bool:
    return any(
        f"{stem}_{language}" in present or f"{stem}:{language}" in present
        for language in labels.LANGUAGES
    )
