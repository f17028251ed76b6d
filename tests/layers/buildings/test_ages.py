"""Years and materials, whatever the source writes."""

from __future__ import annotations

import numpy as np
import shapely

from layers.buildings.ages import materials, years
from layers.buildings.layer import Buildings
from layers.buildings.options import BuildingsParams
from tests.layers.context import Context, table


def test_years_of_every_notation() -> None:
    words = ["1650-01-01Z", "1987", "1987.0", "19870312", "0000", "87", "", "inconnu", "12345"]
    found = years(np.array(words, object)).tolist()
    assert found == [1650, 1987, 1987, 1987, None, None, None, None, None]


def test_codes_of_the_land_tax_and_words() -> None:
    assert materials(np.array(["11", "35", "60", "0", ""], object)).tolist() == [
        "stone", "concrete", "wood", None, None,
    ]  # fmt: skip
    assert materials(np.array(["pierre", "", "4 briques"], object)).tolist() == [
        "pierre",
        None,
        "4 briques",
    ]


def test_a_building_says_when_it_was_built_and_of_what() -> None:
    boxes = [shapely.box(0, 0, 9, 9), shapely.box(20, 0, 29, 9)]
    columns = {"date_d_apparition": ["1931-05-01Z", None], "materiaux_des_murs": ["40", "10"]}
    features = Buildings().load(Context({"buildings": table(boxes, **columns)}, BuildingsParams()))
    assert features.frame["built_year"].tolist() == [1931, None]
    assert features.frame["wall_material"].tolist() == ["brick", "stone"]
    assert features.columns["built_year"].label["fr"] == "Année de construction"


def test_what_nobody_says_is_no_column() -> None:
    features = Buildings().load(
        Context({"buildings": table([shapely.box(0, 0, 9, 9)])}, BuildingsParams())
    )
    assert "built_year" not in features.frame.columns
