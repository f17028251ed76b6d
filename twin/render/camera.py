"""Where the viewer stands: pure geometry, no VTK. Angles in degrees, lengths in metres of the scene.

The camera is a point that is looked at, a heading clockwise from north, a pitch below the horizon and
a distance. Unlike a position with an up vector this has no special case when looking straight down,
and the horizon is always level.
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from twin.model.ground import FlatGround, Ground
from twin.render.flight import Flight, ray_to_ground
from twin.render.part import WHOLE
from twin.render.pose import Bookmark, Bounds, Pose, Vector, pose_from, pose_of

__all__ = ["Bounds", "CameraRig", "Flight", "Pose", "pose_of", "ray_to_ground"]

EYE_M = 1.7
CLEARANCE_M = 1.2
NEAREST_M = 1.0
STEEPEST_DEG = 90.0
MARGIN_PX = 32
"""Around a part of a picture: strokes and points are wider than their boxes."""


class CameraRig:
    """The camera of a stage and the ways to move it.

    Attributes
    ----------
    pose : Pose
    size_px : tuple of 2 int
        Width and height of the picture.
    part : Part
        What of the picture is drawn, and loaded for it.
    ground : Ground
        What the camera never dives under, unless ``allow_underground``.
    bounds : tuple of 6 float
        Box of the scene, for near, far and :meth:`home`.
    """

    def __init__(self, size_px: tuple[int, int]) -> None:
        self.size_px = size_px
        self.part = WHOLE
        self.ground: Ground = FlatGround()
        self.allow_underground = False
        self.bounds: Bounds = (-500.0, -500.0, 0.0, 500.0, 500.0, 50.0)
        self.pose = Pose(target=(0, 0, 0), heading_deg=0, pitch_deg=40, distance_m=1500)

    # What it is.

    @property
    def position(self) -> Vector:
        """Where the viewer stands, (3,)."""
        return np.asarray(self.pose.position)

    @property
    def target(self) -> Vector:
        """The point that is looked at, (3,)."""
        return np.asarray(self.pose.target, np.float64)

    @property
    def fov_deg(self) -> float:
        """Vertical opening."""
        return self.pose.field_of_view_deg

    @property
    def heading_deg(self) -> float:
        """Direction of view, clockwise from north, 0 to 360."""
        return self.pose.heading_deg % 360.0

    @property
    def pitch_deg(self) -> float:
        """Angle of view below the horizon."""
        return self.pose.pitch_deg

    @property
    def metres_per_px(self) -> float:
        """Size of a pixel at the distance of the target."""
        return self._metres_per_px(self.pose.distance_m)

    def clipping(self) -> tuple[float, float]:
        """Return near and far: as tight as the scene allows, for the depth buffer's sake."""
        low, high = np.asarray(self.bounds[:3]), np.asarray(self.bounds[3:])
        at = self.position
        beyond = float(np.linalg.norm(np.maximum(np.abs(at - low), np.abs(at - high))))
        outside = float(np.linalg.norm(np.maximum(np.maximum(low - at, at - high), 0.0)))
        far = max(beyond * 1.02, 100.0)
        near = max(0.35, 0.7 * outside, min(far / 40_000.0, 1.0))
        return near, far

    def frame_matrix(self) -> NDArray[np.float64]:
        """Return (3, 3): rows are the right, up and backward axes of the view."""
        return np.array([self.pose.right, self.pose.up, -self.pose.forward])

    def project(self, xyz: ArrayLike) -> NDArray[np.float64]:
        """Return (n, 3): x and y in pixels from the top left, and the distance along the view.

        Points behind the viewer have a negative distance and meaningless pixels.
        """
        points = np.atleast_2d(np.asarray(xyz, np.float64)) - self.position
        view = points @ self.frame_matrix().T
        depth = -view[:, 2]
        width, height = self.size_px
        focal = height / 2 / math.tan(math.radians(self.fov_deg) / 2)
        safe = np.where(np.abs(depth) < 1e-9, 1e-9, depth)
        return np.column_stack(
            [
                width / 2 + focal * view[:, 0] / safe,
                height / 2 - focal * view[:, 1] / safe,
                depth,
            ]
        )

    def ray(self, x_px: float, y_px: float) -> tuple[Vector, Vector]:
        """Return the origin and the unit direction of the ray through a pixel."""
        width, height = self.size_px
        focal = height / 2 / math.tan(math.radians(self.fov_deg) / 2)
        view = np.array([(x_px - width / 2) / focal, (height / 2 - y_px) / focal, -1.0])
        direction = view @ self.frame_matrix()
        return self.position, direction / np.linalg.norm(direction)

    def sees(self, boxes: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Return (n,) bool: which boxes (n, 6) may be in the picture, or in the part of it that is drawn."""
        height = math.tan(math.radians(self.fov_deg) / 2)
        width = height * self.size_px[0] / max(self.size_px[1], 1)
        pose = self.pose
        (left, right), (low, high) = self._edges()
        planes = [
            pose.right - pose.forward * (width * left),
            pose.forward * (width * right) - pose.right,
            pose.up - pose.forward * (height * low),
            pose.forward * (height * high) - pose.up,
            pose.forward,
        ]
        seen = np.ones(len(boxes), bool)
        at = self.position
        for normal in planes:
            # The corner that lies farthest along the normal decides. Axis by axis: there may be twenty thousand boxes.
            reach = np.full(len(boxes), -float(at @ normal))
            for axis, share in enumerate(normal):
                reach += share * boxes[:, axis + 3 if share > 0 else axis]
            seen &= reach >= 0
        return seen

    def _edges(self) -> NDArray[np.float64]:
        """Return (2, 2): where what is drawn begins and ends across and up, -1 to 1 for the whole picture."""
        if self.part is WHOLE:
            return np.array([[-1.0, 1.0], [-1.0, 1.0]])
        reach = np.array(self.part.share) + 2 * MARGIN_PX / np.maximum(self.size_px, 1)
        middle = np.array(self.part.middle)
        return np.column_stack([middle - reach, middle + reach])

    # How it moves.

    def look(self, view: Bookmark) -> None:
        """Jump to a bookmark or pose."""
        self.pose = pose_of(view)

    def orbit(self, turn_deg: float, tilt_deg: float, about: ArrayLike | None = None) -> None:
        """Turn around a point, by default the target.

        Parameters
        ----------
        turn_deg : float
            Added to the heading.
        tilt_deg : float
            Added to the pitch: positive climbs, until straight down.
        about : (3,) array_like, optional
            The point that keeps its place on the screen.
        """
        pivot = self.target if about is None else np.asarray(about, np.float64)
        lowest = -80.0 if self.allow_underground else -35.0
        pitch = min(max(self.pose.pitch_deg + tilt_deg, lowest), STEEPEST_DEG)
        inside = self.frame_matrix() @ (self.position - pivot)
        turned = replace(
            self.pose, heading_deg=(self.pose.heading_deg + turn_deg) % 360.0, pitch_deg=pitch
        )
        axes = np.array([turned.right, turned.up, -turned.forward])
        self._stand_at(turned, pivot + inside @ axes)

    def pan(self, dx_px: float, dy_px: float, about: ArrayLike | None = None) -> None:
        """Move the picture by pixels, level with the ground; ``about`` sets how far a pixel goes."""
        at = self.target if about is None else np.asarray(about, np.float64)
        depth = float((at - self.position) @ self.pose.forward)
        step = self._metres_per_px(max(depth, NEAREST_M))
        ahead = np.array([*self._level_forward(), 0.0])
        # A level plane is seen foreshortened: what a pixel covers grows as the view flattens.
        steep = max(math.sin(math.radians(abs(self.pose.pitch_deg))), 0.25)
        shift = -dx_px * step * self.pose.right + dy_px * step / steep * ahead
        self._shift(shift)

    def zoom_to(
        self, x_px: float, y_px: float, factor: float, point: ArrayLike | None = None
    ) -> None:
        """Come ``factor`` times nearer to what is under a pixel (below 1: go away).

        Parameters
        ----------
        point : (3,) array_like, optional
            What is there; without it the ground under the pixel.
        """
        origin, direction = self.ray(x_px, y_px)
        if point is None:
            at = self.ground_under(x_px, y_px)
            if at is None:
                at = origin + direction * self.pose.distance_m
        else:
            at = np.asarray(point, np.float64)
        distance = float(np.linalg.norm(at - origin))
        if factor > 1.0 and distance / factor < NEAREST_M:
            return
        if factor < 1.0 and distance / factor > 20.0 * self._scene_m():
            return
        position = at + (origin - at) / factor
        new = max(self.pose.distance_m / factor, NEAREST_M)
        self._stand_at(replace(self.pose, distance_m=new), position)

    def zoom(self, factor: float) -> None:
        """Come nearer to the middle of the picture."""
        width, height = self.size_px
        self.zoom_to(width / 2, height / 2, factor, self.target)

    def walk(self, forward_m: float, right_m: float, *, eye_m: float = EYE_M) -> None:
        """Step at eye height over the ground."""
        ahead = self._level_forward()
        xy = self.position[:2] + forward_m * ahead + right_m * self.pose.right[:2]
        z = float(self.ground.height_m(xy[None, :])[0]) + eye_m
        self._stand_at(self.pose, np.array([xy[0], xy[1], z]), collide=False)

    def fly(self, forward_m: float, right_m: float, up_m: float) -> None:
        """Move freely along the view, to the right and upwards."""
        step = forward_m * self.pose.forward + right_m * self.pose.right
        self._stand_at(self.pose, self.position + step + np.array([0, 0, up_m]))

    def turn(self, turn_deg: float, tilt_deg: float) -> None:
        """Look around from where the viewer stands."""
        pitch = min(max(self.pose.pitch_deg + tilt_deg, -85.0), STEEPEST_DEG)
        heading = (self.pose.heading_deg + turn_deg) % 360.0
        turned = replace(self.pose, heading_deg=heading, pitch_deg=pitch)
        self._stand_at(turned, self.position, collide=False)

    def north(self) -> None:
        """Turn north to the top, keeping the target."""
        self.look(self.north_pose())

    def top(self) -> None:
        """Look straight down on the target, north up."""
        self.look(self.top_pose())

    def home(self, bounds: Bounds | None = None) -> None:
        """Look at a box, by default the scene, at an angle from the south-west."""
        self.look(self.home_pose(bounds))

    # Where it could go; ``fly_to`` takes these.

    def north_pose(self) -> Pose:
        """Return the present pose turned north."""
        return replace(self.pose, heading_deg=0.0)

    def top_pose(self, bounds: Bounds | None = None) -> Pose:
        """Return a pose straight down on the target, or on a box that fills the picture."""
        down = replace(self.pose, heading_deg=0.0, pitch_deg=STEEPEST_DEG)
        return down if bounds is None else self.fitted(bounds, heading_deg=0.0, pitch_deg=90.0)

    def home_pose(self, bounds: Bounds | None = None) -> Pose:
        """Return a pose that shows a box, by default the scene."""
        return self.fitted(bounds or self.bounds, heading_deg=28.0, pitch_deg=34.0)

    def street_pose(self, at: ArrayLike, heading_deg: float) -> Pose:
        """Return a pose at eye height above the ground of a point."""
        xy = np.asarray(at, np.float64)[:2]
        z = float(self.ground.height_m(xy[None, :])[0]) + EYE_M
        heading = math.radians(heading_deg)
        ahead = np.array([xy[0] + 40 * math.sin(heading), xy[1] + 40 * math.cos(heading), z + 1.5])
        return pose_from((xy[0], xy[1], z), ahead, 60.0)

    def fitted(self, bounds: Bounds, *, heading_deg: float, pitch_deg: float) -> Pose:
        """Return the nearest pose in a direction that shows the whole of a box."""
        low, high = np.asarray(bounds[:3], np.float64), np.asarray(bounds[3:], np.float64)
        centre = (low + high) / 2
        pick = np.array([[i >> 2 & 1, i >> 1 & 1, i & 1] for i in range(8)])
        corners = np.where(pick, high, low)
        pose = Pose(
            target=(float(centre[0]), float(centre[1]), float(centre[2])),
            heading_deg=heading_deg,
            pitch_deg=pitch_deg,
            distance_m=1.0,
            field_of_view_deg=self.fov_deg,
        )
        tall = math.tan(math.radians(self.fov_deg) / 2)
        wide = tall * self.size_px[0] / max(self.size_px[1], 1)
        target = centre
        distance = 1.0
        # Near corners look larger than far ones, so the middle of the picture is not that of the box.
        for _ in range(8):
            away = corners - target
            across, above = away @ pose.right, away @ pose.up
            along = away @ pose.forward
            distance = float(
                np.max(np.maximum(np.abs(across) / wide, np.abs(above) / tall) - along)
            )
            distance = max(distance * 1.04, 20.0)
            x, y = across / (distance + along), above / (distance + along)
            shift = (x.max() + x.min()) / 2 * pose.right + (y.max() + y.min()) / 2 * pose.up
            target = target + 0.8 * distance * shift
        at = (float(target[0]), float(target[1]), float(target[2]))
        return replace(pose, target=at, distance_m=distance)

    def fly_to(self, view: Bookmark | Bounds, duration_s: float = 1.2) -> Flight:
        """Return a flight to a bookmark, pose or box; whoever owns a timer advances it."""
        end = self._fitted_here(view) if isinstance(view, tuple) else pose_of(view)
        return Flight(self, end, duration_s)

    def ground_under(self, x_px: float, y_px: float) -> Vector | None:
        """Return the point of the ground under a pixel, None above the horizon."""
        origin, direction = self.ray(x_px, y_px)
        return ray_to_ground(self.ground, origin, direction, 4.0 * self._span())

    # Insides.

    def _fitted_here(self, bounds: Bounds) -> Pose:
        pitch = max(self.pose.pitch_deg, 25.0)
        low, high = np.asarray(bounds[:3]), np.asarray(bounds[3:])
        grow = max(0.0, 30.0 - float((high - low)[:2].max())) / 2 + 5.0
        wider = np.array([grow, grow, 0.0])
        box = (*map(float, low - wider), *map(float, high + wider))
        return self.fitted(
            (box[0], box[1], box[2], box[3], box[4], box[5]),
            heading_deg=self.pose.heading_deg,
            pitch_deg=pitch,
        )

    def _scene_m(self) -> float:
        low, high = np.asarray(self.bounds[:3]), np.asarray(self.bounds[3:])
        return max(float(np.linalg.norm(high - low)), 100.0)

    def _span(self) -> float:
        return max(self._scene_m(), self.pose.distance_m)

    def _metres_per_px(self, depth_m: float) -> float:
        return 2 * depth_m * math.tan(math.radians(self.fov_deg) / 2) / max(self.size_px[1], 1)

    def _level_forward(self) -> Vector:
        heading = math.radians(self.pose.heading_deg)
        return np.array([math.sin(heading), math.cos(heading)])

    def _shift(self, shift: Vector) -> None:
        self._stand_at(self.pose, self.position + shift)

    def _stand_at(self, pose: Pose, position: Vector, *, collide: bool = True) -> None:
        if collide and not self.allow_underground:
            floor = float(self.ground.height_m(position[None, :2])[0]) + CLEARANCE_M
            position = np.array([position[0], position[1], max(position[2], floor)])
        target = position + pose.distance_m * pose.forward
        self.pose = replace(pose, target=(float(target[0]), float(target[1]), float(target[2])))
