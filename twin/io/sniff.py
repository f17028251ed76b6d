"""Which format a file really is: its first bytes decide, its suffix only where they cannot.

Nothing is handed to GDAL before this: GDAL would open any file that *looks* like a description of a
remote service or of another file, whatever its name.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass

HEAD_BYTES = 65_536

_BINARY = (
    (b"SQLite format 3\x00", "sqlite"),
    (b"fgb\x03fgb", "flatgeobuf"),
    (b"PAR1", "parquet"),
    (b"\x00\x00\x27\x0a", "shapefile"),
    (b"PMTiles", "pmtiles"),
    (b"II*\x00", "geotiff"),
    (b"MM\x00*", "geotiff"),
    (b"II+\x00", "geotiff"),
    (b"MM\x00+", "geotiff"),
    (b"\x89PNG\r\n\x1a\n", "image"),
    (b"\xff\xd8\xff", "image"),
    (b"\x00\x00\x00\x0cjP  ", "image"),
    (b"RIFF", "image"),
    (b"EHFA_HEADER_TAG", "image"),
    (b"DSAA", "image"),
    (b"DSBB", "image"),
    (b"DSRB", "image"),
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"\x1f\x8b", "gzip"),
    (b"BZh", "tar"),
    (b"LASF", "las"),
    (b"glTF", "gltf"),
    (b"ply\n", "ply"),
    (b"ply\r", "ply"),
    (b"b3dm", "3dtiles"),
    (b"i3dm", "3dtiles"),
    (b"pnts", "3dtiles"),
    (b"cmpt", "3dtiles"),
    (b"ISO-10303-21;", "ifc"),
    (b"%PDF", "pdf"),
    (b"AC10", "dwg"),
    (b"AutoCAD Binary DXF", "binary-dxf"),
    (b"\xff\xfe\xff\x0eS\x00k\x00e\x00t\x00c\x00h\x00U\x00p\x00", "sketchup"),
    (b"Kaydara FBX Binary", "fbx"),
    (b"BLENDER", "blender"),
    (b"3D Geometry File Format", "rhino"),
    (b"ASTM-E57", "e57"),
    (b"# .PCD", "pcd"),
    (b"PXR-USDC", "usd"),
    (b"msid", "mrsid"),
    (b"CDF\x01", "netcdf"),
    (b"\x89HDF\r\n", "netcdf"),
    (b"Rar!\x1a\x07", "rar"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"ARROW1", "arrow"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "office"),
)
_XML_ROOT = re.compile(rb"<(?![?!])(?:[\w.-]+:)?([\w.-]+)")
_XML_COMMENT = re.compile(rb"<!--.*?-->", re.DOTALL)
_BY_XML_ROOT = {
    b"kml": "kml",
    b"gpx": "gpx",
    b"osm": "osm",
    b"citymodel": "citygml",
    b"indoorfeatures": "indoorgml",
    b"collada": "dae",
    b"ogrvrtdatasource": "vrt-vector",
    b"vrtdataset": "vrt-raster",
    b"energysystem": "esdl",
    b"landxml": "landxml",
    b"ifcxml": "ifcxml",
}
_GML_ROOT_ENDS = (b"collection", b"dataset", b"genericgml")
_IN_SPACE = re.compile(rb"<(?:\w+:)?(?:Solid|CompositeSolid|MultiSolid)[\s>]")
_UTILITIES = re.compile(rb"inspire\.ec\.europa\.eu/schemas/us-net|UtilityNetworks:\d")
_JSON_TYPE = re.compile(rb'"type"\s*:\s*"([A-Za-z]{4,20})"')
_CITYJSON = re.compile(rb'"type"\s*:\s*"CityJSON"')
_CITYJSON_FEATURE = re.compile(rb'"type"\s*:\s*"CityJSONFeature"')
_GEOJSON_TYPES = frozenset(
    (
        b"FeatureCollection",
        b"Feature",
        b"Point",
        b"MultiPoint",
        b"LineString",
        b"MultiLineString",
        b"Polygon",
        b"MultiPolygon",
        b"GeometryCollection",
    )
)
_OVERPASS = re.compile(rb'"type"\s*:\s*"(?:node|way|relation)"')
_RECORDS = re.compile(
    rb'\s*(?:\[\s*\{|\{(?:\s*"[^"]*"\s*:\s*(?:[\d.]+|"[^"]*"|null|true|false|\{[^{}]*\})\s*,)*'
    rb'\s*"(?:records|results|data|rows|items|value|hits)"\s*:\s*\[\s*\{)'
)
_PLACE_KEY = re.compile(
    rb'"(?:[\w ]*(?:latitude|_lat|^lat)|lat|geo_?point(?:_2d)?|_geopoint|geo_shape|geom(?:etry)?|wkt)"\s*:',
    re.IGNORECASE,
)
_PANDA_NETWORK = re.compile(rb'"_class"\s*:\s*"(pandapipes|pandapower)Net"')
_ASC_HEADER = re.compile(rb"^\s*(ncols|nrows)\s+\d+", re.IGNORECASE)
_DXF_HEADER = re.compile(rb"^\s*(0|999)\s*\r?\n")
_PLACE_LINE = re.compile(
    rb"^\s*(?:[+-]?\d[\d.,]*(?:[eE][+-]?\d+)?\s*(?:[;\t ]\s*|$)){3,}$|^\s*(?:[+-]?\d+\.?\d*\s*(?:,\s*|$)){3,}$"
)
_OBJ_LINE = re.compile(rb"^\s*(?:v|vt|vn|f|o|g|usemtl|mtllib)\s", re.MULTILINE)
_HGT_BYTES = {1201 * 1201 * 2, 3601 * 3601 * 2}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """The first and last bytes of a file, its suffix and size.

    ``names_cityjson`` is asked only of JSON: whether ``"CityJSON`` stands anywhere in the file.
    """

    head: bytes
    tail: bytes
    suffix: str
    size: int
    names_cityjson: Callable[[], bool] = lambda: False


def sniff(sample: Sample) -> str:
    """Return the name of the format, empty when nothing known.

    The names are the keys of :data:`twin.io.formats.FORMATS` plus those of formats that are known
    but not read.
    """
    for magic, name in _BINARY:
        if sample.head.startswith(magic):
            return _binary(name, sample)
    text = _without_bom(sample.head).lstrip()
    if text[:1] == b"<":
        return _xml(text)
    if text[:1] in {b"{", b"[", b"\x1e"}:
        return sniff_json(sample)
    return _plain_text(sample, text)


def _binary(name: str, sample: Sample) -> str:
    if name == "gzip" and sample.suffix == ".tgz":
        return "tar"
    if name == "sqlite":
        application = sample.head[68:72]
        if application in {b"GPKG", b"GP10", b"GP11", b"GP12"} or sample.suffix == ".gpkg":
            return "geopackage"
        return "mbtiles" if sample.suffix == ".mbtiles" else "sqlite"
    if sample.head.startswith(b"RIFF") and sample.head[8:12] != b"WEBP":
        return ""
    return name


def _without_bom(head: bytes) -> bytes:
    return head[3:] if head.startswith(b"\xef\xbb\xbf") else head


def _xml(text: bytes) -> str:
    """The root element decides: descriptions of services may mention anything further down."""
    found = _XML_ROOT.search(_XML_COMMENT.sub(b"", text))
    root = found[1].lower() if found else b""
    if root in _BY_XML_ROOT:
        return _BY_XML_ROOT[root]
    if b"opengis.net/citygml" in text and root.endswith(_GML_ROOT_ENDS):
        return "citygml"  # what a WFS answers has features of other kinds around its objects
    if b"opengis.net/gml" in text and root.endswith(_GML_ROOT_ENDS):
        if _UTILITIES.search(text):
            return "inspire-network"
        return "inspire" if _IN_SPACE.search(text) else "gml"
    return "xml"


def sniff_json(sample: Sample) -> str:
    """Return ``cityjson``, ``cityjsonseq``, ``geojson``, ``geojsonseq``, ``topojson``, ... or ``json``."""
    text = sample.head + b"\n" + sample.tail
    if b"gdal_streamed_alg" in text:  # GDAL would run it
        return "json"
    if _CITYJSON_FEATURE.search(text):
        return "cityjsonseq"
    if _CITYJSON.search(text) or sample.names_cityjson():
        return "cityjson"
    other = _other_json(sample, text)
    if other:
        return other
    types = set(_JSON_TYPE.findall(text))
    lines = sample.suffix in {".geojsonl", ".geojsons", ".ndjson", ".jsonl"}
    if types & _GEOJSON_TYPES and not _is_tileset(text):
        one_a_line = b"FeatureCollection" not in types and _looks_like_lines(sample.head)
        return "geojsonseq" if lines or one_a_line or text[:1] == b"\x1e" else "geojson"
    return "geojson" if sample.suffix == ".geojson" else "json"


def _other_json(sample: Sample, text: bytes) -> str:
    """JSON that is told by what stands in it, before GeoJSON is thought of."""
    network = _PANDA_NETWORK.search(sample.head)
    if network:
        return network.group(1).decode()
    if _is_gltf(sample):
        return "gltf"
    if _is_tileset(text):
        return "3dtiles"
    if b'"elements"' in text and _OVERPASS.search(text):
        return "overpass"
    if b'"Topology"' in text and b"Topology" in _JSON_TYPE.findall(text):
        return "topojson"
    if b'"geometryType"' in text and b'"esriGeometry' in text:
        return "esrijson"
    return "records" if _are_records(text) else ""


def _are_records(text: bytes) -> bool:
    """Whether a list of records with coordinates begins here, not one of GeoJSON features."""
    found = _RECORDS.match(text)
    if not found or not _PLACE_KEY.search(text):
        return False
    try:
        first, _ = json.JSONDecoder().raw_decode(text[found.end() - 1 :].decode(errors="replace"))
    except (ValueError, RecursionError):
        return not set(_JSON_TYPE.findall(text)) & _GEOJSON_TYPES
    return not (isinstance(first, dict) and first.get("type") in {"Feature", "CityJSON"})


def _is_gltf(sample: Sample) -> bool:
    if b'"asset"' not in sample.head + sample.tail:
        return False
    return sample.suffix == ".gltf" or (
        b'"geometricError"' not in sample.head and b'"meshes"' in sample.head + sample.tail
    )


def _is_tileset(text: bytes) -> bool:
    return b'"geometricError"' in text and b'"asset"' in text


def _looks_like_lines(head: bytes) -> bool:
    lines = [line.strip() for line in head.splitlines()[:-1] if line.strip()]
    return len(lines) > 1 and all(line[:1] == b"{" and line[-1:] == b"}" for line in lines)


def _plain_text(sample: Sample, text: bytes) -> str:
    head, suffix = text[:4096], sample.suffix
    if head.startswith((b"geojson = [", b"var ")):
        return "javascript"
    if _ASC_HEADER.match(head):
        return "asc"
    if head.lower().startswith(b"!table") or (
        suffix == ".mif" and head.lower().startswith(b"version ")
    ):
        return "mapinfo"
    if _is_text(sample.head) and _starts_with_places(head, suffix):
        return "xyz"
    known = {
        ".dxf": ("dxf", _DXF_HEADER.match(head) is not None),
        ".hgt": ("image", sample.size in _HGT_BYTES),
        ".pbf": ("osm", b"OSMHeader" in head[:64]),
        ".bil": ("image", True),
        ".flt": ("image", True),
        ".thf": ("edigeo", b"RTYSA" in head and b"LONSA" in head),
        ".obj": ("obj", _is_text(sample.head) and _OBJ_LINE.search(sample.head) is not None),
        ".stl": ("stl", sample.size >= 84 or head.startswith(b"solid")),
        ".off": ("off", b"OFF" in head[:200]),
        ".csv": ("csv", _is_text(sample.head)),
        ".tsv": ("csv", _is_text(sample.head)),
        ".txt": ("csv", _is_text(sample.head)),
        ".dat": ("csv", _is_text(sample.head)),
    }.get(suffix, ("", False))
    return known[0] if known[1] else ""


def _starts_with_places(head: bytes, suffix: str) -> bool:
    """Whether the first line is of three numbers or more; names, or a count, may stand above it in ``.xyz``."""
    if suffix not in {".xyz", ".pts", ".asc", ".txt"}:
        return False
    lines = [line for line in head.splitlines()[:12] if line.strip() and line[:1] != b"#"]
    above = 2 if suffix in {".xyz", ".pts"} else 1
    return any(_PLACE_LINE.match(line) for line in lines[:above])


def _is_text(head: bytes) -> bool:
    """Text has no NUL and few control characters; UTF-16 announces itself."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")) or wide_encoding(head):
        return True
    control = sum(head.count(bytes([code])) for code in range(9))
    return control == 0


def wide_encoding(head: bytes) -> str:
    """Return ``utf-16-le`` or ``utf-16-be`` of a text of two bytes a sign that does not say so, else empty."""
    start = head[:2000]
    for first, encoding in ((1, "utf-16-le"), (0, "utf-16-be")):
        empty, full = start[first::2].count(0), start[1 - first :: 2].count(0)
        if len(start) > 7 and 4 * empty > len(start) and 10 * full < empty:
            return encoding
    return ""
