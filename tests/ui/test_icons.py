from __future__ import annotations

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QIcon

from ui.icons import exists, icon


def inked(made: QIcon, size: int, mode: QIcon.Mode = QIcon.Mode.Normal) -> list[QColor]:
    image = made.pixmap(QSize(size, size), mode).toImage()
    points = [(x, y) for x in range(image.width()) for y in range(image.height())]
    return [image.pixelColor(*p) for p in points if image.pixelColor(*p).alpha() > 250]


@pytest.mark.parametrize("size", [16, 32, 64])
def test_an_icon_fills_a_good_part_of_any_size(qapp, size: int) -> None:
    assert 0.05 < len(inked(icon("mdi6.home"), size)) / size**2 < 0.8


def test_an_icon_is_drawn_in_the_colour_asked_for(qapp) -> None:
    assert {c.name() for c in inked(icon("mdi6.square", "#ff0000"), 32)} == {"#ff0000"}


def test_a_disabled_icon_looks_different(qapp) -> None:
    made = icon("mdi6.square")
    normal, disabled = inked(made, 32), inked(made, 32, QIcon.Mode.Disabled)
    assert {c.name() for c in normal} != {c.name() for c in disabled}


def test_an_unknown_name_gives_a_plain_square(qapp) -> None:
    assert not exists("mdi6.no such icon")
    assert inked(icon("fa5s.no such icon"), 32) == inked(icon("mdi6.square-outline"), 32)
