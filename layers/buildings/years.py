"""The year of construction as the beginning of a building, so that the clock lets a city grow."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from layers.buildings.ages import YEAR

if TYPE_CHECKING:
    import pandas as pd

FROM = "valid_from"


def with_beginnings(frame: pd.DataFrame) -> Any:
    """Return a frame whose rows begin in their year of construction, unless they say otherwise.

    A year stands for its first day. What has none was always there.
    """
    if YEAR not in frame:
        return frame
    import pandas as pd

    told = pd.to_numeric(frame[YEAR], errors="coerce").to_numpy(np.float64, na_value=np.nan)
    known = np.isfinite(told)
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
