"""What an earlier run of a bake has left: finished tiles are not made again.

Everything is written whole or not at all.
"""

from __future__ import annotations

import io
import os
import pickle
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from twin.tiles.content import Made

FOLDER = ".bake"


@dataclass(frozen=True, kw_only=True)
class Keep:
    """The tileset's folder and beside it what the next run needs.

    Parameters
    ----------
    out : Path
        Holds tileset.json, ``tiles/`` and ``.bake/``.
    """

    out: Path

    def find(self, name: str, key: str) -> Made | None:
        """Return what was made of the same input, without its content; None if it or its files are not there."""
        path = self._state(name)
        try:
            stored_key, made, sizes = _load(path.read_bytes())
        except (
            OSError,
            ValueError,
            EOFError,
            pickle.UnpicklingError,
            AttributeError,
            TypeError,
            KeyError,
        ):
            return None
        if stored_key != key:
            return None
        for file, size in sizes.items():
            try:
                if (self.out / file).stat().st_size != size:
                    return None
            except OSError:
                return None
        return made if isinstance(made, Made) else None

    def put(self, name: str, key: str, made: Made) -> Made:
        """Write the content of a tile and what is to be known of it; return it without its content."""
        files = {content_name(name): made.glb, content_name(name, plain=True): made.plain}
        sizes = {}
        for file, data in files.items():
            if data:
                write(self.out / file, data)
                sizes[file] = len(data)
        # What says that a tile is there comes last.
        bare = replace(made, glb=made.glb[:1], plain=made.plain[:1])
        write(self._state(name), _dump((key, bare, sizes)))
        return bare

    def drop_others(self, names: set[str]) -> int:
        """Remove tiles that are no longer part of the tileset; return how many files."""
        wanted = {content_name(n) for n in names} | {content_name(n, plain=True) for n in names}
        count = 0
        for path in sorted((self.out / "tiles").rglob("*.glb")):
            if path.relative_to(self.out).as_posix() not in wanted:
                path.unlink()
                count += 1
        for path in sorted((self.out / FOLDER).rglob("*.state")):
            if path.relative_to(self.out / FOLDER).with_suffix("").as_posix() not in names:
                path.unlink()
        return count

    def _state(self, name: str) -> Path:
        return self.out / FOLDER / f"{name}.state"


def content_name(name: str, *, plain: bool = False) -> str:
    """Return the file of a tile's content, relative to the tileset."""
    return f"tiles/{name}{'_plain' if plain else ''}.glb"


def write(path: Path, data: bytes) -> None:
    """Write a file in one step: others see the old one or the new one. The same bytes are not written again."""
    try:
        if path.stat().st_size == len(data) and path.read_bytes() == data:
            return
    except OSError:
        pass
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(path.name + ".part")
    temporary.write_bytes(data)
    os.replace(temporary, path)  # noqa: PTH105 - Path.replace is the same


class _Safe(pickle.Unpickler):
    """Only our own dataclasses and arrays: a tileset may come from anywhere."""

    ALLOWED = ("twin.tiles.", "twin.problems", "twin.drawables")

    def find_class(self, module: str, name: str) -> Any:
        numpy_ok = module.split(".")[0] == "numpy" and name in {
            "_reconstruct", "ndarray", "dtype", "scalar", "_frombuffer",
        }  # fmt: skip
        ours = module.startswith(self.ALLOWED) and name in {
            "Made", "Blocks", "Shape", "Rows", "Problem", "Severity", "Role",
        }  # fmt: skip
        if numpy_ok or ours:
            return super().find_class(module, name)
        raise pickle.UnpicklingError(f"{module}.{name}")


def _dump(value: Any) -> bytes:
    return pickle.dumps(value, protocol=4)


def _load(data: bytes) -> Any:
    return _Safe(io.BytesIO(data)).load()
