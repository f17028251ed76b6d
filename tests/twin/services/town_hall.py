"""The services of a made-up commune on loopback, well and badly behaved: what the real ones were seen to do."""

from __future__ import annotations

import json
import struct
import time
from urllib.parse import parse_qs, urlsplit

from tests.twin.services.loopback import Loopback, Quiet

X, Y = 644_000.0, 6_858_000.0
"""South-west corner of the commune in EPSG:2154, a kilometre from its north-east corner."""
SIZE_M = 1000.0


def square(x: float, y: float, side: float) -> list[list[list[float]]]:
    return [[[x, y], [x + side, y], [x + side, y + side], [x, y + side], [x, y]]]


def building(number: int) -> dict[str, object]:
    x, y = X + 20 * (number % 50) + 2, Y + 20 * (number // 50) + 2
    return {
        "type": "Feature",
        "id": f"batiment.{number}",
        "properties": {
            "cleabs": f"BATIMENT{number:06d}",
            "hauteur": 9.0 + number % 7,
            "usage_1": "Résidentiel",
            "identifiants_rnb": f"RNB{number}/OTHER{number}" if number % 2 else None,
        },
        "geometry": {"type": "MultiPolygon", "coordinates": [square(x, y, 12.0)]},
    }


class TownHall(Loopback):
    """Answers until it is closed; ``asked`` counts the paths, ``down`` ones fail, ``held`` ones do not answer yet."""

    def __init__(self, *, buildings: int = 120, cap: int = 50, knows_pages: bool = True) -> None:
        super().__init__(_Handler)
        self.buildings, self.cap, self.knows_pages = buildings, cap, knows_pages
        self.moments: list[float] = []
        self.down: set[str] = set()
        self.held: set[str] = set()
        self.version = 1
        self.start()


class _Handler(Quiet):
    protocol_version = "HTTP/1.1"
    server: TownHall

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        query = {name.lower(): values[0] for name, values in parse_qs(parts.query).items()}
        self._dispatch(parts.path.strip("/"), query)

    def do_POST(self) -> None:
        self.body = self.rfile.read(int(self.headers.get("content-length", 0)))
        self._dispatch(urlsplit(self.path).path.strip("/"), {})

    def _dispatch(self, name: str, query: dict[str, str]) -> None:
        self.server.asked[name] += 1
        self.server.moments.append(time.monotonic())
        while name in self.server.held:
            time.sleep(0.02)
        if name in self.server.down:
            self._send(b"the service is down", status=500)
            return
        getattr(self, f"_{name}", self._unknown)(query)

    def _send(
        self, body: bytes, kind: str = "application/json", status: int = 200, **headers: str
    ) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", headers.pop("length", str(len(body))))
        for header, value in headers.items():
            self.send_header(header.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def _json(self, data: object, **headers: str) -> None:
        self._send(json.dumps(data).encode(), **headers)

    def _unknown(self, _query: dict[str, str]) -> None:
        self._send(b"no such thing", "text/plain", 404)

    # Well behaved.

    def _communes(self, query: dict[str, str]) -> None:
        outline = {"type": "Polygon", "coordinates": square(2.2370, 48.8170, 0.0130)}
        rows = [{"nom": "Bourg-le-Test", "code": "92999", "contour": outline}]
        known = query.get("nom", "").casefold().replace(" ", "-") == "bourg-le-test"
        self._json(rows if known or query.get("code") == "92999" else [])

    def _wfs(self, query: dict[str, str]) -> None:
        x0, y0, x1, y1 = (float(v) for v in query["bbox"].split(",")[:4])
        every = [building(n) for n in range(self.server.buildings)]
        inside = [f for f in every if _meets(f, x0, y0, x1, y1)]
        start = int(query.get("startindex", 0)) if self.server.knows_pages else 0
        given = inside[start : start + min(int(query["count"]), self.server.cap)]
        collection = {"type": "FeatureCollection", "features": given}
        self._json({**collection, "numberMatched": len(inside), "numberReturned": len(given)})

    def _wms(self, query: dict[str, str]) -> None:
        rows, columns = int(query["height"]), int(query["width"])
        x0, _y0, x1, _y1 = (float(v) for v in query["bbox"].split(","))
        step = (x1 - x0) / columns
        values = [40.0 + (x0 + (c + 0.5) * step - X) / 100.0 for c in range(columns)]
        line = struct.pack(f"<{columns}f", *values)
        # Cells without height: LiDAR HD says -9999, RGE ALTI -99999.
        first = struct.pack(f"<{columns}f", -99999.0, -9999.0, *values[2:])
        self._send(first + line * (rows - 1), "image/x-bil;bits=32")

    def _rnb(self, query: dict[str, str]) -> None:
        page = int(query.get("page", 0))
        rows = [
            {
                "type": "Feature",
                "id": f"RNB{n}",
                "properties": {
                    "rnb_id": f"RNB{n}",
                    "ext_ids": [
                        {"source": "bdtopo", "id": f"BATIMENT{n:06d}"},
                        {"source": "bdnb", "id": f"bdnb-{n}"},
                    ],
                },
                "geometry": {"type": "Point", "coordinates": [2.24, 48.82]},
            }
            for n in range(page * 20, min(page * 20 + 20, 60))
        ]
        following = f"{self.server.url}/rnb?page={page + 1}" if page < 2 else None
        self._json({"next": following, "results": {"type": "FeatureCollection", "features": rows}})

    def _energy(self, query: dict[str, str]) -> None:
        start, size = int(query["offset"]), int(query["limit"])
        rows = [
            {"batiment_groupe_id": f"bdnb-{n}", "classe_bilan_dpe": "ABCDEFG"[n % 7]}
            for n in range(start, min(start + size, 30))
        ]
        self._json(rows)

    def _lines(self, query: dict[str, str]) -> None:
        after = int(query.get("after", 0))
        rows = [
            {"_id": n, "_geopoint": f"{48.82 + n / 1e5},2.24", "nom": f"poste {n}", "_score": 1}
            for n in range(after, min(after + 3, 7))
        ]
        following = {"next": f"{self.server.url}/lines?after={after + 3}"} if after + 3 < 7 else {}
        self._json({"total": 7, **following, "results": rows})

    def _changing(self, _query: dict[str, str]) -> None:
        tag = f'"{self.server.version}"'
        if self.headers.get("If-None-Match") == tag:
            self._send(b"", status=304)
        else:
            self._send(f"version {self.server.version}".encode(), "text/plain", ETag=tag)

    # Badly behaved.

    def _backwards(self, query: dict[str, str]) -> None:
        """A WFS that takes and gives latitude first, as its CRS says and GeoJSON does not."""
        south, west, north, east = (float(v) for v in query["bbox"].split(",")[:4])
        places = [(2.240 + n / 1e4, 48.820 + n / 1e4) for n in range(7)]
        rows = [
            {
                "type": "Feature",
                "id": f"well.{n}",
                "properties": {"n": n},
                "geometry": {"type": "MultiPoint", "coordinates": [[lat, lon, 35.0]]},
            }
            for n, (lon, lat) in enumerate(places)
            if west <= lon <= east and south <= lat <= north
        ]
        self._json({"type": "FeatureCollection", "features": rows, "numberMatched": len(rows)})

    def _busy(self, _query: dict[str, str]) -> None:
        if self.server.asked["busy"] < 3:
            self._send(b"later", "text/plain", 429, Retry_After="1")
        else:
            self._json({"type": "FeatureCollection", "features": [building(0)]})

    def _exception(self, _query: dict[str, str]) -> None:
        self._send(
            b"<?xml version='1.0'?><ServiceException>no such layer</ServiceException>", "text/xml"
        )

    def _empty(self, _query: dict[str, str]) -> None:
        self._json({"type": "FeatureCollection", "features": [], "numberMatched": 0})

    def _cut(self, _query: dict[str, str]) -> None:
        whole = json.dumps({"type": "FeatureCollection", "features": [building(0)]}).encode()
        self.close_connection = True
        if self.server.asked["cut"] < 2:
            self._send(whole[:40], length=str(len(whole)))
        else:
            self._send(whole)

    def _streaming_error(self, _query: dict[str, str]) -> None:
        self._send(b'{"type":"FeatureCollection","features":[\nStreaming interrupted: error')

    def _huge(self, _query: dict[str, str]) -> None:
        self._send(b"x" * 200_000, "application/octet-stream")

    def _elsewhere(self, _query: dict[str, str]) -> None:
        rows = {"total": 9, "next": "http://127.0.0.9:9/steal", "results": [{"_geopoint": "48,2"}]}
        self._json(rows)


def _meets(feature: dict[str, object], x0: float, y0: float, x1: float, y1: float) -> bool:
    x, y = feature["geometry"]["coordinates"][0][0][0]  # type: ignore[index]
    return bool(x <= x1 and x + 12 >= x0 and y <= y1 and y + 12 >= y0)


CATALOGUE = """
[[place]]
id = "communes"
kind = "communes"
url = "@URL@/communes"
where = "fr"

[[dataset]]
id = "terrain"
where = "fr"
kind = "wms_heights"
url = "@URL@/wms"
layer = "belvedere.terrain"
source = "Test heights"
licence = "CC0"
options = { layer = "heights", format = "image/x-bil;bits=32", cell_m = 20.0 }

[[dataset]]
id = "buildings"
where = "fr"
kind = "wfs"
url = "@URL@/wfs"
layer = "belvedere.buildings"
source = "Test buildings"
licence = "CC0"
options = { typename = "batiment" }

[[dataset]]
id = "substations"
where = "fr"
kind = "datafair"
url = "@URL@/lines"
layer = "belvedere.vector"
shown = false
source = "Test grid"
licence = "CC0"

[[dataset]]
id = "zoning"
where = "fr"
kind = "geojson"
url = "@URL@/exception"

[[dataset]]
id = "rnb"
where = "fr"
kind = "rnb"
url = "@URL@/rnb"
layer = "-"

[[dataset]]
id = "energy"
where = "fr"
kind = "postgrest"
url = "@URL@/energy"
layer = "-"
options = { page = 25 }

[[join]]
into = "buildings"
from = "rnb"
key = "id_bdtopo"
key_there = "cleabs"
columns = { rnb_id = "rnb_id", id_bdnb = "id_bdnb" }

[[join]]
into = "buildings"
from = "energy"
key = "batiment_groupe_id"
key_there = "id_bdnb"
columns = { energy_label = "classe_bilan_dpe" }
"""


def catalogue(url: str) -> str:
    """The text of a catalogue of these services."""
    return CATALOGUE.replace("@URL@", url)
