"""What pictures say around the city, and how small pictures are laid over large ones."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest

from tests.twin.render.block_text import BlockText
from twin.model.style import LegendEntry
from twin.render.compose import blend, plate, polygon
from twin.render.furniture import entry_words, moment, number
from twin.render.overlay import Furnisher, Furniture, Key, Swatch, round_length


def furnished(size: tuple[int, int] = (1920, 1080), **what: object) -> tuple[np.ndarray, list[str]]:
    engine = BlockText()
    image = np.full((size[1], size[0], 3), 90, np.uint8)
    Furnisher(image, engine, "fr").furnish(Furniture(**what))  # type: ignore[arg-type]
    return image, engine.written


def changed(image: np.ndarray) -> np.ndarray:
    return np.any(image != 90, axis=2)


def test_everything_that_must_be_said_is_said() -> None:
    _, written = furnished(
        title="Issy",
        when="21/06/2026 16:30",
        notices=("Maquette synthétique",),
        sources="Sources: IGN",
        keys=(Key(title="Bâti", what="Usage", swatches=(Swatch("#ff0000", "Logement"),)),),
        metres_per_px=1.0,
    )
    expected = {"Issy", "21/06/2026 16:30", "Maquette synthétique", "Sources: IGN", "Bâti"}
    assert expected | {"Usage", "Logement", "100 m", "N"} <= set(written)


def test_each_thing_has_its_corner() -> None:
    image, _ = furnished(title="Issy", sources="Sources: IGN", metres_per_px=2.0)
    marks = changed(image)
    assert marks[:200, :400].any()  # title
    assert marks[-150:, :400].any()  # north and scale
    assert marks[-100:, -400:].any()  # sources
    assert not marks[300:700].any()
    assert not marks[:200, -400:].any()  # no legend


def test_the_legend_shows_its_colours() -> None:
    swatches = (Swatch("#ff0000", "a"), Swatch("#00ff00", "b"))
    image, _ = furnished(keys=(Key(title="Use", swatches=swatches),))
    right = image[:400, 1400:]
    assert (right == [255, 0, 0]).all(axis=2).any()
    assert (right == [0, 255, 0]).all(axis=2).any()


def test_a_long_legend_is_cut_and_says_so() -> None:
    many = tuple(Swatch("#112233", f"class {i}") for i in range(40))
    _, written = furnished(keys=(Key(title="Use", swatches=many),))
    assert "class 9" in written
    assert "class 10" not in written
    assert "…" in written


def test_long_words_are_shortened_to_fit() -> None:
    image, _ = furnished((800, 450), title="a very long title " * 20, sources="source " * 200)
    assert not changed(image)[:, -2:].any()
    assert changed(image).any()


@pytest.mark.parametrize("size", [(64, 48), (300, 1200), (4000, 300)])
def test_pictures_of_any_shape_can_be_furnished(size: tuple[int, int]) -> None:
    image, _ = furnished(
        size,
        title="Issy",
        notices=("n",),
        sources="s",
        keys=(Key(title="k", swatches=(Swatch("#ffffff", "w"),)),),
        metres_per_px=3.0,
    )
    assert changed(image).any()


def test_the_needle_turns_with_the_view() -> None:
    pictures = [furnished(heading_deg=h)[0] for h in (0.0, 90.0)]
    red = [
        np.argwhere((p[-120:, :120, 0] > 150) & (p[-120:, :120, 1] < 100)).mean(axis=0)
        for p in pictures
    ]
    grey = [
        np.argwhere((p[-120:, :120] == [115, 122, 133]).all(axis=2)).mean(axis=0) for p in pictures
    ]
    assert red[0][0] < grey[0][0] - 5  # looking north, north is up
    assert red[1][1] < grey[1][1] - 5  # looking east, north is to the left


@pytest.mark.parametrize(
    ("metres", "expected"), [(1.0, 1), (9.99, 5), (250, 200), (1000, 1000), (0.3, 0.2)]
)
def test_scale_bars_have_round_lengths(metres: float, expected: float) -> None:
    assert round_length(metres) == pytest.approx(expected)


def test_blend_mixes_by_alpha_and_cuts_at_the_edge() -> None:
    image = np.full((10, 10, 3), 100, np.uint8)
    patch = np.zeros((4, 4, 4), np.uint8)
    patch[:] = (200, 0, 50, 128)
    blend(image, patch, -2, 8)
    assert image[9, 1] == pytest.approx([150, 50, 75], abs=1)
    assert (image[:8] == 100).all()
    assert (image[:, 2:] == 100).all()
    before = image.copy()
    blend(image, patch, 50, 50)
    blend(image, patch, -20, 0)
    assert (image == before).all()


def test_blend_of_clear_and_solid_is_exact() -> None:
    image = np.arange(48, dtype=np.uint8).reshape(4, 4, 3)
    before = image.copy()
    blend(image, np.zeros((4, 4, 4), np.uint8), 0, 0)
    assert (image == before).all()
    blend(image, np.full((4, 4, 4), 255, np.uint8), 0, 0)
    assert (image == 255).all()


def test_a_plate_is_solid_inside_and_clear_at_its_corners() -> None:
    card = plate(60, 30, 10, (1.0, 0.5, 0.0, 1.0))
    assert card.shape == (30, 60, 4)
    assert card[15, 30].tolist() == [255, 128, 0, 255]
    assert card[0, 0, 3] == 0
    assert card[0, 30, 3] > 100
    assert card[15, 0, 3] > 100


def test_a_polygon_covers_its_inside() -> None:
    square = np.array([[2, 2], [8, 2], [8, 8], [2, 8]], np.float64)
    picture = polygon(10, square, (0, 0, 0, 1))
    assert picture[5, 5, 3] == 255
    assert picture[0, 5, 3] == 0
    assert picture[:, :, 3].sum() / 255 == pytest.approx(36, abs=1.5)


def test_moments_are_told_in_the_time_of_the_place() -> None:
    at = datetime(2026, 6, 21, 14, 30, tzinfo=UTC)
    assert moment(at, "Europe/Paris", "en") == "2026-06-21 16:30"
    assert moment(at, "Europe/Paris", "fr") == "21/06/2026 16:30"
    assert moment(at, "Nowhere/Else", "fr") == "2026-06-21 14:30 UTC"


def test_legend_lines_say_their_bounds() -> None:
    def entry(low: float | None, high: float | None, **more: bool) -> LegendEntry:
        return LegendEntry(colour="#000000", label={}, low=low, high=high, **more)

    assert entry_words(entry(None, 12.5), "fr") == "< 12,5"
    assert entry_words(entry(12.5, 20), "en") == "12.5 – 20"
    assert entry_words(entry(20_000, None), "en") == "≥ 20,000"
    assert entry_words(entry(None, None, missing=True), "fr") == "sans valeur"
    assert entry_words(entry(None, None), "en") == "other"
    named = LegendEntry(colour="#000000", label={"fr": "Logement"})
    assert entry_words(named, "fr") == "Logement"
    assert number(1234567, "fr") == "1\u202f234\u202f567"
