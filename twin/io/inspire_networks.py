"""INSPIRE utility networks (GML, us-net 4.0 and 5.0): links with what runs in them, and appurtenances at their ends.

A pipe or cable of INSPIRE has no place of its own: it names the links that do (``net:link``), and links name the nodes
where they end. Everything is nillable and may be missing; names are compared without their namespace, whose version
producers mix. Source: INSPIRE application schemas 2025.1.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from twin.errors import ReadError
from twin.io import limits
from twin.io.citygml_crs import crs_of, north_first
from twin.io.loaded import Declared, Loaded, Request

PREFIX = "network."
ALL = "networks"
HREF, GML_ID = "{http://www.w3.org/1999/xlink}href", "{http://www.opengis.net/gml/3.2}id"
CARRIES = {
    "ThermalPipe": "heat", "WaterPipe": "water", "SewerPipe": "sewage", "OilGasChemicalsPipe": "gas",
    "ElectricityCable": "electricity", "Pipe": "", "Cable": "", "Duct": "",
}  # fmt: skip
TYPES = (
    ("thermal", "heat"),
    ("electric", "electricity"),
    ("water", "water"),
    ("sewer", "sewage"),
    ("gas", "gas"),
)
"""What a network of a type carries, by a part of the word."""
PRODUCTS = {"chilledwater": "cold", "coolingwater": "cold"}
APPURTENANCE = {
    "valve": "valve", "pump": "plant", "substation": "substation", "transformer": "substation", "switch": "switch",
    "openpoint": "switch", "deliverypoint": "substation", "deliverypointtransformer": "substation",
    "thermalplant": "plant", "mainstation": "substation", "netstation": "substation", "generator": "generator",
    "streetlight": "lighting",
}  # fmt: skip
"""Kinds by the last word of ``appurtenanceType``."""
TO_MM, TO_KV = {"m": 1000.0, "cm": 10.0}, {"v": 0.001}
WORDS = {
    "currentStatus": "state",
    "verticalPosition": "vertical_position",
    "validFrom": "valid_from",
    "validTo": "valid_to",
}
NUMBERS = ("diameter_mm", "voltage_kv", "pressure_bar")


def layer_names(request: Request) -> list[str]:
    """Return the layers of a file: one for each commodity, that with most parts first."""
    found = Counter(row["network_kind"] for row in _Model(request).rows)
    return [PREFIX + kind for kind, _ in found.most_common()]


def load(request: Request) -> Loaded:
    """Read the network of one commodity, or all of them where both lines and points are wanted.

    Raises
    ------
    ReadError
        Damaged, with entities, or without a link that has a place.
    """
    model = _Model(request)
    names = [PREFIX + kind for kind in dict.fromkeys(row["network_kind"] for row in model.rows)]
    wanted = request.sublayer or (ALL if request.options.get("mixed") else next(iter(names), ""))
    if not names or wanted not in {ALL, *names}:
        raise ReadError(
            "io.no_such_layer" if names else "io.no_layers", request.where, layers=", ".join(names)
        )
    commodity = wanted.removeprefix(PREFIX)
    rows = [row for row in model.rows if commodity in {ALL, row["network_kind"]}]
    shapes = np.empty(len(rows), dtype=object)
    shapes[:] = [row["shape"] for row in rows]
    columns = dict.fromkeys(c for row in rows for c in row if c not in {"shape", "gml_id"})
    return Loaded(
        name=wanted,
        count=len(rows),
        crs=Declared(text=model.crs),
        columns={
            c: np.array([r.get(c) for r in rows], np.float64 if c in NUMBERS else object)
            for c in columns
        },
        geometry=_turned(shapes, model.crs),
        row_names=np.array([row["gml_id"] for row in rows], dtype=object),
        details={"network": commodity},
    )


def _turned(shapes: NDArray[Any], crs: str) -> NDArray[Any]:
    x0, y0, x1, y1 = shapely.total_bounds(shapes)
    if north_first(crs, (x0, y0, x1, y1)):
        return np.asarray(shapely.transform(shapes, lambda xy: xy[:, ::-1]))
    return shapes


class _Model:
    """The rows of a file: links under the properties of what runs in them, and appurtenances."""

    def __init__(self, request: Request) -> None:
        self.crs = ""
        objects = list(self._objects(request))
        types = {
            _word(o, "utilityNetworkType") for o in objects if _local(o) == "UtilityNetwork"
        } - {""}
        usual = _by_type(next(iter(types))) if len(types) == 1 else ""
        running: dict[str, Any] = {}
        for thing in objects:
            if _local(thing) in CARRIES:
                for link in _hrefs(thing, "link"):
                    running.setdefault(link, thing)
        self.rows: list[dict[str, Any]] = []
        for thing in objects:
            if (shape := self._shape(thing)) is None:
                continue
            if shape.geom_type == "Point":
                self.rows.append(self._node(thing, shape))
            else:
                self.rows.append(self._link(thing, running.get(_id(thing), thing), shape, usual))
        self._settle(usual)

    def _objects(self, request: Request) -> Iterator[Any]:
        """Yield the features of a file; what they hold stays until it was read."""
        from lxml import etree

        path = Path(request.opened)
        if path.stat().st_size > limits.JSON_BYTES:
            raise ReadError("io.too_large_for_memory", request.where)
        content = path.read_bytes()
        if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
            raise ReadError("io.xml_entities", request.where)
        parser = etree.XMLParser(
            resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
        )
        try:
            root = etree.fromstring(content, parser)
        except etree.XMLSyntaxError as error:
            raise ReadError("io.xml_damaged", request.where, reason=str(error)[:120]) from error
        for holder in root:
            request.progress.check_cancelled()
            if isinstance(holder.tag, str) and _local(holder).lower().endswith(
                ("member", "members")
            ):
                yield from (child for child in holder if isinstance(child.tag, str))

    def _shape(self, thing: Any) -> Any:
        """Return the line or point of a feature, None without."""
        parts = []
        for element in thing.iter():
            if not isinstance(element.tag, str):
                continue
            if _local(element) in {"posList", "pos"} and element.text:
                self._take_crs(element, thing)
                numbers = np.array(element.text.split(), np.float64)
                size = int(
                    element.get("srsDimension") or _above(element, "srsDimension", thing) or 2
                )
                parts.append(numbers[: len(numbers) // size * size].reshape(-1, size)[:, :2])
        if not parts:
            return None
        xy = np.concatenate(parts)
        return shapely.LineString(xy) if len(xy) > 1 else shapely.Point(xy[0])

    def _take_crs(self, element: Any, thing: Any) -> None:
        if not self.crs:
            self.crs = crs_of(element.get("srsName") or _above(element, "srsName", thing) or "")

    def _link(self, thing: Any, inside: Any, shape: Any, usual: str) -> dict[str, Any]:
        carries = CARRIES.get(_local(inside), "") or usual or "utility"
        product = _word(inside, "thermalProductType").lower()
        carries = PRODUCTS.get(product, carries)
        ends = {"from_node": _hrefs(thing, "startNode"), "to_node": _hrefs(thing, "endNode")}
        return {
            **_common(inside),
            "gml_id": _id(thing),
            "id": _text(inside, "localId") or _text(thing, "localId"),
            "kind": "line" if carries == "electricity" else "pipe",
            "network_kind": carries,
            "shape": shape,
            **{name: found[0] for name, found in ends.items() if found},
            **_sizes(inside),
        }

    def _node(self, thing: Any, shape: Any) -> dict[str, Any]:
        said = _hrefs(thing, "appurtenanceType") or [_text(thing, "appurtenanceType")]
        sort, _, word = said[0].rpartition("/")
        return {
            **_common(thing),
            "gml_id": _id(thing),
            "id": _text(thing, "localId"),
            "kind": APPURTENANCE.get(word.lower(), "node"),
            "appurtenance_type": word,
            "network_kind": _by_type(sort.rpartition("/")[2]),
            "shape": shape,
        }

    def _settle(self, usual: str) -> None:
        """Give nodes that do not say what runs there that of a link which ends there."""
        at = {
            row.get(end): row["network_kind"]
            for row in self.rows
            for end in ("from_node", "to_node")
        }
        for row in self.rows:
            if not row["network_kind"]:
                kinds = [r["network_kind"] for r in self.rows if r["network_kind"]]
                row["network_kind"] = at.get(row["gml_id"]) or usual or next(iter(kinds), "utility")


def _by_type(word: str) -> str:
    return next((ours for mark, ours in TYPES if mark in word.lower()), "")


def _common(thing: Any) -> dict[str, Any]:
    found = {ours: _word(thing, theirs) for theirs, ours in WORDS.items()}
    return {ours: word for ours, word in found.items() if word}


def _sizes(thing: Any) -> dict[str, float]:
    found: dict[str, float] = {}
    for ours, theirs, factors in (
        ("diameter_mm", "pipeDiameter", TO_MM), ("voltage_kv", "operatingVoltage", TO_KV),
        ("voltage_kv", "nominalVoltage", TO_KV), ("pressure_bar", "pressure", {}),
    ):  # fmt: skip
        element = _child(thing, theirs)
        try:
            number = float(element.text)
        except (AttributeError, TypeError, ValueError):
            continue
        found.setdefault(
            ours, number * factors.get((element.get("uom") or "").lower().rpartition(":")[2], 1.0)
        )
    return found


def _local(element: Any) -> str:
    return str(element.tag).rpartition("}")[2]


def _id(thing: Any) -> str:
    return thing.get(GML_ID) or thing.get("id") or _text(thing, "localId")


def _child(thing: Any, name: str) -> Any:
    return next((e for e in thing.iter() if isinstance(e.tag, str) and _local(e) == name), None)


def _text(thing: Any, name: str) -> str:
    element = _child(thing, name)
    return "" if element is None else (element.text or "").strip()


def _word(thing: Any, name: str) -> str:
    """Return a value: the text of an element, or the last word of what it refers to."""
    refers = _hrefs(thing, name)
    return refers[0].rpartition("/")[2] if refers else _text(thing, name)


def _hrefs(thing: Any, name: str) -> list[str]:
    found = (e.get(HREF) for e in thing.iter() if isinstance(e.tag, str) and _local(e) == name)
    return [href.removeprefix("#") for href in found if href]


def _above(element: Any, name: str, top: Any) -> str:
    while (element := element.getparent()) is not None:
        if element.get(name):
            return str(element.get(name))
        if element is top:
            break
    return ""
