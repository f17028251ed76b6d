"""The year of construction as the beginning of a building, so that the clock lets a city grow."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from twin import api

if TYPE_CHECKING:
    import pandas as pd

FROM = "valid_from"
YEAR = r"^\D{0,2}(\d{4})"
FIRST, LAST = 800, 2200
"""Years beyond are marks for "not known"."""


def with_beginnings(table: api.FeatureTable, frame: pd.DataFrame) -> Any:
    """Return a frame whose rows begin in their year of construction, unless they say otherwise.

    A year stands for its first day. What has none was always there.
    """
    name = api.meanings(table).get("year")
    if name is None:
        return frame
    import pandas as pd

    told = pd.to_numeric(
        frame[name].astype("string").str.extract(YEAR, expand=False), errors="coerce"
    ).to_numpy(np.float64, na_value=np.nan)
    known = (told >= FIRST) & (told <= LAST)
    begins = np.full(len(frame), np.datetime64("NaT", "s"))
    begins[known] = (told[known] - 1970).astype(np.int64).astype("datetime64[Y]")
    if FROM not in frame:
        return frame.assign(**{FROM: begins}) if known.any() else frame
    silent = frame[FROM].isna().to_numpy() & known
    if not silent.any():
        return frame
    given = frame[FROM].astype(object)
    given[silent] = [str(day) for day in begins[silent].astype("datetime64[D]")]
    return frame.assign(**{FROM: given})
