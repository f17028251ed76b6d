"""OpenStreetMap: PBF and XML by GDAL with columns for Simple 3D Buildings; answers of Overpass as JSON.

Buildings (outlines and their parts) are a layer of their own: the buildings layer draws parts instead of the outline
that they cover, from ``min_height`` to ``height``, with the roof of ``roof:shape``.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from twin.errors import ReadError
from twin.io import osm_networks, vector
from twin.io.gdal import use_pyogrio
from twin.io.loaded import Loaded, Request
from twin.io.osm_edited import elements, is_edited
from twin.io.overpass import write_elements, write_xml

BUILDINGS = "buildings"
CONFIG = Path(__file__).with_name("osm.ini")
_DRAWN = " OR ".join(
    f"{name} IS NOT NULL"
    for name in ("highway", "waterway", "aerialway", "barrier", "man_made", "railway", "power")
)
_APART = (
    "(man_made IS NULL OR man_made <> 'pipeline')"
    " AND (power IS NULL OR power NOT IN ('line', 'minor_line', 'cable'))"
)
"""Lines of networks are layers of their own, with what stands at them."""
_BACKGROUND = {"other_lines", "points", "multilinestrings", "other_relations"}
"""Boundaries, ferries, every single node: there when wanted, but not in the first picture."""
_LAYERS = {
    BUILDINGS: ("multipolygons", "building IS NOT NULL OR building_part IS NOT NULL"),
    "multipolygons": ("multipolygons", "building IS NULL AND building_part IS NULL"),
    "lines": ("lines", f"({_DRAWN}) AND {_APART}"),
    "other_lines": ("lines", f"NOT ({_DRAWN})"),
    "points": ("points", ""),
    "multilinestrings": ("multilinestrings", ""),
    "other_relations": ("other_relations", ""),
}


def layer_names(request: Request) -> list[str]:
    """Return the layers that hold anything, buildings first."""
    with _opened(request) as inner:
        return _names(inner)


def load(request: Request) -> Loaded:
    """Read one layer."""
    with _opened(request) as inner:
        wanted = request.sublayer or _first(inner)
        if not wanted:
            raise ReadError("io.no_layers", request.where)
        if wanted.startswith((osm_networks.PREFIX, osm_networks.ALL)):
            return osm_networks.load(inner, wanted)
        if wanted not in _LAYERS:
            raise ReadError("io.no_such_layer", request.where, layers=", ".join(_LAYERS))
        layer, where = _LAYERS[wanted]
        loaded = vector.load_one(inner, layer, _options(where))
    loaded.name = wanted
    if wanted in _BACKGROUND:
        loaded.details["hidden"] = True
    _drop_empty(loaded)
    return loaded


def _first(request: Request) -> str:
    """Return what is read when nobody chose: the networks where one is asked for, else the first layer."""
    if request.options.get("mixed") and osm_networks.layer_names(request):
        return osm_networks.ALL
    return next(iter(_names(request)), "")


def _options(where: str) -> dict[str, Any]:
    options: dict[str, Any] = {"CONFIG_FILE": str(CONFIG)}
    return {**options, "where": where} if where else options


def _names(request: Request) -> list[str]:
    use_pyogrio()
    from pyogrio import raw

    found: list[str] = []
    for name, (layer, where) in _LAYERS.items():
        request.progress.check_cancelled()
        try:
            _, table = raw.read_arrow(
                request.opened, layer=layer, max_features=1, **_options(where)
            )
        except (OSError, RuntimeError, ValueError) as error:
            if not found and name == list(_LAYERS)[-1]:
                raise vector.refusal(request, error) from error
            continue
        if table.num_rows:
            found.append(name)
    return [*found, *osm_networks.layer_names(request)]


def _drop_empty(loaded: Loaded) -> None:
    """Columns that no row fills are those that GDAL was asked to look for."""
    for name in list(loaded.columns):
        values = loaded.columns[name]
        if values.dtype == object and not any(value is not None for value in values):
            del loaded.columns[name]


@contextmanager
def _opened(request: Request) -> Iterator[Request]:
    """Give GDAL an Overpass answer, or what an editor saved, as the XML that it reads."""
    source = Path(request.opened)
    edited = request.format == "osm" and is_edited(source)
    if request.format != "overpass" and not edited:
        yield request
        return
    with tempfile.TemporaryDirectory(prefix="belvedere-osm-", ignore_cleanup_errors=True) as name:
        target = Path(name) / f"{request.stem}.osm"
        if edited:
            write_elements(elements(source, request), target, request)
        else:
            write_xml(source, target, request)
        yield replace(request, opened=str(target))
