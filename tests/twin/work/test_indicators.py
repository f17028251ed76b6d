"""Indicators of variants side by side, through a session."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import pytest

from tests.twin.work.test_plan import (
    PROJECT,
    ROOT,
    X,
    Y,
    at,
    box,
    houses_spec,
    session,  # noqa: F401 - a fixture
)
from twin.errors import BelvedereError
from twin.export.numbers import Numbers
from twin.model import plans
from twin.model.layer import LayerSpec, Source
from twin.model.project import Delta, Variant
from twin.progress import Unattended
from twin.registry import Registry
from twin.work.assemble import assemble
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
        "    return [api.Fact(label={'en': 'Features'}, value=rows, formula={'en': 'count of rows'})]\n"
        "def bad(tables, at):\n"
        "    raise ValueError('no')\n"
    )
    registry = Registry.discover([ROOT / "layers", tmp_path / "plugins"])
    import shapely

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
        assert {i.id: (i.value, i.formula["en"]) for i in found}["benches"] == (
            1.0,
            "count of rows",
        )
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


def test_layers_that_are_shown_tell_their_numbers_of_what_stands_then(tmp_path: Path) -> None:
    folder = tmp_path / "plugins" / "wells"
    folder.mkdir(parents=True)
    (folder / "plugin.toml").write_text(
        'id = "wells"\nversion = "1"\napi = "0.1"\ntitle = "Wells"\n'
        '[[contributions.layers]]\nid = "wells"\nclass = "layer:Wells"\ntitle = "Wells"\n'
        'accepts = ["point"]\n'
    )
    (folder / "layer.py").write_text(
        "import numpy as np\nfrom twin import api\n"
        "class Wells:\n"
        "    asked = None\n"
        "    def load(self, ctx):\n        return ctx.read('features')\n"
        "    def build(self, table, params, view):\n        return []\n"
        "    def indicators(self, table, params, at):\n"
        "        self.asked = at\n"
        "        total = np.float64(table.frame['depth_m'].sum())\n"
        "        return [api.Fact(label={'en': 'Depth in all', 'fr': 'Profondeur'}, value=total, unit='m'),\n"
        "                api.Fact(label={'en': 'Unknown'}, value=float('nan'))]\n"
    )
    gpd.GeoDataFrame(
        {"feature_id": ["w0", "w1"], "depth_m": [100.0, 30.0], "valid_to": ["2020-01-01", None]},
        geometry=gpd.points_from_xy([X, X + 5], [Y, Y]),
        crs="EPSG:2154",
    ).to_file(tmp_path / "w.gpkg")
    wells = LayerSpec(
        id="w", type="wells", title={"en": "Deep wells", "fr": "Puits"},
        sources={"features": Source(path="w.gpkg")},
    )  # fmt: skip
    hidden = replace(wells, id="h", visible=False)
    registry = Registry.discover([ROOT / "layers", tmp_path / "plugins"])
    project = replace(PROJECT, layers=(houses_spec(tmp_path), wells, hidden), at=at(2026))
    opened = Session(project, tmp_path, registry)
    try:
        opened.start()
        opened.wait()
        found = answer_of(asked_of(opened), Unattended())
        one = {i.id: i for i in found["a"]}["w.depth_in_all"]
        assert (one.value, one.unit) == (30.0, "m")
        assert one.label == {"en": "Deep wells: Depth in all", "fr": "Puits: Profondeur"}
        assert one.formula["fr"] == "comme le compte la couche « Puits »"
        assert {i.id: i.value for i in found[""]}["w.unknown"] is None
        assert not [i for i in found[""] if i.id.startswith("h.")]
        # What its charts show is still what the clock says.
        assert opened.layer("w").layer.asked is None
    finally:
        opened.close()


def test_a_town_of_surfaces_has_a_perimeter_and_fills_the_sheet_that_comes_along(
    tmp_path: Path,
) -> None:
    """A city model of somebody, one building whose outline and use nobody tells."""
    roof = {"type": "MultiSurface", "lod": "2", "boundaries": [[[0, 1, 2, 3]]]}
    model = {
        "type": "CityJSON",
        "version": "2.0",
        "transform": {"scale": [1, 1, 1], "translate": [X, Y, 0]},
        "metadata": {"referenceSystem": "https://www.opengis.net/def/crs/EPSG/0/2154"},
        "CityObjects": {"b": {"type": "Building", "geometry": [roof]}},
        "vertices": [[0, 0, 5], [10, 0, 5], [10, 8, 5], [0, 8, 5]],
    }
    file = tmp_path / "one.city.json"
    file.write_text(json.dumps(model), encoding="utf-8")
    registry = Registry.discover([ROOT / "layers"])
    project, _ = assemble([file], registry)
    town = Session(project, tmp_path, registry)
    try:
        town.start()
        town.wait()
        numbers = Numbers(town, "en")
        ((_, found),) = numbers.indicator("perimeter")
        assert found.value == pytest.approx(80.0)
        wanted = ["footprint", "floor_area.residential"]
        assert [row[0] for row in numbers.rows(wanted, "", ())[1:]] == ["Footprint (m²)"]
        with pytest.raises(BelvedereError, match="unknown"):
            numbers.rows(["floor_area.castles"], "", ())
    finally:
        town.close()
