"""The 3D view: a surface to draw on, hands that move the camera, and an overlay."""

from __future__ import annotations

from ui.viewport.viewport import Viewport

__all__ = ["Viewport"]
