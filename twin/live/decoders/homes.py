"""Dialects of homes: Homie 5, Home Assistant discovery, and plain messages by building and home.

What they decode says which home it is of, and goes no farther than :class:`twin.live.homes.HomesGate`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any, NamedTuple

from twin.live import plain
from twin.live.decoded import NO_TIME, Decoded, Reading, number, wrong
from twin.live.decoders.building import mapped, parsed
from twin.live.decoders.mqtt_dialects import at_path
from twin.live.plain import bare, time_of
from twin.store.history import Datastream

MOST_KNOWN = 200_000
DISCOVERY = "homeassistant"
SHORT: Mapping[str, str] = MappingProxyType(
    {
        "stat_t": "state_topic",
        "val_tpl": "value_template",
        "unit_of_meas": "unit_of_measurement",
        "dev_cla": "device_class",
        "uniq_id": "unique_id",
    }
)
"""Short names of Home Assistant's discovery."""
TEMPLATE = re.compile(r"^\{\{\s*value_json((?:\.\w+|\[['\"]?\w+['\"]?\])+)\s*(?:\|[^}]*)?\}\}$")
"""The only templates that are followed; nothing that a broker sends is run."""


class Place(NamedTuple):
    """A home and its building, as topics name them; both may be empty."""

    building: str
    home: str

    @classmethod
    def of(cls, levels: list[str]) -> Place:
        """Return the home of the levels of a topic that stand before what its platform sends.

        A bridge between brokers puts them there: ``building/home/homeassistant/...``.
        """
        return cls("-".join(levels[:-1]), "/".join(levels))

    def put(self, decoded: Decoded, reading: Reading, observed: str, unit: object = "") -> None:
        """Add a reading with the description of its datastream."""
        decoded.readings.append(reading)
        decoded.streams[reading.stream] = Datastream(
            id=reading.stream,
            observed_property=observed,
            unit=unit[:20] if isinstance(unit, str) else "",
            building=self.building,
            home=self.home or DISCOVERY,
        )


class Homie:
    """Homie 5: a device describes its nodes and properties, then sends their values as bare texts.

    The home is what stands before the version in the topic: ``homie``, or the domain that a home chose.
    """

    def __init__(self) -> None:
        self._devices: dict[str, dict[str, Any]] = {}

    def __call__(self, topic: str, payload: bytes) -> Decoded:
        """Return what a message says; descriptions are remembered."""
        levels = topic.split("/")
        if levels[-3:-2] == ["5"] and levels[-1] == "$state" and not payload:
            self._describe("/".join(levels[:-1]), payload)  # how a device is taken away
        elif levels[-3:-2] == ["5"] and levels[-1] == "$description":
            self._describe("/".join(levels[:-1]), payload)
        elif levels[-4:-3] == ["5"] and not levels[-2].startswith("$"):
            return self._value(levels, payload)
        return Decoded()

    def _describe(self, device: str, payload: bytes) -> None:
        if not payload:
            self._devices.pop(device, None)
        elif len(self._devices) < MOST_KNOWN:
            self._devices[device] = mapped(parsed(payload))

    def _value(self, levels: list[str], payload: bytes) -> Decoded:
        device, node, prop = "/".join(levels[:-2]), levels[-2], levels[-1]
        nodes = mapped(self._devices.get(device, {}).get("nodes"))
        kind = mapped(mapped(mapped(nodes.get(node)).get("properties")).get(prop))
        datatype = kind.get("datatype")
        decoded = Decoded()
        if prop.startswith("$") or datatype not in (None, "integer", "float"):
            return decoded
        text = payload[:200].decode("utf-8", "replace")
        value = bare(text)
        if value is None and datatype is None:
            return decoded.puzzled(text)
        stream = f"homie:{device}/{node}/{prop}"
        said = wrong(stream, NO_TIME, text) if value is None else Reading(stream, NO_TIME, value)
        Place.of(levels[:-4]).put(decoded, said, str(kind.get("name") or prop), kind.get("unit"))
        return decoded


class Entity(NamedTuple):
    """One thing that Home Assistant announced, and where."""

    place: Place
    name: str
    told: Mapping[str, Any]


class Announced:
    """What Home Assistant's retained configurations say of topics: which hold values of which home.

    A configuration that comes by a bridge, with levels before it, speaks of topics with the same levels, whether
    it writes them or not.

    Parameters
    ----------
    wary : bool
        Take for topics of a home whatever may be meant.
    """

    def __init__(self, prefix: str = DISCOVERY, *, wary: bool = False) -> None:
        self._prefix, self._wary = prefix, wary
        self._by_topic: dict[str, dict[str, Entity]] = {}

    def hear(self, topic: str, payload: bytes) -> bool:
        """Return whether a message is a configuration; it is remembered."""
        levels = topic.split("/")
        if levels[-1] != "config" or self._prefix not in levels:
            return False
        for known in self._by_topic.values():
            known.pop(topic, None)
        told = {SHORT.get(k, k): v for k, v in mapped(parsed(payload)).items()}
        state = told.get("state_topic")
        if isinstance(state, str) and len(self._by_topic) < MOST_KNOWN:
            base = told.get("~")
            state = state.replace("~", base) if isinstance(base, str) else state
            before = levels[: levels.index(self._prefix)]
            entity = Entity(Place.of(before), str(told.get("unique_id") or topic), told)
            for where in self._meant(state, "/".join(before)):
                self._by_topic.setdefault(where, {})[topic] = entity
        return True

    def _meant(self, state: str, before: str) -> set[str]:
        """Return the topics that a configuration below other levels may mean by one."""
        below = f"{before}/{state}" if before else state
        if self._wary:
            return {below, state}
        return {state if before and state.startswith(f"{before}/") else below}

    def of(self, topic: str) -> list[Entity]:
        """Return what is told by a topic."""
        return list(self._by_topic.get(topic, {}).values())


class HomeAssistant:
    """Home Assistant discovery: values on the topics that it announced."""

    def __init__(self, prefix: str = DISCOVERY) -> None:
        self._announced = Announced(prefix)

    def __call__(self, topic: str, payload: bytes) -> Decoded:
        """Return what a message says; configurations are remembered."""
        decoded = Decoded()
        if not self._announced.hear(topic, payload):
            for entity in self._announced.of(topic):
                self._value(decoded, entity, payload)
        return decoded

    @staticmethod
    def _value(decoded: Decoded, entity: Entity, payload: bytes) -> None:
        template, at = entity.told.get("value_template"), NO_TIME
        if template is None:
            value: Any = bare(payload[:60].decode("utf-8", "replace").strip())
        else:
            found, said = TEMPLATE.match(str(template).strip()), parsed(payload)
            if not found or not isinstance(said, dict):
                decoded.puzzled(template)
                return
            path = found.group(1).replace("'", "").replace('"', "").strip(".")
            value = at_path(said, path)
            value = bare(value) if isinstance(value, str) else value
            at = time_of(said)
        result = number(value)
        if result is not None:
            observed = str(entity.told.get("device_class") or entity.told.get("name") or "value")
            reading = Reading(f"ha:{entity.name}", at, result)
            entity.place.put(decoded, reading, observed, entity.told.get("unit_of_measurement"))


class ByTopic:
    """Messages on ``.../<building>/<home>/<property>``: a bare number or a numeric ``value``.

    Options: ``building`` and ``home``, the places of these levels counted from the end (2 and 1 by default,
    the property being 0).
    """

    def __init__(self, options: Mapping[str, object]) -> None:
        building, home = options.get("building", 2), options.get("home", 1)
        self._building = building if isinstance(building, int) else 2
        self._home = home if isinstance(home, int) else 1

    def __call__(self, topic: str, payload: bytes) -> Decoded:
        """Return what a message says of its home."""
        levels = topic.split("/")
        said = next((r for r in plain.decode(topic, payload).readings if r.stream == topic), None)
        decoded = Decoded()
        if said is None or said.quality or len(levels) <= max(self._building, self._home):
            return decoded.puzzled(levels[-1])
        place = Place(levels[-1 - self._building], levels[-1 - self._home])
        place.put(decoded, said, levels[-1])
        return decoded


class Heedful:
    """A dialect that is not one of homes, and knows all the same which topics Home Assistant calls its own."""

    def __init__(self, decode: Callable[[str, bytes], Decoded]) -> None:
        self._decode = decode
        self._announced = Announced(wary=True)

    def __call__(self, topic: str, payload: bytes) -> Decoded:
        """Return what a message says; of an announced topic, as that of a home."""
        if topic.endswith("/config"):
            self._announced.hear(topic, payload)
        decoded = self._decode(topic, payload)
        for entity in self._announced.of(topic):
            building, home = entity.place.building, entity.place.home or DISCOVERY
            decoded.streams = {
                name: replace(stream, building=building, home=home)
                for name, stream in decoded.streams.items()
            }
        return decoded
