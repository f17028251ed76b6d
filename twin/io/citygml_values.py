"""The attributes of CityGML features: plain ones, generic ones, heights, addresses, references to registers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from twin.io.gml_rings import gml_id, local

DATA_TYPES = {
    "Address", "AddressDetails", "Appearance", "Elevation", "Envelope", "ExternalReference", "Height",
    "Occupancy", "Qualified", "RoomHeight", "QualifiedArea", "QualifiedVolume", "ConstructionEvent",
    "StringAttribute", "IntAttribute", "DoubleAttribute", "DateAttribute", "UriAttribute", "MeasureAttribute",
    "CodeAttribute", "GenericAttributeSet", "Code", "TimeInstant", "TimePeriod",
    "CityObjectRelation", "SensorConnection",
    "AtomicTimeseries", "CompositeTimeseries", "StandardFileTimeseries", "TabulatedFileTimeseries",
    "GenericTimeseries", "TimeseriesComponent", "TimeValuePair", "Dynamizer", "State", "ObjectClassification",
}  # fmt: skip
"""Values that are objects in the schema but no features of a city."""

_STANDARD = "opengis.net"

_GENERIC = {
    "stringAttribute", "intAttribute", "doubleAttribute", "dateAttribute", "uriAttribute", "measureAttribute",
    "genericAttributeSet",
}  # fmt: skip
_MEASURES = {"Height", "Elevation", "Occupancy", "QualifiedArea", "QualifiedVolume", "RoomHeight"}
_FEET = {"ft", "foot", "feet", "#ft", "[ft_i]"}
_LONGEST = 2000


def attributes_of(feature: Any) -> dict[str, Any]:
    """Return name and value of what a feature says of itself; numbers are numbers, lengths are metres."""
    found: dict[str, Any] = {}
    for part in feature:
        name = local(part)
        if not name or name == "boundedBy":
            continue
        if name in _GENERIC:
            for key, value in _generic(part):
                _put(found, key, value)
        elif len(part):
            for key, value in _data(part, name):
                _put(found, key, value)
        elif (text := (part.text or "").strip()) and not name.startswith("lod"):
            _put(found, name, _value(text, part))
    return found


def is_record(element: Any) -> bool:
    """Whether an object of an extension is a record of values and no feature: features have ids."""
    tag = element.tag if isinstance(element.tag, str) else ""
    return _STANDARD not in tag and len(element) > 0 and not any(map(gml_id, element.iter()))


def data_of(surface: Any) -> dict[str, Any]:
    """Return the heights that a surface of CityGML 3 carries for its building."""
    found: dict[str, Any] = {}
    for part in surface:
        if local(part) in {"height", "elevation"} and len(part):
            found.update(_data(part, local(part)))
    return found


def _put(found: dict[str, Any], name: str, value: Any) -> None:
    if name in found and found[name] != value:
        value = f"{found[name]}; {value}"
    found[name] = value[:_LONGEST] if isinstance(value, str) else value


def _generic(part: Any) -> Iterator[tuple[str, Any]]:
    name = part.get("name", "").strip() or local(part)
    if local(part) == "genericAttributeSet":
        for inner in part:
            for key, value in _generic(inner):
                yield f"{name}.{key}", value
        return
    value = next((c for c in part if local(c) == "value"), None)
    if value is not None and (value.text or "").strip():
        yield name, _value(value.text.strip(), value, kind=local(part))


def _data(part: Any, name: str) -> Iterator[tuple[str, Any]]:
    """Yield the values of one data type; types that are not known here say nothing."""
    child = part[0]
    kind = local(child)
    if is_record(child):
        yield from _leaves(child)
    elif kind.endswith("Attribute"):
        yield from _generic_of_version_3(child)
    elif kind == "GenericAttributeSet":
        for inner in child:
            if len(inner):
                yield from _data(inner, name)
    elif kind in _MEASURES:
        yield from _measured(child, name)
    elif kind == "Address" or name == "address":
        yield "address", ", ".join(_words(part))
    elif kind == "ExternalReference" or name == "externalReference":
        yield "external_reference", " ".join(_words(part))
    elif kind in {"TimeInstant", "Code", "ConstructionEvent"}:
        yield name, " ".join(_words(child))


def _leaves(record: Any) -> Iterator[tuple[str, Any]]:
    for leaf in record.iter():
        if not len(leaf) and local(leaf) and (leaf.text or "").strip():
            yield local(leaf), _value(leaf.text.strip(), leaf)


def _measured(value: Any, name: str) -> Iterator[tuple[str, Any]]:
    ends = ("value", "Value", "area", "volume", "numberOfOccupants")
    for found in value.iter():
        if local(found).endswith(ends) and (found.text or "").strip():
            yield name, _value(found.text.strip(), found)
            return


def _generic_of_version_3(attribute: Any) -> Iterator[tuple[str, Any]]:
    inner = {local(c): c for c in attribute}
    value = inner.get("value")
    if "name" in inner and value is not None and (value.text or "").strip():
        name = (inner["name"].text or local(attribute)).strip()
        yield name, _value(value.text.strip(), value, kind=local(attribute))


def _words(element: Any) -> list[str]:
    return [text.strip() for text in element.itertext() if text.strip()]


def _value(text: str, element: Any, kind: str = "") -> Any:
    """Numbers only where they are measured or counted: codes keep their zeros."""
    uom = (element.get("uom") or "").rpartition(":")[2].lower()
    measured = bool(uom) or kind.lower().startswith(("int", "double", "measure"))
    counted = local(element).startswith(("storeys", "numberOf", "measured", "yearOf"))
    if not (measured or counted) or kind.lower().startswith(("string", "uri", "date")):
        return text
    try:
        number = float(text)
    except ValueError:
        return text
    if uom in _FEET:
        return number * 0.3048
    return int(number) if number.is_integer() and abs(number) < 2**53 and not uom else number
