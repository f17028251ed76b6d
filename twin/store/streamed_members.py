"""Files of a pack that are read where they lie, one by one: tiles of a city that nobody wants unpacked.

When a pack is opened, what its manifest says of them is kept beside the unpacked folder; each is held to that sum
when it is read, so that a pack that was changed since gives nothing.
"""

from __future__ import annotations

import hashlib
import json
import threading
import zipfile
import zlib
from collections import OrderedDict
from collections.abc import Mapping
from pathlib import Path

from twin.errors import ReadError

LEDGER = ".streamed"
OPEN_PACKS = 4
Sums = Mapping[str, tuple[str, int]]


def note_members(folder: Path, pack: Path, sums: Sums) -> None:
    """Keep beside an unpacked folder which files of its pack stay there, with their sums and sizes."""
    ledger = _ledger(folder)
    if not sums:
        ledger.unlink(missing_ok=True)
        return
    ledger.write_text(json.dumps({"pack": str(pack.resolve()), "files": sums}), encoding="utf-8")


def member_bytes(path: Path, most_bytes: int) -> bytes | None:
    """Return a file that stayed in the pack; None where the path is of no pack.

    Parameters
    ----------
    path : Path
        Where it would have been unpacked to.

    Raises
    ------
    ReadError
        It is not what the manifest promised, too large, or the pack is gone.
    """
    for folder in path.parents:
        shelf = _shelf(_ledger(folder))
        if shelf is not None:
            return shelf.read(path.relative_to(folder).as_posix(), most_bytes)
    return None


def _ledger(folder: Path) -> Path:
    return folder.parent / f"{folder.name}{LEDGER}"


class _Shelf:
    """An open pack. Safe from any thread."""

    def __init__(self, pack: Path, sums: Sums) -> None:
        self._pack, self._sums = pack, sums
        self._lock = threading.Lock()
        self._archive = zipfile.ZipFile(pack)

    def read(self, name: str, most_bytes: int) -> bytes | None:
        if name not in self._sums:
            return None
        digest, size = self._sums[name]
        if size > most_bytes:
            raise ReadError("tiles.too_large", name, limit_mb=most_bytes >> 20)
        try:
            with self._lock, self._archive.open(name) as file:
                data = file.read(size + 1)
        except (OSError, KeyError, zipfile.BadZipFile, zlib.error, EOFError) as error:
            raise ReadError("tiles.not_loaded", name, reason=str(error)[:120]) from error
        if hashlib.sha256(data).hexdigest() != digest:
            raise ReadError("tiles.changed_in_pack", name, pack=self._pack.name)
        return data

    def close(self) -> None:
        with self._lock:
            self._archive.close()


_shelves: OrderedDict[Path, tuple[int, _Shelf]] = OrderedDict()
_shelves_lock = threading.Lock()


def _shelf(ledger: Path) -> _Shelf | None:
    """Return the open pack of a ledger; a few are kept open."""
    try:
        written = ledger.stat().st_mtime_ns
    except OSError:
        return None
    with _shelves_lock:
        held = _shelves.get(ledger)
        if held is not None and held[0] == written:
            _shelves.move_to_end(ledger)
            return held[1]
        kept = json.loads(ledger.read_text(encoding="utf-8"))
        sums = {str(name): (str(of[0]), int(of[1])) for name, of in kept["files"].items()}
        try:
            shelf = _Shelf(Path(kept["pack"]), sums)
        except (OSError, zipfile.BadZipFile) as error:
            reason = getattr(error, "strerror", None) or str(error)
            raise ReadError(
                "tiles.not_loaded", Path(kept["pack"]).name, reason=reason[:120]
            ) from error
        _shelves[ledger] = written, shelf
        while len(_shelves) > OPEN_PACKS:
            _shelves.popitem(last=False)[1][1].close()
    return shelf
