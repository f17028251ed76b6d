"""For the tests of authors: what ``load`` and ``build`` are given, without the application, and pictures compared.

A test of a layer needs neither Qt nor a display::

    from twin.api import testing

    def test_my_layer(tmp_path):
        ctx = testing.FakeContext(files={"features": "sample/points.csv"}, params=MyLayer.Params())
        table = MyLayer().load(ctx)
        drawables = MyLayer().build(table, MyLayer.Params(), testing.view(ctx))
        testing.check_drawables(drawables, rows=len(table))
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.contract import samples
from twin.contract.context import SampleContext
from twin.drawables import Drawable, check
from twin.model.geoframe import GeoFrame
from twin.model.ground import FlatGround, Ground
from twin.model.layer import ViewQuery
from twin.model.table import FeatureTable

__all__ = [
    "Difference",
    "FakeContext",
    "check_drawables",
    "compare_pictures",
    "sample_table",
    "view",
]

NOON = datetime(2026, 6, 21, 12, tzinfo=UTC)


class FakeContext(SampleContext):
    """A :class:`~twin.api.LoadContext` without an application.

    Parameters
    ----------
    files : mapping of str to path
        Files by role, read with the readers of the application.
    tables : mapping of str to FeatureTable
        Tables by role, for roles without a file (see :func:`sample_table`).
    params : object
        The layer's parameters.
    frame : GeoFrame or None
        Of the project; None: Lambert-93 around Paris.
    cancelled : bool
        The user has asked to stop: the first look at it raises :class:`~twin.api.Cancelled`.

    Attributes
    ----------
    problems : list of Problem
        What the layer reported.
    """

    def __init__(
        self,
        *,
        files: Mapping[str, str | Path] | None = None,
        tables: Mapping[str, FeatureTable] | None = None,
        params: Any = None,
        frame: GeoFrame | None = None,
        cancelled: bool = False,
    ) -> None:
        super().__init__(
            frame or samples.FRAME,
            params,
            files={role: Path(path) for role, path in (files or {}).items()},
            tables=dict(tables or {}),
            cancelled=cancelled,
        )


def sample_table(kind: str) -> FeatureTable:
    """Return a small table of a kind (point, line, polygon, mesh, raster, table), with the flaws of real files."""
    return samples.sample(kind)


def view(
    ctx: FakeContext | None = None, *, at: datetime = NOON, ground: Ground | None = None
) -> ViewQuery:
    """Return what ``build`` is given: the frame of a context, a moment, flat ground unless another is given."""
    frame = ctx.frame if ctx is not None else samples.FRAME
    return ViewQuery(at=at, frame=frame, ground=ground or FlatGround())


def check_drawables(drawables: Sequence[Drawable], *, rows: int) -> None:
    """Raise ValueError where a drawable cannot be drawn, or names rows that a table of ``rows`` lacks."""
    for drawable in drawables:
        check(drawable, rows=rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """How far two pictures are apart.

    Parameters
    ----------
    share : float
        Part of the pixels, 0 to 1, that differ visibly.
    largest : int
        Largest difference of a colour channel, 0 to 255.
    """

    share: float
    largest: int

    def __bool__(self) -> bool:
        return self.share > 0.0


def compare_pictures(
    first: NDArray[np.uint8], second: NDArray[np.uint8], *, tolerance: int = 24
) -> Difference:
    """Compare two pictures of one size; what differs by no more than ``tolerance`` is the same.

    Parameters
    ----------
    first, second : (h, w, 3 or 4) uint8
        Transparency is left out.

    Raises
    ------
    ValueError
        The pictures differ in size.
    """
    if first.shape[:2] != second.shape[:2]:
        raise ValueError(f"pictures of {first.shape[:2]} and {second.shape[:2]} pixels")
    apart = np.abs(first[..., :3].astype(np.int16) - second[..., :3].astype(np.int16)).max(axis=-1)
    differing = apart > tolerance
    share = float(differing.mean()) if differing.size else 0.0
    return Difference(share=share, largest=int(apart.max(initial=0)))
