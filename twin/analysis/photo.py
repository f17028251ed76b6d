"""Where a photograph was taken from, by points that are known in the scene and in the picture.

A pinhole camera without distortion, its optical axis in the middle of the picture: position, heading, pitch, roll and
focal length, by least squares over the pixels (R. Hartley and A. Zisserman, Multiple View Geometry, 2004, chapter 7).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.errors import BelvedereError
from twin.progress import Progress

Float64 = NDArray[np.float64]
LEAST_PAIRS = 4
GOOD_PX_SHARE = 0.01
"""A match is good while points are off by less than this part of the picture's width."""

SURE_SHARE = 0.15
"""A place is known that is unsure by less than this part of its distance."""

FIELDS_DEG = (35.0, 60.0)
HEADINGS = 12
AWAY = (0.8, 2.5)
"""Where the search begins: openings, directions, and distances as parts of the extent of the points."""

BEHIND_M = 0.5
MOST_PX_OFF = 50.0
"""In widths of the picture: points behind the camera count as that far off."""


@dataclass(frozen=True, kw_only=True)
class Camera:
    """A camera of a photograph.

    Parameters
    ----------
    position : tuple of 3 float
        In the scene.
    heading_deg, pitch_deg, roll_deg : float
        Clockwise from north; below the horizon; clockwise as seen in the picture.
    focal_px : float
        Focal length in pixels of the picture.
    size_px : tuple of 2 int
        Width and height of the picture.
    """

    position: tuple[float, float, float]
    heading_deg: float
    pitch_deg: float
    roll_deg: float
    focal_px: float
    size_px: tuple[int, int]

    @property
    def field_of_view_deg(self) -> float:
        """Vertical opening."""
        return math.degrees(2 * math.atan(self.size_px[1] / 2 / self.focal_px))

    def axes(self) -> Float64:
        """Return (3, 3): rows are right, down and forward as the picture has them."""
        heading, pitch, roll = np.radians([self.heading_deg, self.pitch_deg, self.roll_deg])
        forward = np.array(
            [
                math.sin(heading) * math.cos(pitch),
                math.cos(heading) * math.cos(pitch),
                -math.sin(pitch),
            ]
        )
        level = np.array([math.cos(heading), -math.sin(heading), 0.0])
        down = np.cross(forward, level)
        right = math.cos(roll) * level + math.sin(roll) * down
        return np.array([right, np.cross(forward, right), forward])

    def project(self, xyz: Float64) -> Float64:
        """Return (n, 3): x and y in pixels from the top left, and the distance along the view."""
        seen = (np.atleast_2d(xyz) - np.array(self.position)) @ self.axes().T
        depth = np.where(np.abs(seen[:, 2]) < 1e-9, 1e-9, seen[:, 2])
        width, height = self.size_px
        x = width / 2 + self.focal_px * seen[:, 0] / depth
        y = height / 2 + self.focal_px * seen[:, 1] / depth
        return np.column_stack([x, y, seen[:, 2]])

    def rays(self, px: Float64) -> Float64:
        """Return (n, 3) unit vectors through pixels (n, 2)."""
        width, height = self.size_px
        away = np.column_stack(
            [
                (px[:, 0] - width / 2) / self.focal_px,
                (px[:, 1] - height / 2) / self.focal_px,
                np.ones(len(px)),
            ]
        )
        found = away @ self.axes()
        return np.asarray(found / np.linalg.norm(found, axis=1, keepdims=True))


@dataclass(frozen=True, eq=False, kw_only=True)
class Match:
    """The camera of a photograph, and how well it fits.

    Parameters
    ----------
    off_px : (n,) float64
        How far off each point is.
    unsure_m : float
        By how much the camera's place would change if points were a pixel off: large where they lie on one line.
    away_m : float
        How far the camera is from the middle of the points.
    """

    camera: Camera
    off_px: Float64
    unsure_m: float
    away_m: float

    @property
    def good(self) -> bool:
        """Whether the points agree with each other, and tell where the camera was."""
        agree = self.off_px.max() < GOOD_PX_SHARE * self.camera.size_px[0]
        return bool(agree) and self.unsure_m < SURE_SHARE * self.away_m


def match(
    xyz_in_scene: Float64,
    px: Float64,
    size_px: tuple[int, int],
    progress: Progress,
    *,
    focal_px: float | None = None,
) -> Match:
    """Return the camera that sees points where a photograph has them.

    Parameters
    ----------
    xyz_in_scene : (n, 3) float64
    px : (n, 2) float64
        Where they are in the picture, from its top left.
    focal_px : float or None
        Where it is known, for instance from the picture's own data; it is improved all the same.

    Raises
    ------
    BelvedereError
        ``photo.too_few`` of fewer than :data:`LEAST_PAIRS`, ``photo.no_match`` where no camera sees them all.
    Cancelled
        The job was asked to stop.
    """
    search = _Search(np.asarray(xyz_in_scene, np.float64), np.asarray(px, np.float64), size_px)
    if len(search.xyz) < LEAST_PAIRS:
        raise BelvedereError("photo.too_few", "", count=len(search.xyz), least=LEAST_PAIRS)
    values, jacobian = search.best(focal_px, progress)
    camera = search.camera_of(values)
    seen = camera.project(search.xyz)
    apart = np.hypot(*(seen[:, :2] - search.px).T)
    if (seen[:, 2] < BEHIND_M).any() or float(apart.max()) > 0.25 * size_px[0]:
        raise BelvedereError("photo.no_match", "")
    away = float(np.linalg.norm(np.array(camera.position) - search.centre))
    unsure = search.extent * _unsure(jacobian) / size_px[0]
    return Match(camera=camera, off_px=apart, unsure_m=unsure, away_m=away)


class _Search:
    """The search for a camera: seven numbers, lengths in extents of the points around their middle.

    They are the place (3), heading, pitch and roll in radians, and the logarithm of the focal length in widths of the
    picture: all about as large as one, which least squares need.
    """

    def __init__(self, xyz: Float64, px: Float64, size_px: tuple[int, int]) -> None:
        self.xyz, self.px, self.size_px = xyz, px, size_px
        self.centre = xyz.mean(axis=0) if len(xyz) else np.zeros(3)
        away = np.linalg.norm(xyz - self.centre, axis=1)
        self.extent = max(float(away.max(initial=0.0)), 1.0)

    def camera_of(self, values: Float64) -> Camera:
        """Return the camera of seven numbers."""
        x, y, z = self.centre + self.extent * values[:3]
        heading, pitch, roll = np.degrees(values[3:6])
        return Camera(
            position=(float(x), float(y), float(z)),
            heading_deg=float(heading % 360.0),
            pitch_deg=float(pitch),
            roll_deg=float(roll),
            focal_px=float(self.size_px[0] * math.exp(values[6])),
            size_px=self.size_px,
        )

    def off(self, values: Float64) -> Float64:
        """Return (2 n,) how far points are from where the picture has them, in widths of the picture."""
        seen = self.camera_of(values).project(self.xyz)
        apart = (seen[:, :2] - self.px) / self.size_px[0]
        apart = np.clip(apart, -MOST_PX_OFF, MOST_PX_OFF)
        apart[seen[:, 2] < BEHIND_M] = MOST_PX_OFF
        return np.asarray(apart.ravel())

    def best(self, focal_px: float | None, progress: Progress) -> tuple[Float64, Float64]:
        """Return the numbers that fit best from any start, and the jacobian there; a good fit ends the search."""
        from scipy.optimize import least_squares

        best: Any = None
        for start in _starts(focal_px, self.size_px[0]):
            progress.check_cancelled()
            found = least_squares(self.off, start, x_scale="jac", max_nfev=120)
            if best is None or found.cost < best.cost:
                best = found
            if math.sqrt(2 * best.cost / len(self.xyz)) < GOOD_PX_SHARE / 4:
                break
        return np.asarray(best.x), np.asarray(best.jac)


def _unsure(jacobian: Float64) -> float:
    """Return the standard deviation of the place for residuals of one, from the curvature at the best fit."""
    spread = np.linalg.pinv(jacobian.T @ jacobian, rcond=1e-14)[:3, :3]
    return float(np.sqrt(max(float(np.linalg.eigvalsh(spread)[-1]), 0.0)))


def _starts(focal_px: float | None, width: int) -> list[Float64]:
    """Return where the search begins: all around the points, level, near and far, wide and narrow."""
    fields = [2 * math.tan(math.radians(f) / 2) for f in FIELDS_DEG]
    focals = [focal_px / width] if focal_px else [1.0 / field for field in fields]
    found = []
    for focal in focals:
        for away in AWAY:
            for i in range(HEADINGS):
                heading = 2 * math.pi * i / HEADINGS
                back = (-away * math.sin(heading), -away * math.cos(heading), 0.15)
                found.append(np.array([*back, heading, 0.05, 0.0, math.log(focal)]))
    return found
