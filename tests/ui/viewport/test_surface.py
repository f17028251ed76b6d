from __future__ import annotations

import pytest

from ui.viewport.surface import choose, gl_renderer, is_software

SOFTWARE = [
    "",
    "llvmpipe (LLVM 15.0.6, 256 bits)",
    "softpipe",
    "GDI Generic",
    "Apple Software Renderer",
]
DEVICES = [
    "NVIDIA GeForce RTX 4070/PCIe/SSE2",
    "Mesa Intel(R) UHD Graphics 620",
    "Apple M2",
    "AMD Radeon 780M",
]


@pytest.fixture(autouse=True)
def free(monkeypatch) -> None:
    monkeypatch.delenv("BELVEDERE_SURFACE", raising=False)


@pytest.mark.parametrize("name", SOFTWARE)
def test_without_a_device_pictures_are_faster(name: str) -> None:
    assert is_software(name)
    assert choose("xcb", name) == "image"


@pytest.mark.parametrize("name", DEVICES)
def test_a_device_draws_into_the_window(name: str) -> None:
    assert choose("xcb", name) == choose("wayland", name) == "native"


def test_without_a_display_only_pictures_work(qapp) -> None:
    assert choose("offscreen", DEVICES[0]) == "image"
    assert gl_renderer("offscreen") == ""


def test_the_choice_can_be_forced(monkeypatch) -> None:
    monkeypatch.setenv("BELVEDERE_SURFACE", "image")
    assert choose("xcb", DEVICES[0]) == "image"
    monkeypatch.setenv("BELVEDERE_SURFACE", "native")
    assert choose("offscreen", "") == "native"
