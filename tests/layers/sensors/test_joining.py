"""Places from another file, where a platform and that file write identifiers in ways of their own."""

from __future__ import annotations

from pathlib import Path

import pytest
import shapely

from layers.sensors.layer import SensorParams, Sensors
from tests.layers.context import Context, File, table
from twin import api
from twin.store.history import Datastream, FolderHistory, batch_of

POINTS = [shapely.Point(10 * i, 5) for i in range(3)]


def recorded(folder: Path, things: list[str]) -> File:
    """Return a history in which things say a value and no place."""
    history = FolderHistory(folder / "history", write=True)
    history.describe(
        Datastream(id=f"{t}#free", thing=t, thing_name=t, observed_property="free") for t in things
    )
    history.append(
        batch_of([f"{t}#free" for t in things], [10**15] * len(things), [1.0, 0.0, 1.0], [0, 0, 0])
    )
    history.commit()
    history.close()
    return File(folder / "history")


def loaded(folder: Path, things: list[str], features: object) -> tuple[api.FeatureTable, Context]:
    given = {"observations": recorded(folder, things), "features": features}
    ctx = Context(given, SensorParams())
    return Sensors().load(ctx), ctx


@pytest.mark.parametrize(
    "things",
    [["f0", "f1", "f2"], ["irve.csv:FR1", "irve.csv:FR2", "irve.csv:FR3"], ["7", "8", "9"]],
    ids=["by feature id", "by the end of the identifier", "by a column of numbers"],
)
def test_things_get_their_places_by_what_both_call_them(tmp_path: Path, things: list[str]) -> None:
    extra = {"id_pdc_itinerance": ["FR1", "FR2", "FR3"], "number": [7, 8, 9]}
    found, ctx = loaded(tmp_path, things, table(POINTS, **extra))
    assert ctx.keys() == []
    assert list(found.feature_ids) == things
    assert [p.x - found.frame.geometry[0].x for p in found.frame.geometry] == [0.0, 10.0, 20.0]


def test_what_the_file_does_not_know_stays_without_a_place(tmp_path: Path) -> None:
    extra = {"id_pdc_itinerance": ["FR1", "FR9", "FR3"]}
    found, ctx = loaded(tmp_path, ["a:FR1", "a:FR2", "a:FR3"], table(POINTS, **extra))
    assert found.frame.geometry.notna().tolist() == [True, False, True]
    assert ctx.keys() == ["sensors.no_place"]


def test_places_that_cannot_be_read_hide_nothing(tmp_path: Path) -> None:
    found, ctx = loaded(tmp_path, ["a", "b", "c"], File(tmp_path / "gone.csv"))
    assert len(found) == 3
    said = ctx.keys()
    assert "sensors.no_place" in said
    assert len(said) == 2, "and that of the file"
