"""The rule that every history holds to: what tells of one home is not kept, whatever feed it comes by.

A datastream is of one home where whoever decodes it says so (``Datastream.home``), and where its name shows
that a platform of homes speaks. :mod:`twin.live.homes` makes aggregates of ten homes or more of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from twin.store.history.model import Datastream, HistoryError

NAMED = (
    r"^(ha|homie):|(^|/)"
    r"(homeassistant|homie|zigbee2mqtt|zwave|zwavejs2mqtt|shellies|domoticz|openhab|tasmota)/"
)
"""Names of datastreams of platforms of homes, decoded or as the topics that they are sent on; also in the
dialect of PostgreSQL."""
_NAMED = re.compile(NAMED)


def is_of_one_home(stream: Datastream) -> bool:
    """Whether a datastream tells of one home."""
    return bool(stream.home) or is_named_for_one_home(stream.id)


def is_named_for_one_home(datastream_id: str) -> bool:
    """Whether the name of a datastream alone shows that it tells of one home."""
    return _NAMED.search(datastream_id) is not None


def refuse_homes(streams: Iterable[Datastream]) -> list[Datastream]:
    """Return datastreams as they are.

    Raises
    ------
    HistoryError
        One of them tells of one home.
    """
    listed = list(streams)
    for stream in listed:
        if is_of_one_home(stream):
            raise HistoryError("history.one_home", stream.feed or stream.thing_name)
    return listed
