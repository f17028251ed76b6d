"""Journals: observations of the last minutes in the order of their commits, as an Arrow stream.

A commit appends one record batch. A reader takes whole batches and ignores a torn end, so that a
writer which was killed loses what it had not committed and nothing else.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from twin.store.history.segment import stored_schema

if TYPE_CHECKING:
    import pyarrow as pa

SUFFIX = ".arrows"


class JournalWriter:
    """Appends batches to a new journal."""

    def __init__(self, path: Path) -> None:
        import pyarrow as pa

        self.path = path
        self.rows = 0
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = path.open("xb")
        self._stream: Any = pa.ipc.new_stream(self._file, stored_schema())
        self._file.flush()

    def write(self, batch: pa.RecordBatch) -> None:
        """Append a batch and hand it to the system: it outlives this process."""
        self._stream.write_batch(batch)
        self._file.flush()
        self.rows += batch.num_rows

    def sync(self) -> None:
        """Have the system write it to the disk: it outlives a power cut."""
        os.fsync(self._file.fileno())

    def close(self) -> None:
        """Finish the journal."""
        self._stream.close()
        self._file.close()


def read_journal(path: Path) -> pa.Table:
    """Return the whole batches of a journal, also of one that is being written or was torn."""
    import pyarrow as pa

    batches = []
    schema = stored_schema()
    try:
        with path.open("rb") as file, pa.ipc.open_stream(file) as stream:
            if stream.schema == schema:
                while True:
                    batches.append(stream.read_next_batch())
    except (StopIteration, pa.ArrowInvalid, OSError):
        pass  # the end, torn or not; or a file too short to hold anything
    return pa.Table.from_batches(batches, schema=schema)
