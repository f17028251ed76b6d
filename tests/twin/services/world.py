"""Services of the whole world on loopback: Overture behind STAC, Terrarium tiles, Overpass, OGC API Features."""

from __future__ import annotations

import io
import json
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pyarrow as pa
import shapely
from PIL import Image
from pyarrow import parquet

from tests.twin.services.loopback import Loopback, Quiet

WEST, SOUTH = 7.40, 43.72


def houses(count: int = 4000) -> bytes:
    """GeoParquet as Overture writes it: sorted by place, a bbox column, several row groups."""
    n = np.arange(count)
    lon, lat = WEST - 0.5 + n * (1.0 / count), np.full(count, SOUTH + 0.005)
    shapes = shapely.box(lon, lat, lon + 0.0001, lat + 0.0001)
    bbox = pa.StructArray.from_arrays(
        [pa.array(v, pa.float32()) for v in (lon, lat, lon + 0.0001, lat + 0.0001)],
        ["xmin", "ymin", "xmax", "ymax"],
    )
    names = pa.array([{"primary": f"House {i}"} for i in n])
    table = pa.table(
        {
            "id": [f"gers-{i}" for i in n],
            "geometry": shapely.to_wkb(shapes),
            "bbox": bbox,
            "height": np.where(n % 3 == 0, np.nan, 9.0 + n % 5),
            "names": names,
            "unused": ["x" * 2000] * count,
        }
    )
    target = io.BytesIO()
    parquet.write_table(table, target, row_group_size=250, compression="none", use_dictionary=False)
    return target.getvalue()


class World(Loopback):
    def __init__(self) -> None:
        super().__init__(_Handler)
        self.houses = houses()
        self.ranges = True
        self.remark = ""
        self.start()


class _Handler(Quiet):
    protocol_version = "HTTP/1.1"
    server: World

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        name, _, rest = parts.path.strip("/").partition("/")
        self.server.asked[name] += 1
        query = {k: v[0] for k, v in parse_qs(parts.query).items()}
        getattr(self, f"_{name}")(rest, query)

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        self.server.asked["overpass"] += 1
        way = {"type": "way", "id": 1, "tags": {"building": "yes", "height": "12"}}
        corners = [(0, 0), (1, 0), (1, 1), (0, 1), (0, 0)]
        way["geometry"] = [{"lat": SOUTH + y / 1e4, "lon": WEST + x / 1e4} for x, y in corners]
        way["nodes"] = [1, 2, 3, 4, 1]
        self._send(json.dumps({"elements": [way], "remark": self.server.remark}).encode())

    def _send(
        self, body: bytes, kind: str = "application/json", status: int = 200, **more: str
    ) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        for name, value in more.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)
        self.server.bytes_sent += len(body)

    def _stac(self, rest: str, _query: dict[str, str]) -> None:
        pages = {
            "catalog.json": {
                "latest": "2026-11-18.0",
                "links": [{"rel": "child", "href": "./2026-11-18.0/catalog.json"}],
            },
            "2026-11-18.0/catalog.json": {
                "links": [
                    {"rel": "child", "href": "./buildings/catalog.json", "title": "buildings"}
                ]
            },
            "2026-11-18.0/buildings/catalog.json": {
                "links": [{"rel": "child", "href": "./building/collection.json"}]
            },
            "2026-11-18.0/buildings/building/collection.json": {
                "links": [
                    {"rel": "item", "href": "./near.json"},
                    {"rel": "item", "href": "./far.json"},
                ]
            },
            "2026-11-18.0/buildings/building/near.json": self._item("near", 6.0, 8.0),
            "2026-11-18.0/buildings/building/far.json": self._item("far", 100.0, 101.0),
        }
        self._send(json.dumps(pages[rest]).encode())

    def _item(self, name: str, west: float, east: float) -> dict[str, object]:
        href = f"s3://overturemaps/{name}.parquet"
        return {"bbox": [west, 43.0, east, 44.0], "assets": {"aws": {"href": href}}}

    def _s3(self, rest: str, _query: dict[str, str]) -> None:
        assert rest == "near.parquet", "the file of a far place was asked for"
        body, asked = self.server.houses, self.headers.get("Range", "")
        if not asked or not self.server.ranges:
            self._send(body, "application/octet-stream")
            return
        first, last = (int(v) for v in asked.removeprefix("bytes=").split("-"))
        last = min(last, len(body) - 1)
        told = f"bytes {first}-{last}/{len(body)}"
        self._send(body[first : last + 1], "application/octet-stream", 206, Content_Range=told)

    def _terrarium(self, _rest: str, _query: dict[str, str]) -> None:
        height_m = 123.5
        value = height_m + 32768.0
        colour = (int(value // 256), int(value % 256), int((value % 1) * 256))
        picture = io.BytesIO()
        Image.new("RGB", (256, 256), colour).save(picture, "PNG")
        self._send(picture.getvalue(), "image/png")

    def _items(self, _rest: str, query: dict[str, str]) -> None:
        start, many = int(query.get("offset", 0)), 25
        rows = [
            {
                "type": "Feature",
                "id": n,
                "properties": {"n": n},
                "geometry": {"type": "Point", "coordinates": [WEST, SOUTH]},
            }
            for n in range(start, min(start + 10, many))
        ]
        links = (
            [{"rel": "next", "href": f"/items?offset={start + 10}"}] if start + 10 < many else []
        )
        page = {"type": "FeatureCollection", "features": rows, "links": links}
        self._send(json.dumps({**page, "numberMatched": many}).encode(), "application/geo+json")

    def _search(self, _rest: str, _query: dict[str, str]) -> None:
        ring = [[WEST, SOUTH], [WEST + 0.01, SOUTH], [WEST + 0.01, SOUTH + 0.01], [WEST, SOUTH]]
        row = {
            "name": "Port-le-Test",
            "address": {"country_code": "mc"},
            "geojson": {"type": "Polygon", "coordinates": [ring]},
        }
        self._send(json.dumps([row]).encode())
