"""The formats: their names, suffixes and modules. A new format is one line here and one module."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import Protocol, cast

from twin.io.loaded import Loaded, Request


class FormatModule(Protocol):
    """What the module of a format offers."""

    def layer_names(self, request: Request) -> list[str]:
        """Return the names of the layers of a file, in its order."""

    def load(self, request: Request) -> Loaded:
        """Read one layer as it stands in the file.

        Raises :class:`~twin.errors.ReadError` when nothing of it can be read.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """A format that is read."""

    name: str
    title: str
    module: str
    suffixes: tuple[str, ...]

    def load_module(self) -> FormatModule:
        """Import the module that reads it."""
        return cast("FormatModule", import_module(f"twin.io.{self.module}"))


def _format(name: str, title: str, module: str, *suffixes: str) -> Format:
    return Format(name=name, title=title, module=module, suffixes=suffixes)


FORMATS = {
    known.name: known
    for known in (
        _format("geopackage", "GeoPackage", "vector", ".gpkg"),
        _format("shapefile", "Shapefile", "vector", ".shp"),
        _format("geojson", "GeoJSON", "vector", ".geojson", ".json"),
        _format(
            "geojsonseq", "GeoJSON Text Sequence", "vector", ".geojsonl", ".geojsons", ".ndjson"
        ),
        _format("flatgeobuf", "FlatGeobuf", "vector", ".fgb"),
        _format("kml", "KML", "vector", ".kml"),
        _format("gpx", "GPX", "vector", ".gpx"),
        _format("gml", "GML", "vector", ".gml"),
        _format("topojson", "TopoJSON", "vector", ".topojson"),
        _format("records", "JSON records with coordinates", "records"),
        _format("esrijson", "Esri JSON", "vector"),
        _format("sqlite", "SQLite / SpatiaLite", "vector", ".sqlite", ".db"),
        _format("mbtiles", "MBTiles", "vector", ".mbtiles"),
        _format("pmtiles", "PMTiles", "vector", ".pmtiles"),
        _format("mapinfo", "MapInfo", "vector", ".tab", ".mif"),
        _format("dxf", "DXF", "vector", ".dxf"),
        _format("edigeo", "EDIGEO", "vector", ".thf"),
        _format("osm", "OpenStreetMap", "osm", ".osm", ".osm.pbf"),
        _format("overpass", "OpenStreetMap (Overpass)", "osm"),
        _format("filegdb", "Esri file geodatabase", "vector", ".gdb"),
        _format("vrt-vector", "VRT", "vector", ".vrt"),
        _format("geotiff", "GeoTIFF", "geotiff", ".tif", ".tiff"),
        _format("asc", "Esri ASCII grid", "geotiff", ".asc"),
        _format(
            "image", "Picture or grid with a position", "geotiff", ".png", ".jpg", ".jp2", ".hgt"
        ),
        _format("vrt-raster", "VRT", "geotiff"),
        _format("cityjson", "CityJSON", "cityjson", ".city.json"),
        _format("cityjsonseq", "CityJSON Text Sequence", "cityjson", ".city.jsonl", ".jsonl"),
        _format("citygml", "CityGML", "citygml", ".citygml"),
        _format("indoorgml", "IndoorGML", "citygml"),
        _format("inspire", "GML with buildings in space", "citygml"),
        _format("inspire-network", "INSPIRE utility network (GML)", "inspire_networks"),
        _format("gltf", "glTF", "gltf", ".glb", ".gltf"),
        _format("obj", "Wavefront OBJ", "obj", ".obj"),
        _format("stl", "STL", "solid", ".stl"),
        _format("ply", "PLY", "solid", ".ply"),
        _format("off", "OFF", "obj", ".off"),
        _format("dae", "COLLADA", "solid", ".dae"),
        _format("3dtiles", "3D Tiles", "tiles3d", ".b3dm", ".i3dm", ".pnts", ".cmpt", ".3tz"),
        _format("las", "LAS point cloud", "las", ".las", ".laz"),
        _format("ifc", "IFC", "ifc", ".ifc"),
        _format("pandapipes", "pandapipes network", "pandanet"),
        _format("pandapower", "pandapower network", "pandanet"),
        _format("cgmes", "CGMES", "cgmes"),
        _format("esdl", "ESDL", "esdl", ".esdl"),
        _format("parquet", "GeoParquet", "parquet", ".parquet", ".geoparquet"),
        _format("xyz", "Coordinates (XYZ)", "xyz", ".xyz", ".pts"),
        _format("csv", "CSV", "delimited", ".csv", ".tsv", ".txt", ".dat"),
    )
}

ARCHIVES = (".zip", ".kmz", ".gz", ".bz2", ".tgz")

NOT_READ = {
    "pdf": "PDF",
    "dwg": "DWG",
    "office": "Office",
    "binary-dxf": "DXF (binary)",
    "sketchup": "SketchUp",
    "fbx": "FBX",
    "blender": "Blender",
    "rhino": "Rhino 3DM",
    "e57": "E57",
    "pcd": "PCD",
    "usd": "USD",
    "mrsid": "MrSID",
    "netcdf": "netCDF / HDF5",
    "rar": "RAR",
    "7z": "7-Zip",
    "arrow": "Arrow / Feather",
    "landxml": "LandXML",
    "ifcxml": "ifcXML",
    "xml": "XML",
    "json": "JSON",
    "javascript": "JavaScript",
}
"""Formats that are recognised so that the refusal can say what the file is."""


def suffixes() -> frozenset[str]:
    """Return the suffixes of files that can be read, lower case with the dot."""
    own = {suffix for known in FORMATS.values() for suffix in known.suffixes}
    return frozenset(own | set(ARCHIVES))
