"""Answers of Overpass (``out:json``) as OSM XML: with ``out geom`` the positions stand in ways and members."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any
from xml.sax.saxutils import quoteattr

from twin.errors import ReadError
from twin.io import limits
from twin.io.jsonstream import load_bytes, parse
from twin.io.loaded import Request
from twin.problems import Problem

_FIRST_MADE_ID = 1 << 34
"""Ids of nodes that are made here: above the real ones, below what GDAL can index."""
_FIRST_CENTRE = 10**11
"""Ids of nodes that stand for a way, and doubled for a relation."""


def write_xml(source: Path, target: Path, request: Request) -> None:
    """Write the elements of an answer in the order that GDAL wants: nodes, ways, relations.

    Raises
    ------
    ReadError
        No answer of Overpass.
    """
    data = load_bytes(source, request.progress)
    try:
        answer = parse(data)
    except (ValueError, RecursionError) as error:
        raise ReadError("io.json_damaged", request.where, at=0, reason=str(error)[:120]) from error
    elements = answer.get("elements") if isinstance(answer, Mapping) else None
    if not isinstance(elements, list):
        raise ReadError("io.not_read_json", request.where, format="JSON")
    remark = answer.get("remark")
    if isinstance(remark, str) and remark.strip():
        problem = Problem("io.overpass_remark", request.where, {"remark": remark.strip()[:200]})
        request.progress.report(problem)
    write_elements(elements, target, request)


def write_elements(elements: Iterable[Any], target: Path, request: Request) -> None:
    """Write nodes, ways and relations as GDAL wants them. Raises ReadError where there are too many."""
    maker = _Maker()
    for number, element in enumerate(elements):
        if number > limits.FEATURES:
            raise ReadError("io.too_many_features", request.where, limit=limits.FEATURES)
        if number % 4096 == 0:
            request.progress.check_cancelled()
        if isinstance(element, Mapping):
            maker.add(element)
    with target.open("w", encoding="utf-8") as file:
        file.write("<?xml version='1.0' encoding='UTF-8'?>\n<osm version=\"0.6\">\n")
        # GDAL loses what is out of order.
        for part in (maker.nodes, maker.ways, maker.relations):
            file.writelines(part[number] for number in sorted(part))
        file.write("</osm>\n")


class _Maker:
    """Elements as XML, each id once; nodes are made for positions that have none."""

    def __init__(self) -> None:
        self.nodes: dict[int, str] = {}
        self.ways: dict[int, str] = {}
        self.relations: dict[int, str] = {}
        self._made: dict[tuple[float, float], int] = {}

    def add(self, element: Mapping[str, Any]) -> None:
        """Add one element; what contradicts itself is left out."""
        kind, number = element.get("type"), element.get("id")
        if type(number) is not int:
            return
        tags = "".join(_tags(element))
        if kind == "node":
            self._node(number, element, tags)
        elif kind == "way":
            self._way(number, element, tags)
        elif kind == "relation":
            self._relation(number, element, tags)

    def _node(self, number: int, place: Any, tags: str = "") -> bool:
        lon, lat = _position(place)
        if lon is None:
            return False
        if tags or number not in self.nodes:
            self.nodes[number] = f'<node id="{number}" lat="{lat!r}" lon="{lon!r}">{tags}</node>\n'
        return True

    def _way(self, number: int, element: Mapping[str, Any], tags: str) -> None:
        known, places = element.get("nodes"), element.get("geometry")
        refs: list[int] = []
        if isinstance(places, list):
            ids = known if isinstance(known, list) and len(known) == len(places) else []
            for at, place in enumerate(places):
                ref = ids[at] if ids and type(ids[at]) is int else self._made_for(place)
                if ref is not None and self._node(ref, place):
                    refs.append(ref)
        elif self._node(_FIRST_CENTRE + number, element.get("center"), tags):
            return  # "out center": what is asked for is a point
        elif isinstance(known, list):
            refs = [ref for ref in known if type(ref) is int]
        inner = "".join(f'<nd ref="{ref}"/>' for ref in refs)
        if refs and (tags or number not in self.ways):
            self.ways[number] = f'<way id="{number}">{inner}{tags}</way>\n'

    def _made_for(self, place: Any) -> int | None:
        lon, lat = _position(place)
        if lon is None or lat is None:
            return None
        return self._made.setdefault((lon, lat), _FIRST_MADE_ID + len(self._made))

    def _relation(self, number: int, element: Mapping[str, Any], tags: str) -> None:
        if self._node(2 * _FIRST_CENTRE + number, element.get("center"), tags):
            return
        members = element.get("members")
        parts = []
        for member in members if isinstance(members, list) else []:
            if not isinstance(member, Mapping) or type(member.get("ref")) is not int:
                continue
            kind = str(member.get("type"))
            if kind == "way" and isinstance(member.get("geometry"), list):
                self._way(member["ref"], member, "")
            role = quoteattr(str(member.get("role", "")))
            parts.append(f'<member type={quoteattr(kind)} ref="{member["ref"]}" role={role}/>')
        self.relations[number] = f'<relation id="{number}">{"".join(parts)}{tags}</relation>\n'


def _position(place: Any) -> tuple[float | None, float | None]:
    if not isinstance(place, Mapping):
        return None, None
    lon, lat = place.get("lon"), place.get("lat")
    if not isinstance(lon, int | float) or not isinstance(lat, int | float):
        return None, None
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):
        return None, None
    return float(lon), float(lat)


def _tags(element: Mapping[str, Any]) -> Iterator[str]:
    tags = element.get("tags")
    for key, value in tags.items() if isinstance(tags, Mapping) else ():
        text = "".join(letter for letter in str(value) if letter >= " " or letter in "\t\n")
        yield f"<tag k={quoteattr(str(key))} v={quoteattr(text)}/>"
