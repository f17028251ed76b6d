"""What pipes and cables have in common: reading, placing, values on the clock, tracing, solving."""

from __future__ import annotations

from twin.network.features import network_of, networks_of
from twin.network.kinds import GRID as GRID_WORDS
from twin.network.kinds import HEAT as HEAT_WORDS
from twin.network.model import Network, NetworkError, Role, State
from twin.network.placing import beside, hanging, in_scene, lines_of, points_on, side_signs, upright
from twin.network.reading import Vocabulary, read_network
from twin.network.trace import flowing
from twin.network.values import (
    DATA_STATE,
    STATE_COLUMN,
    constant,
    fact,
    moving_facts,
    series_of,
    texts,
    values_at,
)

__all__ = [
    "DATA_STATE",
    "GRID_WORDS",
    "HEAT_WORDS",
    "STATE_COLUMN",
    "Network",
    "NetworkError",
    "Role",
    "State",
    "Vocabulary",
    "beside",
    "constant",
    "fact",
    "flowing",
    "hanging",
    "in_scene",
    "lines_of",
    "moving_facts",
    "network_of",
    "networks_of",
    "points_on",
    "read_network",
    "series_of",
    "side_signs",
    "texts",
    "upright",
    "values_at",
]
