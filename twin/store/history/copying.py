"""Copying a history from one keeper to another; what is there already stays."""

from __future__ import annotations

from twin.progress import Progress, Unattended
from twin.store.history.model import History


def copy_history(source: History, target: History, *, progress: Progress | None = None) -> int:
    """Copy descriptions and observations; return how many observations.

    Every observation keeps its time to the microsecond, its result, quality and text; averages keep
    what they stand for.

    Raises
    ------
    HistoryError
        One of them fails; what was copied until then stays.
    """
    told = progress or Unattended()
    total = source.count()
    target.describe(source.streams().values())
    copied = 0
    for batch in source.batches():
        told.check_cancelled()
        target.append(batch)
        target.commit()
        copied += batch.num_rows
        told.progress(copied, total)
    return copied
