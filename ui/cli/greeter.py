"""``greeter``: a simulated welcome robot, which asks a running window for scenes and says the words."""

from __future__ import annotations

import argparse
import json
import socket
from typing import Any

from twin.errors import BelvedereError
from ui.cli.output import print_json
from ui.greeter.protocol import MOST_BYTES

TIMEOUT_S = 5.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("--port", type=int, required=True, help="as the panel says")
    parser.add_argument("--token", required=True, help="as the panel says")
    parser.add_argument("--language", default="en", help="of the visitor")
    parser.add_argument("--scene", default="", help="what to show; without it, what there is")


def run(options: argparse.Namespace) -> int:
    """Ask, and print what the robot would say."""
    request: dict[str, Any] = {"id": 1, "token": options.token, "language": options.language}
    request |= {"do": "show", "scene": options.scene} if options.scene else {"do": "hello"}
    answer = ask(options.port, request)
    if options.json:
        print_json(answer)
    elif answer.get("ok") and options.scene:
        print(answer["speak"])
    elif answer.get("ok"):
        print(answer["project"])
        for scene in answer["scenes"]:
            print(f"  {scene['id']}: {scene['title']}")
    if not answer.get("ok"):
        raise BelvedereError("greeter.refused", str(options.port), reason=answer.get("error", ""))
    return 0


def ask(port: int, request: dict[str, Any]) -> dict[str, Any]:
    """Send one request to a window on this machine and return its answer."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=TIMEOUT_S) as connection:
            connection.sendall(json.dumps(request).encode() + b"\n")
            with connection.makefile("rb") as lines:
                answer = json.loads(lines.readline(MOST_BYTES * 16))
    except (OSError, ValueError) as error:
        raise BelvedereError("greeter.silent", str(port), reason=str(error)[:120]) from error
    return answer if isinstance(answer, dict) else {}
