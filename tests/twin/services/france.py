"""All hosts of the shipped catalogue on one loopback server: the path begins with the host that is meant."""

from __future__ import annotations

import io
import re
from pathlib import Path

from PIL import Image

from tests.twin.services.town_hall import TownHall, X, Y, _Handler, square
from ui.shipped import SERVICES


class France(TownHall):
    """Answers for every service of a French commune; ``down`` holds hosts, or paths, that fail."""

    def __init__(self) -> None:
        super().__init__(buildings=120, cap=5000)
        self.RequestHandlerClass = _France

    def catalogue(self, path: Path) -> Path:
        """Write the shipped catalogue with every address leading here."""
        text = SERVICES.read_text(encoding="utf-8")
        path.write_text(re.sub(r"https://", f"{self.url}/", text), encoding="utf-8")
        return path


LINE = {"type": "LineString", "coordinates": [[2.240, 48.820], [2.245, 48.822]]}
IN_METRES = {"type": "LineString", "coordinates": [[X + 10, Y + 10], [X + 400, Y + 300]]}
AREA = {"type": "Polygon", "coordinates": square(2.238, 48.819, 0.004)}
POINT = {"type": "Point", "coordinates": [2.2410, 48.8205]}


class _France(_Handler):
    def _dispatch(self, name: str, query: dict[str, str]) -> None:
        self.server.asked[name] += 1
        if any(part in name for part in self.server.down):
            self._send(b"the service is down", "text/plain", 503)
            return
        for pattern, answer in _ANSWERS:
            if re.search(pattern, name):
                getattr(self, f"_{answer}")(query)
                return
        self._unknown(query)

    def _bdtopo(self, query: dict[str, str]) -> None:
        if query["typenames"].endswith(":batiment"):
            self._wfs(query)
        else:
            self._one(IN_METRES, nature=query["typenames"])

    def _one(self, geometry: dict[str, object], **properties: object) -> None:
        feature = {"type": "Feature", "id": "f.1", "properties": properties, "geometry": geometry}
        counts = {"numberMatched": 1, "numberReturned": 1}
        self._json({"type": "FeatureCollection", "features": [feature], **counts})

    def _raster(self, query: dict[str, str]) -> None:
        if "bil" in query["format"]:
            self._wms(query)
            return
        store = io.BytesIO()
        size = (int(query["width"]), int(query["height"]))
        Image.new("RGB", size, (90, 120, 80)).save(store, "JPEG")
        self._send(store.getvalue(), "image/jpeg")

    def _well(self, _query: dict[str, str]) -> None:
        self._one(POINT, bss_id="BSS000TEST", prof_inves=62.0)

    def _plan(self, _query: dict[str, str]) -> None:
        self._one(AREA, libelle="UA1", typezone="U")

    def _heat(self, _query: dict[str, str]) -> None:
        self._json([{"Identifiant reseau": "9201C", "Taux EnR&R": 61.2, "geom": LINE}])

    def _export(self, _query: dict[str, str]) -> None:
        self._one(POINT, nom="un lieu")


_ANSWERS = (
    ("geo.api.gouv.fr/communes", "communes"),
    ("data.geopf.fr/wms-r", "raster"),
    ("data.geopf.fr/wfs", "bdtopo"),
    ("apicarto", "plan"),
    ("france-chaleur-urbaine", "heat"),
    ("geoscience", "well"),
    ("data-fair", "lines"),
    ("exports/geojson", "export"),
    ("rnb-api", "rnb"),
    ("bdnb", "energy"),
    ("/lines$|^lines", "lines"),
    ("^rnb", "rnb"),
)
