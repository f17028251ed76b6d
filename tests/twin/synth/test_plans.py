"""The invented renewal of the demo: two variants, three phases, and buildings that stand where they can."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from twin.model import plans as model
from twin.synth import document, plans


@pytest.fixture(scope="module")
def project():
    return document.project()


def test_it_says_that_it_is_fictional(project) -> None:
    assert len(project.variants) == 2
    assert len(project.phases) == 3
    for variant in project.variants:
        assert "fict" in variant.label["fr"]
        assert "fict" in variant.label["en"]
    for delta in project.deltas:
        assert delta.op in ("remove", "keep") or delta.values["quality"] == "synthetic"


def test_what_is_changed_exists_and_what_is_new_does_not(demo, project) -> None:
    known = {
        "buildings": set(demo.features("buildings.parquet")["feature_id"]),
        "trees": set(demo.features("trees.parquet")["feature_id"]),
        "land": set(demo.features("land.parquet")["feature_id"]),
    }
    for variant in project.variants:
        for layer, changes in model.changes_of(project, variant.id).items():
            for change in changes:
                assert (change.feature_id in known[layer]) == (change.op != "add"), change


def test_new_buildings_stand_free_of_others_and_of_streets(demo, project) -> None:
    frame = demo.features("buildings.parquet")
    roads = demo.features("roads.parquet").geometry.to_numpy()
    for variant in project.variants:
        changes = model.changes_of(project, variant.id)["buildings"]
        gone = {c.feature_id for c in changes if c.op == "remove"}
        new = np.array(
            [shapely.from_wkt(c.values["geometry"]) for c in changes if c.op == "add"], object
        )
        standing = frame.geometry.to_numpy()[~frame["feature_id"].isin(gone)]
        for outline in new:
            assert outline.is_valid
            assert not shapely.intersects(outline, standing).any()
            assert not shapely.intersects(outline, roads).any()
            assert shapely.intersects(outline, new).sum() == 1


def test_the_second_variant_has_its_own_way(project) -> None:
    first, second = (
        {c.feature_id for c in model.changes_of(project, v)["buildings"] if c.op == "add"}
        for v in (plans.BLOCKS, plans.GARDEN)
    )
    assert first - second
    assert second - first
    assert "trees" in model.changes_of(project, plans.GARDEN)
    assert "trees" not in model.changes_of(project, plans.BLOCKS)
