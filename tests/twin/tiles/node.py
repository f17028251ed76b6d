"""Programs of others that run in node, installed at set-up beside this file."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

NPM = Path(__file__).parent / "npm"

needs_node = pytest.mark.skipif(
    shutil.which("node") is None or not (NPM / "node_modules").is_dir(),
    reason="needs node and its packages: npm ci in tests/twin/tiles/npm",
)


def node(*arguments: str | Path, timeout_s: float = 120) -> Any:
    """Return the JSON that a program of ``NPM`` prints last."""
    done = subprocess.run(
        ["node", *map(str, arguments)], cwd=NPM, capture_output=True, text=True, timeout=timeout_s,
        check=False, env={**os.environ, "NODE_OPTIONS": ""},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout.strip().splitlines()[-1])
