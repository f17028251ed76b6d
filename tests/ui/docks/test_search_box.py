"""The search field: places, features and coordinates, found without stopping the window."""

from __future__ import annotations

import functools
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from twin.work.session import Session
from ui.docks.search_box import SearchBox
from ui.i18n import translator
from ui.search.addresses import lookup


@pytest.fixture
def box(qtbot: QtBot, town: Session) -> SearchBox:
    box = SearchBox(town)
    qtbot.addWidget(box, before_close_func=lambda widget: widget.set_session(None))
    box.show()
    box.line.setFocus()
    qtbot.waitUntil(lambda: len(box._indexes) == 2, timeout=20_000)
    return box


def titles(box: SearchBox) -> list[str]:
    return [result.title for result in box.results()]


def test_a_feature_is_found_selected_and_flown_to(
    box: SearchBox, town: Session, qtbot: QtBot
) -> None:
    qtbot.keyClicks(box.line, "maison 11")
    qtbot.waitUntil(lambda: titles(box) == ["Maison n° 11"], timeout=20_000)
    assert box.results()[0].about == "Buildings"
    with qtbot.waitSignal(box.fly_to_requested) as asked:
        qtbot.keyClick(box._completer.popup(), Qt.Key.Key_Return)
    assert town.selection.features == {("houses", "house-11")}
    low, high = np.array(asked.args[0][:3]), np.array(asked.args[0][3:])
    np.testing.assert_allclose((low + high)[:2] / 2, [227.5, 7.5], atol=1e-3)


def test_a_place_is_found_in_either_language(box: SearchBox, qtbot: QtBot) -> None:
    qtbot.keyClicks(box.line, "mairie")
    qtbot.waitUntil(lambda: "Town hall" in titles(box), timeout=20_000)
    assert "Bruit – mairie" in titles(box)
    translator.set_language("fr")
    box._ask()
    qtbot.waitUntil(lambda: "Mairie" in titles(box), timeout=20_000)


def test_coordinates_say_what_was_understood(box: SearchBox, qtbot: QtBot) -> None:
    qtbot.keyClicks(box.line, "651100 6857050")
    qtbot.waitUntil(lambda: bool(titles(box)), timeout=20_000)
    assert titles(box)[0] == "Lambert-93: x 651,100 m, y 6,857,050 m"
    with qtbot.waitSignal(box.fly_to_requested) as asked:
        qtbot.keyClick(box._completer.popup(), Qt.Key.Key_Return)
    np.testing.assert_allclose(asked.args[0], [-20, -70, 0, 220, 170, 0], atol=0.01)


def test_nothing_found_is_said(box: SearchBox, qtbot: QtBot) -> None:
    qtbot.keyClicks(box.line, "zzzz")
    qtbot.waitUntil(lambda: box._model.rowCount() == 1, timeout=20_000)
    assert box._model.item(0).text() == "Nothing found"
    assert box.results() == []
    qtbot.keyClick(box._completer.popup(), Qt.Key.Key_Escape)
    qtbot.keyClick(box.line, Qt.Key.Key_Escape)
    assert box.line.text() == ""


def test_a_layer_that_is_gone_is_no_longer_found(
    box: SearchBox, town: Session, qtbot: QtBot
) -> None:
    town.do("edit.remove_layer", lambda p: p.without_layer("houses"))
    qtbot.keyClicks(box.line, "maison")
    qtbot.waitUntil(lambda: box._model.rowCount() == 1, timeout=20_000)
    assert box.results() == []


def test_addresses_are_asked_for_only_when_chosen(
    town: Session, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    answer = {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "geometry": {"type": "Point", "coordinates": [2.2735, 48.8239]},
                "properties": {
                    "label": "62 Rue du Général Leclerc",
                    "context": "92, Hauts-de-Seine",
                },
            }
        ],
    }

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            body = json.dumps(answer).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Answers) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        finders = tmp_path / "finders.toml"
        finders.write_text(
            '[[place]]\nid = "a"\nkind = "geoplateforme"\nwhere = "fr"\nsource = "BAN"\n'
            f'url = "http://127.0.0.1:{server.server_address[1]}/search"\n',
            encoding="utf-8",
        )
        own = functools.partial(lookup, finders=finders)
        monkeypatch.setattr("ui.docks.search_box.lookup", own)
        box = SearchBox(town, folder=tmp_path)
        qtbot.addWidget(box, before_close_func=lambda widget: widget.set_session(None))
        box.show()
        box.line.setFocus()
        qtbot.keyClicks(box.line, "62 rue leclerc")
        qtbot.waitUntil(lambda: titles(box) == ["Look up “62 rue leclerc”"], timeout=20_000)
        assert asked == []
        box.choose(box.results()[0])
        qtbot.waitUntil(lambda: titles(box) == ["62 Rue du Général Leclerc"], timeout=20_000)
        assert box.results()[0].about == "92, Hauts-de-Seine, BAN"
        with qtbot.waitSignal(box.fly_to_requested) as flown:
            box.choose(box.results()[0])
        x, y = town.project.frame.scene_from_lonlat([(2.2735, 48.8239)])[0, :2]
        low, high = np.array(flown.args[0][:2]), np.array(flown.args[0][3:5])
        np.testing.assert_allclose((low + high) / 2, [x, y], atol=1e-6)
        server.shutdown()
