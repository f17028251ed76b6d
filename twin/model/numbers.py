"""Numbers out of columns of any kind."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


def numeric(values: NDArray[Any]) -> NDArray[np.float64]:
    """Return (n,) float64 of any column, NaN where there is no number."""
    if values.dtype.kind in "fiub":
        return values.astype(np.float64)
    import pandas as pd

    return np.asarray(pd.to_numeric(pd.Series(values), errors="coerce"), dtype=np.float64)
