"""Which surface the window takes."""

from __future__ import annotations

import pytest

from ui.viewport.surface import choose, gl_renderer, is_software


@pytest.fixture(autouse=True)
def free(monkeypatch) -> None:
    monkeypatch.delenv("BELVEDERE_SURFACE", raising=False)


def test_without_a_display_pictures_are_shown(qapp) -> None:
    assert gl_renderer("offscreen") == ""
    assert choose("offscreen") == "image"


@pytest.mark.parametrize(
    ("name", "software"),
    [
        ("llvmpipe (LLVM 15.0.6, 256 bits)", True),
        ("softpipe", True),
        ("GDI Generic", True),
        ("Microsoft Basic Render Driver", True),
        ("Google SwiftShader", True),
        ("Mesa Intel(R) UHD Graphics 620 (KBL GT2)", False),
        ("NVIDIA GeForce RTX 3060/PCIe/SSE2", False),
        ("AMD Radeon Graphics (radeonsi, renoir, LLVM 15.0.6)", False),
        ("Apple M1", False),
    ],
)
def test_a_card_is_told_from_the_processor_by_its_name(name: str, software: bool) -> None:
    assert is_software(name) is software


def test_either_surface_can_be_asked_for(monkeypatch) -> None:
    monkeypatch.setenv("BELVEDERE_SURFACE", "native")
    assert choose() == "native"
    monkeypatch.setenv("BELVEDERE_SURFACE", "image")
    assert choose() == "image"
