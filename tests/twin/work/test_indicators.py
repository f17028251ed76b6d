"""Indicators of variants side by side, through a session."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.twin.work.test_plan import PROJECT, ROOT, box, session  # noqa: F401 - a fixture
from twin.model import plans
from twin.model.project import Delta, Variant
from twin.progress import Unattended
from twin.registry import Registry
from twin.work.indicators import answer_of, asked_of, indicators_of_variants, table_of
from twin.work.session import Session


def test_a_variant_is_counted_with_all_its_phases_and_beside_the_city_as_it_is(
    session: Session,  # noqa: F811
) -> None:
    answer = indicators_of_variants(session)
    of = {
        (v, i): (value, difference)
        for v, i, value, difference in zip(
            *(answer.columns[n] for n in ("variant", "indicator", "value", "difference")),
            strict=True,
        )
    }
    assert of["", "footprint"] == (pytest.approx(3 * 64.0), None)
    # h0 is gone, h1 is 21 m high instead of 9, and a block of 10 by 10 m and 30 m is there.
    assert of["a", "footprint"] == (pytest.approx(2 * 64.0 + 100.0), pytest.approx(36.0))
    assert of["a", "volume"][0] == pytest.approx(64 * 21 + 64 * 12 + 3000.0)
    assert of["a", "height_max"][0] == 30.0


def test_the_shown_variant_makes_no_difference_to_the_numbers(
    session: Session,  # noqa: F811
) -> None:
    before = answer_of(asked_of(session), Unattended())
    session.set_variant("a")
    session.wait()
    after = answer_of(asked_of(session), Unattended())
    assert {v: [i.value for i in own] for v, own in before.items()} == {
        v: [i.value for i in own] for v, own in after.items()
    }


def test_numbers_in_french_have_french_words(session: Session) -> None:  # noqa: F811
    asked = asked_of(session)
    answer = table_of(answer_of(asked, Unattended()), asked, "fr")
    assert "Emprise au sol" in set(answer.columns["label"])


def test_a_plugin_adds_its_indicators_and_a_broken_one_is_named(tmp_path: Path) -> None:
    folder = tmp_path / "plugins" / "benches"
    folder.mkdir(parents=True)
    (folder / "plugin.toml").write_text(
        'id = "benches"\nversion = "1"\napi = "0.1"\ntitle = "Benches"\n'
        '[[contributions.indicators]]\nid = "benches"\nclass = "numbers:benches"\ntitle = "Benches"\n'
        '[[contributions.indicators]]\nid = "benches.bad"\nclass = "numbers:bad"\ntitle = "Bad"\n'
    )
    (folder / "numbers.py").write_text(
        "from twin import api\n"
        "def benches(tables, at):\n"
        "    rows = sum(len(t) for t in tables.values())\n"
        "    return [api.Fact(label={'en': 'Features'}, value=rows, unit='')]\n"
        "def bad(tables, at):\n"
        "    raise ValueError('no')\n"
    )
    registry = Registry.discover([ROOT / "layers", tmp_path / "plugins"])
    import geopandas as gpd
    import shapely

    from twin.model.layer import LayerSpec, Source

    gpd.GeoDataFrame(
        {"feature_id": ["h0"], "height_m": [6.0]},
        geometry=[shapely.from_wkt(box(0, 0))],
        crs="EPSG:2154",
    ).to_file(tmp_path / "h.gpkg")
    spec = LayerSpec(
        id="houses",
        type="belvedere.buildings",
        title={"en": "H"},
        sources={"buildings": Source(path="h.gpkg")},
    )
    opened = Session(replace(PROJECT, layers=(spec,), deltas=()), tmp_path, registry)
    try:
        opened.start()
        opened.wait()
        heard = Unattended()
        found = answer_of(asked_of(opened, [""]), heard)[""]
        assert {i.id: i.value for i in found}["benches"] == 1.0
        assert [p.where for p in heard.problems] == ["benches.bad"]
    finally:
        opened.close()


def test_a_derived_variant_counts_what_its_parent_changes(session: Session) -> None:  # noqa: F811
    session.do("plan", lambda p: plans.derived(p, "a", Variant(id="b", label={"en": "B"})))
    more = Delta(
        variant="b", phase="town", layer="houses", feature_id="b1", op="add",
        values={"geometry": box(60, 60), "height_m": 3.0},
    )  # fmt: skip
    session.do("plan", lambda p: plans.with_delta(p, more))
    found = answer_of(asked_of(session, ["a", "b"]), Unattended())
    buildings = {v: own[0].value for v, own in found.items()}
    assert buildings == {"a": 3.0, "b": 4.0}
