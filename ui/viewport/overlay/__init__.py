"""What lies on the 3D picture: north, scale, legend, notices, sources, loading, buttons. Real widgets,
so that keys, screen readers and touch reach them.
"""

from __future__ import annotations

from ui.viewport.overlay.overlay import Overlay

__all__ = ["Overlay"]
