"""A planned project in a photograph: which pixels show it, and the picture before and after."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from twin.analysis.photo import Camera, Match
from twin.analysis.town import Town
from twin.errors import BelvedereError
from twin.model.plans import PHASE
from twin.progress import Progress

if TYPE_CHECKING:
    from twin.render.pose import Pose
    from twin.work.session import Session

UInt8 = NDArray[np.uint8]
FINE = 2
"""Rays across a pixel, so that edges are soft."""

CHUNK = 1 << 18
Draw = Callable[["Pose", tuple[int, int]], UInt8 | None]
"""Draws the scene from a pose at a size."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Planned:
    """A town and which of its rows a plan brought, by body."""

    town: Town
    rows: tuple[NDArray[np.bool_], ...]


def planned_of(session: Session) -> Planned:
    """Return what a session shows, frozen, with what is planned in it."""
    from twin.work.town import town_of

    town = town_of(session)
    rows = []
    for body in town.bodies:
        table = session.layer(body.layer_id).table
        marks = table.frame[PHASE] if table is not None and PHASE in table.frame else None
        known = np.zeros(len(body.rows), bool)
        if marks is not None:
            known = (marks.notna() & (marks != "")).to_numpy(bool)
        rows.append(known)
    return Planned(town=town, rows=tuple(rows))


def share_of_pixels(planned: Planned, camera: Camera, progress: Progress) -> NDArray[np.float32]:
    """Return (height, width) how much of each pixel shows what is planned: nothing that stands before it does.

    Raises
    ------
    BelvedereError
        ``photo.nothing_planned``.
    """
    from twin.analysis.rays import Caster
    from twin.analysis.town import soup_of

    soup = soup_of(planned.town)
    ours = np.zeros(len(soup), bool)
    for number, rows in enumerate(planned.rows):
        own = (soup.body_of_triangle == number) & (soup.row_of_triangle >= 0)
        ours[own] = rows[soup.row_of_triangle[own]]
    if not ours.any():
        raise BelvedereError("photo.nothing_planned", "")
    width, height = camera.size_px
    found = np.zeros((height, width), np.float32)
    box = _box_of(camera, soup.xyz_in_scene[np.unique(soup.triangles[ours])])
    if box is None:
        return found
    left, top, right, bottom = box
    x = left + (np.arange((right - left) * FINE) + 0.5) / FINE
    y = top + (np.arange((bottom - top) * FINE) + 0.5) / FINE
    caster = Caster(soup)
    hit = np.zeros(len(x) * len(y), bool)
    for start in range(0, len(hit), CHUNK):
        progress.check_cancelled()
        progress.progress(start, len(hit), "rays")
        at = np.arange(start, min(start + CHUNK, len(hit)))
        rays = camera.rays(np.column_stack([x[at % len(x)], y[at // len(x)]])).astype(np.float32)
        origins = np.broadcast_to(np.array(camera.position, np.float32), rays.shape)
        triangle = caster.first(np.ascontiguousarray(origins), rays).triangle
        hit[at] = (triangle >= 0) & ours[np.maximum(triangle, 0)]
    fine = hit.reshape(bottom - top, FINE, right - left, FINE)
    found[top:bottom, left:right] = fine.mean(axis=(1, 3))
    return found


def _box_of(camera: Camera, xyz: NDArray[Any]) -> tuple[int, int, int, int] | None:
    """Return left, top, right, bottom of the pixels that points may be in; None where none is in sight."""
    width, height = camera.size_px
    seen = camera.project(xyz.astype(np.float64))
    ahead = seen[:, 2] > 0.1
    if not ahead.any():
        return None
    if not ahead.all():
        return (0, 0, width, height)  # something is beside the viewer: anywhere in the picture
    low, high = seen[:, :2].min(axis=0) - 1, seen[:, :2].max(axis=0) + 2
    left, top = max(int(low[0]), 0), max(int(low[1]), 0)
    right, bottom = min(int(high[0]), width), min(int(high[1]), height)
    return (left, top, right, bottom) if right > left and bottom > top else None


def drawn(camera: Camera, draw: Draw) -> UInt8 | None:
    """Return the scene from where a photograph was taken, its horizon level; None where none can be drawn.

    Pictures of a scene never lean: of a photograph that does, a larger one is drawn, which :func:`turned` turns.
    """
    from twin.render.pose import pose_from

    wide, tall = _level_size(camera)
    forward = camera.axes()[2]
    field = math.degrees(2 * math.atan(tall / 2 / camera.focal_px))
    target = np.array(camera.position) + 50.0 * forward
    pose = pose_from(camera.position, target, field, heading=camera.heading_deg)
    return draw(pose, (wide, tall))


def _level_size(camera: Camera) -> tuple[int, int]:
    """Return width and height of the level picture that a photograph fits into, however it leans."""
    width, height = camera.size_px
    roll = math.radians(camera.roll_deg)
    cos, sin = abs(math.cos(roll)), abs(math.sin(roll))
    return math.ceil(width * cos + height * sin), math.ceil(width * sin + height * cos)


def turned(camera: Camera, level: UInt8) -> UInt8:
    """Return a level picture as the camera sees it, (height, width, 3): turned about its middle, the optical axis."""
    from scipy.ndimage import map_coordinates

    width, height = camera.size_px
    if abs(camera.roll_deg) < 1e-6:
        return level[:height, :width]
    wide, tall = _level_size(camera)
    roll = math.radians(camera.roll_deg)
    x, y = np.meshgrid(np.arange(width) + 0.5 - width / 2, np.arange(height) + 0.5 - height / 2)
    # A pixel of the photograph, in the axes of the level picture.
    u = x * math.cos(roll) - y * math.sin(roll) + wide / 2 - 0.5
    v = x * math.sin(roll) + y * math.cos(roll) + tall / 2 - 0.5
    parts = [map_coordinates(level[..., i], [v, u], order=1, mode="nearest") for i in range(3)]
    return np.stack(parts, axis=-1).astype(np.uint8)


def inserted(
    photo: UInt8,
    scene: UInt8,
    share: NDArray[np.float32],
    foreground_px: Sequence[NDArray[np.float64]] = (),
) -> UInt8:
    """Return the photograph with what is planned in it, behind what the foreground polygons surround."""
    from PIL import Image, ImageDraw

    height, width = photo.shape[:2]
    before = Image.new("L", (width * FINE, height * FINE), 0)
    pen = ImageDraw.Draw(before)
    for ring in foreground_px:
        if len(ring) > 2:
            pen.polygon([(float(x) * FINE, float(y) * FINE) for x, y in ring], fill=255)
    hidden = np.asarray(before.resize((width, height), Image.Resampling.BOX), np.float32) / 255.0
    alpha = (share * (1.0 - hidden))[..., None]
    return np.round(photo * (1.0 - alpha) + scene * alpha).astype(np.uint8)


def write_pair(path: Path, before: UInt8, after: UInt8, told: dict[str, Any]) -> list[Path]:
    """Write ``<name>-before.png``, ``<name>-after.png`` and ``<name>.json``: what the pictures rest on.

    Raises
    ------
    BelvedereError
        ``analyse.cannot_write``.
    """
    from PIL import Image

    stem = path.with_suffix("")
    files = [stem.with_name(f"{stem.name}-{word}.png") for word in ("before", "after")]
    try:
        for file, pixels in zip(files, (before, after), strict=True):
            Image.fromarray(pixels).save(file)
        told_in = stem.with_suffix(".json")
        told_in.write_text(json.dumps(told, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    except OSError as error:
        reason = error.strerror or str(error)
        raise BelvedereError("analyse.cannot_write", str(path), reason=reason) from error
    return [*files, told_in]


def record_of(session: Session, found: Match, photo: str) -> dict[str, Any]:
    """Return what an insertion rests on, JSON-ready; positions in the CRS of the project."""
    camera, origin = found.camera, session.project.frame.origin
    return {
        "photo": photo,
        "crs": session.project.frame.crs,
        "position_in_crs": [round(p + o, 3) for p, o in zip(camera.position, origin, strict=True)],
        "heading_deg": round(camera.heading_deg, 3),
        "pitch_deg": round(camera.pitch_deg, 3),
        "roll_deg": round(camera.roll_deg, 3),
        "field_of_view_deg": round(camera.field_of_view_deg, 3),
        "points": len(found.off_px),
        "most_off_px": round(float(found.off_px.max()), 2),
        "unsure_m_a_pixel": round(found.unsure_m, 2),
        "variant": session.variant,
        "at": session.clock.at.isoformat(),
    }
