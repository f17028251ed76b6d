"""Which surface the window takes."""

from __future__ import annotations

import pytest

from ui.viewport.surface import choose, gl_renderer


@pytest.fixture(autouse=True)
def free(monkeypatch) -> None:
    monkeypatch.delenv("BELVEDERE_SURFACE", raising=False)


def test_the_window_shows_pictures_drawn_off_screen() -> None:
    assert choose() == "image"


def test_without_a_display_there_is_no_renderer_to_name(qapp) -> None:
    assert gl_renderer("offscreen") == ""


def test_the_native_surface_can_be_asked_for(monkeypatch) -> None:
    monkeypatch.setenv("BELVEDERE_SURFACE", "native")
    assert choose() == "native"
    monkeypatch.setenv("BELVEDERE_SURFACE", "image")
    assert choose() == "image"
