"""Handout and poster are text, not pictures of it; diagnostics hold no secret; figures follow the locale."""

from __future__ import annotations

import logging
import re
import shutil
import subprocess
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.twin.render import toy_town
from tests.ui.show.conftest import town_story
from twin.model.story import Figure
from ui.show import diagnostics
from ui.show.handout import Handout, write_handout
from ui.show.poster import write_poster
from ui.show.wording import figure_value

THIN = "\u202f"


def handout(language: str) -> Handout:
    story = town_story()
    pictures = {stop.id: np.full((90, 160, 3), 90, np.uint8) for stop in story.stops}
    project = replace(toy_town.project(), stories=(story,))
    return Handout(project=project, story=story, language=language, pictures=pictures)


@pytest.mark.parametrize(("language", "word"), [("ko", "남쪽에서"), ("en", "From the south")])
def test_the_handout_has_a_page_for_each_stop_and_its_letters_inside(
    qapp: object, tmp_path: Path, language: str, word: str
) -> None:
    path = tmp_path / "x.pdf"
    assert write_handout(handout(language), path) == 4
    data = path.read_bytes()
    assert len(re.findall(rb"/Type\s*/Page\b", data)) == 4
    assert b"/FontFile2" in data or b"/FontFile3" in data
    assert len(data) < 900_000  # letters that are used, not whole typefaces
    reader = shutil.which("pdftotext")
    if reader is not None:
        done = subprocess.run([reader, str(path), "-"], capture_output=True, check=True)
        assert word in done.stdout.decode()


def test_the_poster_is_one_page(qapp: object, tmp_path: Path) -> None:
    path = tmp_path / "x.pdf"
    write_poster(handout("ar"), path)
    assert len(re.findall(rb"/Type\s*/Page\b", path.read_bytes())) == 1


@pytest.mark.parametrize(
    ("language", "unit", "value", "qualifier", "written"),
    [
        ("en", "m2", 160000.0, "", f"160,000{THIN}m²"),
        ("fr", "m2", 160000.0, "over", f"plus de 160{THIN}000{THIN}m²"),
        ("ko", "years", 25.0, "", "25년"),
        ("en", "%", 78.0, "about", "about 78%"),
        ("fr", "km", 1.78, "", f"1,78{THIN}km"),
        ("en", "year", 2015.0, "", "2015"),
        ("ko", "M€", 4.3, "", "430만 유로"),
        ("ko", "bnKRW", 100.0, "", "1,000억 원"),
        ("fr", "MMAD", 94.0, "", f"94{THIN}millions de dirhams"),
        ("ar", "M€", 4.3, "", f"\u20664,3\u2069{THIN}مليون يورو"),
        ("ar", "degC", 28.0, "", f"\u206628{THIN}°C\u2069"),
    ],
)
def test_figures_are_written_as_the_language_writes_them(
    qapp: object, language: str, unit: str, value: float, qualifier: str, written: str
) -> None:
    figure = Figure(label={}, value=value, unit=unit, qualifier=qualifier, source="x")
    assert figure_value(figure, language) == written


def test_diagnostics_and_logs_hold_no_secret(
    qapp: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BELVEDERE_STATE", str(tmp_path / "state"))
    handler = diagnostics.begin_log()
    assert handler is not None
    log = logging.getLogger("test.secrets")
    log.warning("password: hunter2 at https://me:s3cret@example.org/x?token=abc123&q=1")
    log.warning("Authorization: Bearer abcdef123456")
    log.warning("{\"password\": \"two words\", 'token': 'single quotes'}")
    handler.close()
    logging.getLogger().removeHandler(handler)
    path = tmp_path / "d.zip"
    diagnostics.save(path, {"note": "api_key=zzz999"})
    with zipfile.ZipFile(path) as archive:
        whole = "".join(archive.read(name).decode() for name in archive.namelist())
    assert "PySide6" in whole
    assert "example.org" in whole
    for secret in ("hunter2", "s3cret", "abc123", "abcdef123456", "zzz999", "words", "quotes"):
        assert secret not in whole
