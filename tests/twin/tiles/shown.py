"""A baked town in a session on a stage, for tests of streamed layers."""

from __future__ import annotations

import math
from pathlib import Path

from tests.twin.tiles.cities import ROOT
from twin.model.project import View
from twin.registry import Registry
from twin.render.binding import SessionStage
from twin.render.stage import Stage
from twin.synth.grid import synthetic_city
from twin.work.assemble import assemble
from twin.work.session import Session

BUILDINGS = 3_000
SIZE = (640, 400)


class Shown:
    """A tileset in a session on a stage."""

    def __init__(self, tileset: Path) -> None:
        registry = Registry.discover([ROOT / "layers"])
        project, problems = assemble([tileset], registry, crs="EPSG:2154")
        assert not [p for p in problems if p.severity.value == "error"]
        self.session = Session(project, tileset.parent, registry)
        self.session.start()
        self.session.wait()
        self.layer_id = project.layers[0].id
        self.stage = Stage(size=SIZE)
        self.binding = SessionStage(self.session, self.stage)

    def look(
        self, position: tuple[float, float, float], target: tuple[float, float, float]
    ) -> None:
        self.stage.camera.look(View(id="", title={}, position=position, target=target))
        self.settle()

    def settle(self) -> None:
        while self.stage.upload(math.inf):
            pass
        self.binding.follow()
        self.session.wait()
        self.stage.render()

    @property
    def runtime(self):
        return self.session.layer(self.layer_id)

    def close(self) -> None:
        self.binding.close()
        self.stage.close()
        self.session.close()


def house_under(shown: Shown, index: int) -> tuple[str, tuple[float, float]]:
    city = synthetic_city(BUILDINGS, 1)
    middle = city.geometry.iloc[index].centroid
    x0, y0, _ = shown.session.project.frame.origin
    return city["feature_id"].iloc[index], (middle.x - x0, middle.y - y0)


def under_the_middle(shown: Shown) -> str:
    hit = shown.stage.pick(SIZE[0] / 2, SIZE[1] / 2)
    return "" if hit is None else str(shown.runtime.table.feature_ids[hit.row])
