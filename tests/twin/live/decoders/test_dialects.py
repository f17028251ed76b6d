"""Dialects of MQTT on small messages of our own, made as their specifications say."""

from __future__ import annotations

import orjson

from twin.live import plain
from twin.live.decoded import Decoded
from twin.live.decoders import platforms, sensorthings
from twin.live.decoders.mqtt_dialects import JsonPath, Sparkplug, _payload_class, ttn
from twin.live.dialects import dialect_for


def values(decoded: Decoded) -> dict[str, float]:
    return {reading.stream: reading.result for reading in decoded.readings}


def test_things_stack_uplink() -> None:
    uplink = {
        "end_device_ids": {"device_id": "air-7"},
        "received_at": "2026-03-01T10:00:00.123456789Z",
        "uplink_message": {
            "decoded_payload": {"temperature": 21.5, "inner": {"hum": 40}},
            "rx_metadata": [{"rssi": -110}, {"rssi": -90}],
            "locations": {"user": {"latitude": 48.82, "longitude": 2.27}},
        },
    }
    decoded = ttn("v3/app@t/devices/air-7/up", orjson.dumps(uplink))
    assert values(decoded) == {
        "ttn:air-7:temperature": 21.5,
        "ttn:air-7:inner.hum": 40.0,
        "ttn:air-7:rssi": -90.0,
    }
    assert decoded.readings[0].time_us == 1_772_359_200_123_456
    assert all(s.placed for s in decoded.streams.values())


def test_sparkplug_aliases_hold_after_a_birth() -> None:
    dialect = Sparkplug()
    birth = _payload_class()(timestamp=1_772_359_200_000)
    birth.metrics.add(name="t", alias=1, datatype=9, float_value=1.5)
    birth.metrics.add(name="n", alias=2, datatype=3, int_value=2**32 - 5)
    decoded = dialect("spBv1.0/g/DBIRTH/e/d", birth.SerializeToString())
    assert values(decoded) == {"spb:g/e/d:t": 1.5, "spb:g/e/d:n": -5.0}
    data = _payload_class()(timestamp=1_772_359_260_000)
    data.metrics.add(alias=1, datatype=9, float_value=2.5)
    data.metrics.add(alias=7, datatype=9, float_value=2.5)
    decoded = dialect("spBv1.0/g/DDATA/e/d", data.SerializeToString())
    assert values(decoded) == {"spb:g/e/d:t": 2.5}
    assert decoded.not_understood == 1


def test_json_paths_and_levels_of_the_topic() -> None:
    dialect = JsonPath(
        {"value": {"no2": "d[0].v"}, "time": "at", "thing": "s-{2}", "unit": "µg/m³"}
    )
    decoded = dialect("city/7/x", b'{"d": [{"v": 12}], "at": 1772359200}')
    assert values(decoded) == {"s-7#no2": 12.0}


def test_sensorthings_by_mqtt() -> None:
    message = b'{"result": 4.5, "phenomenonTime": "2026-03-01T09:00:00Z/2026-03-01T10:00:00Z"}'
    decoded = sensorthings.message("v1.1/Datastreams(5)/Observations", message)
    assert values(decoded) == {"sta:5": 4.5}
    assert decoded.readings[0].time_us == 1_772_359_200_000_000


def test_topics_speak_for_their_dialect() -> None:
    assert dialect_for({"spBv1.0/g/NBIRTH/e": b""}) == "sparkplug"
    assert dialect_for({"homie/5/d/$state": b"ready"}) == "homie"
    assert dialect_for({"fort/h7/homie/5/d/$state": b"ready"}) == "homie"
    assert dialect_for({"fort/h7/homeassistant/sensor/t/config": b"{}"}) == "homeassistant"
    assert dialect_for({"v3/a/devices/d/up": b"{}"}) == "ttn"
    assert dialect_for({"a/b": b"1"}) == "plain"
    device = {f"homie/5/d/{name}": b"1" for name in ("$state", "n/a", "n/b", "n/c", "n/d")}
    assert dialect_for(device) == "homie"


def test_one_home_on_the_broker_of_a_city_does_not_speak_for_it() -> None:
    city = {f"city/{n}/no2": b"20" for n in range(5)}
    home = {"homeassistant/sensor/t/config": b"{}", "flat/t": b"20.5"}
    assert dialect_for({**home, **city}) == "plain"
    assert dialect_for(home) == "homeassistant"


def test_onem2m_latest_and_tree() -> None:
    latest = {"m2m:cin": {"con": '{"t": 21.5, "lat": 35.1, "lon": 129.0}', "ct": "20260301T100000"}}
    decoded = platforms.onem2m(latest, container="busan/air")
    assert values(decoded)["onem2m:busan/air:t"] == 21.5
    assert decoded.readings[0].time_us == 1_772_359_200_000_000
    tree = {
        "m2m:ae": {
            "rn": "bus",
            "m2m:cnt": [{"rn": "p1", "m2m:cin": {"con": 7, "ct": "20260301T100000"}}],
        }
    }
    assert values(platforms.onem2m(tree)) == {"onem2m:bus/p1:con": 7.0}


def test_siri_waits_and_delays() -> None:
    visit = {
        "RecordedAtTime": "2026-03-01T10:00:00Z",
        "MonitoringRef": {"value": "STIF:StopPoint:Q:1:"},
        "MonitoredVehicleJourney": {
            "LineRef": {"value": "L12"},
            "FramedVehicleJourneyRef": {"DatedVehicleJourneyRef": "J1"},
            "MonitoredCall": {
                "StopPointName": [{"value": "Mairie"}],
                "ExpectedDepartureTime": "2026-03-01T10:04:00Z",
                "AimedDepartureTime": "2026-03-01T10:03:00Z",
            },
        },
    }
    document = {
        "Siri": {"ServiceDelivery": {"StopMonitoringDelivery": [{"MonitoredStopVisit": [visit]}]}}
    }
    found = sorted(r.result for r in platforms.siri(document).readings)
    assert found == [60.0, 240.0]


def test_ocpi_and_datex_parking() -> None:
    location = {
        "id": "L1",
        "coordinates": {"latitude": "48.82", "longitude": "2.27"},
        "last_updated": "2026-03-01T10:00:00Z",
        "evses": [{"uid": "1", "status": "AVAILABLE"}, {"uid": "2", "status": "CHARGING"}],
    }
    found = values(platforms.ocpi({"data": [location]}))
    assert found["ocpi:L1:charge_points_free"] == 1.0
    assert found["ocpi:L1:capacity"] == 2.0
    for space in ("http://datex2.eu/schema/2/2_0", "http://datex2.eu/schema/3/parking"):
        xml = f"""<d xmlns="{space}">
        <parkingRecord id="P1"><parkingName><values><value>Corentin</value></values></parkingName>
        <parkingNumberOfSpaces>100</parkingNumberOfSpaces>
        <parkingLocation>
        <latitude>48.82</latitude><longitude>2.27</longitude></parkingLocation></parkingRecord>
        <parkingRecordStatus><parkingRecordReference id="P1"/>
        <parkingStatusOriginTime>2026-03-01T10:00:00Z</parkingStatusOriginTime>
        <parkingOccupancy><parkingNumberOfVacantSpaces>120</parkingNumberOfVacantSpaces></parkingOccupancy></parkingRecordStatus></d>"""
        decoded = platforms.datex(xml.encode())
        vacant = next(r for r in decoded.readings if r.stream.endswith("vacant"))
        assert vacant.quality  # more free places than places: kept, not believed
        assert decoded.streams["datex:P1:vacant"].placed


def test_without_a_mapping_a_topic_names_what_is_observed() -> None:
    for topic, observed in (
        ("city/no2/17", "no2"),
        ("city/17/no2", "no2"),
        ("city/17/3", "city"),
        ("17", "17"),
    ):
        assert plain.decode(topic, b"20").streams[topic].observed_property == observed
    said = plain.decode("city/17", b'{"value": 1, "humidity": 40}').streams
    assert {s.observed_property for s in said.values()} == {"city", "humidity"}
