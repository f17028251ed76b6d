"""A day of sun on 500,000 samples among 10,000 buildings, in steps of ten minutes, and how soon it stops.

Wanted: at most 15 s on 2 cores, and 0.2 s from asking to stopping. Ordered samples are measured against
the same samples shuffled.
"""

from __future__ import annotations

import threading
import time
from datetime import date

import numpy as np
import shapely

from benchmarks.common import machine, main


def town(count: int = 10_000):  # type: ignore[no-untyped-def]
    from twin.analysis.town import Body, Town
    from twin.drawables import Mesh
    from twin.model.geoframe import GeoFrame
    from twin.model.ground import FlatGround
    from twin.shapes import extrude

    chance = np.random.default_rng(5)
    side = int(np.sqrt(count))
    x, y = (v.ravel()[:count] * 28.0 for v in np.meshgrid(np.arange(side), np.arange(side)))
    wide, deep = chance.uniform(8, 18, (2, count))
    polygons = shapely.box(x, y, x + wide, y + deep)
    made = extrude(polygons, np.arange(count), z_bottom=-0.4, z_top=chance.uniform(6, 30, count))
    mesh = Mesh(
        xyz_in_scene=made.xyz.astype(np.float32),
        triangles=made.triangles,
        row_of_vertex=made.row_of_vertex,
        closed=True,
    )
    ids = np.arange(count).astype(str).astype(object)
    body = Body(layer_id="b", drawables=(mesh,), feature_ids=ids, rows=np.ones(count, bool))
    frame = GeoFrame(crs="EPSG:2154", origin=(645_000.0, 6_858_000.0, 0.0))
    return Town(frame=frame, ground=FlatGround(), bodies=(body,))


def run(quick: bool) -> dict[str, object]:  # noqa: FBT001 - one switch
    """Return the seconds of a day of sun, ordered and shuffled, and of a cancelled one."""
    from twin.analysis.rays import Caster, cores
    from twin.analysis.samples import Wanted, samples_of
    from twin.analysis.sunhours import sun_hours, suns_of_days
    from twin.analysis.town import soup_of
    from twin.errors import Cancelled
    from twin.progress import Unattended
    from twin.work.jobs import Job

    place = town(1_000 if quick else 10_000)
    started = time.perf_counter()
    caster = Caster(soup_of(place))
    samples = samples_of(place, caster, Wanted(bodies=[0], spacing_m=3.3), Unattended())
    samples = samples.taken(np.arange(min(len(samples), 500_000)))
    suns = suns_of_days(place, [date(2026, 6, 21)])
    sun_hours(caster, samples, suns, Unattended())
    seconds = time.perf_counter() - started
    few = np.random.default_rng(1).permutation(len(samples))[: len(samples) // 5]
    ordered, shuffled = (
        _seconds(caster, samples.taken(which), suns) for which in (np.sort(few), few)
    )
    job = Job("job.analyse", "")
    ended: list[float] = []

    def work() -> None:
        try:
            sun_hours(caster, samples, suns, job)
        except Cancelled:
            ended.append(time.perf_counter())

    thread = threading.Thread(target=work)
    thread.start()
    time.sleep(0.3)
    asked = time.perf_counter()
    job.cancel()
    thread.join()
    stopped = round(ended[0] - asked, 3) if ended else None
    return {
        "samples": len(samples),
        "steps": len(suns.hours),
        "cores": cores(),
        **machine(),
        "day_s": round(seconds, 2),
        "wanted_s": 15.0,
        "shuffled_to_ordered": round(shuffled / ordered, 2),
        "cancel_s": stopped,
        "wanted_cancel_s": 0.2,
    }


def _seconds(caster, samples, suns):  # type: ignore[no-untyped-def]
    from twin.analysis.sunhours import sun_hours
    from twin.progress import Unattended

    started = time.perf_counter()
    sun_hours(caster, samples, suns, Unattended())
    return time.perf_counter() - started


if __name__ == "__main__":
    main(run)
