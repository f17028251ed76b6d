"""``story``, ``pack``, ``check`` and ``show`` as a script calls them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ui.cli import main
from ui.cli.main import VERBS


def test_the_demo_lists_five_stories_in_exactly_three_fields(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["story", "demo", "--list", "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert list(answer) == ["stories"]
    assert all(list(row) == ["id", "title", "stops"] for row in answer["stories"])
    assert [row["id"] for row in answer["stories"]] == [
        "issy",
        "fort",
        "issygrid",
        "busan",
        "casablanca",
    ]
    assert main(["story", "demo", "--list", "--json", "--lang", "ko"]) == 0
    assert "10분 만에 보는 이시" in capsys.readouterr().out


def test_a_translator_may_begin_a_language_that_is_new(tmp_path: Path) -> None:
    path = tmp_path / "fort.po"
    assert main(["story", "demo", "fort", "--lang", "de", "--po", str(path)]) == 0
    assert "Language: de" in path.read_text("utf-8")


def test_texts_are_exported_without_drawing_anything(tmp_path: Path) -> None:
    path = tmp_path / "fort.po"
    assert main(["story", "demo", "fort", "--lang", "ar", "--po", str(path)]) == 0
    assert "حرارة طبقة ألبيان" in path.read_text("utf-8")


@pytest.mark.parametrize(
    "arguments",
    [
        ["story", "demo", "nothing", "--pdf", "x.pdf"],
        ["story", "demo", "fort"],
        ["story", "demo", "fort", "--pdf", "no/such/folder/x.pdf"],
        ["story", "demo", "fort", "--lang", "xx", "--pdf", "x.pdf"],
        ["story", "demo", "--list", "--lang", "xx"],
        ["pack", "nothing-here", "--out", "x.belvedere"],
    ],
)
def test_what_cannot_be_done_is_status_2_and_a_message(
    arguments: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(arguments) == 2
    assert capsys.readouterr().err.strip()


def test_a_pack_of_the_demo_opens_again_and_is_told_from_a_changed_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("BELVEDERE_STATE", str(tmp_path / "state"))
    out = tmp_path / "demo.belvedere"
    assert main(["pack", "demo", "--out", str(out), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["size"] == out.stat().st_size
    assert main(["story", str(out), "--list"]) == 0
    data = bytearray(out.read_bytes())
    data[len(data) // 2] ^= 0xFF
    out.write_bytes(data)
    capsys.readouterr()
    assert main(["story", str(out), "--list"]) == 2
    assert "demo.belvedere" in capsys.readouterr().err
    assert main(["check", str(out), "--json"]) == 1
    answer = json.loads(capsys.readouterr().out)
    assert answer["status"] == "red"
    assert [(item["id"], item["light"]) for item in answer["items"]] == [("project", "red")]
    assert answer["items"][0]["advice"]


def test_the_verbs_are_known() -> None:
    assert {"story", "show", "check", "pack"} <= set(VERBS)
