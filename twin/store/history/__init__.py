"""What was observed, kept: one interface over a folder of segments and over PostgreSQL."""

from __future__ import annotations

from pathlib import Path

from twin.store.history.copying import copy_history
from twin.store.history.folder import HISTORY_FILE, FolderHistory, is_history
from twin.store.history.homes import is_of_one_home
from twin.store.history.model import (
    OBSERVATIONS,
    UNTRUE,
    Datastream,
    Flag,
    History,
    HistoryError,
    batch_of,
)

__all__ = [
    "HISTORY_FILE",
    "OBSERVATIONS",
    "UNTRUE",
    "Datastream",
    "Flag",
    "FolderHistory",
    "History",
    "HistoryError",
    "batch_of",
    "copy_history",
    "is_history",
    "is_of_one_home",
    "open_history",
]


def open_history(where: str | Path, *, write: bool = False) -> History:
    """Open a history by its address: ``postgresql://...``, or a folder.

    Parameters
    ----------
    write : bool
        Whether observations will be added; a folder that is not there is then made.

    Raises
    ------
    HistoryError
        It cannot be reached, or is no history.
    """
    if str(where).startswith(("postgresql://", "postgres://")):
        from twin.store.history.postgres import PostgresHistory

        return PostgresHistory(str(where), write=write)
    return FolderHistory(Path(where), write=write)
