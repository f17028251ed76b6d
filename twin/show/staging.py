"""A stop on a stage: layers, styles, clock, selection, x-ray and camera, all at once."""

from __future__ import annotations

import math
import time
from dataclasses import replace
from typing import TYPE_CHECKING

from twin.model.project import Project
from twin.model.story import Camera, Stop
from twin.progress import Unattended
from twin.render.pose import Pose, pose_from
from twin.show.obstacles import Skyline, skyline_of
from twin.work.sections import drawn, equations, faces_of, from_story

if TYPE_CHECKING:
    from twin.render.binding import SessionStage
    from twin.work.session import Session

REFINED = 2
"""How often a picture of a stop is drawn once more, shifted by part of a pixel."""


def as_told(project: Project, stop: Stop) -> Project:
    """Return a project as a stop shows it: its layers and no others, in its styles."""
    if stop.layers is not None:
        project = project.showing(stop.layers)
    for spec in project.layers:
        if spec.id in stop.styles:
            project = project.with_layer(replace(spec, style=stop.styles[spec.id]))
    return project


def pose_at(camera: Camera) -> Pose:
    """Return the pose of a stop's camera."""
    return pose_from(camera.position, camera.target, camera.field_of_view_deg)


def skyline_at(session: Session) -> Skyline:
    """Return what a flight must clear in a session as it is loaded."""
    return skyline_of(
        (drawable for runtime in session.layers() for drawable in runtime.drawables),
        session.ground,
    )


class Director:
    """Puts stops on a stage of its own; for films and pictures, where nobody waits for frames.

    Parameters
    ----------
    session : Session
        Loaded. Its project changes with every stop; it is not to be saved afterwards.
    binding : SessionStage
    """

    def __init__(self, session: Session, binding: SessionStage) -> None:
        self.session, self.binding = session, binding
        self.stage = binding.stage
        self.stage.patient = True  # a film is the same each time, however busy the machine
        self._project = session.project

    def set(self, stop: Stop) -> None:
        """Show a stop; its camera is set as well."""
        session, stage = self.session, self.stage
        session.do("show.stop", lambda _now: as_told(self._project, stop))
        session.set_variant(stop.variant)
        session.wait()
        if stop.at is not None:
            session.clock.set(stop.at)
        session.selection.set(stop.selection)
        self._cut_open(stop)
        while stage.upload(math.inf):
            pass
        if stop.camera is not None:
            stage.set_xray(stop.camera.xray)
            stage.camera.pose = pose_at(stop.camera)

    def _cut_open(self, stop: Stop) -> None:
        """Cut the scene as a stop says, its faces filled; or close it."""
        planes = from_story(stop.section)
        self.stage.set_cut(equations(planes))
        self.stage.fill_cut(drawn(faces_of(self.session, planes, Unattended())))

    def draw(self, *, fine: bool) -> None:
        """Draw the scene: once, or as a picture that is looked at for longer."""
        stage = self.stage
        if not fine:
            stage.set_quality("moving")
            stage.render()
            return
        self.settle()
        for _ in range(REFINED):
            if not stage.refine():
                break

    def settle(self) -> None:
        """Draw with shadows as they are now, and wait for what workers still make of them.

        The stage spares a viewer that wait; a film needs it, to be the same each time.
        """
        stage = self.stage
        stage.set_quality("still")
        stage.render()
        while stage.waits_for_render:
            time.sleep(0.002)
            stage.render()
