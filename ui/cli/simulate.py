"""``simulate``: the services of a town on this machine, for towns that publish none; all they tell is made up."""

from __future__ import annotations

import argparse
import threading
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from twin.errors import BelvedereError
from twin.synth import speaking
from ui.cli.output import print_json
from ui.cli.projects import DEMO

HOST = "127.0.0.1"
"""This machine only: nobody else mistakes it for a service."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("--port", type=int, default=0, help="default: any that is free")
    parser.add_argument(
        "--seconds", type=float, default=None, help="how long; default: until it is interrupted"
    )


def run(options: argparse.Namespace) -> int:
    """Answer until the time is over."""
    try:
        server = serve(DEMO / "data", options.port)
    except OSError as error:
        raise BelvedereError("simulate.no_port", str(options.port), reason=str(error)) from error
    address = address_of(server)
    said = {"simulated": True, "address": address, "services": speaking.addresses(address)}
    if options.json:
        print_json(said)
    else:
        print(f"{speaking.NAME}: {address}")
        for name, place in speaking.addresses(address).items():
            print(f"  {name:14}{place}")
    try:
        threading.Event().wait(options.seconds)
    finally:
        server.shutdown()
        server.server_close()
    return 0


def serve(data: Path, port: int = 0) -> ThreadingHTTPServer:
    """Start answering on a thread of its own."""
    server = ThreadingHTTPServer((HOST, port), _handler(data))
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, name="simulated", daemon=True).start()
    return server


def address_of(server: ThreadingHTTPServer) -> str:
    """Return where a server is asked."""
    return f"http://{HOST}:{server.server_address[1]}"


def _handler(data: Path) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            host = f"http://{HOST}:{self.server.server_address[1]}"
            town = speaking.Town(data=data, address=host, at=datetime.now(UTC))
            try:
                found = speaking.answer(town, self.path)
            except ValueError:
                self.send_error(400)
                return
            if found is None:
                self.send_error(404)
                return
            self.send_response(200)
            headers = {**speaking.LABEL, "Content-Type": found.kind, "Cache-Control": "no-store"}
            for name, value in {**headers, "Content-Length": str(len(found.body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(found.body)

        def log_message(self, *_args: object) -> None:
            """Say nothing of who asks."""

    return Handler
