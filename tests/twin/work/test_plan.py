"""Variants and phases in a session: one query gives the state at a moment in a variant."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely

from twin.model import plans
from twin.model.geoframe import GeoFrame
from twin.model.layer import LayerSpec, Source
from twin.model.project import Delta, Phase, Project, Variant
from twin.model.table import FeatureTable, Raster
from twin.progress import Unattended
from twin.registry import Registry
from twin.store.codec import from_json, to_json
from twin.work.plan import changed_raster, changed_table
from twin.work.session import Session

ROOT = Path(__file__).resolve().parents[3]
X, Y = 645_000.0, 6_858_000.0


def at(year: int) -> datetime:
    return datetime(year, 1, 1, tzinfo=UTC)


def box(x: float, y: float, width: float = 10.0) -> str:
    return shapely.box(X + x, Y + y, X + x + width, Y + y + width).wkt


PHASES = (
    Phase(id="site", label={"en": "Site"}, start=at(2028), end=at(2030), status="permitted"),
    Phase(id="town", label={"en": "Town"}, start=at(2030), end=at(2033)),
    Phase(id="never", label={"en": "Never"}, start=at(2029), status="refused"),
)
DELTAS = (
    Delta(variant="a", phase="site", layer="houses", feature_id="h0", op="remove"),
    Delta(
        variant="a",
        phase="town",
        layer="houses",
        feature_id="new",
        op="add",
        values={"geometry": box(0, 0), "height_m": 30.0, "use": "housing", "timber": "yes"},
    ),
    Delta(variant="a", phase="town", layer="houses", feature_id="h1", op="modify", values={"height_m": 21.0}),
    Delta(variant="a", phase="never", layer="houses", feature_id="h2", op="remove"),
)  # fmt: skip
PROJECT = Project(
    title={"en": "t"},
    frame=GeoFrame(crs="EPSG:2154", origin=(X, Y, 0.0)),
    variants=(Variant(id="a", label={"en": "A"}),),
    phases=PHASES,
    deltas=DELTAS,
)


def houses_spec(folder: Path) -> LayerSpec:
    """Write three houses; return their layer."""
    frame = gpd.GeoDataFrame(
        {"feature_id": ["h0", "h1", "h2"], "height_m": [6.0, 9.0, 12.0], "use": ["house"] * 3},
        geometry=[shapely.box(X + d, Y + 30, X + d + 8, Y + 38) for d in (0, 20, 40)],
        crs="EPSG:2154",
    )
    frame.to_file(folder / "houses.gpkg")
    return LayerSpec(
        id="houses",
        type="belvedere.buildings",
        title={"en": "Houses"},
        sources={"buildings": Source(path="houses.gpkg")},
    )


def terrain_spec(folder: Path) -> LayerSpec:
    """Write a plain 50 m above the sea, in cells of 2 m; return its layer."""
    head = f"ncols 100\nnrows 100\nxllcorner {X - 60}\nyllcorner {Y - 60}\ncellsize 2\n"
    row = " ".join(["50.0"] * 100) + "\n"
    (folder / "ground.asc").write_text(head + row * 100, encoding="ascii")
    return LayerSpec(
        id="terrain",
        type="belvedere.terrain",
        title={"en": "Ground"},
        sources={"elevation": Source(path="ground.asc", crs="EPSG:2154")},
    )


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    spec = houses_spec(tmp_path)
    registry = Registry.discover([ROOT / "layers"])
    session = Session(replace(PROJECT, layers=(spec,), at=at(2026)), tmp_path, registry)
    session.start()
    session.wait()
    yield session
    session.close()


def standing(session: Session, year: int) -> dict[str, float]:
    session.clock.set(at(year))
    runtime = session.layer("houses")
    assert runtime.table is not None
    frame = runtime.table.frame[runtime.rows_visible]
    return dict(zip(frame["feature_id"], frame["height_m"], strict=True))


def test_the_state_at_a_moment_in_a_variant(session: Session) -> None:
    assert standing(session, 2040) == {"h0": 6.0, "h1": 9.0, "h2": 12.0}
    session.set_variant("a")
    session.wait()
    assert standing(session, 2027) == {"h0": 6.0, "h1": 9.0, "h2": 12.0}
    assert standing(session, 2029) == {"h1": 9.0, "h2": 12.0}
    assert standing(session, 2031) == {"h2": 12.0, "new": 30.0, "h1~town": 21.0}
    session.set_variant("")
    session.wait()
    assert standing(session, 2031) == {"h0": 6.0, "h1": 9.0, "h2": 12.0}


def test_what_is_added_is_drawn_and_measured_like_everything_else(session: Session) -> None:
    session.set_variant("a")
    session.wait()
    runtime = session.layer("houses")
    assert runtime.table is not None
    row = runtime.table.row_of("new")
    frame = runtime.table.frame
    assert frame["footprint_m2"][row] == pytest.approx(100.0)
    assert frame["volume_m3"][row] == pytest.approx(3000.0)
    assert frame["timber"][row] == "yes"
    assert (frame["plan_phase"][row], frame["plan_variant"][row]) == ("town", "a")
    assert (runtime.drawables[0].row_of_vertex == row).any()  # type: ignore[union-attr]


def test_changes_are_undone_and_done_again(session: Session) -> None:
    session.set_variant("a")
    session.wait()
    delta = replace(DELTAS[0], feature_id="h2")
    session.do("plan.delta", lambda p: plans.with_delta(p, delta))
    session.wait()
    assert standing(session, 2029) == {"h1": 9.0}
    session.undo()
    session.wait()
    assert standing(session, 2029) == {"h1": 9.0, "h2": 12.0}
    session.redo()
    session.wait()
    assert standing(session, 2029) == {"h1": 9.0}


def test_a_variant_that_goes_away_is_shown_no_more(session: Session) -> None:
    session.set_variant("a")
    session.do("plan.variant", lambda p: plans.without_variant(p, "a"))
    session.wait()
    assert session.variant == ""
    assert len(standing(session, 2031)) == 3


def test_moving_a_phase_moves_all_that_happens_in_it(session: Session) -> None:
    session.set_variant("a")
    later = replace(PHASES[1], start=at(2035), end=None)
    session.do("plan.phase", lambda p: plans.with_phase(p, later))
    session.wait()
    assert "new" not in standing(session, 2034)
    assert "new" in standing(session, 2036)


def test_a_derived_variant_follows_its_parent_and_a_duplicate_does_not() -> None:
    project = plans.derived(PROJECT, "a", Variant(id="child", label={"en": "Child"}))
    project = plans.duplicated(project, "a", Variant(id="double", label={"en": "Double"}))
    more = replace(DELTAS[0], feature_id="h9")
    changed = plans.with_delta(project, more)
    ids = {
        v: {c.feature_id for c in plans.changes_of(changed, v)["houses"]}
        for v in ("a", "child", "double")
    }
    assert ids["child"] == ids["a"] == {"h0", "new", "h1", "h9"}
    assert ids["double"] == {"h0", "new", "h1"}


def test_a_derived_variant_has_its_own_way_and_may_take_back_what_its_parent_does() -> None:
    project = plans.derived(PROJECT, "a", Variant(id="child", label={"en": "Child"}))
    taller = replace(DELTAS[1], variant="child", values={**DELTAS[1].values, "height_m": 50.0})
    kept = replace(DELTAS[0], variant="child", op="keep")
    project = plans.with_delta(plans.with_delta(project, taller), kept)
    child = {c.feature_id: c for c in plans.changes_of(project, "child")["houses"]}
    assert child["new"].values["height_m"] == 50.0
    assert "h0" not in child
    parent = {c.feature_id: c for c in plans.changes_of(project, "a")["houses"]}
    assert parent["new"].values["height_m"] == 30.0
    assert "h0" in parent


def test_children_of_a_variant_that_is_removed_keep_what_they_show() -> None:
    project = plans.derived(PROJECT, "a", Variant(id="child", label={"en": "Child"}))
    before = plans.changes_of(project, "child")
    after = plans.changes_of(plans.without_variant(project, "a"), "child")
    assert [(c.feature_id, c.op, c.start) for c in after["houses"]] == [
        (c.feature_id, c.op, c.start) for c in before["houses"]
    ]


def test_parents_in_a_circle_end() -> None:
    ring = (Variant(id="x", label={}, parent="y"), Variant(id="y", label={}, parent="x"))
    assert {v.id for v in plans.lineage(replace(PROJECT, variants=ring), "x")} == {"x", "y"}


def test_plans_survive_the_file() -> None:
    phase = replace(PHASES[0], permit="PC accordé le 3 mars")
    project = replace(PROJECT, phases=(phase, *PHASES[1:]))
    again, problems = from_json(to_json(project), "project.json")
    assert not problems
    assert (again.variants, again.phases) == (project.variants, project.phases)
    assert plans.changes_of(again, "a") == plans.changes_of(project, "a")


def change(**values: object) -> plans.Change:
    told = {
        "feature_id": "f",
        "op": "add",
        "values": {},
        "start": None,
        "phase": "p",
        "status": "planned",
        "variant": "v",
    }
    return plans.Change(**{**told, **values})  # type: ignore[arg-type]


def table() -> FeatureTable:
    frame = gpd.GeoDataFrame(
        {"feature_id": ["h0"], "height_m": [6.0]}, geometry=[shapely.box(X, Y, X + 8, Y + 8)]
    )
    return FeatureTable(frame=frame, crs="EPSG:2154", name="houses")


@pytest.mark.parametrize(
    ("bad", "key"),
    [
        (change(op="remove", feature_id="nobody"), "plan.no_feature"),
        (change(values={"height_m": 3.0}), "plan.no_geometry"),
        (change(values={"geometry": "POLYGON((oops"}), "plan.bad_geometry"),
        (change(values={"geometry": "POLYGON EMPTY"}), "plan.bad_geometry"),
    ],
)
def test_a_change_that_cannot_be_made_is_named_and_the_rest_stands(
    bad: plans.Change, key: str
) -> None:
    heard = Unattended()
    made = changed_table(
        table(), [bad, change(feature_id="g", values={"geometry": box(0, 9)})], heard
    )
    assert key in [p.key for p in heard.problems]
    assert list(made.frame["feature_id"]) == ["h0", "g"]


def test_values_may_not_take_over_ids_or_times_of_rows() -> None:
    made = changed_table(
        table(),
        [
            change(
                feature_id="g",
                values={"geometry": box(0, 9), "feature_id": "h0", "valid_to": "1900"},
            )
        ],
        Unattended(),
    )
    assert list(made.frame["feature_id"]) == ["h0", "g"]
    assert made.frame["valid_to"].isna().all()


def test_the_ground_is_cut_and_filled_inside_the_outline_only() -> None:
    raster = Raster(
        values=np.full((10, 10), 50.0, np.float32),
        x_min=X,
        y_max=Y + 100,
        dx=10,
        dy=10,
        crs="EPSG:2154",
    )
    cut = change(op="modify", values={"geometry": box(20, 20, 30), "level_m": 44.0})
    changed = changed_raster(raster, [cut], Unattended())
    assert (changed.values == 44.0).sum() == 9
    assert (changed.values[5:8, 2:5] == 44.0).all()
    assert (raster.values == 50.0).all()


def test_earthworks_begin_with_their_phase_and_houses_stand_on_them(tmp_path: Path) -> None:
    project = replace(
        PROJECT,
        layers=(terrain_spec(tmp_path), houses_spec(tmp_path)),
        deltas=tuple(
            Delta(
                variant="a", phase=phase, layer="terrain", feature_id=f"ground-{i}", op="modify",
                values={"geometry": box(-20, 10, 100), "level_m": level},
            )
            for i, (phase, level) in enumerate((("site", 44.0), ("town", 56.0)))
        ),
        at=at(2026),
    )  # fmt: skip
    session = Session(project, tmp_path, Registry.discover([ROOT / "layers"]))
    session.start()
    session.wait()

    def ground_and_foot(year: int) -> tuple[float, float]:
        session.clock.set(at(year))
        session.wait()
        bounds = session.layer("houses").bounds
        assert bounds is not None
        return float(session.ground.height_m(np.array([[24.0, 34.0]]))[0]), bounds[2]

    seen = []
    for year in (2027, 2029, 2031, 2027):
        session.set_variant("a")
        ground, foot = ground_and_foot(year)
        assert foot <= ground < foot + 2.0
        seen.append(ground)
    assert seen == pytest.approx([50.0, 44.0, 56.0, 50.0])
    session.set_variant("")
    session.wait()
    assert ground_and_foot(2031)[0] == pytest.approx(50.0)
    session.close()


def test_an_analysis_of_another_day_stands_on_the_ground_of_that_day(tmp_path: Path) -> None:
    from twin.model.kept import KeptAnalysis
    from twin.work.kept import question, ready_of

    dug = Delta(
        variant="a", phase="site", layer="terrain", feature_id="ground-1", op="modify",
        values={"geometry": box(-20, 10, 100), "level_m": 44.0},
    )  # fmt: skip
    layers = (terrain_spec(tmp_path), houses_spec(tmp_path))
    project = replace(PROJECT, layers=layers, deltas=(dug,), at=at(2026))
    session = Session(project, tmp_path, Registry.discover([ROOT / "layers"]))
    session.set_variant("a")
    session.start()
    session.wait()

    def foot(day: str) -> float:
        kept = KeptAnalysis(id="s", kind="sun", title={}, asked={"date": day})
        town = ready_of(question(session, kept), Unattended()).town
        assert float(town.ground.height_m(np.array([[24.0, 34.0]]))[0]) in (44.0, 50.0)
        houses = next(b for b in town.bodies if b.layer_id == "houses")
        return float(houses.drawables[0].xyz_in_scene[:, 2].min())  # type: ignore[union-attr]

    assert foot("2029-03-21") == pytest.approx(foot("2027-03-21") - 6.0, abs=0.01)
    session.close()


@pytest.mark.parametrize("level", ["deep", None, float("nan")])
def test_earthworks_without_a_level_are_named(level: object) -> None:
    raster = Raster(values=np.zeros((4, 4), np.float32), x_min=X, y_max=Y, dx=1, dy=1, crs="")
    heard = Unattended()
    changed_raster(raster, [change(values={"geometry": box(0, 0), "level_m": level})], heard)
    assert [p.key for p in heard.problems] == ["plan.bad_geometry"]
