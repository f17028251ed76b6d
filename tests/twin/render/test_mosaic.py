"""A picture of parts: cut until each is small enough, and laid together without a gap."""

from __future__ import annotations

import numpy as np

from twin.render.labels import Placed
from twin.render.mosaic import SMALLEST_PX, Mosaic
from twin.render.text import TextImage


def test_parts_that_are_split_cover_the_picture_once() -> None:
    mosaic = Mosaic(np.zeros((540, 960, 4), np.uint8))
    for _ in range(5):
        assert mosaic.split()
    number = 0
    while mosaic.cell is not None:
        cell = mosaic.cell
        number += 1
        share = (cell.width / 960, cell.height / 540)
        assert cell.part.share == share
        assert cell.part.bottom == (540 - cell.top - cell.height) / 540
        mosaic.lay(np.full((cell.height, cell.width, 4), number, np.uint8), ())
    assert number == 6
    assert set(np.unique(mosaic.picture)) == set(range(1, 7))


def test_small_parts_are_not_split() -> None:
    mosaic = Mosaic(np.zeros((100, 2 * SMALLEST_PX - 1, 4), np.uint8))
    assert not mosaic.split()


def test_a_part_stands_where_it_belongs_with_its_labels_over_it() -> None:
    before = np.zeros((200, 400, 4), np.uint8)
    mosaic = Mosaic(before)
    mosaic.split()
    label = TextImage(rgba=np.full((10, 20, 4), 255, np.uint8), width=20, height=10, baseline=8)
    placed = Placed(layer_id="a", row=0, xyz_in_scene=np.zeros(3), left=190, top=5, image=label)
    mosaic.lay(np.full((200, 200, 4), 7, np.uint8), [placed])
    seen = mosaic.picture[::-1]
    assert not before.any(), "the picture before may still be shown"
    assert (seen[5:15, 190:200, :3] == 255).all()
    assert (seen[15:, :200, :3] == 7).all()
    assert not seen[:, 200:].any()
