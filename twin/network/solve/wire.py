"""Messages of the solver's process: a line of JSON, then as many bytes of arrays as the line says."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any, BinaryIO

import numpy as np
import orjson


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
