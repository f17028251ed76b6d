"""The kinds of services that there are; a module is imported when its kind is first asked for."""

from __future__ import annotations

import importlib
from collections.abc import Callable

from twin.services.asked import Asked, Fetched
from twin.services.client import ServiceError

KINDS = {
    "wfs": "wfs:fetch",
    "ogc_features": "links:ogc_features",
    "rnb": "links:rnb",
    "datafair": "links:datafair",
    "postgrest": "links:postgrest",
    "rows": "links:rows",
    "opendatasoft": "links:opendatasoft",
    "geojson": "links:geojson",
    "overpass": "overpass:fetch",
    "overture": "overture:fetch",
    "wms_heights": "tiles:coverage",
    "wms_picture": "tiles:picture",
    "wmts": "wmts:fetch",
    "cog": "stac:cog",
    "stac": "stac:fetch",
    "altimetry": "altimetry:fetch",
    "xyz": "tiles:xyz",
    "terrarium": "tiles:terrarium",
}
"""Module and function by the name that a catalogue uses."""


def connector(kind: str) -> Callable[[Asked], Fetched]:
    """Return what fetches from a kind of service. Raises ServiceError for an unknown kind."""
    if kind not in KINDS:
        raise ServiceError("service.unknown_kind", kind, known=", ".join(sorted(KINDS)))
    module, _, name = KINDS[kind].partition(":")
    found: Callable[[Asked], Fetched] = getattr(
        importlib.import_module(f"twin.services.{module}"), name
    )
    return found
