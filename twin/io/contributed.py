"""Formats that plugins read: known by their suffix, asked last, never in place of a format of ours."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from twin.errors import ReadError
from twin.io.formats import FORMATS, Format, FormatModule, suffixes
from twin.io.loaded import Declared, Loaded, Request

PREFIX = "plugin:"


@dataclass(frozen=True, slots=True, kw_only=True)
class ContributedFormat(Format):
    """A format whose module is a function of a plugin.

    Parameters
    ----------
    reader : callable
        Returns the function when it is first needed: ``read(path)`` gives a GeoDataFrame or a FeatureTable.
    """

    reader: Callable[[], Callable[[Path], Any]]

    def load_module(self) -> FormatModule:
        """Return what reads it."""
        return _Reading(self)


def contribute(
    name: str,
    title: str,
    endings: Iterable[str],
    reader: Callable[[], Callable[[Path], Any]],
) -> tuple[str, ...]:
    """Offer a format of a plugin; return its suffixes that are still free."""
    own = suffixes() - _contributed_suffixes()
    free = tuple(e.lower() for e in endings if e.startswith(".") and e.lower() not in own)
    if free:
        FORMATS[PREFIX + name] = ContributedFormat(
            name=PREFIX + name, title=title, module="", suffixes=free, reader=reader
        )
    return free


def format_of(path: Path) -> str:
    """Return the name of the plugin format that a file has by its suffix, empty for none."""
    ending = path.name.lower()
    for name, known in FORMATS.items():
        if name.startswith(PREFIX) and ending.endswith(known.suffixes):
            return name
    return ""


def _contributed_suffixes() -> frozenset[str]:
    return frozenset(
        s for name, known in FORMATS.items() if name.startswith(PREFIX) for s in known.suffixes
    )


class _Reading:
    def __init__(self, known: ContributedFormat) -> None:
        self._known = known

    def layer_names(self, request: Request) -> list[str]:
        """Return the one layer, named as the file."""
        return [request.stem]

    def load(self, request: Request) -> Loaded:
        """Return what the plugin's function made of a file."""
        import geopandas as gpd

        answer = self._known.reader()(Path(request.opened))
        if isinstance(answer, gpd.GeoDataFrame):
            return _loaded(answer, request.stem)
        frame = getattr(answer, "frame", None)
        if isinstance(frame, gpd.GeoDataFrame):
            loaded = _loaded(frame, request.stem)
            return replace(loaded, mesh=answer.mesh, crs=Declared(text=str(answer.crs)))
        raise ReadError("io.damaged", request.where, reason=f"{self._known.title}: no table")


def _loaded(frame: Any, name: str) -> Loaded:
    authority = frame.crs.to_authority() if frame.crs is not None else None
    text = ":".join(authority) if authority else (frame.crs.to_wkt() if frame.crs else "")
    columns = frame.drop(columns=[frame.geometry.name])
    return Loaded(
        name=name,
        count=len(frame),
        crs=Declared(text=text),
        columns={str(c): columns[c].to_numpy() for c in columns.columns},
        geometry=frame.geometry.to_numpy(),
    )
