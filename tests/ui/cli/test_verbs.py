"""The verbs through the command line, as a script would call them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from twin.store.project_folder import load_project
from ui.cli import main


def answer(capsys: pytest.CaptureFixture[str]) -> dict[str, object]:
    return json.loads(capsys.readouterr().out)


def test_info_tells_crs_counts_and_nulls(town: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["info", str(town), "--json"]) == 0
    (file,) = answer(capsys)["files"]  # type: ignore[misc]
    (layer,) = file["layers"]
    assert (layer["kind"], layer["count"], layer["crs"]) == ("polygon", 4, "EPSG:2154")
    assert layer["extent"] == pytest.approx([646000, 6858000, 646102, 6858012])
    nulls = {a["name"]: a["null_count"] for a in layer["attributes"]}
    assert nulls["height"] == 1


def test_info_in_words_has_a_line_for_each_attribute(
    town: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["info", str(town)]) == 0
    out = capsys.readouterr().out
    assert "4 polygon" in out
    assert "height" in out


def test_info_of_a_good_and_a_bad_file_shows_the_good_one(
    town: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = tmp_path / "bad.geojson"
    bad.write_text("{ this is not JSON")
    assert main(["info", str(town), str(bad), "--json"]) == 0
    good_file, bad_file = answer(capsys)["files"]  # type: ignore[misc]
    assert good_file["layers"]
    assert bad_file["layers"] == []
    assert bad_file["problems"][0]["severity"] == "error"
    assert "bad.geojson" in bad_file["problems"][0]["text"]


@pytest.mark.parametrize("name", ["missing.geojson", "."])
def test_nothing_to_show_is_status_2_and_a_message(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["info", name]) == 2
    assert capsys.readouterr().err.strip()


def test_new_makes_a_project_that_carries_its_data(
    town: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "city"
    assert main(["new", str(folder), "--crs", "EPSG:2154", str(town), "--json"]) == 0
    made = answer(capsys)
    assert made["layers"] == [{"id": "town", "type": "belvedere.buildings"}]
    town.unlink()
    project, _, problems = load_project(folder)
    assert problems == []
    assert project.frame.crs == "EPSG:2154"
    source = project.layer("town").sources["buildings"]
    assert source.path == "data/town.geojson"
    assert (folder / source.path).is_file()


def test_new_refuses_a_folder_that_holds_a_project(
    town: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "city"
    main(["new", str(folder), str(town)])
    before = (folder / "project.json").read_bytes()
    assert main(["new", str(folder), str(town)]) == 2
    assert (folder / "project.json").read_bytes() == before
    assert "city" in capsys.readouterr().err


@pytest.mark.parametrize("crs", ["EPSG:4326", "EPSG:999999", "nonsense"])
def test_new_refuses_a_crs_that_is_not_in_metres(
    crs: str, town: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["new", str(tmp_path / "city"), "--crs", crs, str(town)]) == 2
    assert crs in capsys.readouterr().err
    assert not (tmp_path / "city").exists()


def test_a_project_that_is_not_there_is_status_2(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["nowhere-at-all"]) == 2
    assert "nowhere-at-all" in capsys.readouterr().err


def test_a_window_without_a_display_is_one_clear_line(
    town: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["new", str(tmp_path / "city"), str(town)])
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("sys.platform", "linux")
    capsys.readouterr()
    assert main([str(tmp_path / "city")]) == 2
    assert "render" in capsys.readouterr().err


def test_a_fault_of_ours_is_a_message_and_status_2(
    town: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(_options: object) -> int:
        raise RuntimeError("out of luck")

    monkeypatch.setattr("ui.cli.info.run", broken)
    assert main(["info", str(town), "--json"]) == 2
    printed = capsys.readouterr()
    assert "out of luck" in printed.err
    assert "Traceback" not in printed.err
    assert json.loads(printed.out)["problems"][0]["key"] == "cli.fault"
    monkeypatch.setenv("BELVEDERE_DEBUG", "1")
    with pytest.raises(RuntimeError):
        main(["info", str(town)])


def test_new_in_a_folder_that_cannot_be_made_says_so(
    town: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["new", str(town / "inside"), str(town)]) == 2
    assert "inside" in capsys.readouterr().err
    assert not list(tmp_path.glob("**/project.json"))


def test_info_of_a_project_tells_its_problems_and_stays_inside(
    town: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "city"
    main(["new", str(folder), str(town)])
    file = folder / "project.json"
    body = json.loads(file.read_text())
    outside = {**body["layers"][0], "id": "out", "sources": {"buildings": {"path": "../town.json"}}}
    file.write_text(json.dumps({**body, "layers": [*body["layers"], outside, 5]}))
    capsys.readouterr()
    assert main(["info", str(file), "--json"]) == 0
    keys = [p["key"] for row in answer(capsys)["files"] for p in row["problems"]]  # type: ignore[attr-defined]
    assert sorted(keys) == ["project.bad_part", "project.path_outside"]


def test_info_of_a_damaged_project_and_a_good_file_shows_the_file(
    town: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "project.json").write_text("{")
    assert main(["info", str(tmp_path / "project.json"), str(town)]) == 0
    printed = capsys.readouterr()
    assert "4 polygon" in printed.out
    assert "project.json" in printed.err


@pytest.mark.parametrize(
    "wrong",
    [["--out", "x.jpg"], ["--out", "nowhere/x.png"], ["--time", "9999-12-31T23:59Z"]],
)
def test_a_wrong_argument_of_render_is_said_before_any_work(
    town: Path, wrong: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["render", str(town), "--out", "x.png", *wrong])
    assert caught.value.code == 2
    assert wrong[0] in capsys.readouterr().err


def test_a_picture_of_hidden_layers_alone_is_nothing(
    town: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    picture = tmp_path / "x.png"
    assert main(["render", str(town), "--out", str(picture), "--hide", "town"]) == 2
    assert capsys.readouterr().err.strip()
    assert not picture.exists()


def test_a_problem_of_a_file_is_told_once(
    town: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    body = json.loads(town.read_text())
    body["features"][0]["geometry"] = None
    town.write_text(json.dumps(body))
    picture = tmp_path / "x.png"
    assert main(["render", str(town), "--out", str(picture), "--size", "64x64", "--json"]) == 0
    keys = [p["key"] for p in answer(capsys)["problems"]]  # type: ignore[attr-defined]
    assert keys.count("io.geometry_null") == 1
