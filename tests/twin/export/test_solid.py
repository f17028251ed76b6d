"""A model for a 3D printer: closed, of one piece, in millimetres, as high as the town is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import trimesh

from tests.twin.render import toy_town
from twin.errors import BelvedereError
from twin.export.solid import BASE_MM, PLATE_MM, solid_of, write_solid
from twin.work.session import Session
from twin.work.town import town_of

SIDE_M = 160.0


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    session = toy_town.open_town(tmp_path_factory.mktemp("town"))
    yield session
    session.close()


@pytest.mark.parametrize("suffix", [".stl", ".3mf"])
def test_the_solid_is_watertight_and_to_scale(town: Session, tmp_path: Path, suffix: str) -> None:
    solid = solid_of(town_of(town), (0.0, 0.0), SIDE_M)
    path = tmp_path / f"town{suffix}"
    write_solid(solid, path)
    mesh = trimesh.load(path, force="mesh")
    mesh.merge_vertices()
    assert mesh.is_watertight
    assert mesh.is_winding_consistent
    assert mesh.body_count == 1
    assert mesh.volume > BASE_MM * PLATE_MM**2
    assert mesh.extents[:2] == pytest.approx([PLATE_MM, PLATE_MM], abs=1e-3)
    (houses,) = [p for p in _solids(town) if p.layer_id == "houses"]
    roof_m = houses.xyz_in_scene[:, 2].max()
    assert solid.scale == pytest.approx(SIDE_M * 1000 / PLATE_MM)
    # As high above the lowest ground in the square as the highest roof, at that scale.
    grid = np.stack(np.meshgrid(*[np.linspace(-80, 80, 41)] * 2), axis=-1).reshape(-1, 2)
    low_m = float(np.min(town.ground.height_m(grid)))
    tall_mm = (roof_m - low_m) * 1000 / solid.scale + BASE_MM
    assert mesh.extents[2] == pytest.approx(tall_mm, rel=0.03)


def _solids(town: Session):
    from twin.drawables import Role
    from twin.export.parts import parts_of

    return parts_of(town, roles=frozenset({Role.SOLID}), glyphs=False)


def test_a_format_that_printers_do_not_read_is_refused(town: Session, tmp_path: Path) -> None:
    solid = solid_of(town_of(town), (0.0, 0.0), SIDE_M)
    with pytest.raises(BelvedereError) as caught:
        write_solid(solid, tmp_path / "town.obj")
    assert caught.value.problem.key == "export.solid_suffix"


def test_nothing_on_flat_ground_is_nothing_to_print(town: Session) -> None:
    with pytest.raises(BelvedereError) as caught:
        solid_of(town_of(town, shown=()), (1e6, 1e6), SIDE_M)
    assert caught.value.problem.key == "export.nothing_solid"
