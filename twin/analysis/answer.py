"""What an analysis answers: a table of samples or rows, and the numbers that sum it up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.analysis.samples import NAMES, Samples
from twin.analysis.town import Town
from twin.errors import BelvedereError

COORDINATES = ("x_m", "y_m", "z_m")
HEIGHTS = "orthometric"


@dataclass(frozen=True, eq=False, kw_only=True)
class Answer:
    """The answer of an analysis.

    Parameters
    ----------
    kind : str
        ``sun``, ``sight``, ``viewshed``, ``indicators`` ...
    columns : mapping of str to (n,) array
        In the order in which they are written. ``x_m``, ``y_m``, ``z_m`` are in ``crs``, heights orthometric.
    summary : mapping
        JSON-ready numbers of the whole.
    value : str
        The column that colours the layer made of it, empty for none.
    """

    kind: str
    columns: Mapping[str, NDArray[Any]]
    summary: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    value: str = ""
    unit: str = ""
    crs: str = ""

    def __len__(self) -> int:
        return len(next(iter(self.columns.values()))) if self.columns else 0

    def write_csv(self, path: Path) -> None:
        """Write the table: UTF-8, a header, ``true`` and ``false``, a dot in numbers.

        Raises
        ------
        BelvedereError
            ``analyse.cannot_write``.
        """
        import pandas as pd

        frame = pd.DataFrame(
            {
                name: np.where(values, "true", "false") if values.dtype == bool else values
                for name, values in self.columns.items()
            }
        )
        try:
            frame.to_csv(path, index=False, lineterminator="\n", encoding="utf-8")
        except OSError as error:
            reason = error.strerror or str(error)
            raise BelvedereError("analyse.cannot_write", str(path), reason=reason) from error


def place_columns(town: Town, samples: Samples) -> dict[str, NDArray[Any]]:
    """Return feature_id, surface, x_m, y_m, z_m of samples; heights and coordinates to a centimetre.

    Samples of the ground carry the id of the terrain layer, ``ground`` where there is none.
    """
    ids = np.full(len(samples), town.ground_id or "ground", object)
    for number, body in enumerate(town.bodies):
        own = samples.body == number
        if own.any():
            ids[own] = body.feature_ids[samples.row[own]]
    xyz = np.round(town.frame.crs_from_scene(samples.xyz_in_scene), 2)
    return {
        "feature_id": ids,
        "surface": np.array(NAMES, object)[samples.surface],
        **{name: xyz[:, i] for i, name in enumerate(COORDINATES)},
    }
