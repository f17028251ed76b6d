"""The command that builds the demo city: ``python -m twin.synth.demo --out assets/demo``.

The same script gives the same bytes: no clock, no unseeded chance, coordinates on a binary grid.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from twin.store.codec import to_json
from twin.synth import (
    buildings,
    day,
    document,
    elsewhere,
    fort,
    greenery,
    ground,
    heat,
    issygrid,
    kerb,
    labels,
    nets,
    picture,
    power,
    sensors,
    services,
    streets,
    structures,
    terrain,
    town_heat,
    waste,
)

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

METRO_DEPTH_M = {"M12": 18.0, "M15 (works)": 38.0}
"""Orders of magnitude of tunnels of their time: estimates."""


FAR_RANK = 2
"""Labels up to this rank are seen from everywhere, the others from near."""


class Output:
    """Writes the files of the demo and counts their rows."""

    def __init__(self, folder: Path) -> None:
        self._data = folder / "data"
        self._data.mkdir(parents=True, exist_ok=True)
        if (folder / "project.json").exists():
            for old in self._data.glob("*.*"):  # what an earlier version of the script left
                old.unlink()
        self._folder = folder
        self.counts: dict[str, int] = {}

    def features(self, name: str, frame: gpd.GeoDataFrame) -> None:
        """Write features: FlatGeobuf, or GeoParquet by the suffix."""
        path = self._data / name
        if path.suffix == ".parquet":
            frame.to_parquet(path, compression="zstd", compression_level=15, index=False)
        else:
            # Without a spatial index the rows keep their order, and nothing depends on a sort.
            frame.to_file(path, driver="FlatGeobuf", engine="pyogrio", SPATIAL_INDEX="NO")
        self.counts[name] = len(frame)

    def rows(self, name: str, frame: pd.DataFrame) -> None:
        """Write rows without geometry as Parquet."""
        frame.to_parquet(self._data / name, compression="zstd", compression_level=15, index=False)
        self.counts[name] = len(frame)

    def raw(self, name: str, data: bytes, rows: int) -> None:
        """Write a file as it is."""
        (self._data / name).write_bytes(data)
        self.counts[name] = rows

    def terrain(self) -> None:
        """Write the terrain."""
        terrain.write(self._data / "terrain.tif")
        self.counts["terrain.tif"] = int(terrain.relief().height_m.size)

    def map(self, coats: list[picture.Coat], walls: NDArray[Any]) -> None:
        """Write the map that lies on the terrain."""
        rows, columns = picture.write(self._data / "map.tif", coats, walls)
        self.counts["map.tif"] = rows * columns

    def document(self) -> None:
        """Write ``project.json``."""
        text = json.dumps(to_json(document.project()), ensure_ascii=False, indent=1)
        (self._folder / "project.json").write_text(text + "\n", encoding="utf-8")


def build(out: Path, *, only_fort: bool = False) -> dict[str, int]:
    """Build the demo city in a folder and return the number of rows of each file.

    Parameters
    ----------
    only_fort : bool
        Only buildings, trees and networks of the Fort and its surroundings: quick, for tests.
    """
    made, plan = Output(out), streets.plan()
    within = fort.precinct().buffer(60.0) if only_fort else None
    made.terrain()
    everything = buildings.table(buildings.all_buildings(plan, within=within))
    if not only_fort:
        everything = town_heat.with_offices(everything)
    inside = ~everything["context"]
    made.features("buildings.parquet", everything[inside].drop(columns="context"))
    made.features("surroundings.parquet", everything[~inside].drop(columns="context"))
    _write_ground(made, plan, everything)
    names = labels.labels()
    made.features("labels.fgb", names[names["rank"] <= FAR_RANK])
    made.features("labels_near.fgb", names[names["rank"] > FAR_RANK])
    made.features("street_names.fgb", labels.street_names())
    _write_network(made, "heat_fort", [heat.fort_loop()])
    tubes, inlets = waste.network()
    made.features("waste_tubes.fgb", tubes)
    made.features("waste_inlets.fgb", inlets)
    if not only_fort:
        _write_network(made, "heat_town", town_heat.town_loops(plan, everything))
        _write_network(made, "grid", [power.city_grid(plan, everything)])
        past = [issygrid.issygrid(plan, everything)]
        _write_network(made, "issygrid", past, issygrid.DAY)
        seine_tubes, seine_inlets = waste.bords_de_seine(plan, everything)
        made.features("waste_seine_tubes.fgb", seine_tubes)
        made.features("waste_seine_inlets.fgb", seine_inlets)
        placed = sensors.table(plan, everything)
        made.features("sensors.fgb", placed)
        made.rows("observations.parquet", sensors.observations(placed))
        services.write(made, ground.centre_lines(plan), everything)
        elsewhere.write(out / "elsewhere")
    made.document()
    return made.counts


def _write_ground(made: Output, plan: streets.Plan, built: gpd.GeoDataFrame) -> None:
    """Write what lies and stands on the ground around the buildings, and the map of it all."""
    land, pavements, roads = ground.land(plan), ground.pavements(plan), ground.carriageways(plan)
    solids, tracks = structures.table(), ground.rail_lines()
    walls = np.concatenate([built.geometry.to_numpy(), solids.geometry.to_numpy()])
    planted = greenery.trees(plan, walls, roads.geometry.to_numpy())
    below = tracks["level"] == "tunnel"
    for name, frame in (("land", land), ("pavements", pavements), ("roads", roads)):
        made.features(f"{name}.parquet", picture.near_commune(frame))
    made.features("streets.parquet", ground.centre_lines(plan))
    made.features("structures.parquet", solids)
    made.features("trees.parquet", greenery.seen_in_3d(planted))
    made.features("lamps.parquet", greenery.lamps(plan, walls, roads.geometry.to_numpy()))
    made.features("cars.parquet", kerb.cars(plan, walls))
    made.features("benches.parquet", kerb.benches())
    made.features("markings.parquet", kerb.markings(plan))
    made.features("water.fgb", ground.water())
    made.features("limit.fgb", ground.outline())
    made.features("rails.fgb", tracks[~below])
    tunnels = tracks[below & (tracks["kind"] == "metro") & (tracks["track"] == 1)].copy()
    tunnels["depth_m"] = tunnels["name"].map(METRO_DEPTH_M)
    made.features("metro.fgb", tunnels)
    far = planted[planted["context"]]
    made.map(picture.coats(land, pavements, roads, tracks[~below], far), built.geometry.to_numpy())


def _write_network(
    made: Output, name: str, found: list[nets.Net], first: np.datetime64 = day.FIRST
) -> None:
    """Write features and the series of a day, which begins at ``first`` (UTC)."""
    features, series = nets.tables(found)
    series["phenomenon_time"] += first - day.FIRST
    made.features(f"{name}.parquet", features)
    made.rows(f"{name}_day.parquet", series)


def main(arguments: Sequence[str] | None = None) -> int:
    """Build the demo city; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m twin.synth.demo", description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("assets/demo"), help="folder to write")
    parser.add_argument("--only-fort", action="store_true", help="only the Fort, to try the script")
    options = parser.parse_args(arguments)
    counts = build(options.out, only_fort=options.only_fort)
    for name, number in sorted(counts.items()):
        size = (options.out / "data" / name).stat().st_size
        sys.stdout.write(f"{name:26} {number:8d} rows {size / 1024:9.1f} kB\n")
    total = sum(path.stat().st_size for path in options.out.rglob("*") if path.is_file())
    sys.stdout.write(f"{'all':26} {total / 1024 / 1024:25.2f} MB\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
