"""What the servers of these tests share: a free port of loopback, a thread, and a count of what was asked."""

from __future__ import annotations

import threading
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Loopback(ThreadingHTTPServer):
    """Answers until it is closed; ``asked`` counts the paths, ``bytes_sent`` what went out."""

    def __init__(self, handler: type[BaseHTTPRequestHandler]) -> None:
        super().__init__(("127.0.0.1", 0), handler)
        self.asked: Counter[str] = Counter()
        self.bytes_sent = 0

    def start(self) -> None:
        """Begin to answer, once all that the answers need is there."""
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def close(self) -> None:
        self.shutdown()
        self.server_close()


class Quiet(BaseHTTPRequestHandler):
    """Says nothing of what it does."""

    def log_message(self, *_args: object) -> None:
        pass
