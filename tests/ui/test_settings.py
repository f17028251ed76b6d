from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QByteArray

from ui.settings import MOST_RECENT, Settings


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "settings.ini"


def test_what_was_set_is_there_next_time(qapp, path: Path) -> None:
    first = Settings(path)
    first.language, first.theme, first.quality = "fr", "dark", "best"
    first.geometry = QByteArray(b"geometry")
    first.set_layout(QByteArray(b"layout"), version=3)
    first.set_flag("legend", on=False)
    first.sync()
    again = Settings(path)
    assert (again.language, again.theme, again.quality) == ("fr", "dark", "best")
    assert again.geometry == QByteArray(b"geometry")
    assert again.layout(3) == QByteArray(b"layout")
    assert again.layout(4) is None
    assert again.flag("legend", default=True) is False
    assert again.flag("other", default=True) is True


def test_values_that_are_not_allowed_are_refused_or_ignored(qapp, path: Path) -> None:
    path.write_text("[General]\ntheme=purple\nlanguage=tlh\n", encoding="utf-8")
    made = Settings(path)
    assert (made.theme, made.language, made.quality) == ("system", "", "auto")
    assert made.memory_bytes is None
    with pytest.raises(ValueError, match="theme must be one of"):
        made.theme = "purple"


def test_setting_what_is_set_tells_nobody(qapp, path: Path) -> None:
    made, heard = Settings(path), []
    made.changed.connect(heard.append)
    made.theme = "dark"
    made.theme = "dark"
    assert heard == ["theme"]


def test_recent_projects_are_ordered_unique_and_exist(qapp, path: Path, tmp_path: Path) -> None:
    folders = [tmp_path / f"city {i}" for i in range(MOST_RECENT + 2)]
    for folder in folders:
        folder.mkdir()
    made = Settings(path)
    for folder in (*folders, folders[-2]):
        made.remember(folder)
    assert made.recent[:2] == (folders[-2], folders[-1])
    assert len(made.recent) == MOST_RECENT
    folders[-2].rmdir()
    assert Settings(path).recent[0] == folders[-1]
    made.forget_recent()
    assert made.recent == ()


def test_one_recent_project_survives_the_file(qapp, path: Path, tmp_path: Path) -> None:
    made = Settings(path)
    made.remember(tmp_path)
    made.sync()
    assert Settings(path).recent == (tmp_path.resolve(),)
