"""What stands beside a stop: where two pictures lie, how cameras are linked, which project the other one shows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from twin.errors import BelvedereError
from twin.model.story import Beside, Stop
from twin.render.pose import Pose
from twin.show.card import Box
from twin.show.staging import Director, as_told, pose_at

if TYPE_CHECKING:
    from twin.model.project import Project
    from twin.render.text import TextEngine
    from twin.work.jobs import Deliver
    from twin.work.session import Session

Picture = NDArray[np.uint8]
COLUMN = 488.0 / 720.0
"""Width of the column of words beside two pictures, of the height of the screen."""
MOST_COLUMN = 0.42
GAP = 3.0 / 720.0
BEGIN, END = 0.2, 0.8
"""Between these shares of the width the line of a swipe moves while the stop lasts."""
LINE = (255, 255, 255)
COLUMN_RGB = (15, 22, 28)


@dataclass(frozen=True)
class Layout:
    """Where the stop's own picture and the other one lie on a screen."""

    own: Box
    other: Box

    @property
    def swipes(self) -> bool:
        """Whether one lies over the other."""
        return self.own == self.other


def layout(beside: Beside, size: tuple[int, int], *, mirrored: bool = False) -> Layout:
    """Return where two pictures lie: one above the other beside the words, or both over the whole screen.

    Both always have the same size: seen from the same distance, they have the same scale.
    """
    width, height = size
    if beside.kind == "swipe":
        return Layout((0, 0, width, height), (0, 0, width, height))
    column = round(min(COLUMN * height, MOST_COLUMN * width))
    gap = max(2, round(GAP * height))
    left = 0 if mirrored else column
    half = (height - gap) // 2
    wide = width - column
    return Layout((left, 0, wide, half), (left, height - half, wide, half))


def line_px(share: float, width: int) -> int:
    """Return where the line of a swipe is after a share of the stop: the stop's own side ends there."""
    return round(width * (BEGIN + (END - BEGIN) * min(max(share, 0.0), 1.0)))


def linked(pose: Pose, stop: Stop) -> Pose:
    """Return the pose of the other camera: turned, tilted and as far away as the stop's own."""
    beside = stop.beside
    if beside is None or beside.target is None or stop.camera is None:
        return pose
    x, y, z = (
        there + now - begun
        for there, now, begun in zip(
            beside.target, pose.target, pose_at(stop.camera).target, strict=True
        )
    )
    return replace(pose, target=(x, y, z))


def other_session(stop: Stop, session: Session, *, deliver: Deliver | None = None) -> Session:
    """Return a session of what stands beside a stop; its owner starts and closes it.

    Raises
    ------
    BelvedereError
        The other place has no readable project, or lies outside of this one's folder.
    """
    from twin.work.session import Session

    beside = stop.beside
    assert beside is not None  # noqa: S101 - asked by the caller
    if beside.project:
        project, folder = _elsewhere(session.folder, beside.project)
        project = project if beside.layers is None else project.showing(beside.layers)
    else:
        project, folder = session.project, session.folder
        layers = stop.layers if beside.layers is None else beside.layers
        project = as_told(project, replace(stop, layers=layers))
    made = Session(project, folder, session.registry, deliver=deliver)
    made.clock.set(beside.at or stop.at or session.clock.at)
    made.set_variant(beside.variant)
    return made


def _elsewhere(folder: Path, name: str) -> tuple[Project, Path]:
    from twin.store.project_folder import load_project

    place = (folder / name).resolve()
    if not place.is_relative_to(folder.resolve()):
        raise BelvedereError("story.beside_outside", name)
    project, found, _ = load_project(place)
    return project, found


class Neighbour:
    """The other picture of a stop, drawn off screen with a stage of its own.

    Parameters
    ----------
    director : Director
        Of the stop's own picture; its session says which city, its stage which language.
    """

    def __init__(
        self, stop: Stop, director: Director, text: TextEngine, size: tuple[int, int]
    ) -> None:
        from twin.render.binding import SessionStage
        from twin.render.stage import Stage

        self._stop = stop
        self._session = other_session(stop, director.session)
        self._session.start()
        self._session.wait()
        self._stage = Stage(size=size, text=text, lang=director.stage.lang)
        self._binding = SessionStage(self._session, self._stage)
        self._director = Director(self._session, self._binding)
        while self._stage.upload(float("inf")):
            pass

    def image(self, pose: Pose, *, fine: bool) -> Picture:
        """Return the picture for a pose of the stop's own camera, (h, w, 3) uint8."""
        stage = self._stage
        stage.set_xray(bool(self._stop.camera and self._stop.camera.xray))
        stage.camera.pose = linked(pose, self._stop)
        self._director.draw(fine=fine)
        return stage.image()

    def close(self) -> None:
        """Let go of stage and session."""
        self._binding.close()
        self._stage.close()
        self._session.close()


def joined(
    own: Picture, other: Picture, places: Layout, size: tuple[int, int], *, share: float = 0.5
) -> Picture:
    """Return both pictures on one screen of a size; the column of words stays dark.

    Parameters
    ----------
    own, other : (h, w, 3) uint8
        Of the sizes that the layout says.
    share : float
        How much of the stop has passed, for a swipe.
    """
    if places.swipes:
        at = line_px(share, size[0])
        screen = np.concatenate([own[:, :at], other[:, at:]], axis=1)
        screen[:, max(at - 1, 0) : at + 2] = LINE
        return screen
    screen = np.full((size[1], size[0], 3), COLUMN_RGB, np.uint8)
    for picture, (left, top, wide, high) in ((own, places.own), (other, places.other)):
        screen[top : top + high, left : left + wide] = picture
    return screen
