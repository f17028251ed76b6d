"""Words of features, found and ranked."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely

from twin.errors import Cancelled
from twin.model.table import FeatureTable
from ui.search import find, index_layer


def table(names: list[str | None], **columns: list[object]) -> FeatureTable:
    frame = gpd.GeoDataFrame(
        {"feature_id": [f"id{i}" for i in range(len(names))], "name": names, **columns},
        geometry=shapely.points(np.zeros((len(names), 2))),
        crs="EPSG:2154",
    )
    return FeatureTable(frame=frame, crs="EPSG:2154")


NAMES = ["Hôtel de ville", "Ancienne mairie", "Mairie", "Crèche de la mairie", None, "Île"]


def titles(query: str) -> list[str]:
    index = index_layer("l", table(NAMES, kind=["a", "b", "mairie annexe", "c", "école", "d"]))
    return [hit.title for hit in find(query, [index])]


def test_the_best_comes_first() -> None:
    assert titles("mairie") == ["Mairie", "Ancienne mairie", "Crèche de la mairie"]


def test_accents_and_capitals_do_not_count() -> None:
    assert titles("HOTEL") == ["Hôtel de ville"]
    assert titles("ile") == ["Île"]


def test_every_word_is_wanted_in_any_order() -> None:
    assert titles("ville hot") == ["Hôtel de ville"]
    assert titles("ville mairie") == []
    assert titles("annexe") == ["Mairie"]


def test_a_feature_without_name_is_found_by_id_and_attribute() -> None:
    assert titles("ecole") == ["id4"]
    assert titles("id4") == ["id4"]


def test_a_line_feed_inside_a_text_does_not_shift_the_rows() -> None:
    index = index_layer("l", table(["a\nb", "c"]))
    assert [hit.feature_id for hit in find("c", [index])] == ["id1"]


def test_many_rows_give_as_many_hits_as_asked() -> None:
    index = index_layer("l", table([f"Maison {i}" for i in range(5000)]))
    assert len(find("maison", [index], most=7)) == 7
    assert find("maison 4321", [index])[0].feature_id == "id4321"


def test_it_can_be_called_off() -> None:
    def stop() -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        index_layer("l", table(["a"]), check=stop)
