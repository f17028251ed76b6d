"""Networks while they are made: features, and series over the day, of pipes, cables and what they join."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from shapely import LineString, Point

from twin.synth import terrain
from twin.synth.day import hours
from twin.synth.ground import SYNTHETIC, frame_of
from twin.synth.hydraulics import Branches, diameters_mm, speed_m_s
from twin.synth.plane import GRID_M, Float64
from twin.synth.routes import densified, with_depth

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

ROUTE_NOTE = {
    "note_en": "Synthetic route: the real course is not public.",
    "note_fr": "Tracé synthétique : le tracé réel n'est pas public.",
}


@dataclass(eq=False)
class Net:
    """Features and series of a network; ids begin with ``prefix``."""

    prefix: str
    network_kind: str
    rows: list[dict[str, Any]] = field(default_factory=list)
    series: list[tuple[str, dict[str, Float64]]] = field(default_factory=list)

    def point(self, name: str, kind: str, at: Float64, **values: Any) -> str:
        """Add a point feature and return its id."""
        feature = f"{self.prefix}-{name}"
        row = {
            "feature_id": feature,
            "kind": kind,
            "network_kind": self.network_kind,
            "quality": SYNTHETIC,
        }
        x, y = on_grid(at)
        z = round(float(terrain.relief().at(np.array([[x, y]]))[0]), 2)
        self.rows.append(row | values | {"geometry": Point(x, y, z)})
        return feature

    def line(self, name: str, course: Float64, ends: tuple[str, str], **values: Any) -> str:
        """Add a buried line at ``depth_m`` below the ground (a value) and return its id."""
        feature = f"{self.prefix}-{name}"
        xy = on_grid(densified(on_grid(course)))
        row: dict[str, Any] = {"feature_id": feature, "network_kind": self.network_kind}
        row |= {
            "quality": SYNTHETIC,
            "from_node": ends[0],
            "to_node": ends[1],
            "length_m": round(LineString(xy).length, 1),
        }
        line = with_depth(xy, terrain.relief().at(xy), float(values["depth_m"]))
        self.rows.append(row | ROUTE_NOTE | values | {"geometry": line})
        return feature

    def pair(
        self, name: str, course: Float64, ends: tuple[str, str], **values: Any
    ) -> tuple[str, str]:
        """Add supply and return along one course and return their ids."""
        both = (
            self.line(f"{name}-{side}", course, ends, kind="pipe", side=side, **values)
            for side in ("supply", "return")
        )
        supply, back = both
        return supply, back


@dataclass(eq=False)
class Layout:
    """A tree of courses: pipe ``i`` leads from node ``parents[i]`` to node ``i + 1``; node 0 is the plant."""

    courses: list[Float64] = field(default_factory=list)
    parents: list[int] = field(default_factory=list)
    nodes: list[str] = field(default_factory=list)

    def add(self, course: Float64, parent: int, node: str) -> int:
        """Add a pipe and return the number of its far node."""
        self.courses.append(course)
        self.parents.append(parent)
        self.nodes.append(node)
        return len(self.courses)

    @property
    def branches(self) -> Branches:
        """The tree with lengths."""
        return Branches(self.parents, np.array([LineString(c).length for c in self.courses]))


def add_loop(
    net: Net,
    layout: Layout,
    taken_kg_s: Float64,
    design_kg_s: Float64,
    *,
    start_c: float,
    drop_k: float,
    depth_m: float,
    values_of: Sequence[Mapping[str, Any]] = (),
) -> Float64:
    """Solve a loop over the day, add its pipes with their series, and return the heat the plant gives, kW.

    Parameters
    ----------
    taken_kg_s : (pipes, hours) float64
        Mass flow that the far node of each pipe takes.
    design_kg_s : (pipes,) float64
        The same at the worst hour of the year, for the diameters.
    start_c, drop_k : float
        Supply temperature at the plant, and how much consumers cool it (negative: warm it).
    values_of : sequence of mapping
        Further columns of each pipe.
    """
    tree = layout.branches
    flow = tree.flows(taken_kg_s)
    size = diameters_mm(tree.flows(design_kg_s[:, None])[:, 0])
    supply = tree.supply_c(flow, start_c)
    back = tree.return_c(flow, taken_kg_s, supply[1:] - drop_k)
    speed = speed_m_s(flow, size)
    for i, course in enumerate(layout.courses):
        parent = layout.parents[i]
        ends = (layout.nodes[parent], layout.nodes[i + 1])
        more = values_of[i] if values_of else {}
        pair = net.pair(
            f"pipe-{i + 1:02d}", course, ends, depth_m=depth_m, diameter_mm=float(size[i]), **more
        )
        mean = (supply[parent] + supply[i + 1]) / 2
        for feature, sign, temperature in ((pair[0], 1.0, mean), (pair[1], -1.0, back[i])):
            values = {
                "temperature_c": temperature,
                "flow_m_s": sign * speed[i],
                "mass_flow_kg_s": sign * flow[i],
            }
            net.series.append((feature, values))
    first = [i for i, parent in enumerate(layout.parents) if parent == 0]
    return np.asarray(sum(flow[i] * 4.18 * (start_c - back[i]) for i in first))


def on_grid(xy: Float64) -> Float64:
    """Return coordinates rounded as files keep them."""
    return np.asarray(np.round(xy / GRID_M) * GRID_M)


def tables(nets: list[Net]) -> tuple[gpd.GeoDataFrame, pd.DataFrame]:
    """Return features and hourly series of networks."""
    features = frame_of([row for net in nets for row in net.rows], "")
    return features, series_table([entry for net in nets for entry in net.series])


def series_table(entries: list[tuple[str, dict[str, Float64]]]) -> pd.DataFrame:
    """Return rows of feature_id, phenomenon_time (UTC) and value columns; missing values are NaN."""
    import pandas as pd

    names = sorted({name for _, values in entries for name in values})
    moments = hours()
    blank = np.full(len(moments), np.nan)
    columns = {
        name: np.concatenate([v.get(name, blank) for _, v in entries]).round(4) for name in names
    }
    ids = np.repeat([feature for feature, _ in entries], len(moments))
    times = pd.DatetimeIndex(np.tile(moments, len(entries))).tz_localize("UTC")
    return pd.DataFrame({"feature_id": ids, "phenomenon_time": times, **columns})
