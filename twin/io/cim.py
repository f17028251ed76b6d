"""Objects of the CIM as RDF/XML writes them: gathered from all profiles of a model, each under its id."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree as ET

from twin.errors import ReadError
from twin.io import cgmes_file

_RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
MOST_OBJECTS = 5_000_000


@dataclass(eq=False)
class Thing:
    """An object: its class, what is said of it, and what it refers to; what was said last counts."""

    kind: str = ""
    texts: dict[str, str] = field(default_factory=dict)
    links: dict[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """Its name, empty without one."""
        return self.texts.get("IdentifiedObject.name", "")

    def number(self, name: str) -> float:
        """Return a number that is said of it, NaN without one."""
        try:
            return float(self.texts[name])
        except (KeyError, ValueError):
            return float("nan")


class Model:
    """All objects of a model by id."""

    def __init__(self, path: Path) -> None:
        self.things: dict[str, Thing] = {}
        for part in cgmes_file.parts(path):
            for name, stream in cgmes_file.members(part):
                try:
                    for _, element in ET.iterparse(stream):  # noqa: S314 - declarations were looked for
                        self._take(element)
                except ET.ParseError as error:
                    raise ReadError("io.xml_damaged", name, reason=str(error)[:120]) from error

    def of(self, *kinds: str) -> Iterator[tuple[str, Thing]]:
        """Yield ids and objects of some classes, in the order of the files."""
        for key, thing in self.things.items():
            if thing.kind in kinds:
                yield key, thing

    def linked(self, thing: Thing, *names: str) -> Thing | None:
        """Return what a chain of references leads to."""
        found: Thing | None = thing
        for name in names:
            found = None if found is None else self.things.get(found.links.get(name, ""))
        return found

    def _take(self, element: ET.Element) -> None:
        key = element.get(f"{_RDF}ID") or element.get(f"{_RDF}about")
        if key is None:
            return
        thing = self.things.setdefault(bare(key), Thing())
        if len(self.things) > MOST_OBJECTS:
            raise ReadError("io.too_large_for_memory", "")
        if element.get(f"{_RDF}ID") or not thing.kind:
            thing.kind = _local(element.tag)
        for child in element:
            target = child.get(f"{_RDF}resource")
            if target is not None:
                thing.links[_local(child.tag)] = bare(target)
            elif child.text:
                thing.texts[_local(child.tag)] = child.text.strip()
        element.clear()


def bare(key: str) -> str:
    """Return an id without what writers put before it."""
    return key.removeprefix("urn:uuid:").lstrip("#").removeprefix("_")


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]
