"""Which column means what, and numbers as people write them."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from tests.twin.io.made import buildings, write
from twin import io
from twin.io.guess import column_for, columns_for
from twin.io.quantities import metres, parse
from twin.progress import Unattended


@pytest.mark.parametrize(
    "columns,expected",
    [
        (
            "ID NATURE USAGE1 HAUTEUR NB_ETAGES Z_MIN_SOL Z_MAX_TOIT DATE_APP NB_LOGTS",
            {
                "height": "HAUTEUR",
                "storeys": "NB_ETAGES",
                "ground_z": "Z_MIN_SOL",
                "roof_z": "Z_MAX_TOIT",
                "use": "USAGE1",
                "id": "ID",
                "year": "DATE_APP",
                "dwellings": "NB_LOGTS",
            },
        ),
        (
            "cleabs hauteur nombre_d_etages altitude_minimale_sol altitude_minimale_toit usage_1",
            {
                "height": "hauteur",
                "storeys": "nombre_d_etages",
                "ground_z": "altitude_minimale_sol",
                "eaves_z": "altitude_minimale_toit",
                "id": "cleabs",
            },
        ),
        (
            "osm_id building height building:levels min_height roof:shape roof:height name",
            {
                "height": "height",
                "storeys": "building:levels",
                "min_height": "min_height",
                "roof_shape": "roof:shape",
                "roof_height": "roof:height",
                "use": "building",
                "name": "name",
            },
        ),
        (
            "identificatie b3_h_maaiveld b3_h_dak_max oorspronkelijkbouwjaar",
            {
                "height": "b3_h_dak_max",
                "ground_z": "b3_h_maaiveld",
                "year": "oorspronkelijkbouwjaar",
            },
        ),
        (
            "gml:id measuredHeight storeysAboveGround roofType yearOfConstruction",
            {
                "height": "measuredHeight",
                "storeys": "storeysAboveGround",
                "roof_shape": "roofType",
                "year": "yearOfConstruction",
            },
        ),
        ("Année_construction Libellé", {"year": "Année_construction", "name": "Libellé"}),
        ("hauteur_max h unit", {}),
    ],
)
def test_names_of_producers(columns: str, expected: dict[str, str]) -> None:
    found = columns_for(columns.split())
    assert {meaning: found.get(meaning) for meaning in expected} == expected
    if not expected:
        assert "height" not in found


def test_the_surest_name_wins() -> None:
    assert column_for("height", ["height_mean", "HAUTEUR", "height"]) == "HAUTEUR"


def test_meanings_of_a_table_leave_out_empty_columns(tmp_path: Path) -> None:
    path = write(buildings(2, HAUTEUR=[3.0, 4.0], NB_ETAGES=[None, None]), tmp_path / "a.gpkg")
    found = io.meanings(io.read(path, progress=Unattended()))
    assert (found["height"], found["id"]) == ("HAUTEUR", "cleabs")
    assert "storeys" not in found


@pytest.mark.parametrize(
    "text,expected",
    [
        ("12", 12.0),
        ("12 m", 12.0),
        ("12m", 12.0),
        ("12,5", 12.5),
        ("12.5 metres", 12.5),
        ("~12", 12.0),
        ("40'", 12.192),
        ("40 ft", 12.192),
        ("6'2\"", 1.8796),
        ("350 cm", 3.5),
        ("1 250", 1250.0),
        ("1\u202f250,5", 1250.5),
        ("3;4", 3.0),
        ("-2", -2.0),
        ("1e3", 1000.0),
        (".5", 0.5),
        ("75 %", 75.0),
    ],
)
def test_lengths(text: str, expected: float) -> None:
    assert metres(text) == pytest.approx(expected)


@pytest.mark.parametrize("text", ["secret", "S", "", "  ", "n/a", "NaN"])
def test_withheld_values_are_missing(text: str) -> None:
    value = metres(text)
    assert value is not None
    assert math.isnan(value)


@pytest.mark.parametrize("text", ["tall", "12 apples", "1.2.3", "< 1 >", "--", "m", "1e99999999"])
def test_texts_that_are_no_length(text: str) -> None:
    value = metres(text)
    assert value is None or math.isnan(value)


def test_a_column_of_everything() -> None:
    column = np.array(["12 m", 3, None, "x", -9999, True, np.inf, "0"], dtype=object)
    found = parse(column, zero_is_none=True)
    assert found.values[:2].tolist() == [12.0, 3.0]
    assert np.isnan(found.values[2:]).all()
    assert (found.texts, found.not_understood, found.sentinels) == (2, 1, 3)


def test_names_that_a_shapefile_cut_off_mean_what_they_meant() -> None:
    found = columns_for(["ANNEE_CONS", "roof_heigh", "measuredHe", "altitude_m"])
    assert (found["year"], found["roof_height"], found["height"]) == (
        "ANNEE_CONS",
        "roof_heigh",
        "measuredHe",
    )
    # Ten letters of both the lowest ground and the highest roof: neither.
    assert "ground_z" not in found
    assert "roof_z" not in found
