"""A file's own ``feature_id``: taken as it is, never shown twice."""

from __future__ import annotations

from pathlib import Path

from twin import io
from twin.progress import Unattended


def _read(path: Path, rows: str) -> list[str]:
    path.write_text("feature_id,name,longitude,latitude\n" + rows, encoding="utf-8")
    table = io.read(path, progress=Unattended())
    ids: list[str] = table.feature_ids.tolist()
    assert ("feature_id_" in table.frame) == (len(set(ids)) != len(ids) or "#" in "".join(ids))
    return ids


def test_own_ids_are_the_ids(tmp_path: Path) -> None:
    assert _read(tmp_path / "a.csv", "x,A,2.2,48.8\ny,B,2.3,48.8\n") == ["x", "y"]


def test_doubles_keep_what_the_file_said_beside(tmp_path: Path) -> None:
    rows = "".join(f"id{i},A,2.2,48.8\n" for i in range(30)) + "id3,B,2.3,48.8\n"
    ids = _read(tmp_path / "a.csv", rows)
    assert len(set(ids)) == 31
