"""What expressions say of places, against shapely pair by pair."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely

from twin.model.expressions import ExpressionError, Rows, matching_rows, parse, values_of
from twin.model.layer import LayerSpec
from twin.model.table import FeatureTable
from twin.work.around import Around, Neighbour

RNG = np.random.default_rng(5)
XY = RNG.uniform(0, 1000, (60, 2))
HOUSES = [shapely.box(x, y, x + 12, y + 9) for x, y in XY]
STOPS = [shapely.Point(p) for p in RNG.uniform(0, 1000, (15, 2))]
PARKS = [shapely.box(100, 100, 500, 420), shapely.box(600, 600, 990, 990)]
WAYS = [shapely.LineString([(0, 500), (1000, 520)]), shapely.LineString([(300, 0), (310, 1000)])]


def neighbour(name: str, title: str, geometry: list, **columns: object) -> Neighbour:
    frame = gpd.GeoDataFrame(
        {"feature_id": [f"{name}-{i}" for i in range(len(geometry))], **columns},
        geometry=geometry,
        crs="EPSG:2154",
    )
    table = FeatureTable(frame=frame, crs="EPSG:2154")
    spec = LayerSpec(id=name, type="x", title={"en": title, "fr": f"{title} (fr)"})

    def column_of(column: str) -> np.ndarray | None:
        return frame[column].to_numpy() if column in frame.columns else None

    return Neighbour(
        spec=spec,
        layer=object(),
        table=table,
        columns=tuple(frame.columns[:-1]),
        column_of=column_of,
    )


NEIGHBOURS = {
    n.spec.id: n
    for n in (
        neighbour("houses", "Houses", HOUSES, valid_from=["1900"] * 30 + ["2020"] * 30, height=list(range(60))),
        neighbour("stops", "Stops", STOPS, kind=["metro", "bus", "bus"] * 5),
        neighbour("parks", "Parks", PARKS, valid_from=["1900", "2040"]),
        neighbour("ways", "Ways", WAYS),
    )
}  # fmt: skip
AROUND = Around(
    layer="houses",
    neighbours=NEIGHBOURS,
    names={"houses": "houses", "stops": "stops", "parks": "parks", "ways": "ways", "ways (fr)": "ways"},
    selected={"stops": frozenset({"stops-2"}), "houses": frozenset({"houses-7"})},
    at=datetime(2026, 6, 1, tzinfo=UTC),
    time_zone="Europe/Paris",
    folder=Path(),
)  # fmt: skip
HOUSE_ROWS = Rows(
    count=60,
    columns=NEIGHBOURS["houses"].columns,
    column_of=NEIGHBOURS["houses"].column_of,
    places=AROUND,
)


def kept(text: str) -> set[int]:
    return set(np.flatnonzero(matching_rows(parse(text), HOUSE_ROWS)).tolist())


def expected(test) -> set[int]:
    return {i for i, house in enumerate(HOUSES) if test(house)}


def test_places_are_those_of_shapely() -> None:
    assert kept("within('parks')") == expected(lambda h: h.within(PARKS[0]))  # the other is of 2040
    assert kept("intersects('parks')") == expected(lambda h: h.intersects(PARKS[0]))
    assert kept("intersects('Ways (fr)')") == expected(lambda h: any(h.intersects(w) for w in WAYS))
    assert kept("near('stops', 60)") == expected(lambda h: any(h.distance(s) <= 60 for s in STOPS))
    metro = [s for i, s in enumerate(STOPS) if i % 3 == 0]
    assert kept("proche('stops', 90, 'kind = \"metro\"')") == expected(
        lambda h: any(h.distance(s) <= 90 for s in metro)
    )
    assert kept("near('selection', 200) and height > 3") == {
        i
        for i in expected(lambda h: h.distance(STOPS[2]) <= 200 or h.distance(HOUSES[7]) <= 200)
        if i > 3 and (i != 7 or HOUSES[7].distance(STOPS[2]) <= 200)
    }


def test_no_feature_is_beside_itself() -> None:
    at = datetime(2026, 6, 1, tzinfo=UTC)
    assert at == AROUND.at
    near = expected(lambda h: any(h is not o and h.distance(o) <= 40 for o in HOUSES))
    assert kept("near('houses', 40)") == near
    assert kept("count('houses', 40) = 0") == set(range(60)) - near


def test_distances_and_counts() -> None:
    away = values_of(parse("distance('stops')"), HOUSE_ROWS)
    np.testing.assert_allclose(away, [min(h.distance(s) for s in STOPS) for h in HOUSES])
    count = values_of(parse("count('stops', 150)"), HOUSE_ROWS)
    np.testing.assert_array_equal(count, [sum(h.distance(s) <= 150 for s in STOPS) for h in HOUSES])
    np.testing.assert_allclose(values_of(parse("area() + 0 * length()"), HOUSE_ROWS), 108.0)


def test_across_time() -> None:
    assert kept("exists('2010-05-01')") == set(range(30))
    assert kept("exists('2026')") == set(range(60))
    assert kept("exists('2026') and not exists('2010')") == set(range(30, 60))


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("near('stop', 10)", "expression.unknown_layer"),
        ("near(stops, 10)", "expression.unknown_column"),
        ("near('stops', height)", "expression.number_wanted"),
        ("near('stops')", "expression.number_wanted"),
        ("near('stops', 10, 'kind >')", "expression.incomplete"),
        ("served_by('ways')", "expression.no_network"),
        ("exists('yesterday')", "expression.not_a_day"),
    ],
)
def test_what_cannot_be_asked_is_said(text: str, key: str) -> None:
    with pytest.raises(ExpressionError) as told:
        kept(text)
    assert told.value.key == key
