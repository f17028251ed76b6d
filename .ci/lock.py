"""Which packages of the lock an extra of pyproject.toml needs."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "requirements.lock"
OLDEST, NEWEST = (3, 11), (3, 13)
"""The versions of Python that it is made for."""


class Entry:
    """One pinned package of the lock: its name, its lines, and who asks for it."""

    def __init__(self, name: str, lines: list[str]) -> None:
        self.name = name
        self.text = "\n".join(line for line in lines if not line.strip().startswith("#"))
        notes = "\n".join(line for line in lines if line.strip().startswith("#"))
        self.asked_by = {_normal(word) for word in re.findall(r"[\w.-]+", notes)} - {"via"}


def closure(extras: set[str]) -> list[Entry]:
    """Return what the lock holds for the core and some extras, following who asks for whom."""
    core, optional = declared()
    chosen = set(core).union(*(optional[extra] for extra in extras))
    entries = read_lock()
    while True:
        more = {entry.name for entry in entries if entry.asked_by & chosen} - chosen
        if not more:
            return [entry for entry in entries if entry.name in chosen]
        chosen |= more


def read_lock() -> list[Entry]:
    """Return every pinned package."""
    blocks: list[list[str]] = []
    for line in LOCK.read_text(encoding="utf-8").splitlines():
        if re.match(r"[A-Za-z0-9]", line):
            blocks.append([line])
        elif blocks:
            blocks[-1].append(line)
    return [Entry(_name_of(block[0]), block) for block in blocks]


def declared() -> tuple[list[str], dict[str, list[str]]]:
    """Return the names that pyproject.toml asks for: the core, and each extra."""
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    written = project["optional-dependencies"]

    def names(requirements: list[str]) -> list[str]:
        found: list[str] = []
        for requirement in requirements:
            own = re.match(rf"{project['name']}\[([\w, -]+)\]", requirement)
            if own:
                for extra in own.group(1).split(","):
                    found += names(written[extra.strip()])
            else:
                found.append(_name_of(requirement))
        return found

    return names(project["dependencies"]), {extra: names(written[extra]) for extra in written}


def _name_of(requirement: str) -> str:
    found = re.match(r"[A-Za-z0-9._-]+", requirement)
    return _normal(found.group(0)) if found else ""


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
