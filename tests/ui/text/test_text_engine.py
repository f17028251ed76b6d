"""Texts as pictures: legible, shaped, cached, in the typeface of the application."""

from __future__ import annotations

import re

import numpy as np
import pytest
from PySide6.QtGui import QFontInfo
from PySide6.QtWidgets import QApplication

from twin.render.text import TextImage
from ui.text import BOLD, QtTextEngine, ensure_application, font, font_files, licence_file
from ui.text.bidi import isolated

BLACK, WHITE = (0.0, 0.0, 0.0, 1.0), (1.0, 1.0, 1.0, 1.0)


@pytest.fixture
def engine(qapp: QApplication) -> QtTextEngine:
    return QtTextEngine()


def draw(engine: QtTextEngine, text: str, **changes: object) -> TextImage:
    options: dict[str, object] = {
        "font_px": 20,
        "bold": False,
        "rgba": BLACK,
        "halo_rgba": None,
        "locale": "fr",
    }
    return engine.render(text, **{**options, **changes})  # type: ignore[arg-type]


def ink(image: TextImage) -> float:
    return float(image.rgba[..., 3].sum())


def test_the_typeface_is_the_pinned_one(qapp: QApplication) -> None:
    assert font_files()
    assert QFontInfo(font(14)).family() == "Inter"
    assert licence_file() is not None


def test_a_picture_holds_its_text(engine: QtTextEngine) -> None:
    image = draw(engine, "Hôtel de ville")
    assert image.rgba.shape == (image.height, image.width, 4)
    assert image.rgba.dtype == np.uint8
    assert 80 < image.width < 200
    assert 0 < image.baseline < image.height
    edges = [image.rgba[0], image.rgba[-1], image.rgba[:, 0], image.rgba[:, -1]]
    assert not any(edge[..., 3].any() for edge in edges)  # nothing is cut off
    assert image.rgba[..., 3].max() > 200


def test_letters_stand_on_the_baseline(engine: QtTextEngine) -> None:
    image = draw(engine, "HHH")
    rows = np.flatnonzero(image.rgba[..., 3].max(axis=1) > 128)
    assert abs(rows[-1] + 1 - image.baseline) <= 1


def test_bold_is_heavier_by_its_own_outline(engine: QtTextEngine) -> None:
    assert ink(draw(engine, "Seine", bold=True)) > 1.15 * ink(draw(engine, "Seine"))
    assert font(14, BOLD).variableAxisValue(font(14, BOLD).variableAxisTags()[0]) == BOLD


def test_the_halo_surrounds_the_ink(engine: QtTextEngine) -> None:
    plain, soft = draw(engine, "Seine"), draw(engine, "Seine", halo_rgba=(1.0, 1.0, 1.0, 0.9))
    assert soft.width > plain.width
    solid = soft.rgba[soft.rgba[..., 3] > 200]
    assert solid[:, 0].min() < 40
    assert solid[:, 0].max() > 215


def test_alpha_is_straight(engine: QtTextEngine) -> None:
    image = draw(engine, "Seine", rgba=(1.0, 0.5, 0.0, 1.0))
    seen = image.rgba[image.rgba[..., 3] > 60]
    assert np.abs(seen[:, 0].astype(int) - 255).max() <= 6


def test_lines_are_below_one_another(engine: QtTextEngine) -> None:
    one, two = draw(engine, "Fort d’Issy"), draw(engine, "Fort\nd’Issy")
    assert two.height > 1.7 * (one.height - 2)
    assert two.width < one.width
    assert two.baseline == one.baseline


def test_an_empty_text_is_one_clear_pixel(engine: QtTextEngine) -> None:
    image = draw(engine, "  ")
    assert image.rgba.tolist() == [[[0, 0, 0, 0]]]


def test_arabic_is_shaped(engine: QtTextEngine) -> None:
    joined = draw(engine, "سلام", locale="ar")
    apart = draw(engine, "س\u200cل\u200cا\u200cم", locale="ar")
    assert ink(joined) > 0
    assert joined.width != apart.width


def test_the_same_text_is_drawn_once_and_cannot_be_changed(engine: QtTextEngine) -> None:
    first = draw(engine, "Seine")
    assert draw(engine, "Seine") is first
    assert not first.rgba.flags.writeable


def test_one_application_serves_all(qapp: QApplication) -> None:
    assert ensure_application() is qapp


def test_korean_in_bold_is_heavier_though_its_typeface_has_one_weight(engine: QtTextEngine) -> None:
    thin, heavy = (engine.render("이시 요새", font_px=40, bold=bold) for bold in (False, True))
    assert heavy.rgba[..., 3].sum() > 1.12 * thin.rgba[..., 3].sum()


@pytest.mark.parametrize(
    ("text", "islands"),
    [
        ("طباشير 22–35 m", ["22–35 m"]),
        ("ميري ديسي (M12)", []),
        ("حلقة 28 °C و 40.000 kWh", ["28 °C", "40.000 kWh"]),
    ],
)
def test_a_measure_in_arabic_reads_from_left_to_right(text: str, islands: list[str]) -> None:
    assert re.findall("\u2066(.+?)\u2069", isolated(text, "ar")) == islands
    assert isolated(text, "ko") == text
