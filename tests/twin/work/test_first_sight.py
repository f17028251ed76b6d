"""The first buildings of a large city model are shown while the rest is read."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest

from benchmarks.city_model import model
from tests.twin.io.made import write_json
from twin import io
from twin.io import door
from twin.progress import Unattended
from twin.registry import Registry
from twin.work import assemble as assembling
from twin.work import first_sight
from twin.work.session import Session

LAYERS = Path(__file__).resolve().parents[3] / "layers"
MANY, FEW = 1200, 100


@pytest.fixture
def city(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A city model that counts as large."""
    monkeypatch.setattr(door, "FIRST_BYTES", 1000)
    monkeypatch.setattr(first_sight, "ROWS", FEW)
    monkeypatch.setattr(assembling, "LOOKED_AT", FEW)
    return write_json(tmp_path / "city.city.json", model(MANY))


def test_the_first_buildings_come_before_all_of_them(city: Path, tmp_path: Path) -> None:
    types = Registry.discover([LAYERS])
    project, _ = assembling.assemble([city], types)
    session = Session(project, tmp_path, types)
    seen: list[tuple[int, int, list[str]]] = []

    def note(_layer: str, _aspects: object) -> None:
        (runtime,) = session.layers()
        if runtime.table is not None and runtime.drawables:
            ids = [str(i) for i in runtime.table.feature_ids[:FEW]]
            seen.append((len(runtime.table), len(runtime.drawables), ids))

    session.layer_changed.connect(note)
    session.start()
    session.wait()
    rows = [count for count, _, _ in seen]
    assert FEW <= rows[0] < MANY
    assert rows[-1] == MANY
    assert seen[0][2] == seen[-1][2]  # rows of the part are those of the whole
    assert [problem.key for _, problem in session.problems] == ["layer.no_relief"]
    session.close()


def test_of_a_large_model_a_part_says_what_it_is(city: Path) -> None:
    (part,), (whole,) = io.inspect(city, first=FEW).layers, io.inspect(city).layers
    assert FEW <= part.count < whole.count == MANY
    assert [a.name for a in part.attributes] == [a.name for a in whole.attributes]
    assert (part.crs, part.kind, part.lods) == (whole.crs, whole.kind, whole.lods)


def test_a_sequence_gives_its_first_features_too(tmp_path: Path, city: Path) -> None:
    from twin.io import write_table
    from twin.progress import Unattended

    path = tmp_path / "city.city.jsonl"
    write_table(io.read(city, progress=Unattended()), path)
    assert io.gives_first(path)
    few = io.read(path, progress=Unattended(), options={"first": 40})
    assert 30 <= len(few) <= 60


@pytest.mark.parametrize("name", ["small.city.json", "town.geojson", "no.json"])
def test_what_is_small_or_of_another_format_is_read_at_once(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    if not name.startswith("no"):
        write_json(path, model(3))
    assert not io.gives_first(path)


@pytest.mark.parametrize("order", [("CityObjects", "vertices"), ("vertices", "CityObjects")])
def test_the_first_features_are_those_of_the_whole(tmp_path: Path, order: tuple[str, str]) -> None:
    document = model(8_000)
    for name in order:
        document[name] = document.pop(name)
    path = tmp_path / "city.city.json"
    path.write_bytes(orjson.dumps(document))
    whole = io.read(path, progress=Unattended())
    first = io.read(path, progress=Unattended(), options={"first": 500})
    assert 500 <= len(first) < 1_000
    assert first.feature_ids[:500].tolist() == whole.feature_ids[:500].tolist()
    assert first.mesh is not None
    assert whole.mesh is not None
    corners = [m.xyz_in_crs[m.triangles[m.row_of_triangle < 500]] for m in (first.mesh, whole.mesh)]
    assert corners[0] == pytest.approx(corners[1])
