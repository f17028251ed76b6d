"""The legend of a cloud follows what its points are coloured by, also where they are streamed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from tests.twin.io import copc
from tests.twin.io.test_las import X, Y
from twin.model.geoframe import GeoFrame
from twin.model.layer import LayerSpec, Source
from twin.model.project import Project
from twin.work.captions import explained
from twin.work.session import Session
from ui.cli.projects import registry
from ui.viewport.overlay.contents import legends


def test_the_legend_follows_the_choice(tmp_path: Path) -> None:
    path = copc.write(tmp_path / "a.copc.laz", 60_000, a_node=10_000)
    source = Source(path=path.name, crs="EPSG:2154")
    spec = LayerSpec(
        id="scan", type="belvedere.points", title={"en": "Scan"}, sources={"points": source}
    )
    frame = GeoFrame(crs="EPSG:2154", origin=(X, Y, 0.0))
    project = Project(title={"en": "t"}, frame=frame, layers=(spec,))
    session = Session(project, tmp_path, registry())
    try:
        session.start()
        session.wait(20)
        seen = {}
        for by in ("class", "height", "file", "intensity", "class"):
            session.do(
                "colour", lambda p, b=by: p.with_layer(replace(spec, params={"colour_by": b}))
            )
            session.wait(20)
            sections = legends(session)
            seen[by] = [(s.what, len(s.legend.entries)) for s in sections if s.legend.entries]
            assert len(explained(session.layers())) == (by != "file")
        assert seen["height"] == [("Height", 6)]
        assert seen["intensity"] == [("Intensity", 6)]
        assert seen["file"] == []
        assert seen["class"][0][0] == "Classes"
    finally:
        session.close()
