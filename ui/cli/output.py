"""How verbs print: text for people, JSON for programs, problems in both."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping

from twin.problems import Problem
from ui.i18n import problem_text


def print_json(data: Mapping[str, object]) -> None:
    """Print one JSON object, UTF-8, to stdout."""
    print(json.dumps(data, ensure_ascii=False, indent=2, default=str))


def print_problems(problems: Iterable[Problem]) -> None:
    """Print each problem in words, one line each, to stderr."""
    for problem in problems:
        print(f"{problem.severity.value}: {_placed(problem)}", file=sys.stderr)


def fail(*problems: Problem, as_json: bool) -> int:
    """Say that nothing could be shown, and why; return the exit status for it."""
    if as_json:
        print_json({"problems": [with_text(problem) for problem in problems]})
    print_problems(problems)
    return 2


def _placed(problem: Problem) -> str:
    """Return the words of a problem, with the place it concerns where they do not name it.

    The window has a column for the place; a line does not.
    """
    words = problem_text(problem)
    named = not problem.where or problem.where in words
    return words if named else f"{problem.where}: {words}"


def with_text(problem: Problem) -> dict[str, object]:
    """Return a problem as JSON-ready dictionary with its wording."""
    return {**problem.as_dict(), "text": problem_text(problem)}
