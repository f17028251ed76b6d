"""Whatever a manifest may declare has an effect: one plugin that brings one of each kind, trusted and behind walls."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.twin.isolation.conftest import needs_walls
from tests.twin.work.brought import all_kinds
from twin import io
from twin.errors import PluginError
from twin.io.formats import FORMATS
from twin.isolation.discovery import open_registry
from twin.isolation.trust import TrustStore, digest
from twin.isolation.warden import Warden
from twin.model.edits import edited
from twin.model.feed import FeedSpec
from twin.model.geoframe import GeoFrame
from twin.model.layer import Fact, LayerSpec, Source
from twin.model.panels import Button, Form, Grid, Image, Paragraph
from twin.model.project import Project
from twin.progress import Unattended
from twin.registry import KINDS, Contribution
from twin.shapes import GLYPHS, glyphs
from twin.work.brought import calls, data, layers
from twin.work.feeds import maker
from twin.work.session import Session
from twin.work.systems import systems_of
from ui.networks.words import commodity
from ui.plugin_home import BUNDLED

ORIGIN = (652000.0, 6862000.0, 0.0)


class Used:
    """The plugin in a session, with what the user decided."""

    def __init__(self, tmp_path: Path, *, trusted: bool) -> None:
        self.folder = all_kinds.write(tmp_path / "plugins" / "many")
        self.store = TrustStore()
        if trusted:
            self.store.change(self.folder, trusted=digest(self.folder))
        self.registry = open_registry(BUNDLED, Warden(self.store), user=tmp_path / "plugins")
        source = Source(path=str(self.folder / "points.csv"))
        spec = LayerSpec(id="posts", type="many", title={}, sources={"features": source})
        project = Project(
            title={},
            frame=GeoFrame(crs="EPSG:2154", origin=ORIGIN),
            layers=(spec,),
            at=datetime.now(UTC),
        )
        self.session = Session(project, tmp_path, self.registry)
        self.session.start()
        assert self.session.wait(30)

    def brought(self, kind: str) -> Contribution:
        return next(c for c in self.registry.contributions(kind) if c.plugin == "many")

    def asked(self, kind: str, **more: Any) -> calls.Asked:
        return calls.asked_of(self.session, self.brought(kind), **more)


@pytest.fixture(params=["trusted", pytest.param("isolated", marks=needs_walls)])
def used(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Used]:
    made = Used(tmp_path, trusted=request.param == "trusted")
    yield made
    for runtime in made.session.layers():
        close = getattr(runtime.layer, "close", None)
        if close is not None:
            close()
    made.session.close()
    FORMATS.pop("plugin:many.reader", None)
    glyphs._CONTRIBUTED.pop("many.cone", None)


def test_every_kind_is_there(used: Used) -> None:
    declared = {c.kind for c in used.registry.plugins["many"].contributions}
    assert declared == set(KINDS)


def test_functions(used: Used) -> None:
    """The layer, its glyph, its network, a tool, a panel and an analysis."""
    runtime = used.session.layer("posts")
    assert [p.key for p in runtime.problems] == ["io.crs_assumed"]
    (drawn,) = runtime.drawables
    assert drawn.shape == "many.cone"  # type: ignore[union-attr]
    cone = GLYPHS["many.cone"]
    assert cone.size_m[2] == pytest.approx(3, abs=0.1)
    assert float(cone.xyz[:, 2].max()) == 1.0
    assert runtime.table is not None
    (system,) = systems_of(runtime.layer, runtime.spec, runtime.table, used.session.folder)
    assert (system.network.commodity, len(system.network.edges)) == ("many.hydrogen", 1)
    assert commodity(used.session, system.network) == "Hydrogen"
    places = np.array([[652000.0, 6862000, 0], [652030, 6862040, 0]])
    found = calls.use_tool(used.asked("tools", places=places))
    assert [f.value for f in found.facts] == [50.0]
    assert found.drawables[0].xyz_in_scene[1].tolist() == [30, 40, 0]  # type: ignore[union-attr]
    parts = calls.show_panel(used.asked("panels", values={"least_m": 3.5}))
    kinds = [type(p) for p in parts]
    assert kinds[:4] == [Paragraph, Fact, Form, Grid]
    assert kinds[5:] == [Image, Button]
    assert parts[1].value == 3.5  # type: ignore[union-attr]
    table = calls.run_analysis(used.asked("analyses"))
    path = layers.table_path(used.session.folder, used.brought("analyses"), used.session.folder)
    layers.write_table(table, path)
    made_of = used.brought("analyses")
    used.session.do("x", lambda p: layers.with_table(p, made_of, path, "now"))
    assert used.session.wait(30)
    answer = used.session.layer("analysis-many.analysis")
    assert answer.table is not None
    assert round(float(answer.table.frame.geometry.area.iloc[0])) == 78


def test_a_command_changes_the_project_as_far_as_it_is_granted(used: Used) -> None:
    if used.registry.is_isolated("many"):
        with pytest.raises(PluginError) as caught:
            calls.use_command(used.asked("commands"))
        assert caught.value.problem.key == "plugin.not_granted"
        used.store.change(used.folder, project=True)
    edits = calls.use_command(used.asked("commands"))
    used.session.do("hide", lambda p: edited(p, edits, "many"))
    assert not used.session.project.layer("posts").visible
    used.session.undo()
    assert used.session.project.layer("posts").visible


def test_files(used: Used) -> None:
    """Styles, stories, datasets, translations and a format."""
    told: list[str] = []
    (style,) = data.styles(used.registry, lambda p: told.append(p.key))
    assert style.fits("many", ("height_m",))
    assert not style.fits("many", ("width_m",))
    story = data.story_of(used.registry.load(used.brought("stories")))
    assert [s.id for s in story.stops] == ["first"]
    assert used.registry.label("many", "params.size_m", "ko") == "크기"
    path = used.session.folder / "x.manypoints"
    path.write_text("x,y\n652000,6862000\n")
    table = io.read(path, progress=Unattended())
    assert len(table) == 1
    assert told == []


def test_a_dataset_is_fetched_from_hosts_that_were_granted(used: Used) -> None:
    told: list[str] = []
    if used.registry.is_isolated("many"):
        assert data.datasets(used.registry, "fr", lambda p: told.append(p.key)) == []
        assert told == ["plugin.not_granted"]
        used.store.change(used.folder, hosts=("data.example.org",))
    (found,) = data.datasets(used.registry, "fr", lambda p: told.append(p.key))
    assert found.url == "https://data.example.org/wfs"


class Taken:
    """A context of a feed that keeps what is emitted."""

    url, options = "", {}

    def __init__(self) -> None:
        self.stopping = asyncio.Event()
        self.results: list[float] = []

    def connected(self) -> None:
        pass

    def now_us(self) -> int:
        return 1

    async def room(self) -> None:
        pass

    async def pause(self, _seconds: float) -> bool:
        return True

    def emit(self, batch: Any, _streams: Any = (), **_more: Any) -> None:
        self.results += batch.column("result").to_pylist()
        self.stopping.set()


def test_a_feed_of_a_plugin_is_made_as_ours_are(used: Used) -> None:
    make, spec = maker(used.registry), FeedSpec(id="f", kind="many.feed", url="")
    if used.registry.is_isolated("many"):
        with pytest.raises(PluginError) as caught:
            make(spec)
        assert caught.value.problem.key == "plugin.not_granted"
        used.store.change(used.folder, feeds=("many.feed",))

    async def run() -> list[float]:
        taken = Taken()
        await make(spec).run(taken)  # type: ignore[arg-type]
        return taken.results

    assert asyncio.run(run()) == [1.5]


ANSWERS = {
    "5": "plugin.bad_answer",
    "[5]": "plugin.bad_answer",
    "1 / 0": "plugin.failed plugin.raised",
    "[api.Grid(columns=[{'en': 'A'}], rows=[[1, 2]])]": "plugin.bad_answer",
    "[api.Image(rgba=np.zeros((9000, 2, 4), np.uint8), text={})]": "plugin.bad_answer",
    "[api.Paragraph(text={'en': 'x' * 90_000})]": "plugin.bad_answer",
    "[api.Form(fields=[api.Field(name='a b', label={}, value=1)])]": "plugin.bad_answer",
    "[api.Form(fields=[api.Field(name='a', label={}, value=900)])]": "plugin.bad_answer",
    "[api.Paragraph(text={'en': 'x'})] * 300": "plugin.bad_answer",
}


def test_a_panel_that_lies_is_a_problem(used: Used) -> None:
    """One call each; all in one process start-up would hide a plugin that dies."""
    code = all_kinds.CODE.split("def panel(")[0]
    for answer, keys in ANSWERS.items():
        (used.folder / "code.py").write_text(
            f"{code}\ndef panel(tables, at, values):\n    return {answer}\n"
        )
        if not used.registry.is_isolated("many"):
            break  # its module is imported already
        with pytest.raises(PluginError) as caught:
            calls.show_panel(used.asked("panels"))
        assert caught.value.problem.key in keys, answer
