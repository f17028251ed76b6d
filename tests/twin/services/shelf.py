"""Files on a static server that serves ranges, answers made by functions, and a proxy that passes all on."""

from __future__ import annotations

import json
import threading
import urllib.request
from collections import Counter
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

Answer = Callable[[dict[str, str], bytes], object]


class Shelf(ThreadingHTTPServer):
    """``files`` by path; ``answers`` by path give JSON; ``bytes_sent`` counts what went out."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.files: dict[str, bytes] = {}
        self.answers: dict[str, Answer] = {}
        self.asked: Counter[str] = Counter()
        self.bytes_sent = 0
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def close(self) -> None:
        self.shutdown()
        self.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Shelf

    def log_message(self, *_args: object) -> None:
        pass

    def do_POST(self) -> None:
        self.do_GET(self.rfile.read(int(self.headers.get("content-length", 0))))

    def do_GET(self, body: bytes = b"") -> None:
        parts = urlsplit(self.path)
        name = parts.path.strip("/")
        self.server.asked[name] += 1
        if name in self.server.answers:
            query = {key: values[0] for key, values in parse_qs(parts.query).items()}
            made = self.server.answers[name](query, body)
            self._send(json.dumps(made).encode(), "application/json", 200, {})
            return
        data, asked = self.server.files.get(name), self.headers.get("Range", "")
        if data is None:
            self._send(b"no such file", "text/plain", 404, {})
        elif asked:
            first, last = (int(v) for v in asked.removeprefix("bytes=").split("-"))
            last = min(last, len(data) - 1)
            told = {"Content-Range": f"bytes {first}-{last}/{len(data)}"}
            self._send(data[first : last + 1], "image/tiff", 206, told)
        else:
            self._send(data, "image/tiff", 200, {})

    def _send(self, body: bytes, kind: str, status: int, more: dict[str, str]) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        for name, value in more.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)
        self.server.bytes_sent += len(body)


class Proxy(ThreadingHTTPServer):
    """A forward proxy for http that notes what passes through it."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Passing)
        self.passed: list[tuple[str, str]] = []
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()

    def close(self) -> None:
        self.shutdown()
        self.server_close()


class _Passing(BaseHTTPRequestHandler):
    server: Proxy

    def log_message(self, *_args: object) -> None:
        pass

    def do_GET(self) -> None:
        self.server.passed.append((self.path, self.headers.get("Proxy-Authorization", "")))
        direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with direct.open(self.path, timeout=10) as answer:
            body = answer.read()
        self.send_response(200)
        self.send_header("Content-Type", "text/plain")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
