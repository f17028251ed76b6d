"""What a packaged application does when its own processes take it for Python."""

from __future__ import annotations

import subprocess
import sys

import pytest

from ui.cli.packaged import as_python

START = "from ui.cli.packaged import as_python; import sys; print(as_python(sys.argv[1:]))"


def started(*arguments: str) -> str:
    command = [sys.executable, "-c", START, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize("before", [(), ("-I",)])
def test_code_and_modules_run_as_python_runs_them(before: tuple[str, ...]) -> None:
    told = "import sys; print(__name__, sys.argv)"
    command = [sys.executable, "-c", told, "a", "-b"]
    plain = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert started(*before, "-c", told, "a", "-b") == plain + "True\n"
    assert started(*before, "-m", "this").startswith("The Zen of Python")


@pytest.mark.parametrize("arguments", [[], ["demo"], ["render", "demo"], ["-c"], ["--version"]])
def test_a_verb_is_left_to_the_application(arguments: list[str]) -> None:
    assert not as_python(arguments)
