"""A streamed cloud in a session: it stays there whatever it is coloured by."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from tests.twin.io.copc import write
from tests.twin.io.test_las import X, Y
from twin import api
from twin.model.geoframe import GeoFrame
from twin.model.layer import LayerSpec, Source
from twin.model.project import Project
from twin.work.session import Session
from twin.work.streaming import StreamedRows, table_of_rows, take_rows
from ui.cli.projects import registry

POINTS = 60_000
"""More than what is read of a cloud that is streamed."""


def test_another_colouring_keeps_a_cloud_whose_tiles_have_come(tmp_path: Path) -> None:
    path = write(tmp_path / "town.copc.laz", POINTS)
    spec = LayerSpec(
        id="cloud",
        type="belvedere.points",
        title={"en": "Cloud"},
        sources={"points": Source(path=str(path))},
    )
    project = Project(
        title={"en": "Town"}, frame=GeoFrame(crs="EPSG:2154", origin=(X, Y, 0.0)), layers=(spec,)
    )
    session = Session(project, tmp_path, registry())
    session.start()
    session.wait()
    came = table_of_rows({}, np.zeros(0, bool), crs="EPSG:2154", name="cloud")
    none = np.zeros(0, bool)
    take_rows(
        session,
        "cloud",
        StreamedRows(table=came, taken=none, rgba_of_file=np.zeros((0, 4), np.uint8), problems=()),
    )
    session.do(
        "edit.settings", lambda p: p.with_layer(replace(spec, params={"colour_by": "height"}))
    )
    session.wait()
    (drawn,) = session.layer("cloud").drawables
    assert isinstance(drawn, api.Tileset)
    assert drawn.options["by"] == "height"
    legend = session.layer("cloud").legend
    assert legend is not None
    assert legend.unit == "m"
    session.close()
