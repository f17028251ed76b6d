"""Dialects of MQTT: The Things Stack, JSON by paths, Sparkplug B."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from twin.extras import require
from twin.live.decoded import Decoded, Reading, clean, number, wrong
from twin.live.decoders.building import Thing, at_of, listed, mapped, parsed
from twin.live.plain import numbers, place_of
from twin.store.history import Datastream

MOST_KNOWN = 200_000
SIGNED: Mapping[int, int] = MappingProxyType({1: 8, 2: 16, 3: 32, 4: 64})
"""Bits of the whole numbers with a sign, by data type of Sparkplug."""

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
