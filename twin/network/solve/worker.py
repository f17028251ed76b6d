"""The solver's process: reads requests on its input, solves, writes progress and results to its output.

One message is a line of JSON, followed by as many bytes of arrays (numpy's npz) as the line says. It is
stopped by ending it: nothing is kept here.
"""

from __future__ import annotations

import io
import os
import sys
import traceback
from collections.abc import Mapping
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import orjson

from twin.errors import BelvedereError


class Wire:
    """Messages to whoever asked."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def send(self, header: Mapping[str, Any], arrays: Mapping[str, Any] | None = None) -> None:
        """Write one message."""
        blob = b""
        if arrays:
            buffer = io.BytesIO()
            np.savez(buffer, **arrays)
            blob = buffer.getvalue()
        self.send_bytes(header, blob)

    def send_bytes(self, header: Mapping[str, Any], blob: bytes) -> None:
        """Write one message with bytes of any kind."""
        self._stream.write(orjson.dumps({**header, "bytes": len(blob)}, default=str) + b"\n")
        self._stream.write(blob)
        self._stream.flush()


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
