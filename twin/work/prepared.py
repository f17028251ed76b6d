"""Layers as they were last read and built, kept on disk: what nothing has changed is not made again.

A layer type whose manifest says ``repeatable`` promises that what it loads and builds follows from its
sources, its parameters and the ground alone. Its answers are kept under a key made of all of these and
of the code that ran (:mod:`twin.work.sameness`); they are stored without code (:mod:`twin.plain.codec`),
and whatever cannot be read back is made anew. The folder may be deleted at any time.
"""

from __future__ import annotations

import contextlib
import logging
import mmap
import os
import tempfile
from pathlib import Path
from typing import Any

log = logging.getLogger(__name__)

BUDGET_BYTES = 2 * 1024**3
"""What is kept of all projects; the longest unused goes first."""
WORTH_S = 0.01
"""What took less to make is not kept: reading it back would take as long."""
SUFFIX = ".kept"


class Prepared:
    """A folder of answers by key. Any thread.

    Parameters
    ----------
    folder : Path
        Made when the first answer is kept, for nobody but the user.
    budget_bytes : int
        Of all answers together.
    """

    def __init__(self, folder: Path, *, budget_bytes: int = BUDGET_BYTES) -> None:
        self.folder = folder
        self._budget_bytes = budget_bytes

    @property
    def empty(self) -> bool:
        """Whether nothing was kept yet: then everything is read from its files."""
        return next(self.folder.glob(f"*{SUFFIX}"), None) is None

    def take(self, key: str) -> Any | None:
        """Return what was kept under a key, None if there is nothing that can be read back.

        Its arrays are read-only views of the file.
        """
        from twin.plain import codec  # it brings the classes of networks and history with it

        path = self._path(key)
        try:
            with path.open("rb") as file:
                # Its arrays live on when the file is dropped.
                body = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
            value = codec.decode(memoryview(body))
            os.utime(path)
        except FileNotFoundError:
            return None
        except (
            OSError,
            ValueError,
        ) as error:  # an empty file cannot be mapped; NotPlainError is one
            log.warning("%s: not read back: %s", path.name, error)
            with contextlib.suppress(OSError):
                path.unlink()
            return None
        return value

    def keep(self, key: str, value: Any) -> None:
        """Keep an answer; what cannot be written without code, or for want of room, is not kept."""
        from twin.plain import codec

        try:
            parts = codec.encode(value)
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            with tempfile.NamedTemporaryFile(dir=self.folder, delete=False) as file:
                file.writelines(parts)
            Path(file.name).replace(self._path(key))
            self._shrink()
        except (codec.NotPlainError, OSError, ValueError) as error:
            log.info("not kept: %s", error)

    def _path(self, key: str) -> Path:
        return self.folder / f"{key}{SUFFIX}"

    def _shrink(self) -> None:
        """Drop the answers that were not used for the longest time, and what a crash left unfinished."""
        with os.scandir(self.folder) as entries:
            found = sorted((e.stat().st_mtime, e.stat().st_size, e.path) for e in entries)
        left = sum(size for _, size, _ in found)
        for _, size, path in found:
            if left <= self._budget_bytes:
                return
            Path(path).unlink(missing_ok=True)
            left -= size
