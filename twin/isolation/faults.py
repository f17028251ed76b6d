"""Where in a plugin's own code an error comes from."""

from __future__ import annotations

from pathlib import Path


def place_of(error: BaseException, folder: Path) -> tuple[str, int]:
    """Return file (relative to the plugin's folder) and line of the innermost frame of the plugin's own code.

    Where none of its code is on the way, the innermost frame of all; ``("", 0)`` without a traceback.
    A syntax error names the line that is wrong.
    """
    if isinstance(error, SyntaxError) and error.filename and error.lineno:
        return _short(error.filename, folder), error.lineno
    places: list[tuple[str, int]] = []
    trace = error.__traceback__
    while trace is not None:
        places.append((trace.tb_frame.f_code.co_filename, trace.tb_lineno))
        trace = trace.tb_next
    if error.__cause__ is not None and not _own(places, folder):
        inner = place_of(error.__cause__, folder)
        if inner != ("", 0):
            return inner
    own = _own(places, folder) or places[-1:]
    return (_short(own[-1][0], folder), own[-1][1]) if own else ("", 0)


def _own(places: list[tuple[str, int]], folder: Path) -> list[tuple[str, int]]:
    return [place for place in places if _is_inside(place[0], folder)]


def _is_inside(name: str, folder: Path) -> bool:
    return Path(name).is_relative_to(folder) or Path(name).is_relative_to(folder.resolve())


def _short(name: str, folder: Path) -> str:
    for parent in (folder, folder.resolve()):
        if Path(name).is_relative_to(parent):
            return f"{folder.name}/{Path(name).relative_to(parent).as_posix()}"
    return "/".join(Path(name).parts[-2:])
