"""docs/plugins.md shows the example as it is, and copying it works as the page says."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from twin.contract import check_folder

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "plugins" / "hello_points"


def _blocks(language: str) -> list[str]:
    page = (ROOT / "docs" / "plugins.md").read_text(encoding="utf-8")
    return re.findall(rf"```{language}\n(.*?)```", page, re.DOTALL)


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def test_the_manifest_on_the_page_is_that_of_the_example() -> None:
    (shown,) = _blocks("toml")
    real = (EXAMPLE / "plugin.toml").read_text(encoding="utf-8").replace(
        'accepts = ["point"]                       # offered when a file of points is dropped on the window',
        'accepts = ["point"]                       # of: point line polygon mesh raster table',
    )  # fmt: skip
    words = {line.partition("#")[0].strip() for line in _lines(real)} - {""}
    assert {line.partition("#")[0].strip() for line in _lines(shown)} == words


def test_the_code_on_the_page_is_that_of_the_example() -> None:
    real = (EXAMPLE / "layer.py").read_text(encoding="utf-8")
    for block in _blocks("python"):
        for line in _lines(block):
            if not line.startswith("def "):  # types are left out on the page
                assert line in real
            else:
                assert line.partition("(")[0] + "(" in real


def test_the_example_is_short() -> None:
    code = [
        line
        for line in _lines((EXAMPLE / "layer.py").read_text(encoding="utf-8"))
        if not line.startswith(("#", '"""', "import ", "from "))
    ]
    assert len(code) <= 45


def test_a_copy_under_another_name_keeps_the_contract(tmp_path: Path) -> None:
    copy = tmp_path / "my_layer"
    shutil.copytree(EXAMPLE, copy, ignore=shutil.ignore_patterns("__pycache__"))
    manifest = copy / "plugin.toml"
    text = manifest.read_text(encoding="utf-8").replace('id = "hello_points"', 'id = "my_layer"')
    manifest.write_text(text, encoding="utf-8")
    assert [p.key for p in check_folder(copy)] == []
