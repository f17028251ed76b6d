"""Placed labels as one actor: their pictures in one texture, two triangles each."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from vtkmodules.vtkRenderingCore import vtkActor

from twin.render.actors import actor_of, image_data, make_texture, poly_data
from twin.render.labels import Placed
from twin.render.material import Materials
from twin.render.shaders import label

SHEET_PX = 1024


class LabelActor:
    """Draws labels over the scene."""

    def __init__(self, materials: Materials) -> None:
        self._material = materials.named("label", label.VERTEX, label.FRAGMENT)
        self._texture = make_texture(np.zeros((1, 1, 4), np.uint8), smooth=False)
        self._sheet: tuple[int, ...] = ()
        self._corners: list[tuple[int, int]] = []
        self._size = (1, 1)
        self.actor: vtkActor | None = None

    def show(self, placed: Sequence[Placed], height_px: int) -> None:
        """Take the labels of a frame; none: no actor."""
        if not placed:
            self.actor = None
            return
        names = tuple(id(p.image) for p in placed)
        if names != self._sheet:
            self._draw_sheet(placed)
            self._sheet = names
            # Pictures are told apart by identity: hold them so that none is reused for another.
            self._held = [p.image for p in placed]
        xyz, uv = self._quads(placed, height_px)
        first = np.arange(len(placed), dtype=np.int32)[:, None, None] * 4
        triangles = (first + np.array([[0, 1, 2], [0, 2, 3]], np.int32)).reshape(-1, 3)
        self.actor = actor_of(poly_data(xyz, triangles, {"uvMC": uv}))
        self.actor.SetShaderProperty(self._material.shader)
        self.actor.GetProperty().SetTexture("picture", self._texture)
        self.actor.ForceTranslucentOn()

    def _draw_sheet(self, placed: Sequence[Placed]) -> None:
        """Lay the pictures side by side in rows."""
        x = y = tall = 0
        self._corners = []
        for p in placed:
            if x + p.image.width > SHEET_PX and x:
                x, y, tall = 0, y + tall, 0
            self._corners.append((x, y))
            x, tall = x + p.image.width, max(tall, p.image.height)
        width = max(c[0] + p.image.width for c, p in zip(self._corners, placed, strict=True))
        sheet = np.zeros((y + tall, width, 4), np.uint8)
        for (left, top), p in zip(self._corners, placed, strict=True):
            sheet[top : top + p.image.height, left : left + p.image.width] = p.image.rgba
        self._size = (width, y + tall)
        self._texture.SetInputData(image_data(sheet))

    def _quads(
        self, placed: Sequence[Placed], height_px: int
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        size = np.array([(p.image.width, p.image.height) for p in placed], np.float32)
        at = np.array([(p.left, height_px - p.top) for p in placed], np.float32)
        sheet = np.array(self._corners, np.float32)
        unit = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], np.float32)
        xy = at[:, None] + unit * [1, -1] * size[:, None]
        uv = (sheet[:, None] + unit * size[:, None]) / np.array(self._size, np.float32)
        xyz = np.concatenate([xy, np.zeros((*xy.shape[:2], 1))], axis=2)
        return xyz.reshape(-1, 3).astype(np.float32), uv.reshape(-1, 2).astype(np.float32)
