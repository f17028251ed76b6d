"""Feature ids: texts, unique in the table, the same at each reading."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.io.guess import column_for
from twin.io.loaded import Loaded, Request
from twin.model.table import FEATURE_ID
from twin.problems import Problem, Severity

AT_ONCE = 10_000
_ALMOST_UNIQUE = 0.9


def feature_ids(loaded: Loaded, request: Request) -> NDArray[Any]:
    """Return (n,) object array of unique str.

    The file's own names of the rows come first for city models; else the column that means an id, where
    it is (almost) unique; else the row numbers of the file. Doubles get ``#2``, ``#3``.
    """
    if loaded.count == 0:
        return np.empty(0, dtype=object)
    texts = _source(loaded)
    if texts is None:
        if loaded.row_names is None:
            return np.array([str(number) for number in range(loaded.count)], dtype=object)
        texts = [str(int(number)) for number in loaded.row_names]
    ids, doubles = _unique(texts)
    if doubles:
        problem = Problem("io.ids_not_unique", request.where, {"count": doubles}, Severity.INFO)
        request.progress.report(problem)
    return ids


def _source(loaded: Loaded) -> list[str] | None:
    if loaded.row_names is not None and loaded.row_names.dtype == object:
        return [str(name) for name in loaded.row_names]
    name = FEATURE_ID if FEATURE_ID in loaded.columns else column_for("id", loaded.columns)
    if not name:
        return None
    texts = _texts(loaded.columns[name])
    if not all(texts) or _distinct(texts) < _ALMOST_UNIQUE * len(texts):
        return None
    return texts


def _texts(values: NDArray[Any]) -> list[str]:
    kind = np.asarray(values).dtype.kind
    if kind in "iu":
        return [str(value) for value in values.tolist()]
    # Loops of our own, not one call: they let go of the interpreter's lock.
    return [value.strip() if type(value) is str else _text(value) for value in values]


def _text(value: Any) -> str:
    if value is None or value != value:  # noqa: PLR0124 - NaN
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def _distinct(texts: list[str]) -> int:
    """Return how many texts differ; in pieces, for a set of very many holds the interpreter's lock."""
    found: set[str] = set()
    for start in range(0, len(texts), AT_ONCE):
        found.update(texts[start : start + AT_ONCE])
    return len(found)


def _unique(texts: list[str]) -> tuple[NDArray[Any], int]:
    if _distinct(texts) == len(texts):
        return np.array(texts, dtype=object), 0
    seen: dict[str, int] = {}
    taken = set(texts)
    ids, doubles = [], 0
    for text in texts:
        seen[text] = seen.get(text, 0) + 1
        name = text
        if seen[text] > 1:
            doubles += 1
            number = seen[text]
            while (name := f"{text}#{number}") in taken:
                number += 1
            taken.add(name)
        ids.append(name)
    return np.array(ids, dtype=object), doubles
