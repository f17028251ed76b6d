"""Dialects of homes: what they decode says which home it is of."""

from __future__ import annotations

import orjson
import pytest

from twin.live import plain
from twin.live.decoded import Decoded
from twin.live.decoders.homes import ByTopic, Heedful, HomeAssistant, Homie


def values(decoded: Decoded) -> dict[str, float]:
    return {reading.stream: reading.result for reading in decoded.readings}


def homes(decoded: Decoded) -> set[tuple[str, str]]:
    return {(stream.building, stream.home) for stream in decoded.streams.values()}


def test_homie_describes_then_sends() -> None:
    homie = Homie()
    kinds = {"t": ("float", "°C"), "on": ("boolean", None), "s": ("string", None)}
    told = {name: {"datatype": kind, "unit": unit} for name, (kind, unit) in kinds.items()}
    nodes = {"nodes": {"air": {"properties": told}}}
    homie("homie/5/dev/$description", orjson.dumps(nodes))
    decoded = homie("homie/5/dev/air/t", b"21.5")
    assert values(decoded) == {"homie:homie/5/dev/air/t": 21.5}
    assert decoded.streams["homie:homie/5/dev/air/t"].unit == "°C"
    assert homes(decoded) == {("", "homie")}
    assert homie("homie/5/dev/air/on", b"true").readings == []
    assert homie("homie/5/dev/air/s", b"21.5").readings == []
    homie("homie/5/dev/$description", b"")
    assert homie("homie/5/dev/air/t", b"x").not_understood == 1


def test_a_bridge_says_home_and_building_before_the_topic() -> None:
    decoded = Homie()("fort/h7/homie/5/dev/air/temperature", b"21.5")
    assert homes(decoded) == {("fort-h7", "fort/h7/homie")}
    config = orjson.dumps({"state_topic": "z/1", "device_class": "temperature"})
    speak = HomeAssistant()
    speak("fort/h7/homeassistant/sensor/a/config", config)
    assert speak("z/1", b"20.5").readings == []  # of another home
    assert homes(speak("fort/h7/z/1", b"20.5")) == {("fort", "fort/h7")}
    speak("fort/h8/homeassistant/sensor/a/config", orjson.dumps({"state_topic": "fort/h8/t"}))
    assert homes(speak("fort/h8/t", b"20.5")) == {("fort", "fort/h8")}


def test_home_assistant_follows_simple_templates_only() -> None:
    dialect = HomeAssistant()
    config = {
        "~": "z/1",
        "stat_t": "~/state",
        "val_tpl": "{{ value_json.t }}",
        "unit_of_meas": "°C",
        "uniq_id": "u1",
        "dev_cla": "temperature",
    }
    dialect("homeassistant/sensor/a/config", orjson.dumps(config))
    assert values(dialect("z/1/state", b'{"t": 20.5}')) == {"ha:u1": 20.5}
    config["val_tpl"] = "{{ value_json.t.__class__ | attr('x') }}{% for i in x %}"
    dialect("homeassistant/sensor/a/config", orjson.dumps(config))
    assert dialect("z/1/state", b'{"t": 20.5}').readings == []
    dialect("homeassistant/sensor/a/config", b"")
    assert dialect("z/1/state", b'{"t": 20.5}') == Decoded()


def test_levels_of_a_topic_name_building_and_home() -> None:
    assert homes(ByTopic({})("fort/rnb-1/h3/temperature", b"20.5")) == {("rnb-1", "h3")}
    other = ByTopic({"building": 3, "home": 1})
    assert homes(other("rnb-1/stairs-b/h3/temperature", b"20.5")) == {("rnb-1", "h3")}
    assert ByTopic({})("h3/temperature", b"20.5").not_understood == 1


def test_without_a_mapping_too_what_home_assistant_announces_is_of_a_home() -> None:
    decode = Heedful(plain.decode)
    assert homes(decode("flat/t", b"20.5")) == {("", "")}
    decode("homeassistant/sensor/a/config", b'{"state_topic": "flat/t"}')
    assert homes(decode("flat/t", b"20.5")) == {("", "homeassistant")}
    assert homes(decode("street/t", b"20.5")) == {("", "")}


@pytest.mark.parametrize("topic", ["fort/h7/flat/t", "flat/t"])
def test_what_is_announced_below_other_levels_is_of_a_home_however_its_topic_is_written(
    topic: str,
) -> None:
    decode = Heedful(plain.decode)
    decode("fort/h7/homeassistant/sensor/a/config", b'{"state_topic": "flat/t"}')
    assert homes(decode(topic, b"20.5")) == {("fort", "fort/h7")}
