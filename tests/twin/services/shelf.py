"""Files on a static server that serves ranges, answers made by functions, and a proxy that passes all on."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

from tests.twin.services.loopback import Loopback, Quiet

Answer = Callable[[dict[str, str], bytes], object]


class Shelf(Loopback):
    """``files`` by path; ``answers`` by path give JSON; ``bytes_sent`` counts what went out."""

    def __init__(self) -> None:
        super().__init__(_Handler)
        self.files: dict[str, bytes] = {}
        self.answers: dict[str, Answer] = {}
        self.start()


class _Handler(Quiet):
    protocol_version = "HTTP/1.1"
    server: Shelf

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


class Proxy(Loopback):
    """A forward proxy for http that notes what passes through it."""

    def __init__(self) -> None:
        super().__init__(_Passing)
        self.passed: list[tuple[str, str]] = []
        self.start()


class _Passing(Quiet):
    server: Proxy

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
