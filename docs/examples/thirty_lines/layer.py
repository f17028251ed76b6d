"""Every point of a file becomes a bench."""

import numpy as np

from twin import api


class Benches:
    """The whole layer."""

    def load(self, ctx: api.LoadContext) -> api.FeatureTable:
        """Read a file of any format."""
        return ctx.read("features")

    def build(
        self, table: api.FeatureTable, params: None, view: api.ViewQuery
    ) -> list[api.Drawable]:
        """Stand benches on the ground."""
        rows, xyz = api.shapes.standing(table.frame.geometry, view.frame, view.ground)
        if not len(rows):
            return []
        size = np.tile(np.array([1.8, 0.6, 0.9], dtype=np.float32), (len(rows), 1))
        bench = api.Glyphs(xyz_in_scene=xyz, shape="bench", scale_m=size, row_of_glyph=rows)
        return [bench]
