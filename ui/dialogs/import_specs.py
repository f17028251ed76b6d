"""What the user decided about the layers of files, put into the layers of the project."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from twin.errors import CrsError
from twin.model.geoframe import parse_crs
from twin.model.layer import LayerSpec, Source

if TYPE_CHECKING:
    from twin.io import Inspection, LayerInfo


@dataclass(slots=True)
class Choice:
    """What the user decides about one layer of a file."""

    inspection: Inspection
    layer: LayerInfo
    type_id: str
    crs: str = ""
    options: dict[str, Any] = field(default_factory=dict)
    params: dict[str, Any] = field(default_factory=dict)


def as_said(spec: LayerSpec, choice: Choice) -> LayerSpec:
    """Return the layer with what was said of its file; a placed model needs no CRS."""
    crs = "" if "place" in choice.options else None
    sources = {
        role: replace(
            source,
            options={**source.options, **choice.options},
            crs=source.crs if crs is None else crs,
        )
        for role, source in spec.sources.items()
    }
    return replace(spec, sources=sources, params={**spec.params, **choice.params})


def crs_is_good(choice: Choice) -> bool:
    """Whether the CRS that was typed is one."""
    if not choice.crs:
        return True
    try:
        parse_crs(choice.crs)
    except CrsError:
        return False
    return True


def with_relative_paths(spec: LayerSpec, folder: Path) -> LayerSpec:
    """Write files inside the project's folder by their way from there, so that it can be moved."""
    home = folder.resolve()

    def seen_from_home(source: Source) -> Source:
        path = Path(source.path)
        if not path.is_relative_to(home):
            return source
        return replace(source, path=path.relative_to(home).as_posix())

    sources = {role: seen_from_home(source) for role, source in spec.sources.items()}
    return replace(spec, sources=sources)
