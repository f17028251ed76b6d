"""The sensors of the demo show every state: fresh, silent, never heard, over the threshold."""

from __future__ import annotations

import numpy as np
import pandas as pd
from shapely import STRtree

from twin.live.properties import PROPERTIES
from twin.synth.day import NOW


def test_sensors_say_what_they_are(demo) -> None:
    frame = demo.features("sensors.fgb")
    assert frame["feature_id"].is_unique
    assert set(frame["observed_property"]) <= set(PROPERTIES)
    assert all(
        PROPERTIES[p].unit == u
        for p, u in zip(frame["observed_property"], frame["unit"], strict=True)
    )
    assert (frame["quality"] == "simulated").all()
    assert (frame["stale_after_s"] > 0).all()
    assert frame["name_fr"].str.len().min() > 5
    assert frame["observed_property"].nunique() >= 12


def test_sensors_stand_outside_walls(demo) -> None:
    walls = STRtree(demo.features("buildings.parquet").geometry.to_numpy())
    hit, _ = walls.query(demo.features("sensors.fgb").geometry.to_numpy(), predicate="within")
    assert not len(hit)


def test_the_day_is_whole_and_in_steps_of_a_quarter_of_an_hour(demo) -> None:
    rows = demo.rows("observations.parquet")
    assert str(rows["phenomenon_time"].dt.tz) == "UTC"
    counts = rows.groupby("feature_id").size()
    assert (counts == 97).mean() > 0.9
    times = np.sort(rows["phenomenon_time"].unique())
    assert set(np.diff(times).astype("timedelta64[m]").astype(int)) == {15}
    assert times[0] <= pd.Timestamp(NOW) <= times[-1]


def test_some_are_silent_some_never_spoke_some_are_over(demo) -> None:
    frame = demo.features("sensors.fgb").set_index("feature_id")
    rows, now = demo.rows("observations.parquet"), pd.Timestamp(NOW)
    past = rows[rows["phenomenon_time"] <= now]
    last = past.groupby("feature_id").last().reindex(frame.index)
    age = (now - last["phenomenon_time"]).dt.total_seconds()
    assert last["result"].isna().sum() >= 2
    assert (age > frame["stale_after_s"]).sum() >= 5
    assert (last["result"] > frame["warn_above"]).sum() >= 10
    fresh = (age <= frame["stale_after_s"]).mean()
    assert fresh > 0.9
    assert (last["result"] > frame["warn_above"]).mean() < 0.2
