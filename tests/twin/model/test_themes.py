"""Ready-made themes find their column and colour it."""

from __future__ import annotations

import numpy as np

from twin.model.style import style_from_dict, style_to_dict
from twin.model.styling import rgba_of_rows
from twin.model.themes import LABELS, THEMES


def test_every_theme_finds_its_column_in_the_names_of_real_data() -> None:
    names = ["cleabs", "Classe_Bilan_DPE", "annee_construction", "wall_material", "use_group"]
    found = {theme.id: theme.column_of(names) for theme in THEMES}
    assert found == {
        "energy": "Classe_Bilan_DPE",
        "year": "annee_construction",
        "material": "wall_material",
        "use": "use_group",
    }
    assert all(theme.column_of(["height"]) == "" for theme in THEMES)


def test_labels_have_their_official_colours_and_the_unknown_none_of_them() -> None:
    energy = THEMES[0].style("dpe")
    rgba = rgba_of_rows(energy, 3, {"dpe": np.array(["A", "G", None], object)}.get)
    assert ["#" + bytes(c[:3]).hex() for c in rgba[:2]] == [LABELS["A"], LABELS["G"]]
    assert tuple(rgba[2]) not in {tuple(c) for c in rgba[:2]}


def test_themes_survive_the_file() -> None:
    for theme in THEMES:
        style = theme.style("x")
        assert style_from_dict(style_to_dict(style)) == style
