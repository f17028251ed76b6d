"""A solved network as files of a layer: the features of before, and a series of what was computed for each.

The layer is one like any other: it is coloured, played on the clock, charted, listed, saved and undone by what exists.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from numpy.typing import NDArray

from twin.network.model import ELECTRICITY, Devices, Indices
from twin.network.phases import PHASES
from twin.network.run import Run
from twin.network.solving import HEAT_KINDS

if TYPE_CHECKING:
    import pandas as pd

    from twin.model.table import FeatureTable

KELVIN = 273.15
DROPPED = (
    "temperature_c",
    "flow_m_s",
    "mass_flow_kg_s",
    "heat_kw",
    "loading_percent",
    "p_kw",
    "valid_to",
)
"""Columns of the old table that the computation replaces."""
Columns = Mapping[str, NDArray[np.float64]]


def write(run: Run, table: FeatureTable, folder: Path, name: str) -> tuple[Path, Path]:
    """Write features and series of a run; return both paths.

    Parameters
    ----------
    table : FeatureTable
        Of the layer that the network came from.
    folder : Path
        Made if it is not there.
    """
    folder.mkdir(parents=True, exist_ok=True)
    features, series = folder / f"{name}.parquet", folder / f"{name}_series.parquet"
    frame = _features(run, table)
    frame.to_parquet(features, index=False)
    _series(run, frame["feature_id"].to_numpy(object)).to_parquet(series, index=False)
    return features, series


def _features(run: Run, table: FeatureTable) -> Any:
    """Return the rows of the layer that belong to the network, with what was added to it."""
    import geopandas as gpd
    import pandas as pd

    frame = table.frame
    if "network_kind" in frame and len(set(frame["network_kind"].dropna())) > 1:
        frame = frame[frame["network_kind"] == run.network.commodity]
    frame = frame.drop(columns=[c for c in DROPPED if c in frame]).copy()
    known = set(frame["feature_id"])
    rows = [row for row in _added(run) if row["feature_id"] not in known]
    if rows:
        more = gpd.GeoDataFrame(rows, geometry="geometry", crs=frame.crs)
        frame = pd.concat([frame, more], ignore_index=True)
    frame["quality"] = "simulated"
    return frame


def _new_devices(devices: Devices) -> Indices:
    """Return the devices of a run that may not have been there before."""
    tried = np.array([str(d).startswith("whatif-") for d in devices.ids], bool)
    return np.flatnonzero(tried | (devices.kind == "charger"))


def _added(run: Run) -> list[dict[str, Any]]:
    """Return features of what the run added: devices as points, bypasses as straight lines."""
    network, rows = run.network, []
    nodes, devices, edges = network.nodes, network.devices, network.edges
    electric = network.commodity == ELECTRICITY
    own = run.charged.places if run.charged is not None else {}
    for i in _new_devices(devices):
        usual = (nodes.x_m[devices.node[i]], nodes.y_m[devices.node[i]])
        at = shapely.Point(own.get(str(devices.ids[i]), usual))
        rated = float(devices.power_mw[i]) * 1000.0
        row = _row(str(devices.ids[i]), str(devices.kind[i]), network.commodity, at)
        rows.append({**row, "rated_kw" if electric else "power_kw": rated})
    for i in np.flatnonzero([str(e).startswith("whatif-") for e in edges.ids]):
        if edges.length_m[i] > 0:
            ends = [(nodes.x_m[n], nodes.y_m[n]) for n in (edges.start[i], edges.end[i])]
            line = shapely.LineString(ends)
            rows.append(_row(str(edges.ids[i]), str(edges.kind[i]), network.commodity, line))
    return rows


def _row(name: str, kind: str, commodity: str, geometry: Any) -> dict[str, Any]:
    return {"feature_id": name, "kind": kind, "network_kind": commodity, "geometry": geometry}


def _series(run: Run, ids: NDArray[Any]) -> pd.DataFrame:
    """Return rows of feature_id, phenomenon_time and values; those that have nothing are left out."""
    import pandas as pd

    columns = (
        heat_values(run, ids) if run.network.commodity in HEAT_KINDS else grid_values(run, ids)
    )
    times = pd.DatetimeIndex(run.day.times)
    frame = pd.DataFrame(
        {
            "feature_id": np.repeat(ids.astype(str), len(times)),
            "phenomenon_time": np.tile(times, len(ids)),
            **{name: values.T.ravel() for name, values in columns.items()},
        }
    )
    return frame.dropna(how="all", subset=list(columns)).reset_index(drop=True)


def heat_values(run: Run, ids: NDArray[Any]) -> Columns:
    """Return (steps, k) columns of a heat network for features: pipes, consumers, plants and joints."""
    found = run.solution
    mdot = found.column("edge", "mdot_from_kg_per_s", ids)
    inlet, outlet = found.column("edge", "t_from_k", ids), found.column("edge", "t_outlet_k", ids)
    lost = np.abs(mdot) * 4.18 * (np.maximum(inlet, found.column("edge", "t_to_k", ids)) - outlet)
    temperature = np.where(
        np.isfinite(inlet), (inlet + outlet) / 2, found.column("node", "t_k", ids)
    )
    pressure = found.column("edge", "p_from_bar", ids)
    is_pipe = np.isfinite(found.column("edge", "v_mean_m_per_s", ids))
    return {
        "temperature_c": temperature - KELVIN,
        "flow_m_s": found.column("edge", "v_mean_m_per_s", ids),
        "mass_flow_kg_s": mdot,
        "heat_kw": _device_kw(run, ids),
        "pressure_bar": np.where(
            np.isfinite(pressure), pressure, found.column("node", "p_bar", ids)
        ),
        "loss_kw": np.where(is_pipe, lost, np.nan),
    }


def grid_values(run: Run, ids: NDArray[Any]) -> Columns:
    """Return (steps, k) columns of an electric network for features: cables, stations, loads."""
    found = run.solution
    trafos = np.array([f"trafo:{i}" for i in ids], dtype=object)

    def either(name: str) -> NDArray[np.float64]:
        line = found.column("edge", name, ids)
        return np.where(np.isfinite(line), line, found.column("edge", name, trafos))

    power = found.column("edge", "p_from_mw", ids) * 1000.0
    station = found.column("edge", "p_hv_mw", trafos) * 1000.0
    power = np.where(np.isfinite(power), power, station)
    voltage = found.column("node", "vm_pu", ids)
    return {
        "loading_percent": either("loading_percent"),
        "p_kw": np.where(np.isfinite(power), power, _device_kw(run, ids)),
        "voltage_pu": np.where(
            np.isfinite(voltage), voltage, found.column("edge", "vm_to_pu", ids)
        ),
        "loss_kw": either("pl_mw") * 1000.0,
        **_phases(run, ids),
    }


def _phases(run: Run, ids: NDArray[Any]) -> Columns:
    """Return the values of each phase where they were computed one by one."""
    found = run.solution
    made = {f"voltage_{p}_pu": found.column("node", f"vm_{p}_pu", ids) for p in PHASES}
    made |= {
        f"loading_{p}_percent": found.column("edge", f"loading_{p}_percent", ids) for p in PHASES
    }
    made["unbalance_percent"] = found.column("node", "unbalance_percent", ids)
    return {name: values for name, values in made.items() if np.isfinite(values).any()}


def _device_kw(run: Run, ids: NDArray[Any]) -> NDArray[np.float64]:
    row = {str(d): i for i, d in enumerate(run.network.devices.ids)}
    at = np.array([row.get(str(i), -1) for i in ids], np.intp)
    values = np.where(at >= 0, run.day.power_kw[:, at], np.nan)
    # Nothing is a value only where somebody said so, as of a charging point that is free.
    return np.where((values == 0.0) & run.day.estimated[at], np.nan, values)
