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

        with tempfile.TemporaryDirectory(prefix="belvedere-cgmes-") as folder:
            return from_cim(file_list=_unpacked(path, Path(folder)), cgmes_version=version)
    except ImportError as error:
        raise NetworkError("extra.missing", str(error.name), extra="network") from error
    except Exception as error:  # what the converter says of broken files
        lacking = cgmes_file.lacking(path)
        if lacking:
            values = {"profiles": ", ".join(lacking)}
            raise NetworkError("network.profiles_missing", path.name, **values) from error
        reason = f"{type(error).__name__}: {error}"[:200]
        raise NetworkError("network.not_readable", path.name, reason=reason) from error


def _unpacked(path: Path, folder: Path) -> list[str]:
    """Return the profiles of a model as files: the converter looks into no archive or folder within an archive."""
    files: list[str] = []
    for part in cgmes_file.parts(path):
        if part.suffix.lower() != ".zip":
            files.append(str(part))
            continue
        for name, stream in cgmes_file.members(part):
            target = folder / f"{len(files)}_{Path(name).stem}.xml"
            with target.open("wb") as out:
                shutil.copyfileobj(stream, out)
            files.append(str(target))
    return files


def as_json(path: Path) -> bytes:
    """Return CGMES files as the text of pandapower's JSON, without results."""
    import pandapower

    text = pandapower.to_json(from_path(path)[0])
    return str(text).encode()
