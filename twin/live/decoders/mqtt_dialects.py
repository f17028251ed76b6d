"""Dialects of MQTT with a memory: Homie 5, Home Assistant discovery, Sparkplug B; and TTN, JSON paths."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from twin.extras import require
from twin.live.decoded import NO_TIME, Decoded, Reading, clean, number, wrong
from twin.live.decoders.building import Thing, at_of, listed, mapped, parsed
from twin.live.plain import bare, numbers, place_of, time_of
from twin.live.presence import tells_of_presence
from twin.store.history import Datastream

MOST_KNOWN = 200_000
SIGNED: Mapping[int, int] = MappingProxyType({1: 8, 2: 16, 3: 32, 4: 64})
"""Bits of the whole numbers with a sign, by data type of Sparkplug."""

SHORT: Mapping[str, str] = MappingProxyType(
    {
        "stat_t": "state_topic",
        "val_tpl": "value_template",
        "unit_of_meas": "unit_of_measurement",
        "dev_cla": "device_class",
        "uniq_id": "unique_id",
        "dev": "device",
    }
)
"""Short names of Home Assistant's discovery."""

UPLINK = re.compile(r"^v3/[^/]+/devices/([^/]+)/up$")


def ttn(topic: str, payload: bytes) -> Decoded:
    """Return an uplink of The Things Stack. Fields that are zero are left out by it, not by the device."""
    found = UPLINK.match(topic)
    if not found:
        return Decoded()
    said = mapped(parsed(payload))
    uplink = mapped(said.get("uplink_message"))
    if not uplink:
        return Decoded().puzzled(payload[:200])
    decoded = Decoded()
    body = mapped(uplink.get("decoded_payload"))
    fixed = mapped(mapped(uplink.get("locations")).get("user"))
    where = place_of(body) or place_of(fixed)
    name = str(mapped(said.get("end_device_ids")).get("device_id") or found.group(1))
    thing = Thing(
        decoded,
        f"ttn:{name}",
        name=name,
        lon=where[0] if where else None,
        lat=where[1] if where else None,
        at=uplink.get("received_at") or said.get("received_at"),
    )
    for path, value in numbers(body):
        thing.put(path, value)
    radio = [mapped(m) for m in listed(uplink.get("rx_metadata"))]
    best = max((v for m in radio if (v := number(m.get("rssi"))) is not None), default=None)
    thing.put("rssi", best, unit="dBm")
    if not decoded.readings:
        decoded.puzzled(payload[:200])
    return decoded


class JsonPath:
    """Messages of one form: where in them value, time, place and name are, as dotted paths.

    Options: ``value`` (a path, or several by observed property), ``time``, ``lon``, ``lat``, ``unit``,
    ``thing`` (``{1}`` is the first level of the topic).
    """

    def __init__(self, options: Mapping[str, Any]) -> None:
        value = options.get("value", "value")
        paths = value if isinstance(value, Mapping) else {"": value}
        self._values = {str(k): str(v) for k, v in paths.items()}
        self._options = options

    def __call__(self, topic: str, payload: bytes) -> Decoded:
        """Return what a message says."""
        said = parsed(payload)
        if not isinstance(said, dict | list):
            return Decoded().puzzled(payload[:200])
        decoded = Decoded()
        options = self._options
        levels = topic.split("/")
        name = re.sub(
            r"\{(\d{1,2})\}",
            lambda m: levels[int(m[1]) - 1] if 0 < int(m[1]) <= len(levels) else "",
            str(options.get("thing", topic)),
        )
        units = options.get("unit", "")
        thing = Thing(
            decoded,
            name,
            name=name,
            lon=at_path(said, options.get("lon")),
            lat=at_path(said, options.get("lat")),
            at=at_path(said, options.get("time")),
        )
        for observed, path in self._values.items():
            unit = units.get(observed, "") if isinstance(units, Mapping) else str(units)
            value = at_path(said, path)
            shown = observed or topic.rpartition("/")[2]
            stream = f"{name}#{observed}" if observed else name
            thing.put(shown, value, unit=unit, stream=stream)
        return decoded if decoded.readings else decoded.puzzled(payload[:200])


def at_path(said: Any, path: object) -> Any:
    """Return what a dotted path (``a.b[0].c``, with or without ``$.``) leads to, None where it ends."""
    if not isinstance(path, str) or not path:
        return None
    for step in re.findall(r"[^.\[\]]+", path.removeprefix("$.")):
        if isinstance(said, list) and step.isdigit() and int(step) < len(said):
            said = said[int(step)]
        elif isinstance(said, dict):
            said = said.get(step)
        else:
            return None
    return said


class Homie:
    """Homie 5: a device describes its nodes and properties, then sends their values as bare texts."""

    def __init__(self) -> None:
        self._devices: dict[str, dict[str, Any]] = {}

    def __call__(self, topic: str, payload: bytes) -> Decoded:
        """Return what a message says; descriptions are remembered."""
        levels = topic.split("/")
        if len(levels) < 4 or levels[1] != "5":
            return Decoded()
        device = "/".join(levels[:3])
        if levels[3] == "$description":
            self._describe(device, payload)
            return Decoded()
        if levels[3].startswith("$") or len(levels) != 5 or levels[4].startswith("$"):
            return Decoded()
        return self._value(device, levels[3], levels[4], payload)

    def _describe(self, device: str, payload: bytes) -> None:
        if not payload:
            self._devices.pop(device, None)
        elif len(self._devices) < MOST_KNOWN:
            self._devices[device] = mapped(parsed(payload))

    def _value(self, device: str, node: str, prop: str, payload: bytes) -> Decoded:
        told = self._devices.get(device, {})
        nodes = mapped(told.get("nodes"))
        kind = mapped(mapped(mapped(nodes.get(node)).get("properties")).get(prop))
        text = payload[:200].decode("utf-8", "replace")
        datatype = kind.get("datatype")
        decoded = Decoded()
        value = {"true": 1.0, "false": 0.0}.get(text) if datatype == "boolean" else bare(text)
        if datatype not in (None, "integer", "float", "boolean"):
            return decoded
        name = str(told.get("name") or device.rpartition("/")[2])
        thing = Thing(decoded, f"homie:{device}/{node}", name=f"{name} {node}")
        unit = kind.get("unit")
        observed = str(kind.get("name") or prop)
        if tells_of_presence(observed) or tells_of_presence(prop):
            return decoded  # homes speak this dialect: what tells of presence is not taken at all
        shown = unit if isinstance(unit, str) else ""
        if value is None and datatype is None:
            return decoded.puzzled(text)
        stream = f"homie:{device}/{node}/{prop}"
        thing.put(observed, text if value is None else value, unit=shown, stream=stream)
        return decoded


class HomeAssistant:
    """Home Assistant discovery: retained configurations say which topics hold which values.

    Only templates of the form ``{{ value_json.x }}`` are followed; nothing a broker sends is run.
    """

    TEMPLATE = re.compile(r"^\{\{\s*value_json((?:\.\w+|\[['\"]?\w+['\"]?\])+)\s*(?:\|[^}]*)?\}\}$")

    def __init__(self, prefix: str = "homeassistant") -> None:
        self._prefix = f"{prefix}/"
        self._by_topic: dict[str, dict[str, dict[str, Any]]] = {}

    def __call__(self, topic: str, payload: bytes) -> Decoded:
        """Return what a message says; configurations are remembered."""
        if topic.startswith(self._prefix) and topic.endswith("/config"):
            self._configure(topic, payload)
            return Decoded()
        decoded = Decoded()
        for name, told in self._by_topic.get(topic, {}).items():
            self._value(decoded, name, told, payload)
        return decoded

    def _configure(self, topic: str, payload: bytes) -> None:
        for known in self._by_topic.values():
            known.pop(topic, None)
        said = {SHORT.get(k, k): v for k, v in mapped(parsed(payload)).items()}
        base = said.get("~")
        state = said.get("state_topic")
        if not isinstance(state, str) or len(self._by_topic) > MOST_KNOWN:
            return
        if isinstance(base, str):
            state = state.replace("~", base)
        self._by_topic.setdefault(state, {})[topic] = said

    def _value(self, decoded: Decoded, topic: str, told: dict[str, Any], payload: bytes) -> None:
        template = told.get("value_template")
        at = NO_TIME
        if template is None:
            value: Any = bare(payload[:60].decode("utf-8", "replace").strip())
        else:
            found = self.TEMPLATE.match(str(template).strip())
            said = parsed(payload)
            if not found or not isinstance(said, dict):
                decoded.puzzled(template)
                return
            value = at_path(said, found.group(1).replace("'", "").replace('"', "").strip("."))
            value = bare(value) if isinstance(value, str) else value
            at = time_of(said)
        if number(value) is None:
            return
        device = mapped(told.get("device"))
        name = str(told.get("unique_id") or topic)
        ids = device.get("identifiers", device.get("ids"))
        owner = ids[0] if isinstance(ids, list) and ids else ids or name
        thing = Thing(decoded, f"ha:{owner}", name=device.get("name") or told.get("name") or name)
        thing.at = at
        observed = str(told.get("device_class") or told.get("name") or "value")
        component = topic.removeprefix(self._prefix).partition("/")[0]
        if tells_of_presence(observed) or tells_of_presence(component):
            return  # as above
        unit = told.get("unit_of_measurement")
        shown = unit if isinstance(unit, str) else ""
        thing.put(observed, value, unit=shown[:20], stream=f"ha:{name}")


class Sparkplug:
    """Sparkplug B 3.0: metrics named in a birth, sent by their aliases afterwards."""

    NUMBERS = ("int_value", "long_value", "float_value", "double_value", "boolean_value")

    def __init__(self) -> None:
        self._aliases: dict[tuple[str, int], str] = {}

    def __call__(self, topic: str, payload: bytes) -> Decoded:
        """Return the numeric metrics of a birth or of data."""
        levels = topic.split("/")
        if len(levels) < 4 or levels[0] != "spBv1.0":
            return Decoded()
        kind, owner = levels[2], "/".join([levels[1], *levels[3:]])
        if kind not in ("NBIRTH", "DBIRTH", "NDATA", "DDATA"):
            return Decoded()
        message = self._message(payload)
        if message is None:
            return Decoded().puzzled(topic)
        edge = f"{levels[1]}/{levels[3]}"
        if kind == "NBIRTH":
            self._aliases = {k: v for k, v in self._aliases.items() if k[0] != edge}
        decoded = Decoded()
        for metric in message.metrics:
            self._metric(decoded, metric, edge, owner, message.timestamp)
        return decoded

    def _metric(self, decoded: Decoded, metric: Any, edge: str, owner: str, stamp: int) -> None:
        name = metric.name
        if name and metric.HasField("alias") and len(self._aliases) < MOST_KNOWN:
            self._aliases[edge, metric.alias] = name
        name = name or self._aliases.get((edge, metric.alias), "")
        if not name:
            decoded.puzzled(f"{owner} alias {metric.alias}")
            return
        kind = metric.WhichOneof("value")
        if name == "bdSeq" or kind not in self.NUMBERS or metric.is_null:
            return
        value = float(getattr(metric, kind))
        bits = SIGNED.get(metric.datatype)
        if bits and kind in (
            "int_value",
            "long_value",
        ):  # negative ones are sent as their complement
            whole = int(value) & ((1 << bits) - 1)
            value = float(whole - (1 << bits) if whole >> (bits - 1) else whole)
        shown = clean(name, 200)
        stream = f"spb:{owner}:{shown}"
        decoded.streams[stream] = Datastream(
            id=stream,
            name=f"{owner} {shown}",
            thing=f"spb:{owner}",
            thing_name=owner,
            observed_property=shown,
        )
        at = at_of(metric.timestamp or stamp or None)
        good = number(value) is not None
        decoded.readings.append(Reading(stream, at, value) if good else wrong(stream, at, value))

    @staticmethod
    def _message(payload: bytes) -> Any | None:
        errors = require("live", "google.protobuf.message")
        message = _payload_class()()
        try:
            message.ParseFromString(payload)
        except (errors.DecodeError, RuntimeError, ValueError):
            return None
        return message


@lru_cache(maxsize=1)
def _payload_class() -> Any:
    """Return the message class of a Sparkplug payload, of the field numbers of its specification."""
    descriptors = require("live", "google.protobuf.descriptor_pb2")
    pools = require("live", "google.protobuf.descriptor_pool")
    factory = require("live", "google.protobuf.message_factory")
    file = descriptors.FileDescriptorProto(
        name="belvedere_sparkplug.proto", package="belvedere", syntax="proto2"
    )
    metric = file.message_type.add(name="Metric")
    metric.oneof_decl.add(name="value")
    kinds = descriptors.FieldDescriptorProto
    plain = (
        ("name", 1, 9),
        ("alias", 2, 4),
        ("timestamp", 3, 4),
        ("datatype", 4, 13),
        ("is_null", 7, 8),
    )
    values = (
        *(("int_value", 10, 13), ("long_value", 11, 4), ("float_value", 12, 2)),
        *(("double_value", 13, 1), ("boolean_value", 14, 8), ("string_value", 15, 9)),
        ("bytes_value", 16, 12),
    )
    for name, place, kind in (*plain, *values):
        field = metric.field.add(name=name, number=place, type=kind, label=kinds.LABEL_OPTIONAL)
        if (name, place, kind) in values:
            field.oneof_index = 0
    body = file.message_type.add(name="Payload")
    body.field.add(name="timestamp", number=1, type=4, label=kinds.LABEL_OPTIONAL)
    body.field.add(
        name="metrics", number=2, type=11, type_name=".belvedere.Metric", label=kinds.LABEL_REPEATED
    )
    body.field.add(name="seq", number=3, type=4, label=kinds.LABEL_OPTIONAL)
    pool = pools.DescriptorPool()
    pool.Add(file)
    return factory.GetMessageClass(pool.FindMessageTypeByName("belvedere.Payload"))
