"""The papers of the house keep up with it: changes, decisions, the page of the architecture."""

from __future__ import annotations

import re
import tomllib

import pytest

import twin
from tests.arch.rules import ROOMS, ROOT, project_files

TOP = {
    *ROOMS,
    *(
        "assets",
        "tests",
        "docs",
        "benchmarks",
        ".ci",
        "main.py",
        "pyproject.toml",
        "requirements.lock",
    ),
    *("README.md", "LICENSE", "CHANGELOG.md", "CONTRIBUTING.md", "Makefile", ".gitignore"),
    *(".gitattributes", ".editorconfig"),
}

# The folders of one machine, and what belongs to no reader of the project.
ONE_MACHINE = re.compile(r"(?<![\w.:/<-])/(?:work|root|opt/pypi|Users|home)/\w")


def _text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def test_nothing_else_lies_at_the_top() -> None:
    assert {path.parts[0] for path in project_files()} - TOP == set()


def test_the_version_is_the_same_everywhere() -> None:
    version = tomllib.loads(_text("pyproject.toml"))["project"]["version"]
    assert twin.__version__ == version
    assert re.search(rf"^## \[?{re.escape(version)}\b", _text("CHANGELOG.md"), re.MULTILINE)


def test_the_changelog_has_an_entry_under_its_newest_heading() -> None:
    newest = re.split(r"^## ", _text("CHANGELOG.md"), flags=re.MULTILINE)[1]
    assert re.findall(r"^- \S.{10,}", newest, re.MULTILINE)


@pytest.mark.parametrize(
    "name", ["LICENSE", "README.md", "CONTRIBUTING.md", "docs/architecture.md"]
)
def test_is_there(name: str) -> None:
    assert len(_text(name)) > 500


def test_every_package_has_one_line_in_the_architecture() -> None:
    rows = re.findall(r"^\| (`[^|]+) \|", _text("docs/architecture.md"), re.MULTILINE)
    named = [name for row in rows for name in re.findall(r"`([\w/.]+)`", row)]
    packages = {
        "/".join(path.parts[:2])
        for path in project_files()
        if path.suffix == ".py" and path.parts[0] in {"twin", "ui"} and len(path.parts) > 2
    }
    assert {package: named.count(package) for package in sorted(packages)} == dict.fromkeys(
        sorted(packages), 1
    )


def test_the_architecture_names_no_package_that_is_gone() -> None:
    rows = re.findall(r"^\| (`[^|]+) \|", _text("docs/architecture.md"), re.MULTILINE)
    named = {name for row in rows for name in re.findall(r"`((?:twin|ui)/[\w/.]+)`", row)}
    assert named
    assert {name for name in named if not (ROOT / name).exists()} == set()


def test_decisions_are_numbered_and_complete() -> None:
    records = sorted((ROOT / "docs" / "decisions").glob("[0-9]*.md"))
    assert [record.name[:4] for record in records] == [
        f"{n:04}" for n in range(1, len(records) + 1)
    ]
    for record in records:
        text = record.read_text(encoding="utf-8")
        for part in ("## Context", "## Decision", "## Consequence"):
            assert part in text, f"{record.name} has no '{part}'"


def test_no_file_names_a_folder_of_one_machine() -> None:
    wrong = []
    for path in project_files():
        try:
            text = _text(str(path))
        except UnicodeDecodeError:
            continue
        wrong += [f"{path}: {found.group(0)}" for found in ONE_MACHINE.finditer(text)]
    assert wrong == []
