"""No message stops a feed: decoders take anything and never raise."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twin.live import plain
from twin.live.csvrows import rows_of_csv
from twin.live.decoded import Decoded
from twin.live.decoders import gbfs, gtfs_rt, ngsi, platforms, records, sensorthings
from twin.live.decoders.homes import ByTopic, Heedful, HomeAssistant, Homie
from twin.live.decoders.mqtt_dialects import JsonPath, Sparkplug, ttn
from twin.live.judge import Judge
from twin.live.kinds.streaming import Events
from twin.live.runner import Runner
from twin.store.history import batch_of

KEYS = st.sampled_from(
    [
        *("value", "time", "timestamp", "lat", "lon", "location", "data", "feeds", "stations"),
        *("station_id", "num_bikes_available", "last_reported", "id", "type", "coordinates"),
        *("Datastreams", "Observations", "Locations", "result", "phenomenonTime", "@iot.id"),
        *("m2m:cin", "m2m:cnt", "con", "ct", "rn", "Siri", "ServiceDelivery", "evses", "status"),
        *("StopMonitoringDelivery", "MonitoredStopVisit", "MonitoredVehicleJourney", "results"),
        *("uplink_message", "decoded_payload", "rx_metadata", "fields", "geometry", "features"),
        *("body", "observedAt", "unitCode", "totalSpotNumber", "name", "ttl", "value_template"),
        *("state_topic", "nodes", "properties", "datatype", "geo_point_2d", "horodatage"),
    ]
)
ANY = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**62), 2**62)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20)
    | st.sampled_from(
        ["2026-03-01T10:00:00Z", "48.8,2.3", "urn:ngsi-ld:X:1", "Feature", "Property"]
    ),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(KEYS | st.text(max_size=6), inner, max_size=6)
    ),
    max_leaves=25,
)

DOCUMENTS: list[Callable[[Any], Decoded]] = [
    sensorthings.decode,
    ngsi.decode,
    platforms.onem2m,
    platforms.siri,
    platforms.ocpi,
    lambda d: gbfs.decode(dict.fromkeys(gbfs.WANTED, d)),
    lambda d: gbfs.decode((gbfs.feeds(d)[0] and {}) or {}),
    lambda d: records.decode(records.rows_of(d), source="s"),
]
MESSAGES: list[Callable[[str, bytes], Decoded]] = [
    plain.decode,
    ttn,
    sensorthings.message,
    ngsi.message,
    JsonPath({"value": "data.value", "time": "time", "thing": "{1}"}),
    Homie(),
    HomeAssistant(),
    Heedful(plain.decode),
    ByTopic({}),
    Sparkplug(),
]
TOPICS = st.sampled_from(
    [
        *("a/b", "v3/app/devices/dev/up", "homie/5/d/$description", "homie/5/d/n/p"),
        *("homeassistant/sensor/x/config", "spBv1.0/g/NBIRTH/e", "spBv1.0/g/DDATA/e/d"),
        *("v1.1/Datastreams(5)/Observations", "x"),
    ]
)


def check(decoded: Decoded) -> None:
    batch = decoded.batch()
    assert batch.num_rows == len(decoded.readings)
    for reading in decoded.readings:
        assert isinstance(reading.stream, str)
        assert math.isfinite(reading.result) or reading.quality


@settings(max_examples=120, deadline=None)
@given(document=ANY)
@pytest.mark.parametrize("decode", DOCUMENTS)
def test_documents(decode: Callable[[Any], Decoded], document: Any) -> None:
    check(decode(document))


@settings(max_examples=120, deadline=None)
@given(topic=TOPICS, payload=st.binary(max_size=200) | ANY.map(orjson.dumps))
@pytest.mark.parametrize("decode", MESSAGES)
def test_messages(decode: Callable[[str, bytes], Decoded], topic: str, payload: bytes) -> None:
    check(decode(topic, payload))


@settings(max_examples=150, deadline=None)
@given(data=st.binary(max_size=300))
def test_bytes(data: bytes) -> None:
    check(gtfs_rt.decode(b"\x0a\x02" + data))
    check(gtfs_rt.decode(data))
    check(platforms.datex(b"<a>" + data + b"</a>"))
    check(records.decode(rows_of_csv(data), source="s"))
    Events().feed(data)


def test_entities_are_refused() -> None:
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>'
    assert platforms.datex(bomb).not_understood == 1


@settings(max_examples=100, deadline=None)
@given(
    rows=st.lists(
        st.tuples(st.sampled_from("abc"), st.integers(-1, 2**50), st.floats()), max_size=30
    )
)
def test_judge_keeps_what_it_does_not_believe(rows: list[tuple[str, int, float]]) -> None:
    ids = [r[0] for r in rows]
    times, results, qualities = [r[1] for r in rows], [r[2] for r in rows], [0] * len(rows)
    kept = Judge().judge(ids, times, results, qualities, received_us=10**15)
    assert kept == list(range(len(rows)))
    assert all(at >= 0 for at in times)
    batch_of(ids, times, results, qualities)
    assert Runner is not None
