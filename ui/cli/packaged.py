"""A packaged application is the only Python on its machine: processes of its own ask it for ``-c`` and ``-m``."""

from __future__ import annotations

import runpy
import sys
from collections.abc import Sequence


def as_python(arguments: Sequence[str]) -> bool:
    """Do what Python does with ``[-I] -c CODE ...`` or ``[-I] -m MODULE ...``; return whether that was asked for.

    What starts a process of its own (solvers, analyses, readers of foreign files, isolated plugins) calls
    ``sys.executable``, which is the application itself once it is packaged. The module search path of a packaged
    application holds nothing of the user's, as ``-I`` asks.
    """
    asked = list(arguments)
    if asked[:1] == ["-I"]:
        del asked[0]
    if len(asked) < 2 or asked[0] not in ("-c", "-m"):
        return False
    kind, what, *rest = asked
    sys.argv = [kind, *rest]
    if kind == "-m":
        runpy.run_module(what, run_name="__main__", alter_sys=True)
    else:
        exec(compile(what, "<string>", "exec"), {"__name__": "__main__"})  # noqa: S102 - as Python would
    return True
