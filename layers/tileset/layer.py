"""The tileset layer: 3D Tiles that are streamed as the view needs them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated, Any

import pandas as pd

from twin import api
from twin.api import Range, Unit, params, tilesets

ABOUT = "tileset"


@params
class TilesetParams:
    """How fine the picture is, and what it may take."""

    detail_px: Annotated[float, Range(0.5, 64), Unit("px")] = 1.0
    memory_mb: Annotated[int, Range(0, 1_000_000), Unit("MB")] = 0


class StreamedTileset:
    """Tiles of any size."""

    Params = TilesetParams

    def load(self, ctx: api.LoadContext) -> api.FeatureTable:
        """Read what the tileset says of itself; its tiles come when they are looked at."""
        ctx.check_cancelled()
        source = ctx.sources.get("tileset")
        if source is None:
            raise api.ReadError("layer.source_missing", "tileset", role="tileset")
        remote = source.path.startswith(("http://", "https://"))
        address = source.path if remote else str(ctx.path("tileset"))
        found = tilesets.about(address, ctx.frame)
        return replace(
            api.tilesets.no_rows(ctx.frame.crs, found.title),
            tables={ABOUT: pd.DataFrame({"about": [found]})},
            provenance=source.provenance,
        )

    def build(
        self, table: api.FeatureTable, params: TilesetParams, view: api.ViewQuery
    ) -> Sequence[api.Drawable]:
        """Hand the tileset to the picture, which streams it."""
        held = table.tables.get(ABOUT)
        if held is None or not len(held):
            return []
        found = held["about"].iloc[0]
        return [
            api.Tileset(
                address=found.address,
                crs=view.frame.crs,
                origin=view.frame.origin,
                error_px=params.detail_px,
                budget_bytes=params.memory_mb << 20,
                bounds=found.bounds,
            )
        ]

    def describe(
        self, table: api.FeatureTable, row: int, params: TilesetParams, at: Any
    ) -> Sequence[api.Fact]:
        """Say what the file says of a feature; columns of other layers of a city say nothing of it."""
        told = table.frame.iloc[row].drop(table.frame.geometry.name)
        known = {str(name): value for name, value in told.items() if not _missing(value)}
        return [api.Fact(label={"en": name}, value=value) for name, value in known.items()]


def _missing(value: Any) -> bool:
    return value is None or value is pd.NaT or value == "" or value != value  # noqa: PLR0124 - NaN
