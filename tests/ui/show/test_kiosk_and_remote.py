"""The kiosk's reset, hours and locks; the phone that may turn pages and nothing else; the guardian's picture."""

from __future__ import annotations

import base64
import http.client
import io
import json
import re
from collections.abc import Iterator
from datetime import datetime, time
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from ui.show.guardian import Diary
from ui.show.kiosk import EDGE_PX, Kiosk
from ui.show.on_stage import OnStage
from ui.show.remote import Remote, _page, qr_code
from ui.window import MainWindow


@pytest.fixture
def stage(window: MainWindow) -> Iterator[OnStage]:
    show = OnStage(window, window.session.project.story("tour"), "en")
    show.begin()
    yield show
    show.end()


def test_a_kiosk_attracts_serves_and_resets(stage: OnStage, qtbot: QtBot) -> None:
    kiosk = Kiosk(stage, idle_s=0.4)
    kiosk.attract()
    assert stage.player.autoplay
    assert stage.player.loop
    qtbot.mouseClick(kiosk._choice.buttons["ko"], Qt.MouseButton.LeftButton)
    assert stage.language == "ko"
    assert not stage.player.autoplay
    QTest.keyClick(stage.audience, Qt.Key.Key_Right)
    assert stage.player.stop.id == "west"
    for key in (Qt.Key.Key_Escape, Qt.Key.Key_B, Qt.Key.Key_O):
        QTest.keyClick(stage.audience, key)
    assert stage.audience.isVisible()
    assert not stage.marks.blank
    assert stage.console is None
    stage.audience.close()
    assert stage.audience.isVisible()
    qtbot.waitUntil(lambda: kiosk.attracting, timeout=5_000)
    assert stage.player.stop.id == "south"
    kiosk.close()


def test_a_kiosk_that_was_lost_comes_back_to_its_visitor_or_to_nobody(
    stage: OnStage, qtbot: QtBot
) -> None:
    stage.player.go("west", jump=True)
    kiosk = Kiosk(stage, idle_s=0.4)
    kiosk.serve()
    assert kiosk._bar.isVisible()
    assert stage.player.stop.id == "west"
    qtbot.waitUntil(lambda: kiosk.attracting, timeout=5_000)  # the visitor has gone meanwhile
    kiosk.attract("east")
    assert kiosk._choice.isVisible()
    assert (stage.player.stop.id, stage.player.autoplay) == ("east", True)
    kiosk.close()


def test_a_kiosk_is_black_outside_its_hours(stage: OnStage) -> None:
    kiosk = Kiosk(stage, hours=(time(9), time(18)))
    for hour, black in ((8, True), (9, False), (17, False), (18, True)):
        kiosk.keep_hours(datetime(2026, 6, 21, hour, 30 if hour == 8 else 0).astimezone())
        assert stage.marks.blank is black
    kiosk.close()


def test_a_visitor_turns_the_city_by_buttons_that_have_names(stage: OnStage, qtbot: QtBot) -> None:
    kiosk = Kiosk(stage, allowed=("next", "back"))
    kiosk.choose("ar")
    bar = kiosk._bar
    assert set(bar._buttons) == {"back", "left", "right", "nearer", "farther", "next"}
    assert bar._buttons["next"].accessibleName() == "المحطة التالية"
    assert "إصبع" in bar._hint.text()
    camera = stage.performer.viewport.stage.camera
    before = camera.pose
    qtbot.mouseClick(bar._buttons["nearer"], Qt.MouseButton.LeftButton)
    qtbot.mouseClick(bar._buttons["left"], Qt.MouseButton.LeftButton)
    assert camera.pose.distance_m < before.distance_m
    assert camera.pose.heading_deg != before.heading_deg
    QTest.keyClick(stage.audience, Qt.Key.Key_T)  # not among what is allowed
    assert stage.language == "ar"
    kiosk.close()


def asked(remote: Remote, method: str, path: str) -> tuple[int, bytes]:
    assert remote._server is not None
    connection = http.client.HTTPConnection(
        "127.0.0.1", remote._server.server_address[1], timeout=5
    )
    connection.request(method, path)
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer.status, body


def test_a_phone_turns_pages_with_the_token_of_this_show_only(stage: OnStage, qtbot: QtBot) -> None:
    remote = Remote(stage)
    remote.command.connect(stage.do)
    remote.start(host="127.0.0.1")
    try:
        token = remote.token
        status, page = asked(remote, "GET", f"/{token}/")
        assert status == 200
        assert b"<button" in page
        assert asked(remote, "POST", f"/{token}/do/next")[0] == 200
        qtbot.waitUntil(lambda: stage.player.stop.id == "west", timeout=3_000)
        state = json.loads(asked(remote, "POST", f"/{token}/state")[1])
        assert state == {"title": "Low in the west", "place": "\u20662 / 3\u2069"}
        for method, path in (
            ("GET", "/"),
            ("GET", "/wrong/"),
            ("POST", "/wrong/do/next"),
            ("POST", f"/{token}/do/end"),
            ("POST", f"/{token}/do/layer:houses"),
            ("POST", f"/{token}/do/../../x"),
            ("GET", f"/{token}/state"),
            ("GET", f"/{token}/../project.json"),
            ("PUT", f"/{token}/do/next"),
            ("OPTIONS", "/"),
        ):
            assert asked(remote, method, path) == (404, b"")
    finally:
        remote.close()
    assert Remote(stage).token != token


def test_the_code_is_a_picture(qapp: object) -> None:
    assert qr_code("http://192.0.2.1:8000/token/").width() > 100


def test_a_diary_is_whole_or_not_there(tmp_path: Path) -> None:
    diary = Diary(tmp_path)
    assert diary.read() == {}
    diary.write(stop="waste", language="ko")
    assert diary.read()["stop"] == "waste"
    diary.file.write_text("{ broken")
    assert diary.read() == {}


def test_a_visitor_asks_for_a_branch_by_touch_and_arrows_point_as_one_reads(
    stage: OnStage, qtbot: QtBot
) -> None:
    kiosk = Kiosk(stage)
    kiosk.choose("en")
    asks = [b for b in kiosk._bar.findChildren(QPushButton) if b.property("branch") is not None]
    assert [b.text() for b in asks if b.isVisible()] == [
        stage.player.story.told(branch.title, "en") for branch in stage.player.stop.branches
    ]
    assert kiosk._bar._buttons["next"].text() == "▶"
    kiosk.choose("ar")
    assert kiosk._bar._buttons["next"].text() == "◀"
    asks = [b for b in kiosk._bar.findChildren(QPushButton) if b.property("branch") is not None]
    qtbot.mouseClick(asks[-1], Qt.MouseButton.LeftButton)
    assert stage.player.stop.id == "pipe"
    kiosk.close()


@pytest.mark.parametrize("size", [(1280, 720), (800, 600), (540, 960)])
def test_buttons_of_the_kiosk_keep_clear_of_edges_and_words(
    stage: OnStage, size: tuple[int, int]
) -> None:
    kiosk = Kiosk(stage)
    stage.audience.showNormal()
    stage.audience.resize(*size)
    kiosk.attract()
    host, choice = stage.audience, kiosk._choice.geometry()
    assert choice.left() >= EDGE_PX
    assert choice.right() <= host.width() - EDGE_PX
    kiosk.choose("ar")
    bar = kiosk._bar.geometry()
    assert bar.left() >= EDGE_PX
    assert bar.right() <= host.width() - EDGE_PX
    if size[0] >= 1280:  # there is room beside the words
        assert not bar.intersects(host.card.geometry())
    kiosk.close()


def test_the_page_brings_letters_that_a_phone_may_lack(stage: OnStage) -> None:
    page = _page(stage.player.story, "ko")
    fonts = re.findall('base64,([^"]+)', page)
    letters = [set(TTFont(io.BytesIO(base64.b64decode(font))).getBestCmap()) for font in fonts]
    titles = "".join(stop.title.get("ko", "") for stop in stage.player.story.stops)
    assert {ord(letter) for letter in titles} <= letters[0]
    assert "://" not in page
