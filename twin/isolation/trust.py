"""What the user decided about each plugin: trust, grants, strikes. A small file of the user's own.

A decision is bound to the plugin's folder and, for trust, to what was in it: code that changed since is a
stranger again. Nothing in a project or in a plugin can write this file.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

MAX_STRIKES = 3
SKIPPED = frozenset({"__pycache__", ".git", ".venv"})


class Trust(StrEnum):
    """How far a plugin is trusted."""

    BUNDLED = "bundled"
    TRUSTED = "trusted"
    ISOLATED = "isolated"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What is known of one plugin folder.

    Parameters
    ----------
    trusted : str
        SHA-256 of the folder that the user trusts; empty: none.
    hosts, feeds : tuple of str
        Network hosts and feeds that the user granted, among those of the manifest.
    read, write : tuple of str
        Folders that the user granted.
    project : bool
        It may write to the project.
    strikes : tuple of str
        Keys of the problems for which it was stopped, at most three.
    off : bool
        The user switched it off.
    asked : bool
        The window asked the user what it may do; what was not granted then, the manager grants.
    """

    trusted: str = ""
    hosts: tuple[str, ...] = ()
    feeds: tuple[str, ...] = ()
    read: tuple[str, ...] = ()
    write: tuple[str, ...] = ()
    project: bool = False
    strikes: tuple[str, ...] = field(default=())
    off: bool = False
    asked: bool = False

    @property
    def set_aside(self) -> bool:
        """Whether it had its three strikes."""
        return len(self.strikes) >= MAX_STRIKES


class TrustStore:
    """Decisions by folder, kept in a file; with no path, in memory."""

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._decisions = _read(path) if path else {}

    def of(self, folder: Path) -> Decision:
        """Return what was decided about a folder; nothing at first."""
        return self._decisions.get(str(folder.resolve()), Decision())

    def change(self, folder: Path, **changes: Any) -> Decision:
        """Change and save what was decided. Raises OSError where the file cannot be written."""
        decision = replace(self.of(folder), **changes)
        self._decisions[str(folder.resolve())] = decision
        if self._path is not None:
            _write(self._path, self._decisions)
        return decision

    def is_trusted(self, folder: Path) -> bool:
        """Whether the user trusts what is in the folder now."""
        wanted = self.of(folder).trusted
        return bool(wanted) and wanted == digest(folder)


def digest(folder: Path) -> str:
    """Return the SHA-256 of all files of a plugin folder: names and contents, in order of names."""
    total = hashlib.sha256()
    for path in plugin_files(folder):
        total.update(path.relative_to(folder).as_posix().encode() + b"\0")
        total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


def plugin_files(folder: Path) -> list[Path]:
    """Return the files that make up a plugin, in order; links and leftovers of Python are not among them."""
    return sorted(
        path
        for path in folder.rglob("*")
        if path.is_file()
        and not path.is_symlink()
        and not SKIPPED & set(path.relative_to(folder).parts)
        and path.suffix != ".pyc"
    )


def _read(path: Path) -> dict[str, Decision]:
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        rows = data["plugins"].items()
        return {str(folder): _decision(row) for folder, row in rows}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}  # unreadable: nobody is trusted


def _decision(row: Mapping[str, Any]) -> Decision:
    names = ("hosts", "feeds", "read", "write", "strikes")
    return Decision(
        trusted=str(row.get("trusted", "")),
        project=row.get("project") is True,
        off=row.get("off") is True,
        asked=row.get("asked") is True,
        **{name: tuple(str(v) for v in row.get(name, ())) for name in names},
    )


def _write(path: Path, decisions: Mapping[str, Decision]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = {folder: asdict(d) for folder, d in sorted(decisions.items())}
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=path.name)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump({"plugins": rows}, file, indent=2)
    Path(name).replace(path)
