"""The guides keep in step with the application: keys, filter words, commands, pictures."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest

from twin.model.expressions import parse
from twin.model.expressions.syntax import COMPARISONS, WORDS
from ui.actions import Action
from ui.cli import main
from ui.i18n import tr, translator
from ui.window.catalogue import ACTIONS
from ui.window.desks import desks
from ui.window.docks import panel_actions

DOCS = Path(__file__).resolve().parents[2] / "docs"
GUIDES = {"en": DOCS / "guide.md", "fr": DOCS / "guide.fr.md"}
WRITTEN = {
    "en": {"Right": "→", "Left": "←"},
    "fr": {"Right": "→", "Left": "←", "Shift": "Maj", "Space": "Espace", "Home": "Début"},
}
PANELS = {"en": "Panel: ", "fr": "Panneau : "}
COMMAND = ".venv/bin/python main.py "
LARGEST_BYTES, ALL_BYTES = 400_000, 3_000_000

both = pytest.mark.parametrize("language", GUIDES)


def guide(language: str) -> str:
    return GUIDES[language].read_text(encoding="utf-8")


def spans(language: str) -> list[str]:
    """Return what stands between backticks, single or double, outside of blocks of code."""
    prose = re.sub(r"^```.*?^```", "", guide(language), flags=re.MULTILINE | re.DOTALL)
    return [one or two for two, one in re.findall(r"`` (.+?) ``|`([^`\n]+)`", prose)]


def actions_with_keys() -> list[Action]:
    of_desks = [action for desk in desks() for action in desk.actions]
    every = (*ACTIONS, *of_desks, *panel_actions(desks()))
    return [action for action in every if action.keys]


def written(key: str, language: str) -> str:
    words = WRITTEN[language]
    return "+".join(words.get(part, part) for part in re.split(r"\+(?=.)", key))


def row_of(action: Action, language: str) -> str:
    keys = ", ".join(f"`{written(key, language)}`" for key in action.keys)
    panel = PANELS[language] if action.id.startswith("panel.") else ""
    mark = " ¹" if action.scope == "viewport" else ""
    return f"| {panel}{tr(action.text).rstrip('…')}{mark} | {keys} |"


def commands(language: str) -> list[str]:
    lines = guide(language).splitlines()
    return [line.removeprefix(COMMAND) for line in lines if line.startswith(COMMAND)]


@both
def test_every_action_with_a_key_stands_in_the_guide(language: str) -> None:
    before = translator.language
    translator.set_language(language)
    try:
        rows = [row_of(action, language) for action in actions_with_keys()]
    finally:
        translator.set_language(before)
    lines = guide(language).splitlines()
    assert len(rows) > 30
    assert [row for row in rows if row not in lines] == []


@both
def test_every_key_of_the_guide_is_one_of_an_action(language: str) -> None:
    known = {written(key, language) for action in actions_with_keys() for key in action.keys}
    table = re.findall(r"^\| [^|]+ \| (`[^|]+`) \|$", guide(language), re.MULTILINE)
    keys = {key for cell in table for key in re.findall(r"`([^`]+)`", cell)}
    assert keys == known


@both
def test_every_word_and_sign_of_filters_stands_in_the_guide(language: str) -> None:
    code = set(" ".join(spans(language)).split())
    assert set(WORDS) - code == set()
    assert set(COMPARISONS) - code == set()


@both
def test_the_filters_of_the_guide_can_be_understood(language: str) -> None:
    whole = re.compile(
        r"(?!is |est )([a-z_]+|`[^`]+`) (/ \w+ )?(\W+|[a-z ]+) ?(\".*\"|\(\".*|[\d.]+|missing|vide)"
    )
    filters = [span for span in spans(language) if whole.fullmatch(span) and "…" not in span]
    assert len(filters) >= 10
    for example in filters:
        parse(example)


def test_both_guides_say_the_same() -> None:
    parts = [
        (
            len(re.findall(r"^## ", text, re.MULTILINE)),
            sorted(re.findall(r"\(pictures/([^)]+)\)", text)),
            [line for line in text.splitlines() if line.startswith(COMMAND)],
            len(re.findall(r"^\|", text, re.MULTILINE)),
        )
        for text in map(guide, GUIDES)
    ]
    assert parts[0] == parts[1]
    assert parts[0][0] > 15


def test_pictures_of_the_guide_are_there_and_small() -> None:
    named = set(re.findall(r"\(pictures/([^)]+)\)", guide("en")))
    sizes = {path.name: path.stat().st_size for path in (DOCS / "pictures").iterdir()}
    assert named == set(sizes)
    assert max(sizes.values()) <= LARGEST_BYTES
    assert sum(sizes.values()) <= ALL_BYTES


@pytest.mark.render
def test_the_commands_of_the_guide_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    trees = [
        {
            "type": "Feature",
            "properties": {"species": "lime", "height": 8.0 + i},
            "geometry": {"type": "Point", "coordinates": [2.27 + i / 5000, 48.82]},
        }
        for i in range(6)
    ]
    collection = {"type": "FeatureCollection", "features": trees}
    Path("trees.geojson").write_text(json.dumps(collection))
    runnable = [
        line for line in commands("en") if line.split()[0] in ("info", "new", "render", "bake")
    ]
    verbs = ["info", "new", "render", "render", "bake", "render"]
    assert [line.split()[0] for line in runnable] == verbs
    for line in runnable:
        assert main(shlex.split(line)) == 0, line
    assert "6 point" in capsys.readouterr().out
    assert json.loads(Path("my-city/project.json").read_text())["crs"] == "EPSG:2154"
    for picture in ("city.png", "trees.png", "tiles.png"):
        assert Path(picture).read_bytes().startswith(b"\x89PNG")
