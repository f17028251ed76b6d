"""How the suite says what is wrong, and how it calls code that may raise anything."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from twin.problems import Problem, Severity

Findings = Iterator[Problem]


def finding(key: str, where: str, /, **values: object) -> Problem:
    """Return the problem of a broken rule."""
    return Problem(key, where, values, Severity.ERROR)


MAY_BE_NONE = frozenset({"default_style", "time_extent"})


class Caller:
    """Calls an author's code; what it raises becomes a finding.

    Parameters
    ----------
    where : str
        The layer type concerned.
    """

    def __init__(self, where: str) -> None:
        self.where = where
        self.found: list[Problem] = []

    def __call__(self, name: str, function: Callable[..., Any], /, *args: Any) -> Any:
        """Return the result, or None after noting what was raised."""
        try:
            answer = function(*args)
        except Exception as error:  # noqa: BLE001 - an author's code may raise anything
            self.found.append(finding("contract.raised", self.where, call=name, reason=repr(error)))
            return None
        if answer is None and name not in MAY_BE_NONE:
            self.found.append(finding("contract.result", self.where, call=name, expected="a value"))
        return answer
