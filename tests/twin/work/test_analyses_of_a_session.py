"""Analyses of a session: towns of other variants, answers in a process of their own, shadow as an indicator."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest

from tests.ui.planner.conftest import ROOT, X, Y, estate
from twin.errors import BelvedereError, Cancelled
from twin.model.kept import AGAINST, KINDS, KeptAnalysis
from twin.model.project import Delta, Phase, Variant
from twin.progress import Unattended
from twin.registry import Registry
from twin.work import kept as work
from twin.work.answers import EXPORTS, export_answer, read_answer
from twin.work.indicators import indicators_of_variants
from twin.work.jobs import Job
from twin.work.other_town import town_asked, town_made
from twin.work.session import Session
from twin.work.studies import STUDIES, keep_answer

LATER = datetime(2030, 6, 1, 11, tzinfo=UTC)
TOWER = f"POLYGON (({X + 45} {Y - 40}, {X + 55} {Y - 40}, {X + 55} {Y - 25}, {X + 45} {Y - 25}, {X + 45} {Y - 40}))"
SUN = {"date": "2030-03-21", "threshold_h": 2.0, "step_min": 30.0, "spacing_m": 4.0}
ASKED = {
    "sun": SUN,
    "facades": {**SUN, "housing_only": False},
    "shade": {"date": "2030-03-21", "names": ["bench", "field"],
              "places": [[X + 50, Y - 20, 1.0], [X + 300, Y - 60, 1.0]]},
    "irradiation": {"surfaces": ["roof"], "spacing_m": 8.0, "year": 2030},
    "sight": {"places": [[X + 50, Y - 60, 1.6], [X + 50, Y + 1, 5.0], [X + 30, Y - 60, 1.6]]},
    "viewshed": {"eyes": [[X + 50, Y - 60, 1.6]], "radius_m": 90.0, "spacing_m": 4.0},
    "monument": {"layers": ["houses"], "features": ["house-1"], "radius_m": 60.0, "spacing_m": 8.0},
    "view": {"layers": ["houses"], "features": ["house-1"], "spacing_m": 5.0},
    "zoning": {"zones": "parcels", "height": "max_height_m", "rule": "rule", "buildings": "houses"},
}  # fmt: skip
COMPARED = {
    "sun": "difference_h",
    "shade": "difference_h",
    "viewshed": "change",
    "monument": "seen_share_difference",
    "view": "sky_difference",
}


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    """The estate, with a tower before the second house in a variant."""
    folder = tmp_path_factory.mktemp("estate")
    project = replace(
        estate(folder),
        at=LATER,
        variants=(Variant(id="tower", label={"en": "Tower"}),),
        phases=(Phase(id="p", label={"en": "P"}, start=datetime(2028, 1, 1, tzinfo=UTC)),),
        deltas=(
            Delta(
                variant="tower",
                phase="p",
                layer="houses",
                feature_id="new",
                op="add",
                values={"geometry": TOWER, "height_m": 40.0, "storeys": 13, "use": "housing"},
            ),
        ),
    )
    made = Session(project, folder, Registry.discover([ROOT / "layers"]))
    made.start()
    assert made.wait(60)
    made.set_variant("tower")
    assert made.wait(60)
    yield made
    made.close()


def answered(session: Session, kind: str, folder: Path, **more: object) -> work.Made:
    """Answer as the process does, without starting one."""
    kept = KeptAnalysis(id=kind, kind=kind, title={"en": kind}, asked={**ASKED[kind], **more})
    question = work.question(session, kept)
    path = folder / f"{kind}.parquet"
    told = keep_answer(work.ready_of(question, Unattended()), str(path), Unattended())
    columns = tuple(told["columns"])
    return work.Made(kept=question.kept, summary=told["summary"], columns=columns, path=path)


def test_the_process_answers_the_same(session: Session, tmp_path: Path) -> None:
    here = read_answer(answered(session, "sun", tmp_path).path, "sun")
    kept = KeptAnalysis(id="sun", kind="sun", title={}, asked=SUN)
    made = work.answer_apart(work.question(session, kept), tmp_path / "apart.parquet", Unattended())
    there = read_answer(made.path, "sun")
    assert made.summary["samples"] == len(there)
    for name, values in here.columns.items():
        np.testing.assert_array_equal(values, there.columns[name])


def test_every_kind_has_a_study() -> None:
    assert set(STUDIES) == set(KINDS) == set(ASKED)


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_is_answered_kept_and_exported(
    session: Session, kind: str, tmp_path: Path
) -> None:
    made = answered(session, kind, tmp_path)
    answer = read_answer(made.path, kind)
    assert tuple(n for n in answer.columns if n != "geometry") == tuple(
        n for n in made.columns if n != "geometry"
    )
    assert len(answer) > 0
    for suffix in EXPORTS:
        export_answer(str(made.path), kind, str(tmp_path / f"x{suffix}"), Unattended())
    assert len(gpd.read_file(tmp_path / "x.gpkg")) == len(answer)
    table = gpd.pd.read_csv(tmp_path / "x.csv")
    assert list(table.columns) == [n for n in made.columns if n != "geometry"]
    assert (tmp_path / "x.glb").read_bytes()[:4] == b"glTF"
    layer = work.with_answer(session.project, made).layers[-1]
    assert layer.style is not None
    rule = layer.style.rule
    assert rule.column in made.columns or rule.column == "rule"


@pytest.mark.parametrize("kind", COMPARED)
def test_before_and_after_differ_by_the_tower(session: Session, kind: str, tmp_path: Path) -> None:
    made = answered(session, kind, tmp_path, **{AGAINST: "existing"})
    column = read_answer(made.path, kind).columns[COMPARED[kind]]
    if kind == "viewshed":
        assert "lost" in set(column)
    elif kind == "shade":
        assert column[0] > 1.0  # the bench behind it
        assert column[1] == pytest.approx(0.0, abs=0.6)
    else:
        assert column.min() < -0.05
        assert column.max() < 1e-6
    made = answered(session, kind, tmp_path, **{AGAINST: "tower"})
    same = read_answer(made.path, kind).columns[COMPARED[kind]]
    assert set(same) == {"same"} if kind == "viewshed" else not np.any(same)


def test_the_town_of_another_variant_is_that_which_would_be_shown(session: Session) -> None:
    there = town_made(town_asked(session, "existing", LATER), Unattended())
    ids = {b.layer_id: set(b.feature_ids[b.rows]) for b in there.bodies}
    assert "new" not in ids["houses"]
    shown = town_made(town_asked(session, "tower", LATER), Unattended())
    assert "new" in {i for b in shown.bodies for i in b.feature_ids[b.rows]}
    early = datetime(2020, 1, 1, tzinfo=UTC)
    before = town_made(town_asked(session, "tower", early), Unattended())
    assert "new" not in {i for b in before.bodies for i in b.feature_ids[b.rows]}
    with pytest.raises(BelvedereError) as told:
        town_asked(session, "castle", LATER)
    assert told.value.problem.key == "analyse.unknown_variant"


def test_shadow_on_places_is_an_indicator_of_every_variant(session: Session) -> None:
    answer = indicators_of_variants(session, shaded=ASKED["shade"]["places"], day=LATER.date())
    found = {
        (v, i): h
        for v, i, h in zip(
            answer.columns["variant"],
            answer.columns["indicator"],
            answer.columns["value"],
            strict=True,
        )
    }
    assert found["tower", "shadow_hours.1"] > found["", "shadow_hours.1"]
    mean = (found["tower", "shadow_hours.1"] + found["tower", "shadow_hours.2"]) / 2
    assert found["tower", "shadow_hours"] == pytest.approx(mean, abs=1e-3)
    assert all(
        "shadow" not in str(i) for i in indicators_of_variants(session, [""]).columns["indicator"]
    )


def test_a_kept_answer_is_stale_when_what_it_is_compared_with_changes(session: Session) -> None:
    kept = KeptAnalysis(id="a", kind="sun", title={}, asked={**SUN, AGAINST: "existing"})
    fresh = replace(kept, made_of=work.fingerprint(session, kept))
    assert not work.stale(session, fresh)
    assert work.stale(session, replace(fresh, asked={**SUN, AGAINST: "tower"}))


def test_a_question_that_is_cancelled_ends(session: Session, tmp_path: Path) -> None:
    long = {**SUN, "until": "2030-12-31", "spacing_m": 0.3}
    kept = KeptAnalysis(id="sun", kind="sun", title={}, asked=long)
    job = Job("job.analyse", "sun")
    threading.Timer(1.5, job.cancel).start()
    with pytest.raises(Cancelled):
        work.answer_apart(work.question(session, kept), tmp_path / "x.parquet", job)
    assert not (tmp_path / "x.parquet").exists()


@pytest.mark.parametrize(
    ("kind", "asked", "key"),
    [
        ("monument", {"features": []}, "analyse.no_monument"),
        ("sight", {"places": []}, "analyse.no_place"),
        ("shade", {"places": []}, "analyse.no_place"),
        ("view", {"features": ["nobody"]}, "analyse.unknown_feature"),
        ("zoning", {"zones": "nowhere"}, "analyse.unknown_layer"),
        ("monument", {"spacing_m": 0.05, "radius_m": 5000.0}, "analyse.too_fine"),
    ],
)
def test_what_cannot_be_answered_is_said(
    session: Session, kind: str, asked: dict[str, object], key: str, tmp_path: Path
) -> None:
    with pytest.raises(BelvedereError) as told:
        answered(session, kind, tmp_path, **asked)
    assert told.value.problem.key == key
