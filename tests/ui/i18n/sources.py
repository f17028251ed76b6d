"""Which message keys the sources use, found in their syntax trees."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
KEY = re.compile(r"^[a-z][a-z0-9_]*(\.[a-z0-9_]+)+$")
ENGINE = ("twin", "layers", "plugins", "ui")
WORDED_BY_UI = frozenset({"tr", "has", "Action", "Job", "do", "Step"})
PROBLEM_CALLS = re.compile(r"(problem|error|report|warn|unreadable|fail)", re.IGNORECASE)


@dataclass(frozen=True)
class Use:
    """A key, or the beginning of keys made up while running, and where it stands."""

    key: str
    place: str
    prefix: bool = False


def trees(*rooms: str) -> Iterator[tuple[Path, ast.Module]]:
    """Parse every Python file of the rooms."""
    for room in rooms:
        for path in sorted((ROOT / room).rglob("*.py")):
            yield path.relative_to(ROOT), ast.parse(path.read_text(encoding="utf-8"))


def keys_of_ui() -> set[Use]:
    """Return the keys that the interface words: tr(), actions, titles of jobs and of undo steps."""
    found = set()
    for path, tree in trees("ui", "twin"):
        for call in _calls(tree):
            if _name(call) in WORDED_BY_UI:
                found |= set(_keys_in(call, path))
    return found


def keys_of_problems() -> set[Use]:
    """Return the keys of Problem(...), of exceptions and of functions named after them."""
    found = set()
    for path, tree in trees(*ENGINE):
        for call in _calls(tree):
            if PROBLEM_CALLS.search(_name(call)):
                found |= set(_keys_in(call, path))
    return found


def _calls(tree: ast.Module) -> Iterator[ast.Call]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def _name(call: ast.Call) -> str:
    if isinstance(call.func, ast.Attribute):
        return call.func.attr
    return call.func.id if isinstance(call.func, ast.Name) else ""


def _keys_in(call: ast.Call, path: Path) -> Iterator[Use]:
    place = f"{path}:{call.lineno}"
    # An action's id, icon and keys are no wordings.
    named = [k.value for k in call.keywords if _name(call) != "Action" or k.arg == "text"]
    for argument in [*call.args, *named]:
        for node in _branches(argument):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                if KEY.match(node.value):
                    yield Use(node.value, place)
            elif isinstance(node, ast.JoinedStr) and isinstance(node.values[0], ast.Constant):
                start = str(node.values[0].value)
                if re.match(r"^[a-z][a-z0-9_]*\.", start):
                    yield Use(start, place, prefix=True)


def _branches(node: ast.expr) -> list[ast.expr]:
    if isinstance(node, ast.IfExp):
        return [*_branches(node.body), *_branches(node.orelse)]
    return [node]
