"""Plugins written for a test, and layers of them behind walls."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from twin.isolation import confine
from twin.isolation.budget import Budget
from twin.isolation.proxy import IsolatedLayer
from twin.isolation.trust import TrustStore
from twin.isolation.warden import Warden
from twin.registry import read_manifest

MANIFEST = """
id = "stranger"
version = "1"
api = "0.1"
title = { en = "Stranger", fr = "Inconnu" }
[[contributions.layers]]
id = "stranger"
class = "layer:Stranger"
title = { en = "Stranger", fr = "Inconnu" }
icon = "mdi6.help"
accepts = ["point"]
"""

CODE = """
from __future__ import annotations
import numpy as np
from twin import api

class Stranger:
    def load(self, ctx):
        {load}
        return ctx.read("features")

    def build(self, table, params, view):
        {build}
        n = len(table)
        xyz = np.zeros((n, 3), dtype=np.float32)
        return [api.Points(xyz_in_scene=xyz, row_of_point=np.arange(n, dtype=np.int32))]
"""

SMALL = Budget(start_s=20, load_s=2, build_s=2, ask_s=2, memory_mib=3000, answer_mib=64)

needs_walls = pytest.mark.skipif(
    bool(confine.reason_without()), reason=f"no sandbox here: {confine.reason_without()}"
)


def write_plugin(folder: Path, *, load: str = "pass", build: str = "pass", more: str = "") -> Path:
    """Write a plugin whose methods begin with lines of a test."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "plugin.toml").write_text(MANIFEST)
    indent = "\n        "
    code = CODE.format(load=load.replace("\n", indent), build=build.replace("\n", indent))
    (folder / "layer.py").write_text(code + more)
    return folder


Stranger = Callable[..., IsolatedLayer]


@pytest.fixture
def warden() -> Warden:
    return Warden(TrustStore(), SMALL)


@pytest.fixture
def stranger(tmp_path: Path, warden: Warden) -> Iterator[Stranger]:
    """Write a plugin and return its layer behind walls."""
    made: list[IsolatedLayer] = []

    def make(**lines: str) -> IsolatedLayer:
        folder = write_plugin(tmp_path / "stranger", **lines)
        manifest = read_manifest(folder)
        made.append(IsolatedLayer(manifest, manifest.layers[0], warden))
        return made[-1]

    yield make
    for layer in made:
        layer.close()
