"""Materials and textures of CityGML 1.0 to 3.0: which surface has which colour, picture and places in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.io.gml_rings import Patch, href, local
from twin.io.pictures import Pictures

Rgba = tuple[int, int, int, int]
NO_COLOUR: Rgba = (0, 0, 0, 0)
_LISTS = {"textureCoordinates"}


@dataclass
class Appearances:
    """What the appearances of a file say, by the ids of surfaces and rings. One theme is taken: the first."""

    pictures: Pictures
    theme: str | None = None
    colour_of: dict[str, Rgba] = field(default_factory=dict)
    texture_of: dict[str, int] = field(default_factory=dict)
    uv_of_ring: dict[str, NDArray[np.float32]] = field(default_factory=dict)
    unread: int = 0

    def add(self, appearance: Any) -> None:
        """Take in one ``app:Appearance``."""
        theme = next((c.text or "" for c in appearance if local(c) == "theme"), "").strip()
        if self.theme is None:
            self.theme = theme
        if theme != self.theme:
            return
        for item in appearance.iter():
            name = local(item)
            if name == "X3DMaterial":
                self._material(item)
            elif name == "ParameterizedTexture":
                self._texture(item)
            elif name in {"GeoreferencedTexture", "TexCoordGen"}:
                self.unread += 1

    def colour(self, patch: Patch) -> Rgba:
        """Return the colour of a surface, transparent black for none."""
        for name in patch.ids:
            if name in self.colour_of:
                return self.colour_of[name]
        return NO_COLOUR

    def texture(self, patch: Patch) -> tuple[int, list[NDArray[np.float32]]] | None:
        """Return the picture of a surface and the places of its corners in it, None without."""
        number = next(
            (self.texture_of[name] for name in patch.ids if name in self.texture_of), None
        )
        if number is None:
            return None
        found = []
        for name, ring in zip(patch.ring_ids, patch.rings, strict=True):
            uv = self.uv_of_ring.get(name)
            if uv is None or len(uv) < len(ring):
                return None
            found.append(uv[: len(ring)])
        return number, found

    def _material(self, item: Any) -> None:
        colour = [0.8, 0.8, 0.8]
        transparency = 0.0
        targets = []
        for child in item.iter():
            name = local(child)
            if name == "diffuseColor":
                colour = _numbers(child.text)[:3] or colour
            elif name == "transparency":
                transparency = (_numbers(child.text) or [0.0])[0]
            elif name == "target":
                targets.append(_target(child))
        if len(colour) != 3:
            return
        red, green, blue = (round(255 * min(max(part, 0.0), 1.0)) for part in colour)
        rgba = (red, green, blue, round(255 * (1.0 - min(max(transparency, 0.0), 1.0))))
        self.colour_of.update(dict.fromkeys(filter(None, targets), rgba))

    def _texture(self, item: Any) -> None:
        image = next((c.text or "" for c in item if local(c) == "imageURI"), "").strip()
        if not image:
            return
        number = self.pictures.add(image)
        for child in item.iter():
            name = local(child)
            if name == "target":
                self.texture_of[_target(child)] = number
            elif name == "TexCoordList":
                self._places(child)

    def _places(self, coordinates: Any) -> None:
        """A ring is named by an attribute in versions 1 and 2, by an element that follows in 3."""
        waiting: NDArray[np.float32] | None = None
        for child in coordinates:
            name = local(child)
            if name in _LISTS:
                numbers = _numbers(child.text)
                waiting = np.array(numbers[: len(numbers) // 2 * 2], np.float32).reshape(-1, 2)
                ring = child.get("ring")
                if ring:
                    self.uv_of_ring[ring.rpartition("#")[2]] = waiting
            elif name == "ring" and waiting is not None:
                named = href(child) or (child.text or "")
                self.uv_of_ring[named.strip().rpartition("#")[2]] = waiting


def _target(element: Any) -> str:
    text = element.get("uri") or href(element) or (element.text or "")
    return str(text).strip().rpartition("#")[2]


def _numbers(text: str | None) -> list[float]:
    try:
        return [float(word) for word in (text or "").split()]
    except ValueError:
        return []
