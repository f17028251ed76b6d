"""One scene in one window: what is drawn, from where, under which light."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from vtkmodules.vtkRenderingCore import vtkRenderWindow

from twin.drawables import Drawable, Role
from twin.model.ground import FlatGround, Ground
from twin.render.actors import make_texture
from twin.render.atmosphere import light_uniforms
from twin.render.camera import Bounds, CameraRig
from twin.render.canvas import JITTER, Canvas
from twin.render.label_actor import LabelActor
from twin.render.labels import LabelLayout, Placed, Writing
from twin.render.light import atmosphere
from twin.render.material import Materials, Number
from twin.render.picking import Candidates, Hit, in_clear_view, pick
from twin.render.piece import Piece, boxes_of
from twin.render.scene_layer import SceneLayer, Shared
from twin.render.shadows import Shadows
from twin.render.text import TextEngine
from twin.render.window import offscreen_window, renderer_name

GHOSTLY = {Role.SOLID: 0.42}
"""How much is left of each role in x-ray mode."""
OVER_ALL = frozenset({Role.UNDERGROUND, Role.MARKER})
"""What x-ray mode draws over everything, in full colour."""
FROM_BELOW = {**GHOSTLY, Role.GROUND: 0.35, Role.DECAL: 0.25, Role.WATER: 0.3}
"""The same for a viewer below the ground."""

DRAW_ORDER = {
    Role.SOLID: 0,
    Role.VEGETATION: 1,
    Role.MARKER: 2,
    Role.UNDERGROUND: 3,
    Role.DECAL: 4,
    Role.WATER: 5,
    Role.GROUND: 6,
}
"""What hides most comes first, so that little is drawn twice."""


class Stage:
    """A scene and its picture. All methods on one thread.

    Pixels count from the top left of the picture, y down.

    Parameters
    ----------
    size : tuple of 2 int
        Width and height in pixels.
    text : TextEngine or None
        Draws labels; without it there are none.
    render_window : vtkRenderWindow or None
        A window to draw into, else one off screen is made.
    lang : str
        Language of labels.
    """

    def __init__(
        self,
        *,
        size: tuple[int, int] = (1280, 720),
        text: TextEngine | None = None,
        render_window: vtkRenderWindow | None = None,
        lang: str = "en",
    ) -> None:
        self.window = render_window or offscreen_window(size)
        self._owns_window = render_window is None
        self.size = size
        self.camera = CameraRig(size)
        self.lang = lang
        self._text = text
        self._layers: dict[str, SceneLayer] = {}
        self._ground: Ground = FlatGround()
        self._xray = False
        self._time_s = 0.0
        self._closed = False
        self._make_scene()
        self.set_sun(150.0, 42.0)

    def _make_scene(self) -> None:
        self._materials = Materials()
        self._shared = Shared(
            materials=self._materials,
            shadow_map=make_texture(np.full((1, 1, 4), 255, np.uint8), smooth=False),
            height_map=make_texture(np.full((1, 1, 3), -1e4, np.float32)),
            open_map=make_texture(np.full((1, 1), 255, np.uint8)),
            workers=ThreadPoolExecutor(1, thread_name_prefix="scene"),
        )
        self._canvas = Canvas(self.window, self._materials)
        self._label_actor = LabelActor(self._materials)
        self._labels = LabelLayout(self._text) if self._text is not None else None
        self._labels_visible = True
        self._shadows = Shadows(
            self._materials,
            self._shared,
        )
        start: dict[str, Number] = {
            "uShadow": (0.0, 0.0, 0.0, 0.0),
            "uHeights": (0.0, 0.0, 0.0),
            "uGhost": 0.0,
            "uPull": 0.0,
        }
        for name, value in start.items():
            self._materials.set(name, value)

    # What is drawn.

    def set_layer(
        self,
        layer_id: str,
        drawables: Sequence[Drawable],
        *,
        rgba: NDArray[np.uint8],
        rows_visible: NDArray[np.bool_],
        columns_now: Mapping[str, NDArray[Any]] | None = None,
        opacity: float = 1.0,
        visible: bool = True,
        order: int = 0,
    ) -> None:
        """Add a layer or replace what it shows; :meth:`upload` then brings it to the screen in pieces.

        Parameters
        ----------
        rgba : (n_rows, 4) uint8
            Colour of each row of the table.
        rows_visible : (n_rows,) bool
        columns_now : mapping
            Columns as of the clock, for ``flow_column``.
        order : int
            Layers of a higher order are drawn later.
        """
        layer = self._layers.get(layer_id)
        if layer is None:
            layer = self._layers[layer_id] = SceneLayer(layer_id, self._shared)
        layer.rows.set_colours(rgba)
        layer.rows.set_visible(rows_visible)
        layer.set_columns(columns_now or {})
        layer.opacity, layer.visible, layer.order = opacity, visible, order
        layer.begin(drawables, self._ground)

    def remove_layer(self, layer_id: str) -> None:
        """Take a layer away; unknown ones are none."""
        layer = self._layers.pop(layer_id, None)
        if layer is not None:
            layer.release()
            self._arrange()

    def recolour(self, layer_id: str, rgba: NDArray[np.uint8]) -> None:
        """Give the rows of a layer other colours, (n_rows, 4) uint8."""
        self._layers[layer_id].rows.set_colours(rgba)

    def set_rows(self, layer_id: str, mask: NDArray[np.bool_]) -> None:
        """Show exactly these rows of a layer, (n_rows,) bool."""
        self._layers[layer_id].rows.set_visible(mask)

    def set_columns(self, layer_id: str, columns_now: Mapping[str, NDArray[Any]]) -> None:
        """Give a layer its columns as of the clock."""
        self._layers[layer_id].set_columns(columns_now)

    def set_visible(self, layer_id: str, visible: bool) -> None:  # noqa: FBT001 - a plain setter
        """Show or hide a layer."""
        if self._layers[layer_id].visible != visible:
            self._layers[layer_id].visible = visible
            self._arrange()

    def set_opacity(self, layer_id: str, opacity: float) -> None:
        """Let a layer shine through, 0 to 1."""
        self._layers[layer_id].opacity = opacity
        self._arrange()

    def set_order(self, layer_id: str, order: int) -> None:
        """Draw a layer later than those of a lower order."""
        self._layers[layer_id].order = order
        self._arrange()

    def highlight(self, rows_of_layer: Mapping[str, ArrayLike]) -> None:
        """Let exactly these rows glow, by layer id."""
        for layer_id, layer in self._layers.items():
            layer.rows.set_glowing(np.asarray(rows_of_layer.get(layer_id, ()), np.int64))

    @property
    def layer_ids(self) -> tuple[str, ...]:
        """The layers that were set."""
        return tuple(self._layers)

    @property
    def uploading(self) -> bool:
        """Whether something waits for :meth:`upload`."""
        return self._preparing or any(x.upload is not None for x in self._layers.values())

    @property
    def waits_for_render(self) -> bool:
        """Whether something was made that only :meth:`render` can bring further."""
        cold = not self._owns_window and any(layer.cold() for layer in self._layers.values())
        return self._shadows.waiting or cold

    def upload(self, budget_ms: float = 8.0) -> bool:
        """Make some of what waits and take it to the graphics card.

        In a window of somebody else the latter is left to :meth:`render`.

        Parameters
        ----------
        budget_ms : float
            Roughly how long it may take; ``inf`` finishes all at once, waiting for the workers.

        Returns
        -------
        bool
            Whether more is to come: call it again.
        """
        end = time.perf_counter() + budget_ms / 1000.0
        at_once = budget_ms == math.inf
        for layer in self._layers.values():
            if at_once and layer.upload is not None:
                layer.upload.parts.result()
            while layer.step() and time.perf_counter() < end:
                pass
        if self._owns_window and not at_once:
            self._warm_until(end)
        self._settle(at_once=at_once)
        waiting = any(layer.upload is not None for layer in self._layers.values())
        self._preparing = self._owns_window and not (waiting or at_once) and self._prepare(end)
        return self.uploading

    def _warm_until(self, end: float) -> None:
        cold = [piece for layer in self._layers.values() for piece in layer.cold()]
        if cold:
            self._aim()
        while cold and time.perf_counter() < end:
            count = self._canvas.warm(cold, self.camera)
            if not count:
                return
            cold = cold[count:]

    def _prepare(self, end: float) -> bool:
        """Bring what the shadows of a resting picture need to the graphics card; return whether more is left."""
        if self._xray:
            return False
        casting = [piece for piece in self._shown if piece.casts_shadow]
        return self._shadows.prepare(casting, self.camera, self._air, self._scene_version, end)

    def _settle(self, *, at_once: bool = False) -> None:
        changes = [layer.settle(at_once=at_once) for layer in self._layers.values()]
        if any(changes):
            self._arrange()

    # Under which circumstances.

    def set_ground(self, ground: Ground, bounds: Bounds | None = None) -> None:
        """Take the ground that the camera stays above; ``bounds`` widens the scene's box."""
        del bounds
        self._ground = ground
        self.camera.ground = ground

    def set_sun(self, azimuth_deg: float, elevation_deg: float) -> None:
        """Place the sun: azimuth clockwise from north, elevation above the horizon."""
        self._sun = (azimuth_deg, elevation_deg)
        self._air = atmosphere(azimuth_deg, elevation_deg)
        for name, value in light_uniforms(self._air).items():
            self._materials.set(name, value)

    def set_xray(self, on: bool) -> None:  # noqa: FBT001 - a plain setter
        """Look through the ground and the buildings at what lies below."""
        self._xray = on
        self.camera.allow_underground = on
        self._materials.set("uGhost", 1.0 if on else 0.0)
        self._arrange()

    def set_quality(self, quality: str) -> None:
        """``moving``: as fast as can be; ``still``: soft edges and shadows; ``best``: for pictures."""
        self._quality = quality

    def set_keep_out(self, boxes: Sequence[tuple[int, int, int, int]]) -> None:
        """Let no label lie in these boxes (left, top, right, bottom) of pixels: something covers them."""
        self._keep_out = tuple(boxes)

    def set_labels_visible(self, visible: bool) -> None:  # noqa: FBT001 - a plain setter
        """Show or hide all labels."""
        self._labels_visible = visible

    def set_language(self, lang: str) -> None:
        """Word labels in another language."""
        self.lang = lang

    def advance(self, seconds: float) -> bool:
        """Let the scene's motion go on; return whether a new frame is due: something in sight moves."""
        boxes = [
            box
            for layer in self._layers.values()
            for box in layer.moving_boxes(below=self._below_shows)
        ]
        if not boxes or not bool(self.camera.sees(np.array(boxes)).any()):
            return False
        self._time_s += seconds
        return True

    def set_text_scale(self, scale: float | None) -> None:
        """Set the size of labels and points.

        Parameters
        ----------
        scale : float or None
            Pixels of the picture for each pixel of a window at arm's length; None: by the height of the
            picture, large enough for the back of a room.
        """
        self._text_scale = scale

    def layers_in_sight(self) -> frozenset[str]:
        """Return the layers whose colours can be seen now, for legends.

        A network counts only while what lies below the ground shows: a few cabins above it tell little.
        """
        found = set()
        for layer in self._layers.values():
            buried = any(piece.role is Role.UNDERGROUND for piece in layer.pieces)
            if not layer.visible or not layer.pieces or (buried and not self._below_shows):
                continue
            if bool(self.camera.sees(boxes_of(layer.pieces)).any()):
                found.add(layer.id)
        return frozenset(found)

    @property
    def bounds(self) -> Bounds | None:
        """Box around all that is visible, None when nothing is."""
        boxes = [p.box for layer in self._layers.values() if layer.visible for p in layer.pieces]
        if not boxes:
            return None
        low = np.min([b[:3] for b in boxes], axis=0)
        high = np.max([b[3:] for b in boxes], axis=0)
        return (*map(float, low), *map(float, high))  # type: ignore[return-value]

    # The picture.

    def render(self) -> None:
        """Draw one frame; in quality ``best`` a fine one, which takes several."""
        self._aim()
        self._refresh_shadows()
        self._place_labels()
        self._canvas.fill(
            self._shown,
            self._shown_over,
            rig=self.camera,
            quality=self._quality,
            labels=self._label_actor.actor,
        )
        self._sum, self._count = None, 0
        if self._quality == "best":
            while self.refine():
                pass
        else:
            self._canvas.draw()

    def _aim(self) -> None:
        self.camera.size_px = self.size
        self._look_where_we_are()
        symbols = self._text_scale or max(self.size[1] / 675, 0.5)
        self._canvas.aim(self.camera, self._air, self._time_s, symbol_scale=symbols)

    def refine(self) -> bool:
        """Draw the same frame once more, shifted by part of a pixel, and average: softer edges and shadows.

        Returns
        -------
        bool
            Whether more would still help. :meth:`render` starts anew.
        """
        self._shadows.turn(6.2832 * self._count / len(JITTER))
        self._canvas.draw(JITTER[self._count % len(JITTER)])
        frame = self._canvas.pixels()
        if self._sum is None:
            self._sum = frame.astype(np.uint16)
        else:
            self._sum += frame
        self._count += 1
        return self._count < len(JITTER)

    def image(self) -> NDArray[np.uint8]:
        """Return the last frame, (height, width, 3) uint8, top row first."""
        return np.ascontiguousarray(self.image_rgba()[::-1, :, :3])

    def image_rgba(self) -> NDArray[np.uint8]:
        """Return the last frame, (height, width, 4) uint8, *bottom* row first; quicker than image()."""
        if self._sum is None:
            return self._canvas.pixels()
        return ((self._sum + self._count // 2) // self._count).astype(np.uint8)

    def resize(self, width: int, height: int) -> None:
        """Change the size of the picture in pixels."""
        if (width, height) != self.size:
            self.size = (width, height)
            self.camera.size_px = self.size
            self.window.SetSize(width, height)

    @property
    def renderer(self) -> str:
        """Name of the OpenGL renderer, once a frame was drawn."""
        return renderer_name(self.window)

    # What is under a pixel.

    def pick(self, x_px: float, y_px: float) -> Hit | None:
        """Return what is visible under a pixel and can be picked, its label included."""
        label = self._labels.at(x_px, y_px) if self._labels is not None else None
        if label is not None and label.row >= 0 and self._labels_visible:
            x, y, z = label.xyz_in_scene
            return Hit(layer_id=label.layer_id, row=label.row, xyz_in_scene=(x, y, z))
        return pick(self._candidates(), self.camera, x_px, y_px)

    def pick_ground(self, x_px: float, y_px: float) -> tuple[float, float, float] | None:
        """Return the point of the ground under a pixel."""
        at = self.camera.ground_under(x_px, y_px)
        return None if at is None else (float(at[0]), float(at[1]), float(at[2]))

    def project(self, xyz_in_scene: ArrayLike) -> tuple[float, float] | None:
        """Return the pixel of a point (3,), None behind the viewer."""
        x, y, depth = self.camera.project(xyz_in_scene)[0]
        return (float(x), float(y)) if depth > 0 else None

    def close(self) -> None:
        """Free everything; the stage is of no use afterwards."""
        if self._closed:
            return
        self._closed = True
        self._shared.workers.shutdown(wait=True, cancel_futures=True)
        self._shadows.close()
        for layer in self._layers.values():
            layer.release()
        self._layers.clear()
        self._shown = self._shown_over = ()
        self._canvas.close()
        if self._owns_window:
            self.window.Finalize()
        del self._canvas, self._shared, self._shadows, self._label_actor
        del self.window, self._materials

    # Insides.

    def _look_where_we_are(self) -> None:
        """In x-ray mode the ground is seen through from below."""
        at = self.camera.position
        below = self._xray and bool(at[2] < self._ground.height_m(at[None, :2])[0])
        if below != self._below:
            self._below = below
            self._arrange()

    @property
    def _below_shows(self) -> bool:
        """Whether what lies under the ground can be seen."""
        return self._xray or not any(piece.role is Role.GROUND for piece in self._shown)

    def _candidates(self) -> list[Candidates]:
        return [
            Candidates(layer.id, self._pickable(layer), layer.rows)
            for layer in self._layers.values()
            if layer.visible
        ]

    def _sees(self, xyz_in_scene: NDArray[np.float64]) -> bool:
        return in_clear_view(self._candidates(), self.camera, xyz_in_scene)

    def _pickable(self, layer: SceneLayer) -> list[Piece]:
        if not self._xray:
            return layer.pieces
        return [piece for piece in layer.pieces if piece.role in OVER_ALL]

    def _arrange(self) -> None:
        """Bring the renderers' lists and the transparency in step with the layers."""
        through = (FROM_BELOW if self._below else GHOSTLY) if self._xray else {}
        below: list[tuple[tuple[int, int], Piece]] = []
        above: list[Piece] = []
        for layer in self._layers.values():
            layer.set_opacity(through)
            if not layer.visible:
                continue
            for piece in layer.pieces:
                if self._xray and piece.role in OVER_ALL:
                    above.append(piece)
                elif not (self._xray and piece.role is Role.VEGETATION):
                    below.append(((DRAW_ORDER[piece.role], -layer.order), piece))
        below.sort(key=lambda item: item[0])
        self._shown = [piece for _, piece in below]
        self._shown_over = above
        self._version += 100_000
        bounds = self.bounds
        if bounds is not None:
            self.camera.bounds = bounds

    _shown: Sequence[Piece] = ()
    _shown_over: Sequence[Piece] = ()
    _quality = "moving"
    _below = False
    _preparing = False
    _keep_out: Sequence[tuple[int, int, int, int]] = ()
    _text_scale: float | None = None
    placed: tuple[Placed, ...] = ()
    _sum: NDArray[np.uint16] | None = None
    _count = 0
    _version = 0

    def _place_labels(self) -> None:
        self.placed = ()
        if self._labels is not None and self._labels_visible:
            layers = [layer for layer in self._layers.values() if layer.visible]
            groups = [(layer, labels) for layer in layers for labels in layer.labels]
            self.placed = self._labels.place(
                [(layer.id, labels) for layer, labels in groups],
                self.camera,
                writing=Writing(lang=self.lang, dark=self._air.night > 0.5, scale=self._text_scale),
                rows_visible=[layer.rows.visible for layer, _ in groups],
                see=None if self._xray else self._sees,
                keep_out=self._keep_out,
                thorough=self._quality != "moving",
            )
        self._label_actor.show(self.placed, self.size[1])

    @property
    def _scene_version(self) -> int:
        """Changes with the pieces that are shown and with their visible rows."""
        shown = (layer for layer in self._layers.values() if layer.visible)
        return self._version + sum(layer.rows.version for layer in shown)

    def _refresh_shadows(self) -> None:
        if self._xray:
            self._shadows.mute()
            return
        self._shadows.refresh(
            [piece for piece in self._shown if piece.casts_shadow],
            self.camera,
            self._air,
            ground=self._ground,
            version=self._scene_version,
            quality=self._quality,
        )
