"""The texts of the interface as Qt's own tool finds them: each is worded in every language."""

from __future__ import annotations

import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from ui.i18n import catalogue

ROOT = Path(__file__).resolve().parents[3]
LUPDATE = Path(sys.executable).with_name("pyside6-lupdate")


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """Every key that lupdate extracts from the interface."""
    if not LUPDATE.exists():
        pytest.skip("pyside6-lupdate is not installed")
    folder = tmp_path_factory.mktemp("lupdate")
    sources = folder / "sources.txt"
    sources.write_text("\n".join(map(str, sorted((ROOT / "ui").rglob("*.py")))), encoding="utf-8")
    out = folder / "found.ts"
    command = [str(LUPDATE), f"@{sources}", "-ts", str(out)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert out.is_file(), done.stderr
    texts = ET.parse(out).getroot().iter("source")
    return {text.text for text in texts if text.text}


def test_the_tool_finds_the_interface(found: set[str]) -> None:
    assert len(found) > 500
    assert {"console.title", "stop.aside"} <= found


@pytest.mark.parametrize("language", catalogue.LANGUAGES)
def test_every_extracted_text_is_worded(found: set[str], language: str) -> None:
    known = catalogue.entries(language)
    missing = []
    for key in sorted(found):
        begin, brace, _ = key.partition("{")
        made_up = brace or key[-1] in "._"  # the rest of such a key is made up while running
        worded = any(name.startswith(begin) for name in known) if made_up else key in known
        if not worded and "." in begin:
            missing.append(key)
    assert missing == []
