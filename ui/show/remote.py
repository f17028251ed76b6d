"""A phone on the local network as remote control: one page, one token, nothing else reachable.

The page and its commands are served by the standard library's HTTP server on a thread of its own. A request without the
token of this show is answered 404, whatever it asks for; bodies are not read; the token is made anew each time.
"""

from __future__ import annotations

import base64
import hmac
import http.server
import io
import json
import secrets
import socket
import string
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QImage, QPixmap
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from ui.i18n import tr, translator

if TYPE_CHECKING:
    from twin.model.story import Story
    from ui.show.on_stage import OnStage

ALLOWED = frozenset(
    {
        "next",
        "back",
        "first",
        "last",
        "autoplay",
        "blank",
        "freeze",
        "clear",
        *(f"branch:{n}" for n in range(9)),
    }
)
"""What a phone may do. It may not end the show, and nothing of the project can be reached."""

LETTERS = {
    "ko": "U+1100-11FF, U+3000-318F, U+AC00-D7FF",
    "ar": "U+0600-06FF, U+0750-077F, U+FB50-FDFF, U+FE70-FEFF",
}
"""Languages whose letters a phone may lack, and which letters those are."""
BUTTONS = ("next", "back", "blank", "freeze", "autoplay")
PAGE = Path(__file__).resolve().parents[2] / "assets" / "web" / "remote.html"


class Remote(QObject):
    """Serves the page while a show runs."""

    command = Signal(str)
    """A command of the phone; emitted on the server's thread, delivered on the window's."""

    def __init__(self, stage: OnStage) -> None:
        super().__init__(stage)
        self._stage = stage
        self.token = secrets.token_urlsafe(18)
        self._server: http.server.ThreadingHTTPServer | None = None
        self._thread: threading.Thread | None = None
        self._card: QWidget | None = None
        self._state = {"title": "", "place": ""}
        stage.stop_shown.connect(self._note)
        self._note(None)

    @property
    def address(self) -> str:
        """What the phone opens."""
        port = self._server.server_address[1] if self._server is not None else 0
        return f"http://{local_address()}:{port}/{self.token}/"

    def start(self, near: QWidget | None = None, *, host: str = "") -> None:
        """Serve, and show the QR code over a window. Raises OSError where no port is free."""
        answers = Answers(
            page=cache(partial(_page, self._stage.player.story, translator.language)),
            state=lambda: dict(self._state),
            command=self.command.emit,
        )
        handler = type("Handler", (_Handler,), {"token": self.token, "answers": answers})
        self._server = http.server.ThreadingHTTPServer((host, 0), handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(
            target=self._server.serve_forever, name="remote", daemon=True
        )
        self._thread.start()
        if near is not None:
            self._show_code(near)

    def close(self) -> None:
        """Stop serving; the token is of no use afterwards."""
        self._stage.stop_shown.disconnect(self._note)
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None
        if self._thread is not None:
            self._thread.join(timeout=5.0)
        if self._card is not None:
            self._card.close()
            self._card.deleteLater()
            self._card = None

    def _note(self, _stop: object) -> None:
        player = self._stage.player
        number, count = player.place
        self._state = {
            "title": player.story.told(player.stop.title, self._stage.language),
            "place": f"\u2066{number or '·'} / {count}\u2069",
        }

    def _show_code(self, near: QWidget) -> None:
        card = QWidget(near, Qt.WindowType.Tool)
        card.setWindowTitle(tr("console.remote"))
        code, words = QLabel(), QLabel(tr("remote.how"))
        code.setPixmap(qr_code(self.address))
        code.setAccessibleName(tr("remote.code"))
        address = QLabel(self.address)
        address.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        layout = QVBoxLayout(card)
        for part in (words, code, address):
            layout.addWidget(part)
        card.show()
        self._card = card


def local_address() -> str:
    """Return this machine's address in the local network, without sending anything."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(
                ("192.0.2.1", 9)
            )  # a documentation address (RFC 5737): only the route is asked for
            return str(probe.getsockname()[0])
        except OSError:
            return "127.0.0.1"


def qr_code(words: str, scale: int = 6) -> QPixmap:
    """Return a text as QR code. Raises MissingExtraError without the extra ``show``."""
    from twin.extras import require

    segno = require("show", "segno")
    written = io.BytesIO()
    segno.make(words, error="m").save(written, kind="png", scale=scale, border=3)
    return QPixmap.fromImage(QImage.fromData(written.getvalue(), "PNG"))


@dataclass(frozen=True, kw_only=True)
class Answers:
    """What a phone is told: the page, made when first asked for, and how the show stands; and where its commands go."""

    page: Callable[[], str]
    state: Callable[[], dict[str, str]]
    command: Callable[[str], object]


def _page(story: Story, language: str) -> str:
    """Return the page in the interface's language, with letters for phones whose own typefaces lack them."""
    from ui.show.wording import right_to_left

    words = {name: tr(f"console.{name}") for name in BUTTONS}
    direction = "rtl" if right_to_left(language) else "ltr"
    faces = "\n".join(_face(story, name, list(words.values())) for name in LETTERS)
    page = string.Template(PAGE.read_text(encoding="utf-8"))
    return page.safe_substitute(language=language, direction=direction, faces=faces, **words)


def _face(story: Story, language: str, words: Sequence[str]) -> str:
    """Return the style rule of the letters of a language, empty where there is no typeface of its own for it."""
    from twin.export.fonts import subset
    from ui.text import script_files

    path = script_files().get(language)
    if path is None:
        return ""
    titles = [stop.title.get(language, "") for stop in story.stops]
    font = base64.b64encode(subset(path, [*titles, *words])).decode()
    source = f'url("data:font/woff;base64,{font}") format("woff")'
    return (
        f"@font-face {{ font-family: Letters; src: {source}; unicode-range: {LETTERS[language]}; }}"
    )


class _Handler(http.server.BaseHTTPRequestHandler):
    """Answers what stands below the token, and 404 to all else."""

    token: str
    answers: Answers
    server_version, sys_version = "Belvedere", ""
    timeout = 10.0

    def do_GET(self) -> None:
        path = self._path() or ""
        if path == "/":
            self._answer(200, self.answers.page(), "text/html; charset=utf-8")
        else:
            self._answer(404, "", "text/plain")

    def do_POST(self) -> None:
        path = self._path() or ""
        asked = unquote(path.removeprefix("/do/"))
        if path == "/state":
            self._answer(
                200, json.dumps(self.answers.state(), ensure_ascii=False), "application/json"
            )
        elif path.startswith("/do/") and asked in ALLOWED:
            self.answers.command(asked)
            self._answer(
                200, json.dumps(self.answers.state(), ensure_ascii=False), "application/json"
            )
        else:
            self._answer(404, "", "text/plain")

    def send_error(self, *_args: Any) -> None:
        """Answer what is no request of the page as any other address: not found."""
        self.close_connection = True
        self._answer(404, "", "text/plain")

    def log_message(self, *_args: Any) -> None:
        """Write nothing: addresses hold the token."""

    def _path(self) -> str | None:
        """Return what is asked for below the token, None without the right one."""
        first, _, rest = self.path.lstrip("/").partition("/")
        if not hmac.compare_digest(first.encode(), self.token.encode()):
            return None
        return "/" + rest.split("?")[0]

    def _answer(self, status: int, body: str, kind: str) -> None:
        data = body.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("Referrer-Policy", "no-referrer")
        self.send_header("X-Content-Type-Options", "nosniff")
        self.end_headers()
        self.wfile.write(data)
