"""The checkers of style, types and imports pass: here, so that one command runs everything."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

TOOLS = {
    "style": ["ruff", "check", "--no-fix", "."],
    "format": ["ruff", "format", "--check", "."],
    "types": ["mypy"],
    "imports": ["lint-imports", "--no-logo"],
}


@pytest.mark.parametrize("tool", TOOLS)
def test_passes(tool: str) -> None:
    name, *arguments = TOOLS[tool]
    program = shutil.which(name, path=sysconfig.get_path("scripts"))
    assert program is not None, f"{name} is not installed beside {sys.executable}: run 'make setup'"
    environment = {**os.environ, "NO_COLOR": "1", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [program, *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"\n{done.stdout}{done.stderr}"
