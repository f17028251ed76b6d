"""The built-in symbols are light, closed, of unit size and stand on their foot."""

from __future__ import annotations

import numpy as np
import pytest
import trimesh

from twin.shapes import GLYPHS


@pytest.mark.parametrize("name", GLYPHS)
def test_a_symbol(name: str) -> None:
    shape = GLYPHS[name]
    mesh = trimesh.Trimesh(shape.xyz, shape.triangles, process=True)
    assert mesh.is_watertight
    assert mesh.volume > 0
    assert len(shape.triangles) <= 300
    assert np.abs(shape.xyz[:, :2]).max() == pytest.approx(0.5)
    assert shape.xyz[:, 2].min() == pytest.approx(0.0)
    assert shape.xyz[:, 2].max() == pytest.approx(1.0)
    assert shape.xyz.dtype == np.float32
    assert shape.rgba_of_vertex.shape == (len(shape.xyz), 4)
    assert shape.tintable.any()
    assert all(0.2 <= side <= 100 for side in shape.size_m)


def test_the_names_that_layers_use() -> None:
    for name in ("tree.broadleaf", "sensor.air", "heat.well", "inlet", "substation", "pin"):
        assert name in GLYPHS
    assert "tree" not in GLYPHS
    assert not GLYPHS["tree.broadleaf"].tintable.all()
    with pytest.raises(KeyError):
        GLYPHS["no such symbol"]
