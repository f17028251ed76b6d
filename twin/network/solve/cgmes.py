"""CGMES to pandapower, by pandapower's own converter. Runs in the solver's process only."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Any

from twin.io import cgmes_file
from twin.network.model import NetworkError
from twin.network.solve.completing import completed
from twin.problems import Problem


def from_path(path: Path) -> tuple[Any, list[Problem]]:
    """Return the net of a CGMES model, a zip of all profiles or a folder with a file for each, and what was assumed.

    Raises
    ------
    NetworkError
        They cannot be converted.
    """
    version = cgmes_file.checked(path)
    net = _converted(path, version)
    return net, completed(net, path, version)


def _converted(path: Path, version: str) -> Any:
    try:
        from pandapower.converter.cim.cim2pp.from_cim import from_cim

        parts = cgmes_file.parts(path)
        if not any(cgmes_file.has_inner_archives(part) for part in parts):
            return from_cim(file_list=[str(p) for p in parts], cgmes_version=version)
        with tempfile.TemporaryDirectory(prefix="belvedere-cgmes-") as folder:
            return from_cim(file_list=_unpacked(parts, Path(folder)), cgmes_version=version)
    except ImportError as error:
        raise NetworkError("extra.missing", str(error.name), extra="network") from error
    except Exception as error:  # what the converter says of broken files
        reason = f"{type(error).__name__}: {error}"[:200]
        raise NetworkError("network.not_readable", path.name, reason=reason) from error


def _unpacked(parts: list[Path], folder: Path) -> list[str]:
    """Write every profile into a folder under a name of ours; return the files."""
    written: list[str] = []
    for part in parts:
        for _, stream in cgmes_file.members(part):
            target = folder / f"profile-{len(written)}.xml"
            with target.open("wb") as out:
                shutil.copyfileobj(stream, out)
            written.append(str(target))
    return written


def as_json(path: Path) -> bytes:
    """Return CGMES files as the text of pandapower's JSON, without results."""
    import pandapower

    text = pandapower.to_json(from_path(path)[0])
    return str(text).encode()
