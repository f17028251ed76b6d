"""An index of the words of a layer: one long text, searched in milliseconds however many features."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from twin.model.expressions.evaluate import folded
from twin.model.table import FEATURE_ID, FeatureTable
from ui.docks.features import name_columns

if TYPE_CHECKING:
    import pandas as pd

MOST_COLUMNS = 8
"""Text columns that are indexed beside name and id."""

PIECE = 2_000
"""Rows between two looks at whether the work was called off."""

MOST_LOOKED_AT = 400
"""Hits of a layer that are ranked; who has more should type more."""


@dataclass(frozen=True, eq=False, slots=True)
class LayerIndex:
    """Words of a table.

    Parameters
    ----------
    blob : str
        A line a row: name, id, other texts, without accents and capitals.
    starts : list of int
        Where each row's line begins in the blob.
    titles : (n,) object array of str
        What each feature is called.
    """

    layer_id: str
    blob: str
    starts: list[int]
    titles: NDArray[Any]
    feature_ids: NDArray[Any]

    def line(self, row: int) -> str:
        """Return the words of a row."""
        end = self.starts[row + 1] if row + 1 < len(self.starts) else len(self.blob)
        return self.blob[self.starts[row] : end]


@dataclass(frozen=True, slots=True)
class Hit:
    """A feature that fits; a smaller ``rank`` fits better."""

    layer_id: str
    feature_id: str
    title: str
    rank: float


def index_layer(
    layer_id: str, table: FeatureTable, *, check: Callable[[], None] = lambda: None
) -> LayerIndex:
    """Build the index of a layer. Runs on a worker; ``check`` raises to call it off."""
    frame = table.frame
    named = name_columns(str(column) for column in frame.columns)
    ids = frame[FEATURE_ID].astype(str).to_numpy()
    titles = _titles(frame, named, ids)
    columns = [titles, ids, *(frame[name].to_numpy() for name in _text_columns(table, named))]
    lines: list[str] = []
    for start in range(0, len(ids), PIECE):
        check()
        pieces = [column[start : start + PIECE] for column in columns]
        words = [
            " ".join(v for v in row if isinstance(v, str)).replace("\n", " ")
            for row in zip(*pieces, strict=True)
        ]
        lines += [line + "\n" for line in folded("\n".join(words)).split("\n")]
    lengths = np.fromiter((len(line) for line in lines), dtype=np.int64, count=len(lines))
    starts = np.concatenate([[0], np.cumsum(lengths)])[: len(lines)].tolist()
    return LayerIndex(layer_id, "".join(lines), starts, titles, ids)


def find(query: str, indexes: Sequence[LayerIndex], *, most: int = 12) -> list[Hit]:
    """Return the features that hold every word of a query, the best first."""
    words = folded(query).split()
    if not words:
        return []
    hits = [hit for index in indexes for hit in _find_in(words, index)]
    return sorted(hits, key=lambda hit: (hit.rank, hit.title))[:most]


def _find_in(words: Sequence[str], index: LayerIndex) -> Iterator[Hit]:
    rarest = min(words, key=index.blob.count)
    at, looked = index.blob.find(rarest), 0
    while at >= 0 and looked < MOST_LOOKED_AT:
        row = bisect_right(index.starts, at) - 1
        line = index.line(row)
        if all(word in line for word in words):
            looked += 1
            rank = _rank(words, folded(str(index.titles[row])))
            yield Hit(index.layer_id, index.feature_ids[row], str(index.titles[row]), rank)
        after = index.starts[row + 1] if row + 1 < len(index.starts) else len(index.blob)
        at = index.blob.find(rarest, after)


def _rank(words: Sequence[str], title: str) -> float:
    """Rank a title: begins with what was typed, has its words, has it inside, has it elsewhere."""
    typed = " ".join(words)
    if title.startswith(typed):
        return 0.0 + len(title) / 1000
    beginnings = title.replace("-", " ").replace("’", " ").replace("'", " ").split()
    if all(any(part.startswith(word) for part in beginnings) for word in words):
        return 1.0 + len(title) / 1000
    return 2.0 if all(word in title for word in words) else 3.0


def _titles(frame: pd.DataFrame, named: Sequence[str], ids: NDArray[Any]) -> NDArray[Any]:
    """Return the first name that each row has, else its id."""
    titles = ids.astype(object)
    for column in reversed(named):
        names = frame[column].to_numpy()
        has = np.array([isinstance(n, str) and bool(n.strip()) for n in names], dtype=bool)
        titles[has] = names[has]
    return titles


def _text_columns(table: FeatureTable, named: Sequence[str]) -> list[str]:
    """Return the texts beside title and id: names in other languages first."""
    frame = table.frame
    geometry = frame.geometry.name
    skipped = {FEATURE_ID, geometry, *named}
    texts = [str(c) for c in frame.columns if c not in skipped and frame[c].dtype.kind == "O"]
    return [*named, *texts][:MOST_COLUMNS]
