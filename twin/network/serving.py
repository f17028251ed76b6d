"""Who lives and works behind a consumer: the buildings that a network serves, by a stated rule.

The rule is written beside every count: ``stated`` where the network names its buildings, else ``nearest`` (an
estimate: each building belongs to the nearest consumer within reach).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from numpy.typing import NDArray

from twin.network.model import ELECTRICITY, Indices, Network, Role

if TYPE_CHECKING:
    import geopandas as gpd

REACH_M: Mapping[str, float] = {ELECTRICITY: 400.0}
"""How far a building may lie from the consumer that serves it: a substation serves a neighbourhood."""
REACH_OF_A_PIPE_M = 25.0
DWELLINGS = ("dwellings", "nombre_de_logements", "nb_logements", "nb_logts", "logements")
USES = ("use", "usage_1", "usage1", "usage", "building", "nature")
NAMES = ("name_en", "name_fr", "name", "nom", "toponyme")
SCHOOL = ("school", "enseignement", "ecole", "école", "education", "kindergarten", "college")
SHOP = ("shop", "commerc", "retail", "supermarket")
HOME = ("housing", "house", "résidentiel", "residential", "apartments", "logement")


@dataclass(frozen=True, eq=False, kw_only=True)
class Buildings:
    """Buildings in the CRS of the project.

    Parameters
    ----------
    ids : (b,) object
    names : (b,) object
        Empty text where there is none.
    use : (b,) object
        ``home``, ``school``, ``shop`` or the word of the source.
    dwellings : (b,) float64
        NaN where nothing is said.
    geometry : (b,) object
    """

    ids: NDArray[Any]
    names: NDArray[Any]
    use: NDArray[Any]
    dwellings: NDArray[np.float64]
    geometry: NDArray[Any]

    def __len__(self) -> int:
        return len(self.ids)


@dataclass(frozen=True, eq=False, kw_only=True)
class Affected:
    """Buildings behind some consumers."""

    rows: Indices
    dwellings: int
    dwellings_unknown: int
    schools: int
    shops: int
    rule: str


def buildings_of(frame: gpd.GeoDataFrame) -> Buildings:
    """Return buildings from a table of any origin: columns are found by their usual names."""
    lower = {str(c).lower(): c for c in frame.columns}

    def column(names: Sequence[str]) -> Any:
        return next((lower[n] for n in names if n in lower), None)

    uses, homes, name = column(USES), column(DWELLINGS), column(NAMES)
    count = len(frame)
    blank = np.full(count, "", object)
    words = frame[uses].astype("string").fillna("").to_numpy(object) if uses else blank
    said = np.full(count, np.nan)
    if homes:
        import pandas as pd

        said = pd.to_numeric(frame[homes], errors="coerce").to_numpy(np.float64, na_value=np.nan)
    return Buildings(
        ids=frame["feature_id"].to_numpy(object),
        names=frame[name].astype("string").fillna("").to_numpy(object) if name else blank,
        use=np.array([_use(str(w)) for w in words], dtype=object),
        dwellings=said,
        geometry=frame.geometry.to_numpy(),
    )


def _use(word: str) -> str:
    low = word.lower()
    for use, marks in (("school", SCHOOL), ("shop", SHOP), ("home", HOME)):
        if any(mark in low for mark in marks):
            return use
    return low


def served_by(network: Network, buildings: Buildings) -> tuple[Indices, str]:
    """Return for each building the device that serves it, (b,) int, -1 for none; and the rule.

    ``stated``: devices carry ``building_id``. ``nearest``: the nearest consumer within reach.
    """
    devices = network.devices
    serving = np.full(len(buildings), -1, np.intp)
    if not len(buildings) or not len(devices):
        return serving, "nearest"
    columns = devices.values  # noqa: PD011 - not of pandas
    if "building_id" in columns:
        rows: dict[str, list[int]] = {}
        for i, (name, own) in enumerate(zip(buildings.names, buildings.ids, strict=True)):
            rows.setdefault(str(own), []).append(i)
            if name:
                rows.setdefault(str(name), []).append(i)
        for device, text in enumerate(columns["building_id"]):
            for name in str(text or "").split(","):
                serving[rows.get(name.strip(), [])] = device
    if (serving >= 0).any():
        return serving, "stated"
    return _nearest(network, buildings, serving), "nearest"


def _nearest(network: Network, buildings: Buildings, serving: Indices) -> Indices:
    devices, nodes = network.devices, network.nodes
    wanted = np.flatnonzero(devices.role == Role.CONSUMER)
    wanted = wanted[~np.isin(devices.kind[wanted].astype(str), ["charger", "lighting", "lamp"])]
    x, y = nodes.x_m[devices.node[wanted]], nodes.y_m[devices.node[wanted]]
    there = np.isfinite(x) & np.isfinite(y)
    wanted = wanted[there]
    at = np.asarray(shapely.points(x[there], y[there]))
    if not len(wanted):
        return serving
    reach = REACH_M.get(network.commodity, REACH_OF_A_PIPE_M)
    tree = shapely.STRtree(at)
    pairs = tree.query_nearest(buildings.geometry, max_distance=reach, all_matches=False)
    serving[pairs[0]] = wanted[pairs[1]]
    return serving


def affected(buildings: Buildings, serving: Indices, devices: Indices, rule: str) -> Affected:
    """Return the buildings behind some devices, and what is in them."""
    rows = np.flatnonzero(np.isin(serving, devices) & (serving >= 0))
    homes = buildings.dwellings[rows]
    use = buildings.use[rows]
    unknown = np.isnan(homes) & ((use == "home") | (use == ""))
    return Affected(
        rows=rows,
        dwellings=int(np.nansum(homes)),
        dwellings_unknown=int(unknown.sum()),
        schools=int((use == "school").sum()),
        shops=int((use == "shop").sum()),
        rule=rule,
    )
