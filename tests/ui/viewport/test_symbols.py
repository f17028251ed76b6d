from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtGui import QImage

from twin.shapes import GLYPHS
from ui.viewport.overlay.symbols import SIDE_PX, ShapeSymbol, seen_upright


def ink(symbol: ShapeSymbol) -> np.ndarray:
    image = symbol.grab().toImage().convertToFormat(QImage.Format.Format_RGBA8888)
    seen = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.width(), 4)
    return seen[..., :3].astype(int)


@pytest.mark.parametrize("name", ["sensor.air", "sensor.parking", "charger", "bus"])
def test_a_symbol_lies_within_its_square(name: str) -> None:
    corners, shade, own = seen_upright(GLYPHS[name])
    assert len(corners) == len(shade) == len(own) > 4
    # Of a mast the lower end is cut off, of a train the far one.
    assert corners[..., 0].max() <= SIDE_PX
    assert corners[..., 1].min() >= 0
    assert np.ptp(corners[..., 0]) > SIDE_PX / 3
    assert np.all((shade >= 0) & (shade <= 1))


def test_kinds_look_different(qtbot) -> None:
    drawn = []
    for name in ("sensor.air", "sensor.noise", "sensor.bike", "sensor.waste"):
        symbol = ShapeSymbol(name)
        qtbot.addWidget(symbol)
        drawn.append(ink(symbol))
    for at, one in enumerate(drawn):
        assert one.std() > 20, "something is drawn"
        assert all(np.abs(one - other).mean() > 10 for other in drawn[:at])


def test_a_shape_that_is_not_there_leaves_its_place_empty(qtbot) -> None:
    symbol = ShapeSymbol("no.such.shape")
    qtbot.addWidget(symbol)
    assert ink(symbol).std() < 1
