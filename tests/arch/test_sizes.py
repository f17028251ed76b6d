"""Files and functions stay short enough to be read in one go."""

from __future__ import annotations

import ast

import pytest

from tests.arch.rules import ROOT, python_files, tree_of

FILE_LINES = 400
FUNCTION_LINES = 60

# Longer than the limit for now. This list may only shrink: an entry that is no longer needed fails.
LONG_FILES: dict[str, int] = {}
LONG_FUNCTIONS: dict[str, int] = {}

Function = ast.FunctionDef | ast.AsyncFunctionDef


def lines_of(function: Function) -> int:
    """Lines of a function without its decorators and docstring."""
    start = function.lineno
    end = function.end_lineno or start
    first = function.body[0]
    lines = end - start + 1
    if ast.get_docstring(function) is not None:
        lines -= (first.end_lineno or first.lineno) - first.lineno + 1
    return lines


def test_a_docstring_does_not_count() -> None:
    source = 'def f():\n    """One.\n\n    Two.\n    """\n    return 1\n'
    function = ast.parse(source).body[0]
    assert isinstance(function, ast.FunctionDef)
    assert lines_of(function) == 2


def _check(found: dict[str, int], limit: int, allowed: dict[str, int]) -> None:
    too_long = {name: size for name, size in found.items() if size > allowed.get(name, limit)}
    outdated = {name: found.get(name, 0) for name in allowed if found.get(name, 0) <= limit}
    assert too_long == {}
    assert outdated == {}, "take these off the list"


def test_files() -> None:
    found = {
        str(path): len((ROOT / path).read_text(encoding="utf-8").splitlines())
        for path in python_files()
    }
    assert found
    _check(found, FILE_LINES, LONG_FILES)


def test_functions() -> None:
    found = {}
    for path in python_files():
        for node in ast.walk(tree_of(path)):
            if isinstance(node, Function):
                found[f"{path}:{node.name}"] = max(
                    lines_of(node), found.get(f"{path}:{node.name}", 0)
                )
    _check(found, FUNCTION_LINES, LONG_FUNCTIONS)


def test_the_limits_bite() -> None:
    with pytest.raises(AssertionError):
        _check({"a.py": 401}, 400, {})
    with pytest.raises(AssertionError, match="take these off"):
        _check({"a.py": 10}, 400, {"a.py": 500})
    _check({"a.py": 450}, 400, {"a.py": 500})
