"""A real MapServer (WFS, WMS, OGC API Features) on loopback: its CGI program behind a small server."""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np

PROGRAM = shutil.which("/usr/lib/cgi-bin/mapserv") or shutil.which("mapserv")

MAP = """
MAP
  NAME "town"
  EXTENT 644000 6858000 645000 6859000
  SIZE 100 100
  PROJECTION "epsg:2154" END
  WEB METADATA
    "ows_title" "Town"
    "ows_onlineresource" "http://127.0.0.1/"
    "ows_srs" "EPSG:2154 EPSG:4326"
    "ows_enable_request" "*"
    "oga_onlineresource" "{oga}"
    "oga_enable_request" "*"
    "wfs_getfeature_formatlist" "geojson"
    "wms_getmap_formatlist" "image/png,floats"
  END END
  OUTPUTFORMAT NAME "geojson" DRIVER "OGR/GEOJSON" MIMETYPE "application/json"
    FORMATOPTION "STORAGE=stream" FORMATOPTION "FORM=SIMPLE" END
  OUTPUTFORMAT NAME "floats" DRIVER "GDAL/GTiff" MIMETYPE "image/tiff" IMAGEMODE FLOAT32 EXTENSION "tif" END
  LAYER
    NAME "houses" TYPE POLYGON STATUS ON TEMPLATE "none"
    CONNECTIONTYPE OGR CONNECTION "{houses}" DATA "houses"
    PROJECTION "epsg:2154" END
    METADATA "wfs_title" "houses" "wfs_srs" "EPSG:2154 EPSG:4326" "gml_include_items" "all"
      "gml_featureid" "code" "wms_title" "houses" END
    CLASS STYLE COLOR 200 30 30 END END
  END
  LAYER
    NAME "heights" TYPE RASTER STATUS ON DATA "{heights}"
    PROJECTION "epsg:2154" END
    PROCESSING "RESAMPLE=BILINEAR"
    METADATA "wms_title" "heights" END
  END
END
"""


class MapServer(ThreadingHTTPServer):
    """Serves a hundred houses and a slope."""

    def __init__(self, folder: Path) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.map = _written(folder, f"{self.host}/town/ogcapi")
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def host(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    @property
    def url(self) -> str:
        """Address of WFS and WMS."""
        return f"{self.host}/map"

    @property
    def features_url(self) -> str:
        """Address of the houses as OGC API Features has them."""
        return f"{self.host}/town/ogcapi/collections/houses/items"

    def close(self) -> None:
        self.shutdown()
        self.server_close()


class _Handler(BaseHTTPRequestHandler):
    server: MapServer

    def log_message(self, *_args: object) -> None:
        pass

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        path = parts.path if parts.path.startswith("/town/") else ""
        environment = {
            **{k: v for k, v in os.environ.items() if k in ("PATH", "LANG")},
            "REQUEST_METHOD": "GET",
            "QUERY_STRING": parts.query,
            **({"PATH_INFO": path} if path else {"MS_MAPFILE": str(self.server.map)}),
            "MAPSERVER_CONFIG_FILE": str(self.server.map.with_name("server.conf")),
        }
        answer = subprocess.run(
            [str(PROGRAM)], env=environment, capture_output=True, check=False, timeout=60
        ).stdout
        head, _, body = answer.partition(b"\r\n\r\n")
        kind = next(
            (
                line[13:].strip()
                for line in head.splitlines()
                if line[:13].lower() == b"content-type:"
            ),
            b"text/plain",
        )
        status = next(
            (int(line[7:11]) for line in head.splitlines() if line[:7] == b"Status:"), 200
        )
        self.send_response(status)
        self.send_header("Content-Type", kind.decode())
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def _written(folder: Path, oga: str) -> Path:
    import geopandas as gpd
    import rasterio
    import shapely
    from affine import Affine

    squares = [
        shapely.box(644_000 + 90 * i, 6_858_000 + 90 * j, 644_040 + 90 * i, 6_858_040 + 90 * j)
        for i in range(10)
        for j in range(10)
    ]
    frame = gpd.GeoDataFrame(
        {"code": [f"h{n}" for n in range(100)], "hauteur": np.arange(100.0)},
        geometry=squares,
        crs="EPSG:2154",
    )
    frame.to_file(folder / "houses.gpkg", layer="houses", driver="GPKG")
    slope = np.tile(np.linspace(30.0, 40.0, 200, dtype=np.float32), (200, 1))
    with rasterio.open(
        folder / "heights.tif", "w", driver="GTiff", height=200, width=200, count=1,
        dtype="float32", crs="EPSG:2154", transform=Affine(10, 0, 643_500, 0, -10, 6_859_500),
    ) as target:  # fmt: skip
        target.write(slope, 1)
    path = folder / "town.map"
    (folder / "server.conf").write_text(
        f'CONFIG ENV MS_MAP_PATTERN "." END MAPS town "{path}" END END'
    )
    path.write_text(
        MAP.replace("{houses}", str(folder / "houses.gpkg"))
        .replace("{heights}", str(folder / "heights.tif"))
        .replace("{oga}", oga)
    )
    return path
