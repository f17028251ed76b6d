"""The solver's process: reads requests on its input, solves, writes progress and results to its output.

One message is a line of JSON, followed by as many bytes of arrays (numpy's npz) as the line says. It is
stopped by ending it: nothing is kept here.
"""

from __future__ import annotations

import os
import sys
import traceback
from pathlib import Path
from typing import Any

import orjson

from twin.errors import BelvedereError
from twin.network.solve.wire import Wire


def main() -> None:
    """Answer requests until the input ends."""
    wire = Wire(os.fdopen(os.dup(sys.stdout.fileno()), "wb"))
    # What libraries print must not come between our messages.
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, sys.stdout.fileno())
    if sys.argv[1:] == ["--warm"]:
        _warm()
    for line in sys.stdin.buffer:
        try:
            _answer(orjson.loads(line), wire)
        except BelvedereError as error:
            wire.send({"type": "failed", "problem": error.problem.as_dict()})
        except Exception as error:  # noqa: BLE001 - libraries raise anything; it becomes a message
            where = traceback.extract_tb(error.__traceback__)[-1]
            reason = f"{type(error).__name__}: {error} ({Path(where.filename).name}:{where.lineno})"
            wire.send({"type": "failed", "key": "network.solver_failed", "reason": reason[:300]})


def _warm() -> None:
    import logging
    import warnings

    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    import pandapower

    del pandapower


def _answer(request: dict[str, Any], wire: Wire) -> None:
    _warm()
    from twin.network.solve import running

    running.answer(request, wire)
