"""A real MapProxy (WMTS) on loopback, which cuts the pictures of the MapServer beside it into tiles."""

from __future__ import annotations

import threading
from pathlib import Path
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

CONFIG = """
services:
  wmts:
    kvp: true
    restful: true
layers:
  - {name: houses, title: Houses, tile_sources: [houses]}
grids:
  degrees: {srs: "EPSG:4326", origin: nw, bbox: [-180, -90, 180, 90], min_res: 0.703125, num_levels: 18}
  lambert: {srs: "EPSG:2154", origin: nw, bbox: [640000, 6850000, 660000, 6870000], res: [32, 16, 8, 4, 2, 1]}
sources:
  houses: {type: wms, req: {url: "@WMS@", layers: houses}, wms_opts: {version: "1.3.0"}, supported_srs: ["EPSG:2154"]}
caches:
  houses: {grids: [degrees, GLOBAL_WEBMERCATOR, lambert], sources: [houses], disable_storage: true,
           format: image/png}
globals:
  cache: {base_dir: "@FOLDER@", lock_dir: "@FOLDER@/locks", tile_lock_dir: "@FOLDER@/tile_locks"}
  http: {client_timeout: 20}
"""


class _Quiet(WSGIRequestHandler):
    def log_message(self, *_args: object) -> None:
        pass


class WsgiServer:
    """Any WSGI application on a free port of loopback."""

    def __init__(self, application: object, port: int = 0) -> None:
        self.server: WSGIServer = make_server(
            "127.0.0.1",
            port,
            application,
            handler_class=_Quiet,  # type: ignore[arg-type]
        )
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}"

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


def map_proxy(folder: Path, wms: str) -> WsgiServer:
    """Return a running MapProxy in front of a WMS."""
    from mapproxy.wsgiapp import make_wsgi_app

    path = folder / "mapproxy.yaml"
    path.write_text(CONFIG.replace("@WMS@", wms).replace("@FOLDER@", str(folder)))
    return WsgiServer(make_wsgi_app(str(path)))
