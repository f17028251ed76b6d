"""CityGML 1.0, 2.0, 3.0, and what is built like it: INSPIRE buildings, IndoorGML. Read one member at a time.

Axis orders, shared surfaces, implicit geometry and appearance are settled here; the rows and the mesh are made as those
of CityJSON are. Entities, document types and the network are off, whatever the file asks for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from twin.errors import ReadError
from twin.io import limits
from twin.io.citygml_appearance import Appearances
from twin.io.citygml_crs import crs_of, north_first
from twin.io.citygml_walk import Walker
from twin.io.cityjson_mesh import mesh_of
from twin.io.cityjson_model import Model
from twin.io.gml_rings import local
from twin.io.loaded import Declared, Loaded, Request
from twin.io.pictures import Pictures
from twin.problems import Problem, Severity

_MEMBERS = (
    "cityObjectMember", "featureMember", "featureMembers", "member", "cellSpaceMember",
    "cellSpaceBoundaryMember", "cityObject",
)  # fmt: skip
_HREF = re.compile(rb"""href\s*=\s*["'][^"'#]*#([^"']+)["']""")
_SRS = re.compile(rb"""srsName\s*=\s*["']([^"']+)["']""")
_DIMENSION = re.compile(rb"""<[\w:]*Envelope[^>]*srsDimension\s*=\s*["']([23])["']""")
_VERSION = re.compile(rb"opengis\.net/citygml/(?:[a-z]+/)?(\d\.\d)")
_OVERLAP = 4096


def layer_names(request: Request) -> list[str]:
    """Return the one layer of a city model."""
    return [request.stem]


def load(request: Request) -> Loaded:
    """Read a model. Option ``lod``: ``"highest"``, ``"all"`` or a level such as ``"2"``."""
    glance = _Glance(Path(request.opened), request)
    pictures = Pictures(folder=Path(request.opened).parent)
    appearances = Appearances(pictures)
    model = Model(inspecting=request.inspecting, pictures=pictures)
    walker = Walker(
        model,
        appearances,
        str(request.options.get("lod", "highest")),
        glance.referenced,
        dimension=glance.dimension,
    )
    if glance.has_appearance and not request.inspecting:
        for element in _elements(request, ("Appearance",)):
            appearances.add(element)
    try:
        for element in _elements(request, _MEMBERS):
            for feature in element:
                if local(feature):
                    walker.add_member(feature)
        if not model.rows:
            for element in _elements(request, ("Solid", "CompositeSolid", "MultiSolid")):
                walker.add_solid(element)
    except ReadError as error:
        if not model.rows:
            raise
        values = {"count": len(model.rows), "reason": error.problem.values.get("reason", "")}
        request.progress.report(Problem("io.xml_truncated", request.where, values))
    _report(walker, walker.finish(), request)
    return _loaded(walker, glance, request)


class _Glance:
    """What one look through the bytes tells: the CRS, the version, which ids are referred to."""

    def __init__(self, path: Path, request: Request) -> None:
        self.referenced: set[str] = set()
        self.names: list[str] = []
        self.version = ""
        self.dimension = 3
        self.has_appearance = False
        tail = b""
        with path.open("rb") as file:
            while block := file.read(4 * limits.MEGABYTE):
                request.progress.check_cancelled()
                self._look(tail + block)
                tail = block[-_OVERLAP:]

    def _look(self, text: bytes) -> None:
        self.referenced.update(found.decode("utf-8", "replace") for found in _HREF.findall(text))
        self.has_appearance |= b"Appearance" in text
        if not self.version and (version := _VERSION.search(text)):
            self.version = version[1].decode()
        if not self.names and (box := _DIMENSION.search(text)):
            self.dimension = int(box[1])
        for found in _SRS.findall(text):
            name = found.decode("utf-8", "replace").replace("&amp;", "&")
            if name not in self.names and len(self.names) < 8:
                self.names.append(name)

    @property
    def crs(self) -> str:
        """The first CRS that is one on Earth."""
        return next((crs for name in self.names if (crs := crs_of(name))), "")


def _elements(request: Request, names: tuple[str, ...]) -> Iterator[Any]:
    """Yield elements of some names, outermost ones only, and forget each afterwards.

    Raises
    ------
    ReadError
        The text is no XML from some place on.
    """
    from lxml import etree

    path = request.opened
    size = max(Path(path).stat().st_size, 1)
    try:
        with Path(path).open("rb") as file:
            parser = etree.iterparse(
                file, events=("start", "end"), tag=[f"{{*}}{name}" for name in names] + list(names),
                resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False,
            )  # fmt: skip
            inside = 0
            for event, element in parser:
                if event == "start":
                    inside += 1
                    continue
                inside -= 1
                if inside:
                    continue
                request.progress.check_cancelled()
                request.progress.progress(file.tell(), size, "bytes")
                yield element
                element.clear(keep_tail=False)
                while element.getprevious() is not None:
                    del element.getparent()[0]
    except etree.XMLSyntaxError as error:
        raise ReadError("io.xml_damaged", request.where, reason=str(error)[:160]) from error


def _report(walker: Walker, broken: int, request: Request) -> None:
    report, where = request.progress.report, request.where
    if walker.model.counts.bad_geometries:
        report(
            Problem("io.gml_bad_geometries", where, {"count": walker.model.counts.bad_geometries})
        )
    if broken:
        report(Problem("io.gml_links_broken", where, {"count": broken}))
    if walker.library:
        names = ", ".join(list(dict.fromkeys(walker.library))[:5])
        report(
            Problem("io.gml_library_objects", where, {"count": len(walker.library), "names": names})
        )
    if walker.appearances.unread:
        values = {"count": walker.appearances.unread}
        report(Problem("io.cityjson_textures", where, values, Severity.INFO))


def _loaded(walker: Walker, glance: _Glance, request: Request) -> Loaded:
    model, crs = walker.model, glance.crs
    if crs and _put_in_order(model, crs):
        problem = Problem("io.gml_axes_swapped", request.where, {"crs": crs}, Severity.INFO)
        request.progress.report(problem)
    _fill_heights(model)
    counts = model.counts
    details: dict[str, Any] = {
        "version": glance.version,
        "types": dict(sorted(counts.types.items())),
        "surfaces": walker.surfaces,
        "vertices": model.vertex_count,
    }
    geometry = None
    if model.points:
        geometry = np.full(len(model.rows), None, dtype=object)
        for row, shapes in model.points.items():
            geometry[row] = shapes[0] if len(shapes) == 1 else shapely.geometrycollections(shapes)
    return Loaded(
        name=layer_names(request)[0],
        count=len(model.rows),
        crs=Declared(text=crs, metric=True),
        columns=model.columns(),
        geometry=geometry,
        row_names=np.array(model.names, dtype=object),
        mesh=mesh_of(model, walker.lod, request),
        lods=tuple(sorted(counts.lods - {"?"}, key=float)),
        kind="mesh",
        details=details,
    )


def _put_in_order(model: Model, crs: str) -> bool:
    """Put easting (longitude) first, in place; return whether that was needed."""
    xy = _all_xy(model)
    if not len(xy):
        return False
    low, high = np.nanquantile(xy, 0.01, axis=0), np.nanquantile(xy, 0.99, axis=0)
    if not np.isfinite([*low, *high]).all():
        return False
    if not north_first(crs, (float(low[0]), float(low[1]), float(high[0]), float(high[1]))):
        return False
    for block in model.vertices:
        block[:, :2] = block[:, 1::-1]
    for shapes in model.points.values():
        shapes[:] = [shapely.transform(shape, _exchanged, include_z=True) for shape in shapes]
    return True


def _all_xy(model: Model) -> NDArray[np.float64]:
    parts = [block[:, :2] for block in model.vertices]
    parts += [shapely.get_coordinates(shape) for found in model.points.values() for shape in found]
    return np.concatenate(parts) if parts else np.empty((0, 2))


def _exchanged(xyz: NDArray[np.float64]) -> NDArray[np.float64]:
    return xyz[:, [1, 0, 2]]


def _fill_heights(model: Model) -> None:
    """Surfaces without heights (footprints of level 0 in two dimensions) lie at the lowest known one, or 0."""
    gaps = [block for block in model.vertices if np.isnan(block[:, 2]).any()]
    if not gaps:
        return
    known = [float(np.nanmin(b[:, 2])) for b in model.vertices if not np.isnan(b[:, 2]).all()]
    for block in gaps:
        block[:, 2] = np.where(np.isnan(block[:, 2]), min(known, default=0.0), block[:, 2])
