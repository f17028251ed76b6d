"""Where the files of a tileset come from: they lie there, or are made of other data while they are looked at."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from twin.model.geoframe import GeoFrame
from twin.tiles.fetch import Place

CLOUD, IMAGERY = "cloud", "imagery"


class Files(Protocol):
    """What a stream of tiles asks for its files."""

    @property
    def base(self) -> str:
        """Path or address of the tileset, or of what it is made of."""

    @property
    def remote(self) -> bool:
        """Whether it is on a server."""

    @property
    def in_scene(self) -> bool:
        """Whether its tiles lie in the scene already, not on the globe."""

    def resolved(self, uri: str, beside: str = "") -> str:
        """Return the full name of a file that a tileset or a content names."""

    def read(self, full: str, stopped: Callable[[], bool] = ...) -> bytes:
        """Return a file. Raises ReadError."""

    def close(self) -> None:
        """Let go of what is open."""


def files_of(address: str, frame: GeoFrame, options: Mapping[str, Any]) -> Files:
    """Return where the files of a tileset come from.

    Parameters
    ----------
    options : mapping
        ``made``: ``"cloud"`` or ``"imagery"`` for what is made on the spot, with what that needs.
    """
    made = options.get("made")
    if made == CLOUD:
        from twin.tiles.clouds import CloudFiles

        return CloudFiles(address, frame, options)
    if made == IMAGERY:
        from twin.tiles.ground_pages import GroundPages

        return GroundPages(address, frame, options)
    return Place(address)
