"""``analyse``: figures from the command line, on a file of someone and on a project with variants."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely

from ui.cli.main import main

X, Y = 645_000.0, 6_858_000.0
COLUMNS = ["feature_id", "surface", "x_m", "y_m", "z_m", "sun_h", "meets_threshold"]


@pytest.fixture
def houses(tmp_path: Path) -> Path:
    path = tmp_path / "houses.gpkg"
    gpd.GeoDataFrame(
        {"feature_id": ["low", "tower"], "height_m": [6.0, 60.0]},
        geometry=[shapely.box(X, Y + 40, X + 12, Y + 50), shapely.box(X, Y, X + 20, Y + 20)],
        crs="EPSG:2154",
    ).to_file(path)
    return path


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_sun_writes_a_row_a_sample(
    houses: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "x.csv"
    arguments = ["analyse", "sun", str(houses), "--date", "2026-03-21", "--threshold", "2h"]
    assert main([*arguments, "--out", str(out), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    found = rows(out)
    assert list(found[0]) == COLUMNS
    assert len(found) == told["rows"] == told["samples"]
    assert {r["surface"] for r in found} == {"facade", "roof", "ground"}
    assert {r["feature_id"] for r in found} == {"low", "tower", "ground"}
    assert all((r["meets_threshold"] == "true") == (float(r["sun_h"]) >= 2.0) for r in found)
    xyz = np.array([[float(r[n]) for n in ("x_m", "y_m", "z_m")] for r in found])
    assert (xyz[:, :2] >= [X, Y]).all()
    assert (xyz[:, :2] <= [X + 20, Y + 50]).all()
    assert xyz[:, 2].max() == pytest.approx(60.0, abs=0.01)
    roofs = {r["feature_id"]: float(r["sun_h"]) for r in found if r["surface"] == "roof"}
    assert roofs["tower"] == pytest.approx(told["sun_up_h"], abs=0.2)
    assert roofs["low"] < roofs["tower"]  # the tower stands in its south


def test_the_same_question_has_the_same_bytes(houses: Path, tmp_path: Path) -> None:
    written = []
    for name in ("a.csv", "b.csv"):
        out = tmp_path / name
        main(["analyse", "sun", str(houses), "--date", "2026-06-21", "--out", str(out)])
        written.append(out.read_bytes())
    assert written[0] == written[1]


def test_sight_names_what_is_in_the_way(
    houses: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "s.csv"
    ends = [
        "--from",
        f"{X - 10},{Y + 10}",
        "--to",
        f"{X + 40},{Y + 10}",
        "--to",
        f"{X - 10},{Y + 60}",
    ]
    assert main(["analyse", "sight", str(houses), *ends, "--out", str(out), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    blocked, free = told["lines"]
    assert (blocked["visible"], blocked["blocked_feature"]) == (False, "tower")
    assert blocked["blocked_m"] == pytest.approx(10.0, abs=0.01)
    assert free["visible"] is True
    assert [r["visible"] for r in rows(out)] == ["false", "true"]


def test_viewshed_sees_the_near_side_only(houses: Path, tmp_path: Path) -> None:
    out = tmp_path / "v.csv"
    arguments = [
        "analyse",
        "viewshed",
        str(houses),
        "--from",
        f"{X + 10},{Y - 30}",
        "--layer",
        "all",
    ]
    assert main([*arguments, "--surfaces", "facade", "--spacing", "2m", "--out", str(out)]) == 0
    tower = [r for r in rows(out) if r["feature_id"] == "tower"]
    south = [r for r in tower if float(r["y_m"]) == Y]
    north = [r for r in tower if float(r["y_m"]) == Y + 20]
    assert south
    assert all(r["visible"] == "true" for r in south)
    assert north
    assert all(r["visible"] == "false" for r in north)


def test_indicators_of_a_file(
    houses: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "i.csv"
    assert main(["analyse", "indicators", str(houses), "--out", str(out), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    numbers = {i["id"]: i for i in told["variants"][0]["indicators"]}
    assert numbers["footprint"]["value"] == pytest.approx(520.0)
    assert numbers["volume"]["value"] == pytest.approx(120 * 6 + 400 * 60)
    by_row = {r["indicator"]: r for r in rows(out)}
    assert by_row["parking"]["value"] == ""
    assert by_row["footprint"]["formula"]


@pytest.mark.parametrize(
    "wrong",
    [
        ["sun", "HOUSES", "--date", "2026-03-21", "--layer", "nothing"],
        ["sun", "HOUSES", "--date", "2026-03-21", "--feature", "nobody"],
        [
            "sun",
            "HOUSES",
            "--date",
            "2026-03-21",
            "--spacing",
            "0.1m",
            "--area",
            "0,0,900000,900000",
        ],
        ["sun", "HOUSES", "--date", "2026-03-21", "--variant", "b"],
        ["sun", "no_such_file.gpkg", "--date", "2026-03-21"],
        ["sight", "HOUSES", "--hide", "nothing"],
        ["sight", "HOUSES", "--from", "2.27,48.82"],
    ],
)
def test_a_wrong_question_is_answered_with_what_to_do(
    houses: Path, wrong: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = [str(houses) if part == "HOUSES" else part for part in wrong]
    assert main(["analyse", *arguments]) == 2
    assert "error:" in capsys.readouterr().err


@pytest.mark.parametrize(
    "wrong",
    [
        ["sun", "x.gpkg", "--date", "21/03/2026"],
        ["sun", "x.gpkg", "--date", "2026-03-21", "--threshold", "soon"],
        ["sun", "x.gpkg", "--date", "2026-03-21", "--out", "x.txt"],
        ["sun", "x.gpkg"],
        ["sight", "x.gpkg", "--from", "here"],
        ["viewshed", "x.gpkg", "--radius", "-5m"],
        ["noise", "x.gpkg"],
    ],
)
def test_arguments_are_checked_before_anything_is_opened(wrong: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["analyse", *wrong])
    assert ended.value.code == 2


@pytest.mark.parametrize(
    ("kind", "more", "columns"),
    [
        (
            "facades",
            ["--date", "2026-03-21", "--all"],
            "side,storey,dwellings,samples,area_m2,sun_h",
        ),
        ("shade", ["--date", "2026-03-21", "--place", f"{X + 5},{Y + 30}"], "shadow_h,sun_h"),
        ("monument", ["--feature", "tower", "--radius", "60m"], "visible,seen_m2,seen_share"),
        ("view", ["--spacing", "6m"], "sky,green,water,built,ground"),
        ("irradiation", ["--surfaces", "roof", "--by", "roof"], "roof_m2,kwh_m2,roof_mwh,pv_kwh"),
    ],
)
def test_further_kinds_write_their_tables(
    houses: Path, tmp_path: Path, kind: str, more: list[str], columns: str
) -> None:
    out = tmp_path / "x.csv"
    assert main(["analyse", kind, str(houses), *more, "--out", str(out)]) == 0
    found = rows(out)
    assert found
    assert columns in ",".join(found[0])


def test_before_and_after_from_the_command_line(
    houses: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "x.csv"
    arguments = ["analyse", "sun", str(houses), "--date", "2026-03-21", "--spacing", "6m"]
    assert main([*arguments, "--against", "existing", "--out", str(out), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["difference"]["losing"] == 0
    assert list(rows(out)[0]) == [*COLUMNS, "before_h", "difference_h"]
    assert main([*arguments, "--against", "castle"]) == 2
    assert "castle" in capsys.readouterr().err


def test_places_in_shadow_are_indicators(houses: Path, tmp_path: Path) -> None:
    out = tmp_path / "x.csv"
    place = f"{X + 6},{Y + 36}"  # between the houses, north of the tower
    arguments = ["indicators", str(houses), "--place", place, "--date", "2026-12-21"]
    assert main(["analyse", *arguments, "--out", str(out)]) == 0
    (shadow,) = [r for r in rows(out) if r["indicator"] == "shadow_hours"]
    assert 3.0 < float(shadow["value"]) < 9.0
    assert "2026-12-21" in shadow["formula"]
