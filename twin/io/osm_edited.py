"""OpenStreetMap XML as editors save it: in any order, new things with ids below zero, and deleted ones among them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from twin.errors import ReadError
from twin.io import limits
from twin.io.loaded import Request

_HEAD = 65_536
_SIGNS = (b"JOSM", b'id="-', b"id='-")
_FIRST_NEW = 10**12
"""Ids of what has none yet: above all real ones."""


def is_edited(path: Path) -> bool:
    """Whether a file comes from an editor: GDAL wants ids in order, and above zero."""
    if path.suffix.lower() != ".osm" or path.stat().st_size > limits.JSON_BYTES:
        return False
    with path.open("rb") as file:
        head = file.read(_HEAD)
    return any(sign in head for sign in _SIGNS)


def elements(path: Path, request: Request) -> Iterator[dict[str, Any]]:
    """Yield nodes, ways and relations as Overpass writes them, but for the deleted ones.

    Raises
    ------
    ReadError
        The text is no XML from some place on.
    """
    from lxml import etree

    try:
        with path.open("rb") as file:
            parser = etree.iterparse(
                file, tag=("node", "way", "relation"), resolve_entities=False, no_network=True,
                load_dtd=False, huge_tree=False,
            )  # fmt: skip
            for number, (_, found) in enumerate(parser):
                if number % 4096 == 0:
                    request.progress.check_cancelled()
                if found.get("action") != "delete":
                    yield _element(found)
                found.clear()
    except etree.XMLSyntaxError as error:
        raise ReadError("io.xml_damaged", request.where, reason=str(error)[:160]) from error


def _element(found: Any) -> dict[str, Any]:
    kind = str(found.tag)
    element: dict[str, Any] = {
        "type": kind,
        "id": _id(found.get("id")),
        "tags": {tag.get("k", ""): tag.get("v", "") for tag in found.iterfind("tag")},
    }
    if kind == "node":
        element |= {"lon": _degrees(found.get("lon")), "lat": _degrees(found.get("lat"))}
    elif kind == "way":
        element["nodes"] = [_id(part.get("ref")) for part in found.iterfind("nd")]
    else:
        element["members"] = [
            {"type": part.get("type"), "ref": _id(part.get("ref")), "role": part.get("role", "")}
            for part in found.iterfind("member")
        ]
    return element


def _id(text: str | None) -> int | None:
    try:
        number = int(text or "")
    except ValueError:
        return None
    return number if number > 0 else _FIRST_NEW - number


def _degrees(text: str | None) -> float | None:
    try:
        return float(text or "")
    except ValueError:
        return None
