"""``plugins``: the commands of an author's afternoon, as a script would call them."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.twin.isolation.conftest import needs_walls, write_plugin
from twin.io.formats import FORMATS
from twin.registry.scaffold import kinds
from twin.shapes import glyphs
from ui import plugin_home as home
from ui.cli import main
from ui.cli.plugins import TEMPLATES


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Another user's folders, and a warden that has read nothing yet."""
    monkeypatch.setenv(home.FOLDER, str(tmp_path / "home" / "plugins"))
    monkeypatch.setattr(home, "decisions_file", lambda: tmp_path / "home" / "plugins.json")
    home.warden.cache_clear()
    yield tmp_path / "home" / "plugins"
    home.warden.cache_clear()


def answer(capsys: pytest.CaptureFixture[str]) -> dict[str, object]:
    return json.loads(capsys.readouterr().out)


def test_list_tells_four_things_of_each_plugin(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["plugins", "list", "--json"]) == 0
    rows = answer(capsys)["plugins"]
    assert isinstance(rows, list)
    assert all(set(row) == {"id", "version", "state", "error"} for row in rows)
    hello = next(row for row in rows if row["id"] == "hello_points")
    assert (hello["state"], hello["error"]) == ("bundled", None)


def test_a_broken_and_a_strange_plugin_are_listed(
    own_home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_plugin(own_home / "stranger")
    (own_home / "broken").mkdir()
    (own_home / "broken" / "plugin.toml").write_text("id = ")
    assert main(["plugins", "--json", "list"]) == 0
    rows = {row["id"]: row for row in answer(capsys)["plugins"]}  # type: ignore[union-attr,index]
    assert rows["broken"]["state"] == "broken"
    assert "plugin.toml" in rows["broken"]["error"]
    assert rows["stranger"]["state"] in {"isolated", "no_sandbox"}


@needs_walls
@pytest.mark.parametrize("kind", kinds(TEMPLATES))
def test_a_new_plugin_passes_its_checks_unchanged(
    kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["plugins", "new", f"my-{kind}", "--kind", kind, "--out", str(tmp_path)]) == 0
    folder = tmp_path / f"my-{kind}"
    assert capsys.readouterr().out.strip() == str(folder)
    code = main(["plugins", "check", str(folder), "--json"])
    told = answer(capsys)
    assert (code, told["findings"], told["healthy"]) == (0, [], True)


def test_new_refuses_a_bad_name_and_a_folder_that_exists(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("../evil", "9lives", ""):
        assert main(["plugins", "new", name, "--out", str(tmp_path)]) == 2
    (tmp_path / "trees").mkdir()
    assert main(["plugins", "new", "trees", "--out", str(tmp_path)]) == 2
    assert "exists already" in capsys.readouterr().err
    assert list((tmp_path / "trees").iterdir()) == []


@needs_walls
def test_check_ends_soon_whatever_the_plugin_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from dataclasses import replace

    from ui.plugins import checking

    monkeypatch.setattr(checking, "CHECK", replace(checking.CHECK, load_s=1.0))
    folder = write_plugin(tmp_path / "stranger", load="while True: pass")
    started = time.monotonic()
    assert main(["plugins", "check", str(folder), "--json"]) == 1
    assert time.monotonic() - started < 40
    keys = [p["key"] for p in answer(capsys)["findings"]]  # type: ignore[union-attr,index]
    assert "plugin.too_slow" in keys


@needs_walls
def test_check_names_file_and_line_of_what_was_raised(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = write_plugin(tmp_path / "stranger", build="return 1 / 0")
    assert main(["plugins", "check", str(folder)]) == 1
    assert "ZeroDivisionError" in (err := capsys.readouterr().err)
    assert "stranger/layer.py:12" in err


def test_check_of_what_is_no_folder_is_an_error(tmp_path: Path) -> None:
    assert main(["plugins", "check", str(tmp_path / "nothing")]) == 2


def test_a_pack_has_the_same_bytes_each_time(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = write_plugin(tmp_path / "stranger")
    sums = []
    for out in ("a", "b"):
        assert main(["plugins", "pack", str(folder), "--out", str(tmp_path / out), "--json"]) == 0
        told = answer(capsys)
        assert Path(str(told["path"])).name == "stranger-1.belvedere-plugin"
        sums.append(told["sha256"])
    assert sums[0] == sums[1]


def test_trust_lasts_as_long_as_the_files_do(
    own_home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = write_plugin(own_home / "stranger")

    def state() -> str:
        capsys.readouterr()
        main(["plugins", "list", "--json"])
        rows = {row["id"]: row for row in answer(capsys)["plugins"]}  # type: ignore[union-attr,index]
        return str(rows["stranger"]["state"])

    assert main(["plugins", "trust", "stranger"]) == 0
    assert "without walls" in capsys.readouterr().err
    assert state() == "trusted"
    (folder / "layer.py").write_text("import os")
    assert state() in {"isolated", "no_sandbox"}
    assert main(["plugins", "off", "stranger"]) == 0
    assert state() == "off"
    assert main(["plugins", "off", "nobody"]) == 2


@needs_walls
def test_an_analysis_of_a_plugin_writes_its_table(
    own_home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from tests.twin.work.brought import all_kinds

    folder = all_kinds.write(own_home / "many")
    city = tmp_path / "city"
    assert main(["new", str(city), str(folder / "points.csv"), "--crs", "EPSG:2154"]) == 0
    document = json.loads((city / "project.json").read_text())
    document["layers"][0] |= {"type": "many", "params": {}}
    (city / "project.json").write_text(json.dumps(document))
    capsys.readouterr()
    out = tmp_path / "near.csv"
    verb = ["analyse", "plugin", str(city), "--out", str(out), "--json", "--id"]
    assert main([*verb, "many.analysis"]) == 0
    assert answer(capsys)["rows"] == 3
    assert out.read_text().splitlines()[0].startswith("feature_id")
    assert main([*verb, "many.nothing"]) == 2
    FORMATS.pop("plugin:many.reader", None)
    glyphs._CONTRIBUTED.pop("many.cone", None)
