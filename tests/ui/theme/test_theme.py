from __future__ import annotations

import re
from dataclasses import fields

import pytest

from ui import theme
from ui.stylesheet import SHEET
from ui.theme import DARK, LIGHT, Palette, contrast, over

TEXT_ON = [
    ("text", "window"),
    ("text", "panel"),
    ("text", "base"),
    ("text", "alternate"),
    ("text", "hover"),
    ("muted", "panel"),
    ("muted", "base"),
    ("muted", "window"),
    ("accent", "panel"),
    ("accent", "base"),
    ("on_accent", "accent"),
    ("on_soft", "accent_soft"),
    ("danger", "panel"),
    ("danger", "base"),
    ("warning", "panel"),
    ("warning", "base"),
    ("good", "panel"),
    ("good", "base"),
]
GRAPHICS_ON = [("outline", "panel"), ("outline", "base"), ("accent", "panel"), ("icon", "panel")]


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=lambda p: p.name)
@pytest.mark.parametrize("ink, ground", TEXT_ON)
def test_text_has_the_contrast_of_wcag_aa(palette: Palette, ink: str, ground: str) -> None:
    assert contrast(getattr(palette, ink), getattr(palette, ground)) >= 4.5


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=lambda p: p.name)
@pytest.mark.parametrize("ink, ground", GRAPHICS_ON)
def test_edges_of_controls_have_the_contrast_of_wcag_aa(
    palette: Palette, ink: str, ground: str
) -> None:
    assert contrast(getattr(palette, ink), getattr(palette, ground)) >= 3.0


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=lambda p: p.name)
@pytest.mark.parametrize("ink", ["card_text", "muted"])
@pytest.mark.parametrize("scene", ["#000000", "#ffffff", "#7a8f5a", "#3f6f9f"])
def test_cards_are_readable_over_any_scene(palette: Palette, ink: str, scene: str) -> None:
    ground = over(palette.card, palette.card_alpha, scene)
    assert contrast(getattr(palette, ink), ground) >= 4.5


def test_contrast_agrees_with_the_known_ends() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21.0)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
    assert contrast("#123456", "#123456") == pytest.approx(1.0)


def test_the_sheet_names_only_colours_that_exist() -> None:
    named = set(re.findall(r"\$(\w+)", SHEET))
    assert named <= {f.name for f in fields(Palette)} | {"icons"}
    assert "$" not in theme.style_sheet(LIGHT)


def test_the_sheet_leaves_fonts_alone() -> None:
    assert "font" not in SHEET


def test_a_mode_takes_effect_at_once_and_says_so(qapp) -> None:
    made = theme.Theme(qapp, "light")
    try:
        heard: list[str] = []
        made.changed.connect(lambda: heard.append(theme.current_palette().name))
        made.set_mode("dark")
        assert heard == ["dark"]
        assert qapp.palette().window().color().name() == DARK.panel
        assert DARK.accent in qapp.styleSheet()
        made.set_mode("dark")
        assert heard == ["dark"]
        with pytest.raises(ValueError, match="mode must be"):
            made.set_mode("blue")
    finally:
        made.close()
        made.deleteLater()


def test_system_follows_the_colour_scheme_of_the_system(qapp, monkeypatch) -> None:
    hints = qapp.styleHints()
    made = theme.Theme(qapp, "system")
    try:
        monkeypatch.setattr(theme, "system_is_dark", lambda: True)
        hints.colorSchemeChanged.emit(hints.colorScheme())
        assert theme.current_palette() is DARK
        made.set_mode("light")
        hints.colorSchemeChanged.emit(hints.colorScheme())
        assert theme.current_palette() is LIGHT
    finally:
        made.close()
        made.deleteLater()
