"""A CSV joined to a layer by key, with a report of what did not match."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from tests.twin.work.test_plan import session  # noqa: F401 - a fixture
from twin.errors import BelvedereError
from twin.model.layer import Source
from twin.model.table import FeatureTable
from twin.work.joins import ROLE, joined
from twin.work.session import Session


def table(**columns: object) -> FeatureTable:
    count = len(next(iter(columns.values())))  # type: ignore[arg-type]
    frame = gpd.GeoDataFrame(
        {"feature_id": [f"f{i}" for i in range(count)], **columns},
        geometry=[shapely.Point(i, 0) for i in range(count)],
    )
    return FeatureTable(frame=frame, crs="EPSG:2154", name="t")


def test_values_come_by_key_and_what_did_not_match_is_told() -> None:
    left = table(code=["A", " B ", "C", None], height=[1.0, 2.0, 3.0, 4.0])
    right = table(
        ref=["B", "A", "A", "Z"], label=["bee", "ay", "again", "zed"], height=[9, 8, 7, 6]
    )
    made, report = joined(left, right, "code", "ref")
    assert made.frame["label"].fillna("").tolist() == ["ay", "bee", "", ""]
    assert made.frame["height"].tolist() == [1.0, 2.0, 3.0, 4.0]
    assert made.frame["height_join"].iloc[0] == 8
    assert (report.rows, report.matched) == (4, 2)
    assert (report.without, report.unused, report.doubled) == (("C",), ("Z",), ("A",))


def test_numbers_and_texts_of_numbers_are_the_same_key() -> None:
    left, right = table(code=[7.0, 12.0]), table(ref=["12", "7"], v=["twelve", "seven"])
    made, report = joined(left, right, "code", "ref")
    assert made.frame["v"].tolist() == ["seven", "twelve"]
    assert not report.unused


def test_a_key_that_does_not_exist_is_named() -> None:
    with pytest.raises(BelvedereError, match="no_column"):
        joined(table(a=[1]), table(b=[1]), "a", "missing")


def test_a_layer_joins_a_csv_says_how_well_and_undoes_it(session: Session, tmp_path: Path) -> None:  # noqa: F811
    pd.DataFrame({"id": ["h0", "h2", "h9"], "owner": ["city", "state", "nobody"]}).to_csv(
        tmp_path / "owners.csv", index=False
    )
    source = Source(path="owners.csv", options={"key": "feature_id", "on": "id"})

    def join(project):
        spec = project.layer("houses")
        return project.with_layer(replace(spec, sources={**spec.sources, ROLE: source}))

    session.do("join", join)
    session.wait()
    frame = session.layer("houses").table.frame
    assert frame["owner"].fillna("").tolist() == ["city", "", "state"]
    keys = [p.key for p in session.layer("houses").problems]
    assert "io.csv_no_coordinates" not in keys  # a table that is joined needs none
    (told,) = [p for p in session.layer("houses").problems if p.key == "join.report"]
    said = told.as_dict()["values"]
    assert {k: said[k] for k in ("matched", "without", "unused")} == {
        "matched": 2,
        "without": 1,
        "unused": 1,
    }
    session.undo()
    session.wait()
    assert "owner" not in session.layer("houses").table.frame.columns
