"""What was not saved yet, kept beside the application's own data so that a crash loses nothing."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path

from twin.errors import ProjectError
from twin.model.project import Project
from twin.store.codec import from_json, to_json


@dataclass(frozen=True, kw_only=True)
class Recovery:
    """A project as it was when an application ended without saving or discarding it."""

    project: Project
    folder: Path
    journal: Path
    at_ns: int


class Journal:
    """The unsaved form of one open project, rewritten after each change.

    Parameters
    ----------
    state_dir : Path
        Folder of the application's own state.
    folder : Path
        The project's folder, or where it would be saved.
    """

    def __init__(self, state_dir: Path, folder: Path) -> None:
        name = hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:16]
        self._folder = folder
        self.path = state_dir / "journal" / f"{name}-{os.getpid()}.json"

    def write(self, project: Project) -> None:
        """Keep the present form. Survives the end of the process; not synced against power loss."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        body = {"folder": str(self._folder), "pid": os.getpid(), "project": to_json(project)}
        temporary = self.path.with_suffix(".tmp")
        temporary.write_text(json.dumps(body, ensure_ascii=False), encoding="utf-8")
        temporary.replace(self.path)

    def clear(self) -> None:
        """Forget it: saved, or discarded by the user."""
        self.path.unlink(missing_ok=True)


def recoveries(state_dir: Path) -> list[Recovery]:
    """Return what ended applications left, the newest first; journals of running ones are left alone."""
    found = []
    for path in (state_dir / "journal").glob("*.json"):
        try:
            body = json.loads(path.read_text(encoding="utf-8"))
            if _alive(int(body["pid"])):
                continue
            project, _ = from_json(body["project"], str(path))
            at_ns = path.stat().st_mtime_ns
            found.append(
                Recovery(project=project, folder=Path(body["folder"]), journal=path, at_ns=at_ns)
            )
        except (OSError, ValueError, KeyError, TypeError, ProjectError):
            # A journal that was cut short by the crash holds nothing that could be recovered.
            path.unlink(missing_ok=True)
    return sorted(found, key=lambda r: -r.at_ns)


def _alive(pid: int) -> bool:
    if pid == os.getpid():
        return True
    if os.name == "nt":
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
