"""Pictures of one session from several places and moments, on one stage: loaded once, drawn many times."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from twin.errors import BelvedereError
from twin.model.project import View
from twin.render.binding import SessionStage
from twin.render.furniture import furniture_of
from twin.render.overlay import Furniture
from twin.render.picture import ordinary_pose
from twin.render.stage import Stage
from twin.render.text import TextEngine

if TYPE_CHECKING:
    from twin.work.session import Session

SITE = "site"
"""A view from above on what the variants change; without any, on what the first bookmark looks at."""
ORDINARY = ("iso", "top", "street")
SITE_REACH_M = 140.0
SITE_FIELD_DEG = 24.0
LARGE_PX = 4_096
"""Pictures with a longer side are drawn part by part."""


@dataclass(frozen=True, kw_only=True)
class Aim:
    """What a picture shows.

    Parameters
    ----------
    view : str or View
        A bookmark's id, ``iso``, ``top``, ``street`` or ``site``; empty: the first bookmark.
    at : datetime or None
        None: the view's own moment, else the clock's.
    variant : str or None
        None: as it stands.
    """

    view: str | View = ""
    at: datetime | None = None
    variant: str | None = None
    hidden: Sequence[str] = ()
    labels: bool = True


@dataclass(frozen=True, eq=False, kw_only=True)
class Shot:
    """A picture and what belongs beside it."""

    pixels: NDArray[np.uint8]
    furniture: Furniture
    at: datetime
    title: dict[str, str]


class Shots:
    """Takes pictures. Close it when done."""

    def __init__(self, session: Session, text: TextEngine | None, lang: str) -> None:
        self._session = session
        self._lang = lang
        self._before = session.clock.at, session.variant
        self._stage = Stage(size=(640, 360), text=text, lang=lang)
        self._binding = SessionStage(session, self._stage)

    def take(self, aim: Aim, size: tuple[int, int]) -> Shot:
        """Take one. Raises BelvedereError ``render.unknown_view``."""
        session, stage = self._session, self._stage
        chosen = self._view(aim.view)
        if aim.variant is not None and aim.variant != session.variant:
            session.set_variant(aim.variant)
            session.wait()
        moment = aim.at or (chosen.at if isinstance(chosen, View) else None) or self._before[0]
        session.clock.set(moment)
        version = session.project.as_in(chosen) if isinstance(chosen, View) else session.project
        visible = frozenset(s.id for s in version.layers if s.visible)
        self._binding.present(visible - frozenset(aim.hidden))
        large = max(size) > LARGE_PX
        stage.resize(*((64, 64) if large else size))
        stage.camera.size_px = size
        stage.set_quality("best")
        while stage.upload(math.inf):
            pass
        stage.set_xray(chosen.xray if isinstance(chosen, View) else False)
        if isinstance(chosen, View):
            stage.camera.look(chosen)
        else:
            stage.camera.pose = ordinary_pose(stage, chosen)
        while stage.upload(math.inf):
            pass
        stage.set_labels_visible(aim.labels)
        stage.set_quality("best")
        if large:
            pixels = stage.large_image(size)
            stage.camera.size_px = size  # what furniture measures
        else:
            stage.render()
            pixels = stage.image().copy()
        shown = stage.layers_in_sight()
        what = furniture_of(session, stage.camera, lang=self._lang, at=moment, shown=shown)
        title = dict(chosen.title) if isinstance(chosen, View) else {}
        return Shot(pixels=pixels, furniture=what, at=moment, title=title)

    def close(self) -> None:
        """Let go of the stage; put the clock and the variant back."""
        self._binding.close()
        self._stage.close()
        self._session.clock.set(self._before[0])
        self._session.set_variant(self._before[1])

    def _view(self, view: str | View) -> str | View:
        if isinstance(view, View):
            return view
        views = {v.id: v for v in self._session.project.views}
        if view in views:
            return views[view]
        if view == SITE:
            return site_view(self._session)
        if not view:
            return next(iter(views.values()), "iso")
        if view not in ORDINARY:
            known = ", ".join([*ORDINARY, SITE, *views])
            raise BelvedereError("render.unknown_view", view, known=known)
        return view


def site_view(session: Session) -> View | str:
    """Return the view :data:`SITE`, straight down with the north above."""
    place = _site(session)
    if place is None:
        return "top"
    x, y, reach = place
    z = float(session.ground.height_m(np.array([[x, y]]))[0])
    away = reach / math.tan(math.radians(SITE_FIELD_DEG / 2))
    return View(
        id=SITE,
        title={"en": "Site", "fr": "Site", "ko": "부지", "ar": "الموقع"},
        position=(x, y - 0.01 * away, z + away),
        target=(x, y, z),
        field_of_view_deg=SITE_FIELD_DEG,
        hidden=tuple(v.id for v in session.project.layers if not v.visible),
    )


def _site(session: Session) -> tuple[float, float, float] | None:
    import shapely

    outlines = [
        d.values["geometry"]
        for d in session.project.deltas
        if d.op == "add" and isinstance(d.values.get("geometry"), str)
    ]
    shapes = [s for s in shapely.from_wkt(outlines, on_invalid="ignore") if s is not None]
    origin = session.project.frame.origin
    if shapes:
        x1, y1, x2, y2 = shapely.total_bounds(shapes)
        reach = max(0.9 * max(x2 - x1, y2 - y1), 0.5 * SITE_REACH_M)
        return ((x1 + x2) / 2 - origin[0], (y1 + y2) / 2 - origin[1], float(reach))
    if session.project.views:
        x, y, _ = session.project.views[0].target
        return (x, y, SITE_REACH_M)
    return None
