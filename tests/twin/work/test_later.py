"""A layer in another process is never waited for by the owner of a session: its answers come when they come."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.twin.isolation.conftest import needs_walls, write_plugin
from twin.isolation.discovery import open_registry
from twin.isolation.trust import TrustStore
from twin.isolation.warden import Warden
from twin.model.geoframe import GeoFrame
from twin.model.layer import LayerSpec, Source
from twin.model.project import Project
from twin.work.session import Session
from ui.plugin_home import BUNDLED

pytestmark = needs_walls
NOON = datetime(2026, 6, 21, 12, tzinfo=UTC)
SLOW = """
    def columns_at(self, table, params, at):
        import time
        time.sleep(0.4)
        if at.hour == 23:
            raise ValueError("no such hour")
        return {"hour": np.full(len(table), float(at.hour))}
"""


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    write_plugin(tmp_path / "plugins" / "stranger", more=SLOW)
    points = tmp_path / "points.geojson"
    points.write_text(
        '{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {},'
        ' "geometry": {"type": "Point", "coordinates": [2.3, 48.85]}}]}'
    )
    registry = open_registry(BUNDLED, Warden(TrustStore()), user=tmp_path / "plugins")
    spec = LayerSpec(
        id="slow", type="stranger", title={}, sources={"features": Source(path=str(points))}
    )
    frame = GeoFrame(crs="EPSG:2154", origin=(648000.0, 6862000.0, 0.0))
    made = Session(Project(title={}, frame=frame, layers=(spec,), at=NOON), tmp_path, registry)
    made.start()
    assert made.wait(30)
    yield made
    for runtime in made.layers():
        runtime.layer.close()
    made.close()


def test_the_clock_goes_on_and_the_last_moment_arrives(session: Session) -> None:
    runtime = session.layer("slow")
    assert runtime.columns_now["hour"].tolist() == [12.0]
    for hours in (1, 2, 3):
        session.clock.set(NOON + timedelta(hours=hours))
        assert runtime.columns_now["hour"].tolist() == [12.0]  # nobody waited
    assert session.wait(30)
    assert runtime.columns_now["hour"].tolist() == [15.0]


def test_a_fault_is_a_problem_and_the_values_stay(session: Session) -> None:
    runtime = session.layer("slow")
    session.clock.set(NOON.replace(hour=23))
    assert session.wait(30)
    assert runtime.columns_now["hour"].tolist() == [12.0]
    assert "plugin.raised" in [p.key for p in runtime.problems]
    session.clock.set(NOON.replace(hour=14))
    assert session.wait(30)
    assert runtime.columns_now["hour"].tolist() == [14.0]
