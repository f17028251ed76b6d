"""A story's page in a browser, from the disk: with and without WebGL, wide and as a phone, no request leaves it."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.twin.export.test_taking import needs_script, page
from tests.twin.render import toy_town
from twin.analysis import cuts
from twin.export.page import write_page
from twin.work.sections import to_story
from twin.work.session import Session

NPM = Path(__file__).parents[1] / "tiles" / "npm"
pytestmark = pytest.mark.skipif(
    shutil.which("chromium") is None or not (NPM / "node_modules").is_dir(),
    reason="needs chromium, node and its packages: npm ci in tests/twin/tiles/npm",
)


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    session = toy_town.open_town(tmp_path_factory.mktemp("town"))
    yield session
    session.close()


def opened(index: Path, kind: str, size: tuple[int, int]) -> Any:
    browser = shutil.which("chromium") or ""
    done = subprocess.run(
        ["node", "page.mjs", str(index), browser, kind, *map(str, size)],
        cwd=NPM, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout.strip().splitlines()[-1])


@pytest.mark.parametrize(
    ("language", "kind", "size"),
    [("ar", "scene", (1280, 720)), ("ko", "scene", (390, 844)), ("ko", "flat", (390, 844))],
)
def test_a_page_opens_from_the_disk_and_asks_nobody(
    town: Session, tmp_path: Path, language: str, kind: str, size: tuple[int, int]
) -> None:
    needs_script()
    made = page(language)
    plane = cuts.through(np.array([-60.0, 5.0, 0.0]), np.array([60.0, 5.0, 0.0]))
    opened_up = replace(made.story.stops[1], section=to_story((plane,)))
    told = replace(made.story, stops=(made.story.stops[0], opened_up, *made.story.stops[2:]))
    # A font that is none is said by the browser: letters are tested with the real ones.
    index = write_page(replace(made, story=told, fonts=[]), town, tmp_path / "web", None)
    found = opened(index, kind, size)
    assert found["asked"] == []
    assert found["said"] == []
    begun = found["begun"]
    assert begun["ready"] == kind
    assert begun["direction"] == ("rtl" if language == "ar" else "ltr")
    assert begun["title"] == told.stops[0].title[language]
    assert not begun["overflow"]
    if kind == "scene" and language == "ar":
        assert begun["card"][0] > size[0] / 2  # the words are where one begins to read
    assert [begun["count"], *found["seen"]] == ["1 / 3", "2 / 3", "3 / 3", "3 / 3"]
    assert found["turned"]["looking"] == (kind == "scene")
