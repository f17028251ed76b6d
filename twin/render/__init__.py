"""The only place that draws: visuals, camera, light, picking, pictures. No Qt.

Importing this package loads no VTK: names are looked up when first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from twin.render.binding import SessionStage
    from twin.render.camera import CameraRig, Pose
    from twin.render.picking import Hit
    from twin.render.stage import Stage

__all__ = ["CameraRig", "Hit", "Pose", "SessionStage", "Stage"]


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(name)
    from importlib import import_module

    homes = {
        "CameraRig": "camera",
        "Hit": "picking",
        "Pose": "camera",
        "SessionStage": "binding",
        "Stage": "stage",
    }
    return getattr(import_module(f"twin.render.{homes[name]}"), name)
