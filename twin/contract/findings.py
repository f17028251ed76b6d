"""How the suite says what is wrong, and how it calls code that may raise anything."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from twin.errors import PluginError
from twin.isolation.faults import place_of
from twin.problems import Problem, Severity

Findings = Iterator[Problem]


def finding(key: str, where: str, /, **values: object) -> Problem:
    """Return the problem of a broken rule."""
    return Problem(key, where, values, Severity.ERROR)


def placed(error: BaseException, folder: Path) -> str:
    """Return an error in a line that names the file and line of the plugin's own code."""
    file, line = place_of(error, folder)
    return f"{error!r} ({file}:{line})" if file else repr(error)


MAY_BE_NONE = frozenset({"default_style", "time_extent"})


class Caller:
    """Calls an author's code; what it raises becomes a finding.

    Parameters
    ----------
    where : str
        The layer type concerned.
    folder : Path
        Of the plugin: a finding names its own file and line.
    """

    def __init__(self, where: str, folder: Path | None = None) -> None:
        self.where = where
        self._folder = folder or Path()
        self.found: list[Problem] = []

    def __call__(self, name: str, function: Callable[..., Any], /, *args: Any) -> Any:
        """Return the result, or None after noting what was raised."""
        try:
            answer = function(*args)
        except PluginError as error:  # of an isolated plugin: it says where by itself
            self.found.append(error.problem)
            return None
        except Exception as error:  # noqa: BLE001 - an author's code may raise anything
            reason = placed(error, self._folder)
            self.found.append(finding("contract.raised", self.where, call=name, reason=reason))
            return None
        if answer is None and name not in MAY_BE_NONE:
            self.found.append(finding("contract.result", self.where, call=name, expected="a value"))
        return answer
