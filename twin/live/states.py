"""How fresh a value is, how it was obtained, and whether it crosses a threshold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from twin.drawables import Text
from twin.model.table import Quality

STALE_AFTER_S = 3600.0
"""Age at which a value counts as stale when its sensor does not say."""


class State(StrEnum):
    """What stands behind the value that a sensor shows now."""

    LIVE = "live"  # from a feed that runs now
    REPLAYED = "replayed"  # recorded, played again on the clock of the project
    SIMULATED = "simulated"  # made by a model
    ESTIMATED = "estimated"  # computed between observations, or by a timetable
    STALE = "stale"  # the last value is older than the sensor's limit
    MISSING = "missing"  # no value at all


STATE_WORDS: Mapping[str, Text] = MappingProxyType(
    {
        State.LIVE.value: {"en": "live", "fr": "en direct", "ko": "실시간", "ar": "مباشر"},
        State.REPLAYED.value: {"en": "replayed", "fr": "rejoué", "ko": "재생", "ar": "معاد عرضه"},
        State.SIMULATED.value: {
            "en": "simulated",
            "fr": "simulé",
            "ko": "시뮬레이션",
            "ar": "محاكى",
        },
        State.ESTIMATED.value: {"en": "estimated", "fr": "estimé", "ko": "추정", "ar": "تقديري"},
        State.STALE.value: {"en": "stale", "fr": "périmé", "ko": "오래됨", "ar": "قديم"},
        State.MISSING.value: {
            "en": "no value",
            "fr": "pas de valeur",
            "ko": "값 없음",
            "ar": "بلا قيمة",
        },
    }
)
"""What a click and a legend say of each state."""


class Status(StrEnum):
    """How a value stands to its thresholds."""

    OK = "ok"
    WARN = "warn"
    ALARM = "alarm"
    MISSING = "missing"


def state_of_quality(quality: Quality) -> State:
    """Return the state of fresh recorded values: simulated ones stay simulated when they are
    replayed.
    """
    made = (Quality.SIMULATED, Quality.SYNTHETIC, Quality.ESTIMATED)
    return State.SIMULATED if quality in made else State.REPLAYED


def states(
    value: NDArray[Any], age_s: NDArray[Any], stale_after_s: ArrayLike, *, fresh: State
) -> NDArray[Any]:
    """Return the state of every row.

    Parameters
    ----------
    value, age_s : (n,) float64
        Latest value and its age, as :meth:`twin.live.Timeline.latest` gives them.
    stale_after_s : float or (n,) float
        Limit of age in seconds; NaN takes :data:`STALE_AFTER_S`.
    fresh : State
        State of values younger than the limit.

    Returns
    -------
    (n,) object array of str
    """
    limit = np.broadcast_to(np.asarray(stale_after_s, dtype=np.float64), value.shape)
    limit = np.where(np.isfinite(limit), limit, STALE_AFTER_S)
    place = np.zeros(value.shape, dtype=np.intp)
    place[age_s > limit] = 1
    place[~np.isfinite(value) | ~np.isfinite(age_s)] = 2
    return words_at((fresh, State.STALE, State.MISSING), place)


def statuses(value: NDArray[Any], thresholds: Mapping[str, ArrayLike]) -> NDArray[Any]:
    """Return the status of every row.

    Parameters
    ----------
    value : (n,) float64
        NaN is missing, never "ok".
    thresholds : mapping
        Any of ``warn_above``, ``alarm_above``, ``warn_below``, ``alarm_below``: float or (n,)
        float, NaN for none. A value equal to a limit crosses it.

    Returns
    -------
    (n,) object array of str
    """
    result = np.zeros(value.shape, dtype=np.intp)
    for place, status in ((1, Status.WARN), (2, Status.ALARM)):
        for side, sign in (("above", 1.0), ("below", -1.0)):
            limit = np.asarray(thresholds.get(f"{status.value}_{side}", np.nan), dtype=np.float64)
            with np.errstate(invalid="ignore"):
                result[sign * value >= sign * np.broadcast_to(limit, value.shape)] = place
    result[~np.isfinite(value)] = 3
    return words_at((Status.OK, Status.WARN, Status.ALARM, Status.MISSING), result)


def words_at(words: Sequence[str], place: NDArray[np.intp]) -> NDArray[Any]:
    """Return the word of every row, (n,) object: the same few texts, where numpy would make one a row."""
    return np.array([str(word) for word in words], dtype=object)[place]
