"""What goes wrong in a rehearsal on purpose: a feed that is cut, a plugin that crashes."""

from __future__ import annotations

import json
import threading
import time
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from twin.model.feed import FeedSpec
from twin.model.layer import LayerSpec
from twin.model.project import Project
from twin.store.project_folder import load_project, save_project, save_project_as

MANIFEST = """
id = "brittle"
version = "0.1.0"
api = "0.1"
title = { en = "Brittle", fr = "Fragile" }
[[contributions.layers]]
id = "brittle"
class = "layer:Brittle"
title = { en = "Brittle", fr = "Fragile" }
accepts = ["point"]
roles = []
"""
CODE = """
import os


class Brittle:
    def load(self, ctx):
        os._exit(3)

    def build(self, table, params, view):
        return []
"""


class Sender:
    """Sends an event a second on the loopback, until it is cut."""

    def __init__(self) -> None:
        self.cut = threading.Event()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                if outer.cut.is_set():
                    self.send_error(503)
                    return
                self.send_response(200)
                self.send_header("Content-Type", "text/event-stream")
                self.end_headers()
                outer.talk(self)

            def log_message(self, *_args: object) -> None:
                """Write nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        """Where it sends."""
        return f"http://127.0.0.1:{self._server.server_address[1]}/events"

    def talk(self, handler: BaseHTTPRequestHandler) -> None:
        """Send until the line is cut or nobody listens."""
        number = 0
        try:
            while not self.cut.is_set():
                number += 1
                handler.wfile.write(f"data: {json.dumps({'value': number % 60})}\n\n".encode())
                handler.wfile.flush()
                time.sleep(1.0)
        except OSError:
            return

    def close(self) -> None:
        """Stop."""
        self.cut.set()
        self._server.shutdown()
        self._server.server_close()


def troubled(source: Path, folder: Path, story_id: str, sender: Sender) -> Path:
    """Write a copy of a project with a feed, a plugin that crashes, and a story that shows the present; return it."""
    project, at, _ = load_project(source)
    save_project_as(project, at, folder)
    plugin = folder / "plugins" / "brittle"
    plugin.mkdir(parents=True)
    (plugin / "plugin.toml").write_text(MANIFEST, encoding="utf-8")
    (plugin / "layer.py").write_text(CODE, encoding="utf-8")
    save_project(_changed(project, story_id, sender.url), folder)
    return folder


def _changed(project: Project, story_id: str, url: str) -> Project:
    brittle = LayerSpec(id="brittle", type="brittle", title={"en": "Brittle"})
    feed = FeedSpec(id="events", kind="sse", url=url, ttl_s=5.0)
    story = project.story(story_id)
    stops = tuple(
        replace(stop, live=True, layers=None if stop.layers is None else (*stop.layers, "brittle"))
        for stop in story.stops
    )
    told = replace(project, layers=(*project.layers, brittle), feeds=(feed,))
    return told.with_story(replace(story, stops=stops))
