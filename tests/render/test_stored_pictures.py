"""The look of the scene, against stored pictures: light, shadow, windows, x-ray, night, labels, furniture.

Drivers draw edges a little differently, so means over small squares are compared. After a wanted change of
the look, run with ``BELVEDERE_STORE_PICTURES=1`` and look at what is stored before committing it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from tests.twin.render.block_text import BlockText
from tests.twin.render.toy_town import open_town
from twin.model.project import View
from twin.render.picture import render_picture, save_png
from twin.work.session import Session

pytestmark = pytest.mark.render

STORED = Path(__file__).parent / "pictures"
SIZE = (320, 200)
SQUARE_PX = 5
MEAN_OFF, WORST_OFF = 4.0, 45.0
"""Of 255: allowed difference of the whole picture and of any square."""

CLOSE = View(id="", title={}, position=(-40, -190, 60), target=(10, 0, 12))
BELOW = View(id="", title={}, position=(-40, -190, 90), target=(10, 0, 0), xray=True)
STREET = View(id="", title={}, position=(0, -120, 1.7), target=(3, 0, 6), field_of_view_deg=60)

DAY = datetime(2026, 6, 21, 9, 0, tzinfo=UTC)
DUSK = datetime(2026, 6, 21, 19, 40, tzinfo=UTC)
NIGHT = datetime(2026, 6, 21, 23, 0, tzinfo=UTC)

SCENES: dict[str, dict[str, object]] = {
    "day": {"view": CLOSE, "at": DAY},
    "dusk": {"view": CLOSE, "at": DUSK},
    "night": {"view": CLOSE, "at": NIGHT},
    "street": {"view": STREET, "at": DAY},
    "xray": {"view": BELOW, "at": DAY},
    "furnished": {"view": CLOSE, "at": DAY, "text": BlockText(), "lang": "fr"},
}


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    session = open_town(tmp_path_factory.mktemp("town"))
    yield session
    session.close()


def squares(image: np.ndarray) -> np.ndarray:
    height, width = image.shape[:2]
    cut = image[: height // SQUARE_PX * SQUARE_PX, : width // SQUARE_PX * SQUARE_PX]
    shape = (height // SQUARE_PX, SQUARE_PX, width // SQUARE_PX, SQUARE_PX, 3)
    return cut.astype(float).reshape(shape).mean(axis=(1, 3))


@pytest.mark.parametrize("name", SCENES)
def test_the_scene_looks_as_stored(town: Session, name: str, tmp_path: Path) -> None:
    from PIL import Image

    image = render_picture(town, size=SIZE, **SCENES[name])  # type: ignore[arg-type]
    path = STORED / f"{name}.png"
    if os.environ.get("BELVEDERE_STORE_PICTURES"):
        STORED.mkdir(exist_ok=True)
        save_png(image, path)
    with Image.open(path) as stored:
        off = np.abs(squares(image) - squares(np.asarray(stored)))
    save_png(image, tmp_path / f"{name}.png")
    where = f"see {tmp_path / name}.png"
    assert off.mean() < MEAN_OFF, where
    assert np.quantile(off, 0.995) < WORST_OFF, where
