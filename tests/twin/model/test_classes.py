"""Natural breaks against mapclassify, and as a style."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

from twin.model.classes import natural_breaks
from twin.model.style import Graduated
from twin.model.styling import breaks_of


@pytest.mark.parametrize("classes", [2, 3, 5, 7])
@pytest.mark.parametrize("seed", range(3))
def test_bounds_are_those_of_mapclassify(classes: int, seed: int) -> None:
    mapclassify = pytest.importorskip("mapclassify", reason="in the extra 'planning'")
    chance = np.random.default_rng(seed)
    values = np.concatenate([chance.normal(m, 2, 20) for m in (0, 30, 45, 100)])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that numba would make it faster
        theirs = mapclassify.FisherJenks(values, k=classes).bins[:-1]
    np.testing.assert_allclose(natural_breaks(values, classes), theirs)


def test_a_large_column_is_classed_like_its_sample() -> None:
    values = np.repeat([1.0, 2.0, 50.0, 51.0, 200.0], 20_000)
    np.testing.assert_allclose(natural_breaks(values, 3), [2.0, 51.0])


@pytest.mark.parametrize("values", [[], [3.0], [3.0, 3.0, 3.0]])
def test_one_value_has_no_bounds(values: list[float]) -> None:
    assert len(natural_breaks(np.array(values), 5)) == 0


def test_a_style_puts_every_group_into_a_class_of_its_own() -> None:
    values = np.array([1.0, 2, 3, 40, 41, 42, 90, 91, 92])
    breaks = breaks_of(Graduated(column="x", method="natural", classes=3), values)
    assert np.searchsorted(breaks, values, side="right").tolist() == [0, 0, 0, 1, 1, 1, 2, 2, 2]


@pytest.mark.parametrize(
    ("method", "theirs"), [("quantiles", "Quantiles"), ("equal", "EqualInterval")]
)
def test_the_other_methods_class_as_mapclassify_does(method: str, theirs: str) -> None:
    mapclassify = pytest.importorskip("mapclassify", reason="in the extra 'planning'")
    values = np.random.default_rng(8).gamma(2.0, 10.0, 997)
    bins = getattr(mapclassify, theirs)(values, k=6).bins[:-1]
    found = breaks_of(Graduated(column="x", method=method, classes=6), values)
    # Ours are rounded to what a legend can say: a thousandth of the span.
    np.testing.assert_allclose(found, bins, atol=1e-3 * np.ptp(values))
