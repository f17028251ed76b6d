"""A real pygeoapi (OGC API Features) on loopback, over a file of ours."""

from __future__ import annotations

import json
import socket
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.twin.services.map_proxy import WsgiServer

TREES = 2345
LON, LAT = 2.2371, 48.8171


def trees() -> dict[str, Any]:
    """Trees on a grid, more than two pages of them, and one far away."""
    places = [(LON + 0.0002 * (n % 60), LAT + 0.0003 * (n // 60)) for n in range(TREES)]
    rows = [
        {"type": "Feature", "id": n, "properties": {"code": f"t{n}", "height": 3 + n % 20},
         "geometry": {"type": "Point", "coordinates": list(place)}}
        for n, place in enumerate([*places, (7.0, 43.0)])
    ]  # fmt: skip
    return {"type": "FeatureCollection", "features": rows}


def geo_api(folder: Path, patch: pytest.MonkeyPatch) -> WsgiServer:
    """Return a running pygeoapi."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    data = folder / "trees.geojson"
    data.write_text(json.dumps(trees()))
    words = {"en": "Trees"}
    config = {
        "server": {
            "bind": {"host": "127.0.0.1", "port": port}, "url": f"http://127.0.0.1:{port}",
            "mimetype": "application/json; charset=UTF-8", "encoding": "utf-8", "languages": ["en-US"],
            "limits": {"default_items": 10, "max_items": 1000, "on_exceed": "throttle"},
            "map": {"url": "http://127.0.0.1/{z}/{x}/{y}.png", "attribution": "none"},
        },
        "logging": {"level": "ERROR"},
        "metadata": {
            "identification": {"title": words, "description": words, "keywords": {"en": ["x"]},
                               "keywords_type": "theme", "url": "http://127.0.0.1",
                               "terms_of_service": "none"},
            "license": {"name": "CC0", "url": "http://127.0.0.1"},
            "provider": {"name": "Test", "url": "http://127.0.0.1"},
            "contact": {"name": "Test"},
        },
        "resources": {
            "trees": {
                "type": "collection", "title": words, "description": words, "keywords": {"en": ["x"]},
                "extents": {"spatial": {"bbox": [-180, -90, 180, 90], "crs":
                                        "http://www.opengis.net/def/crs/OGC/1.3/CRS84"}},
                "providers": [{"type": "feature", "name": "GeoJSON", "data": str(data), "id_field": "id"}],
            }
        },
    }  # fmt: skip
    path, about = folder / "pygeoapi.yml", folder / "openapi.json"
    path.write_text(yaml.safe_dump(config))
    patch.setenv("PYGEOAPI_CONFIG", str(path))
    patch.setenv("PYGEOAPI_OPENAPI", str(about))
    from pygeoapi.openapi import get_oas

    about.write_text(json.dumps(get_oas(config)))
    sys.modules.pop("pygeoapi.flask_app", None)  # it reads its configuration when it is imported
    from pygeoapi.flask_app import APP

    return WsgiServer(APP.wsgi_app, port)
