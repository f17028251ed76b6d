"""The public surface of ``twin.api`` as text: ``python -m tests.twin.api.surface`` stores it after a decision."""

from __future__ import annotations

import dataclasses
import inspect
import re
from pathlib import Path
from types import ModuleType

from twin import api
from twin.api import testing

STORED = Path(__file__).with_name("surface.txt")


def surface() -> str:
    """Return one line a public name: what it is, its parameters or fields."""
    lines = [f"api {line}" for line in _lines(api)]
    for name in api.__all__:
        value = getattr(api, name)
        if isinstance(value, ModuleType):
            lines += [f"api.{name} {line}" for line in _lines(value)]
    lines += [f"api.testing {line}" for line in _lines(testing)]
    return "\n".join(sorted(lines)) + "\n"


def _lines(module: ModuleType) -> list[str]:
    own = [n for n, v in vars(module).items() if getattr(v, "__module__", "") == module.__name__]
    names = getattr(module, "__all__", [n for n in own if not n.startswith("_")])
    return [f"{name}{_about(getattr(module, name))}" for name in names]


def _about(value: object) -> str:
    if dataclasses.is_dataclass(value) and isinstance(value, type):
        return " {" + ", ".join(f.name for f in dataclasses.fields(value)) + "}"
    if isinstance(value, type) or not callable(value):
        return ""
    try:
        parameters = inspect.signature(value).parameters.values()
    except (ValueError, TypeError):
        return "()"
    shown = [
        re.sub(r":.*", "", str(p)) + ("=" if p.default is not p.empty else "") for p in parameters
    ]
    return f"({', '.join(shown)})"


if __name__ == "__main__":
    STORED.write_text(surface(), encoding="utf-8")
