"""The part of the viewport that actions call: where to look, and what to show."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF

from twin.model.project import View

if TYPE_CHECKING:
    from PySide6.QtCore import SignalInstance

    from twin.render import Stage
    from twin.render.camera import Bookmark, Bounds
    from ui.viewport.frames import Frames
    from ui.viewport.pilot import Pilot
    from ui.viewport.surface import Surface


SLOW_MS = 250.0
"""Where a coarse frame takes longer, a resting picture is refined less, unless the best is wanted."""


class Views:
    """Camera and display switches of a viewport."""

    surface: Surface
    frames: Frames
    pilot: Pilot
    state_changed: SignalInstance
    xray = False
    labels = True
    quality = "auto"
    """How fine the picture becomes once nothing moves."""

    @property
    def stage(self) -> Stage:
        """What draws."""
        return self.surface.stage

    @property
    def walking(self) -> bool:
        """Whether the viewer walks at eye height."""
        return self.pilot.walking

    @property
    def underground(self) -> bool:
        """Whether the camera may go below the ground."""
        return self.stage.camera.allow_underground

    def home(self) -> None:
        """Fly to where the whole city is in view."""
        self.pilot.fly(self.stage.camera.home_pose())

    def north(self) -> None:
        """Turn north up."""
        self.pilot.fly(self.stage.camera.north_pose(), 0.5)

    def top(self) -> None:
        """Look straight down."""
        self.pilot.fly(self.stage.camera.top_pose())

    def zoom_by(self, factor: float) -> None:
        """Come nearer to the middle of the view."""
        self.pilot.zoom_centre(factor)

    def toggle_walk(self) -> None:
        """Come down to the street, or rise from it."""
        if self.pilot.walking:
            self.pilot.end_walk()
        else:
            self.pilot.start_walk()

    def fly_to_bounds(self, bounds: Bounds) -> None:
        """Fly to where a box of the scene fills the view."""
        self.pilot.fly(bounds)

    def fly_to_view(self, view: Bookmark) -> None:
        """Fly to a bookmark."""
        self.pilot.fly(view)

    def view(self) -> View:
        """Return the present camera as a bookmark without a name."""
        pose = self.stage.camera.pose
        return View(
            id="",
            title={},
            position=pose.position,
            target=pose.target,
            field_of_view_deg=pose.field_of_view_deg,
            xray=self.xray,
        )

    def set_xray(self, *, on: bool) -> None:
        """Make the ground translucent, or solid again."""
        self.xray = on
        self.stage.set_xray(on)
        self._switched()

    def set_labels(self, *, on: bool) -> None:
        """Show or hide the labels in the scene."""
        self.labels = on
        self.stage.set_labels_visible(on)
        self._switched()

    def set_underground(self, *, on: bool) -> None:
        """Let the camera go below the ground, or lift it out."""
        self.stage.camera.allow_underground = on
        self.stage.camera.orbit(0.0, 0.0)
        self._switched()

    def set_quality(self, quality: str) -> None:
        """Take the quality that the user has set: ``auto``, ``fast``, ``balanced`` or ``best``."""
        self.quality = quality
        self.frames.request()

    @property
    def most_steps(self) -> int:
        """How often a resting picture is drawn again to make it finer."""
        slow = self.frames.last_ms > SLOW_MS
        return {"fast": 0, "balanced": 4, "auto": 4 if slow else 64}.get(self.quality, 64)

    def middle(self) -> QPointF:
        """Return the middle of the view in widget pixels."""
        widget = self.surface.widget
        return QPointF(widget.width() / 2, widget.height() / 2)

    def _switched(self) -> None:
        self.frames.request()
        self.state_changed.emit()
