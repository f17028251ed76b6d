"""Pictures of a session: what is in them, from where, under which light; nothing stays behind."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from tests.twin.render.block_text import BlockText
from tests.twin.render.toy_town import AT, open_town
from twin.errors import BelvedereError
from twin.model.project import View
from twin.render.picture import render_picture, save_png
from twin.work.session import Session

pytestmark = pytest.mark.render

SIZE = (240, 150)
NOON = datetime(2026, 6, 21, 12, 0, tzinfo=UTC)
NIGHT = datetime(2026, 6, 21, 0, 0, tzinfo=UTC)


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Session]:
    session = open_town(tmp_path)
    yield session
    session.close()


def picture(town: Session, view: str | View = "south", **more: object) -> np.ndarray:
    return render_picture(town, size=SIZE, view=view, **more)  # type: ignore[arg-type]


def share(image: np.ndarray, name: str) -> float:
    """Return how much of a picture is mostly red, blue, magenta."""
    r, g, b = (image[:, :, i].astype(int) for i in range(3))
    return float(
        {
            "red": (r > g + 50) & (r > b + 50),
            "blue": (b > r + 60) & (b > g + 60),
            "magenta": (r > g + 70) & (b > g + 70),
        }[name].mean()
    )


def test_houses_are_drawn_in_the_colours_of_their_style(town: Session) -> None:
    image = picture(town)
    assert image.shape == (SIZE[1], SIZE[0], 3)
    assert image.dtype == np.uint8
    assert share(image, "red") > 0.02
    assert share(image, "blue") > 0.02


def test_each_house_stands_where_it_should(town: Session) -> None:
    # From the top, north is up: the two blue ones are in the north.
    image = picture(town, "top", at=NOON)
    half = SIZE[1] // 2
    assert share(image[:half], "blue") > 0.02
    assert share(image[:half], "red") == 0.0
    assert share(image[half:], "red") > 0.02
    assert share(image[half:], "blue") == 0.0


def test_hidden_layers_are_not_in_the_picture(town: Session) -> None:
    image = picture(town, hidden=["houses"])
    assert share(image, "red") == 0.0
    assert share(image, "blue") == 0.0


def test_what_lies_below_shows_only_in_xray(town: Session) -> None:
    def seen_from_above(*, xray: bool) -> float:
        view = View(id="", title={}, position=(0, -150, 150), target=(0, 0, 0), xray=xray)
        return share(picture(town, view), "magenta")

    assert seen_from_above(xray=False) == 0.0
    assert seen_from_above(xray=True) > 0.005


def test_noon_is_brighter_than_night_and_the_clock_is_put_back(town: Session) -> None:
    assert picture(town, at=NOON).mean() > 1.8 * picture(town, at=NIGHT).mean()
    assert town.clock.at == AT


def test_houses_cast_shadows_away_from_the_sun(town: Session) -> None:
    # Straight down from 400 m a metre is 0.515 pixels.
    above = View(id="", title={}, position=(0, -0.5, 400), target=(0, 0, 0))

    def brightness(hidden: tuple[str, ...]) -> np.ndarray:
        return picture(town, above, at=AT, hidden=hidden).astype(int).sum(axis=2)

    ratio = brightness(()) / brightness(("houses",))
    middle_x, middle_y = SIZE[0] // 2, SIZE[1] // 2
    # In the morning the sun is in the south-east: north-west of the tower it is dark, east of it bright.
    shaded = ratio[middle_y - 35 : middle_y - 24, middle_x + 11 : middle_x + 16]
    sunny = ratio[middle_y - 30 : middle_y - 20, middle_x + 40 : middle_x + 48]
    assert np.median(shaded) < 0.8
    assert np.median(sunny) > 0.95


def test_a_picture_says_what_it_is(town: Session) -> None:
    engine = BlockText()
    image = picture(town, text=engine, lang="fr")
    expected = {"Ville jouet", "21/06/2026 12:00", "Maquette synthétique", "Tour", "Rouge"}
    assert expected <= set(engine.written)
    assert any(words.startswith("Sources: Nobody (2026)"[:8]) for words in engine.written)
    bare = picture(town, text=engine, lang="fr", overlay=False)
    assert not np.array_equal(image, bare)


@pytest.mark.parametrize("view", ["", "top", "iso", "street", "south"])
def test_every_ordinary_view_shows_something(town: Session, view: str) -> None:
    image = picture(town, view)
    assert image.std() > 5.0
    assert share(image, "red") + share(image, "blue") > 0.002


def test_the_street_is_free_and_at_eye_height(town: Session) -> None:
    from twin.render.binding import SessionStage
    from twin.render.picture import ordinary_pose
    from twin.render.stage import Stage

    stage = Stage(size=SIZE)
    binding = SessionStage(town, stage)
    try:
        while stage.upload(float("inf")):
            pass
        x, y, z = ordinary_pose(stage, "street").position
        assert z == pytest.approx(1.7, abs=0.01)
        assert all(max(abs(x - cx), abs(y - cy)) > 14 for cx in (-50, 50) for cy in (-50, 50))
    finally:
        binding.close()
        stage.close()


def test_an_unknown_view_is_refused_by_name(town: Session) -> None:
    with pytest.raises(BelvedereError) as error:
        picture(town, "moon")
    assert error.value.problem.key == "render.unknown_view"
    assert "south" in str(error.value.problem.values["known"])


def test_a_saved_picture_is_the_picture(tmp_path: Path) -> None:
    from PIL import Image

    image = np.random.default_rng(1).integers(0, 255, (7, 5, 3)).astype(np.uint8)
    path = tmp_path / "vue d’été.png"
    save_png(image, path)
    with Image.open(path) as saved:
        assert np.array_equal(np.asarray(saved), image)
    with pytest.raises(OSError, match="nowhere"):
        save_png(image, tmp_path / "nowhere" / "x.png")
