"""Charging points as loads of a grid: IRVE static and dynamic files, and OCPI locations.

What a charging point draws: all of its rating while it is occupied, nothing while it is free or out of order, where a
dynamic file or a status says so; else the course of a day of :mod:`twin.network.profiles`, which is an estimate.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from twin.network.features import LOW_SIDE
from twin.network.model import Devices, Network, NetworkError, Role
from twin.network.profiles import Day

MAX_BYTES = 256 * 1024 * 1024
HEAD_BYTES = 4096
NUMBER = re.compile(r"-?\d+(?:[.,]\d+)?")
FRANCE_LAT, FRANCE_LON = (41.0, 51.5), (-5.5, 9.7)
MOST_KW = 1000.0
"""Above it the number is in watts: the national file has such rows."""
REACH_M = 400.0
BUSY = {"occupe": True, "CHARGING": True, "libre": False, "reserve": False, "AVAILABLE": False, "BLOCKED": False,
        "RESERVED": False, "INOPERATIVE": False, "OUTOFORDER": False}  # fmt: skip


@dataclass(frozen=True)
class Charger:
    """One charging point: where it is, what it can give, and whether it is in use (None: nobody says)."""

    id: str
    lon: float
    lat: float
    power_kw: float
    busy: bool | None = None
    name: str = ""


AT_ONCE = 0.2
"""Part of many charging points that draw at the same time: an assumption, to be replaced by one's own measures."""


@dataclass(frozen=True, kw_only=True)
class Demand:
    """What charging points ask of a grid together.

    Parameters
    ----------
    count, far : int
        Points that hang on the grid, and points that are too far from it.
    installed_kw, in_use_kw : float
        Sum of the ratings; of those that say they are occupied.
    at_once_kw : float
        Estimate of what is drawn at the same time; see :func:`demand`.
    places : mapping
        Where each point stands, in the CRS of the network; empty where nobody asked.
    """

    count: int
    far: int
    installed_kw: float
    in_use_kw: float
    at_once_kw: float
    places: Mapping[str, tuple[float, float]] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """Return the numbers with their units, and how the estimate was made."""
        return {
            "count": self.count,
            "too_far": self.far,
            "installed_kw": round(self.installed_kw, 3),
            "in_use_kw": round(self.in_use_kw, 3),
            "simultaneous_kw_estimated": round(self.at_once_kw, 3),
            "estimate": f"installed x (g + (1 - g) / sqrt(n)), Rusck 1956, g = {AT_ONCE:g} assumed",
        }


def demand(chargers: Sequence[Charger], far: int = 0) -> Demand:
    """Return what charging points ask together.

    The estimate is the coincidence of S. Rusck (1956): of n equal loads ``g + (1 - g) / sqrt(n)`` draws at once.
    """
    power = np.array([c.power_kw for c in chargers if np.isfinite(c.power_kw)])
    busy = sum(c.power_kw for c in chargers if c.busy and np.isfinite(c.power_kw))
    share = AT_ONCE + (1.0 - AT_ONCE) / np.sqrt(max(len(power), 1))
    installed = float(power.sum())
    return Demand(
        count=len(chargers) - far,
        far=far,
        installed_kw=installed,
        in_use_kw=float(busy),
        at_once_kw=installed * float(share),
    )


def sorted_files(paths: Sequence[Path]) -> tuple[Path, Path | None]:
    """Return the file of the points first, then that of their state: the one with a column of occupation."""

    def tells_state(path: Path) -> bool:
        with path.open("rb") as stream:
            return b"occupation_pdc" in stream.read(HEAD_BYTES)

    states = [p for p in paths if p.is_file() and tells_state(p)]
    points = [p for p in paths if p not in states]
    return (points or states)[0], states[0] if states and points else None


def read(path: Path, dynamic: Path | None = None) -> list[Charger]:
    """Return the charging points of an IRVE static file or of OCPI locations.

    Parameters
    ----------
    dynamic : Path or None
        IRVE dynamic file of the same points.

    Raises
    ------
    NetworkError
        The file is neither of them, or none of its points has a place.
    """
    text = _text(path)
    found = list(_ocpi(text, path.name) if text.lstrip()[:1] in "{[" else _irve(text))
    if not found:
        raise NetworkError("network.no_chargers", path.name)
    return _with_state(found, _text(dynamic)) if dynamic is not None else found


def _text(path: Path) -> str:
    if not path.is_file() or path.stat().st_size > MAX_BYTES:
        raise NetworkError("network.not_readable", path.name, reason="no such file, or too large")
    raw = path.read_bytes()
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def _rows(text: str) -> Iterator[dict[str, str]]:
    head = text.split("\n", 1)[0]
    separator = max(",;\t", key=head.count)
    yield from csv.DictReader(io.StringIO(text), delimiter=separator, skipinitialspace=True)


def _irve(text: str) -> Iterator[Charger]:
    for number, row in enumerate(_rows(text)):
        place = _place(row.get("coordonneesXY") or "")
        if place is None:
            continue
        name = row.get("id_pdc_itinerance") or row.get("id_pdc_local") or ""
        if not name or name.lower() == "non concerné":
            name = f"pdc-{number + 1}"
        yield Charger(
            name, *place, _kw(row.get("puissance_nominale")), None, row.get("nom_station") or ""
        )


def _place(text: str) -> tuple[float, float] | None:
    """Return longitude and latitude of ``[2.27, 48.82]``; swapped ones in France are turned."""
    numbers = [float(n.replace(",", ".")) for n in NUMBER.findall(text)]
    if len(numbers) != 2:
        return None
    lon, lat = numbers
    if FRANCE_LAT[0] <= lon <= FRANCE_LAT[1] and FRANCE_LON[0] <= lat <= FRANCE_LON[1]:
        lon, lat = lat, lon
    return (lon, lat) if abs(lon) <= 180 and abs(lat) <= 90 else None


def _kw(text: Any) -> float:
    found = NUMBER.search(str(text or ""))
    value = float(found.group().replace(",", ".")) if found else float("nan")
    return value / 1000.0 if value > MOST_KW else value


def _with_state(chargers: Sequence[Charger], text: str) -> list[Charger]:
    """Return the points with the latest state of a dynamic file."""
    latest: dict[str, tuple[str, bool | None]] = {}
    for row in _rows(text):
        name, when = row.get("id_pdc_itinerance") or "", row.get("horodatage") or ""
        out = row.get("etat_pdc") == "hors_service"
        busy = False if out else BUSY.get(row.get("occupation_pdc") or "")
        if name and when >= latest.get(name, ("", None))[0]:
            latest[name] = (when, busy)
    return [replace(c, busy=latest[c.id][1]) if c.id in latest else c for c in chargers]


def _ocpi(text: str, where: str) -> Iterator[Charger]:
    try:
        document = json.loads(text)
    except ValueError as error:
        raise NetworkError("network.not_readable", where, reason=str(error)[:120]) from error
    data = document.get("data", document) if isinstance(document, dict) else document
    for location in data if isinstance(data, list) else [data]:
        if not isinstance(location, Mapping):
            continue
        at = location.get("coordinates")
        if not isinstance(at, Mapping):
            continue
        for evse in location.get("evses") or ():
            place = _place(f"{at.get('longitude')} {at.get('latitude')}")
            if place is None or evse.get("status") in {"REMOVED", "PLANNED"}:
                continue
            watts = [_watts(c) for c in evse.get("connectors") or ()]
            name = str(evse.get("evse_id") or evse.get("uid") or f"evse-{location.get('id', '')}")
            busy = BUSY.get(str(evse.get("status")))
            power = max(watts, default=float("nan")) / 1000.0
            yield Charger(name, *place, power, busy, str(location.get("name") or ""))


def _watts(connector: Mapping[str, Any]) -> float:
    """Return the power of a connector: stated, else voltage times current (times three phases)."""
    stated = float(connector.get("max_electric_power") or 0)
    if stated > 0:
        return stated
    volts, amps = (
        float(connector.get("max_voltage") or 0),
        float(connector.get("max_amperage") or 0),
    )
    phases = 3 if connector.get("power_type") == "AC_3_PHASE" else 1
    return volts * amps * phases


def places(network: Network, chargers: Sequence[Charger]) -> dict[str, tuple[float, float]]:
    """Return where charging points stand in the CRS of a network.

    Raises
    ------
    NetworkError
        The network has no CRS, so that places mean nothing.
    """
    from pyproj import Transformer

    if not network.crs:
        raise NetworkError("network.no_crs", network.id)
    turn = Transformer.from_crs("EPSG:4326", network.crs, always_xy=True, allow_ballpark=False)
    x, y = turn.transform([c.lon for c in chargers], [c.lat for c in chargers])
    return {c.id: (float(a), float(b)) for c, a, b in zip(chargers, x, y, strict=True)}


def connected(network: Network, chargers: Sequence[Charger]) -> tuple[Network, int]:
    """Return the network with the charging points at its nearest low-voltage nodes, and how many are too far.

    Raises
    ------
    NetworkError
        The network has no CRS, so that places mean nothing.
    """
    where = places(network, chargers)
    x, y = [where[c.id][0] for c in chargers], [where[c.id][1] for c in chargers]
    low = np.flatnonzero([str(i).endswith(LOW_SIDE) for i in network.nodes.ids])
    nodes = low if len(low) else np.arange(len(network.nodes))
    spots = np.asarray(shapely.points(network.nodes.x_m[nodes], network.nodes.y_m[nodes]))
    at = np.asarray(shapely.points(x, y))
    pairs = shapely.STRtree(spots).query_nearest(at, max_distance=REACH_M, all_matches=False)
    near = [(chargers[int(i)], int(nodes[j])) for i, j in zip(*pairs, strict=True)]
    devices = network.devices
    known = set(devices.ids)
    for charger, node in near:
        if charger.id not in known:
            devices = _with(devices, charger, node)
    return replace(network, devices=devices), len(chargers) - len(near)


def _with(devices: Devices, charger: Charger, node: int) -> Devices:
    from twin.network.whatif import more_devices

    row = {
        "node": node,
        "kind": "charger",
        "role": Role.CONSUMER,
        "power_mw": charger.power_kw / 1000.0,
    }
    return more_devices(devices, charger.id, row, -1)


def measured(network: Network, day: Day, chargers: Sequence[Charger]) -> Day:
    """Return the day with what occupied and free points really draw."""
    said = {c.id: c for c in chargers if c.busy is not None and np.isfinite(c.power_kw)}
    power, estimated = day.power_kw.copy(), day.estimated.copy()
    for i, name in enumerate(network.devices.ids):
        charger = said.get(str(name))
        if charger is not None:
            power[:, i] = charger.power_kw if charger.busy else 0.0
            estimated[i] = False
    return replace(day, power_kw=power, estimated=estimated)
