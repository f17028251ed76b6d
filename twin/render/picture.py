"""Pictures of a session without a window."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from twin.errors import BelvedereError
from twin.model.project import View
from twin.render.binding import SessionStage
from twin.render.camera import Bounds, Pose
from twin.render.furniture import furniture_of
from twin.render.overlay import Furnisher
from twin.render.stage import Stage
from twin.render.text import TextEngine

if TYPE_CHECKING:
    from twin.work.session import Session

ORDINARY = ("", "iso", "top", "street")
STREET_PLACES = 24
STREET_HEADINGS = 12
FREE_M = 1.0
"""What rises less than this above the ground can be stood on."""

LONGEST_ROWS_S = 30.0
"""Until the attributes of streamed tiles are a table."""


def render_picture(
    session: Session,
    *,
    size: tuple[int, int] = (1920, 1080),
    view: str | View = "",
    text: TextEngine | None = None,
    lang: str = "en",
    overlay: bool = True,
    at: datetime | None = None,
    hidden: Sequence[str] = (),
) -> NDArray[np.uint8]:
    """Draw a session that is loaded.

    Parameters
    ----------
    size : tuple of 2 int
        Width and height in pixels.
    view : str or View
        A bookmark, its id, ``top``, ``iso`` or ``street``; empty: the first bookmark, else ``iso``.
    text : TextEngine or None
        Without it there are no labels and no overlay.
    overlay : bool
        Title, notices, sources, legend, north and scale.
    at : datetime or None
        The moment; None: the view's own, else the clock's.
    hidden : sequence of str
        Layers left out.

    Returns
    -------
    (h, w, 3) uint8
        Top row first.

    Raises
    ------
    BelvedereError
        ``render.unknown_view``.
    """
    chosen = _chosen(session, view)
    version = session.project.as_in(chosen) if chosen else session.project
    visible = frozenset(s.id for s in version.layers if s.visible) - frozenset(hidden)
    moment = at or (chosen.at if chosen else None) or session.clock.at
    with _at(session, moment):
        stage = Stage(size=size, text=text, lang=lang)
        binding = SessionStage(session, stage)
        try:
            binding.present(visible)
            _set_up(stage, binding, chosen or str(view))
            if not overlay or text is None:
                return _drawn(stage)
            shown = stage.layers_in_sight()
            what = furniture_of(session, stage.camera, lang=lang, at=moment, shown=shown)
            # Once on an empty sheet, so that labels can keep clear of what will lie over them.
            rehearsal = Furnisher(np.zeros((size[1], size[0], 3), np.uint8), text, lang)
            rehearsal.furnish(what)
            stage.set_keep_out(rehearsal.boxes)
            image = _drawn(stage)
            Furnisher(image, text, lang).furnish(what)
            return image
        finally:
            binding.close()
            stage.close()


def save_png(image: NDArray[np.uint8], path: Path) -> None:
    """Write a picture, (h, w, 3) uint8, top row first. Raises OSError where it cannot be written."""
    from vtkmodules.util.numpy_support import vtk_to_numpy
    from vtkmodules.vtkIOImage import vtkPNGWriter

    from twin.render.actors import image_data

    writer = vtkPNGWriter()
    writer.SetInputData(image_data(np.ascontiguousarray(image[::-1])))
    writer.WriteToMemoryOn()
    writer.Write()
    path.write_bytes(vtk_to_numpy(writer.GetResult()).tobytes())  # type: ignore[no-untyped-call]


def _chosen(session: Session, view: str | View) -> View | None:
    if isinstance(view, View):
        return view
    views = {v.id: v for v in session.project.views}
    if view in views:
        return views[view]
    if view not in ORDINARY:
        known = ", ".join([*ORDINARY[1:], *views])
        raise BelvedereError("render.unknown_view", view, known=known)
    return next(iter(views.values()), None) if not view else None


@contextmanager
def _at(session: Session, moment: datetime) -> Iterator[None]:
    """Set the clock for as long as the picture is made."""
    before = session.clock.at
    session.clock.set(moment)
    try:
        yield
    finally:
        session.clock.set(before)


def _set_up(stage: Stage, binding: SessionStage, view: View | str) -> None:
    stage.set_quality("best")
    while stage.upload(math.inf):
        pass
    if isinstance(view, View):
        stage.set_xray(view.xray)
        stage.camera.look(view)
    else:
        stage.camera.look(ordinary_pose(stage, view))
    if stage.streamed():
        while stage.upload(math.inf):
            pass
        binding.follow()  # styles and legends go by the rows in sight
        binding.session.wait(LONGEST_ROWS_S)


def _drawn(stage: Stage) -> NDArray[np.uint8]:
    stage.render()
    return stage.image()


def ordinary_pose(stage: Stage, name: str) -> Pose:
    """Return the pose of ``top``, ``street`` or (any other name) the view at an angle."""
    bounds = stage.bounds or stage.camera.bounds
    if name == "top":
        return stage.camera.top_pose(bounds)
    if name == "street":
        return _street_pose(stage, bounds)
    return stage.camera.home_pose(bounds)


def _street_pose(stage: Stage, bounds: Bounds) -> Pose:
    """Stand where the ground near the middle is free, looking along the longest way between houses."""
    rig = stage.camera
    before = rig.pose
    try:
        places = [xy for xy in _spiral(bounds) if _free(stage, xy, bounds[5])]
        poses = [
            rig.street_pose(np.array([*xy, 0.0]), heading)
            for xy in places[:6] or [_middle(bounds)]
            for heading in np.arange(STREET_HEADINGS) * (360.0 / STREET_HEADINGS)
        ]
        return max(poses, key=lambda pose: _depth_of_view(stage, pose))
    finally:
        rig.pose = before


def _middle(bounds: Bounds) -> tuple[float, float]:
    return ((bounds[0] + bounds[3]) / 2, (bounds[1] + bounds[4]) / 2)


def _spiral(bounds: Bounds) -> Iterator[tuple[float, float]]:
    x, y = _middle(bounds)
    reach = 0.12 * min(bounds[3] - bounds[0], bounds[4] - bounds[1])
    for i in range(STREET_PLACES):
        angle, radius = i * 2.39996, reach * (i / STREET_PLACES) ** 0.5
        yield (x + radius * float(np.cos(angle)), y + radius * float(np.sin(angle)))


def _free(stage: Stage, xy: tuple[float, float], top_m: float) -> bool:
    ground = float(stage.camera.ground.height_m(np.array([xy]))[0])
    above = max(top_m - ground, 0.0) + 50.0
    stage.camera.pose = Pose(
        target=(xy[0], xy[1], ground), heading_deg=0.0, pitch_deg=90.0, distance_m=above
    )
    hit = stage.pick(stage.size[0] / 2, stage.size[1] / 2)
    return hit is None or hit.xyz_in_scene[2] < ground + FREE_M


def _depth_of_view(stage: Stage, pose: Pose) -> float:
    """Return how far one sees at eye height, up to where a street loses itself; lower if all is open."""
    stage.camera.pose = replace(pose, pitch_deg=0.0)
    width, height = stage.size
    depths = []
    for share in (0.5, 0.2, 0.8):
        hit = stage.pick(width * share, height / 2)
        away = (
            400.0
            if hit is None
            else float(np.linalg.norm(hit.xyz_in_scene - stage.camera.position))
        )
        depths.append(min(away, 400.0))
    middle, *sides = depths
    # Houses on both sides make a street; an empty plain is not one.
    return middle - 0.5 * float(np.mean(sides))
