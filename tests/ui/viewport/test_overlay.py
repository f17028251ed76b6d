from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, QRect
from PySide6.QtWidgets import QScrollArea, QWidget

from tests.ui import small_city
from twin.model.style import Legend, LegendEntry, LegendSymbol
from ui.i18n import translator
from ui.viewport.overlay import Overlay
from ui.viewport.overlay.legend import LegendCard
from ui.viewport.overlay.legend_section import MOST_ENTRIES, Section
from ui.viewport.overlay.scale import length_text, round_length_m
from ui.viewport.overlay.symbols import ShapeSymbol


@pytest.fixture
def overlay(qtbot, english):
    host = QWidget()
    host.resize(1000, 700)
    qtbot.addWidget(host)
    made = Overlay(host)
    host.show()
    yield made
    made.close()


@pytest.mark.parametrize(
    "longest, wanted",
    [(130, 100), (100, 100), (99.9, 50), (49, 20), (1.9, 1), (0.7, 0.5), (7000, 5000)],
)
def test_the_scale_takes_round_lengths(longest: float, wanted: float) -> None:
    assert round_length_m(longest) == pytest.approx(wanted)


def test_no_length_is_no_scale(overlay) -> None:
    with pytest.raises(ValueError, match="positive"):
        round_length_m(float("inf"))
    overlay.scale.set_scale(1.0)
    assert not overlay.scale.isHidden()
    assert overlay.scale.length_m == 100.0
    overlay.scale.set_scale(float("nan"))
    assert overlay.scale.isHidden()


def test_lengths_are_written_in_their_unit(english) -> None:
    texts = [length_text(m).replace("\u202f", " ") for m in (5000, 200, 1, 0.5)]
    assert texts == ["5 km", "200 m", "1 m", "50 cm"]


def test_the_needle_follows_and_a_press_asks_for_north(overlay, qtbot) -> None:
    overlay.set_camera(heading_deg=450.0, metres_per_px=2.0)
    assert overlay.compass.heading_deg == pytest.approx(90.0)
    with qtbot.waitSignal(overlay.north_requested):
        overlay.compass.click()
    assert overlay.compass.accessibleName()


def test_the_legend_explains_what_is_coloured_and_seen(overlay, open_town) -> None:
    town = open_town(small_city.project(broken=False))
    overlay.set_session(town)
    texts = overlay.legend.texts()
    assert texts[:2] == ["Buildings", "height (m)"]
    assert texts[2].count(";") == 4  # a ramp of five classes
    assert texts[3:] == ["No value"]
    assert not overlay.legend.isHidden()
    overlay.set_in_sight(frozenset({"sensors"}))
    overlay.refresh()
    assert overlay.legend.isHidden()
    overlay.set_in_sight(frozenset({"houses"}))
    overlay.refresh()
    assert not overlay.legend.isHidden()
    houses = replace(town.project.layer("houses"), visible=False)
    town.do("command.test", lambda p: p.with_layer(houses))
    overlay.refresh()
    assert overlay.legend.isHidden()


def test_a_legend_shows_the_symbols_of_the_scene(overlay) -> None:
    kinds = (
        LegendSymbol(shape="sensor.air", label={"en": "air quality"}),
        LegendSymbol(shape="sensor.noise", label={"en": "noise"}),
    )
    entries = (LegendEntry(colour="#123456", label={"en": "normal"}),)
    legend = Legend(title={"en": "Status"}, unit="", entries=entries, symbols=kinds)
    overlay.legend.set_sections([Section("Sensors", legend, "Status")])
    assert overlay.legend.texts() == ["Sensors", "air quality", "noise", "Status", "normal"]
    shown = overlay.legend.findChildren(ShapeSymbol)
    assert [symbol.shape_name for symbol in shown] == ["sensor.air", "sensor.noise"]
    bare = replace(legend, symbols=())
    overlay.legend.set_sections([Section("Sensors", bare, "Status")])
    assert overlay.legend.texts() == ["Sensors", "Status", "normal"]


def test_a_legend_that_has_room_shows_every_line(qtbot, english) -> None:
    words = {"en": "a kind of sensor with a long name"}
    kinds = tuple(LegendSymbol(shape="sensor.air", label=words) for _ in range(5))
    entries = tuple(LegendEntry(colour="#123456", label=words) for _ in range(5))
    legend = Legend(title={"en": "Status"}, unit="", entries=entries, symbols=kinds)
    card = LegendCard()
    qtbot.addWidget(card)
    card.set_room(120)
    card.set_sections([Section("Sensors", legend, "Status")])
    card.show()
    bar = card.findChild(QScrollArea).verticalScrollBar()
    qtbot.waitUntil(bar.isVisible)
    card.set_room(900)
    qtbot.waitUntil(lambda: not bar.isVisible())
    qtbot.waitUntil(lambda: bar.maximum() == 0)


def test_the_legend_folds_and_fits_a_low_view(overlay, town) -> None:
    overlay.set_session(town)
    tall = overlay.legend.height()
    overlay.legend.set_unfolded(False)
    folded = overlay.legend.height()
    assert folded < 50 < tall
    overlay.legend.set_unfolded(True)
    host = overlay.legend.parentWidget()
    host.resize(1000, 220)
    overlay.place()
    assert folded < overlay.legend.height() < tall
    assert host.rect().contains(overlay.legend.geometry())


def test_notices_name_the_project_first_and_only_what_is_seen(overlay, open_town) -> None:
    project = small_city.project(broken=False)
    houses, sensors = project.layers
    project = replace(
        project,
        notice={"en": "Synthetic model", "fr": "Modèle synthétique"},
        layers=(
            replace(houses, notice={"en": "Heights estimated"}),
            replace(sensors, notice={"en": "Replayed"}),
        ),
    )
    overlay.set_session(open_town(project))
    assert overlay.notice.words == "Synthetic model  and 1 more"
    assert overlay.notice.toolTip().splitlines()[-1] == "Heights estimated"
    translator.set_language("fr")
    overlay.retranslate()
    assert overlay.notice.words.startswith("Modèle synthétique")


def test_sources_are_named_once(overlay, town) -> None:
    overlay.set_session(town)
    assert overlay.sources.words == "IGN BD TOPO (2025-06-15, Licence Ouverte 2.0)"
    assert not overlay.sources.isHidden()


def test_failures_are_told_and_nothing_loads_for_ever(overlay, town, qtbot) -> None:
    overlay.set_session(town)
    assert [(row.title, row.failed) for row in overlay.loading.rows] == [("Cadastral plots", True)]
    overlay.set_session(None)
    assert overlay.loading.isHidden()


def test_progress_is_followed_until_the_layer_is_there(overlay, qtbot, tmp_path, english) -> None:
    from twin.work.session import Session
    from ui.bridge import Bridge

    bridge = Bridge()
    session = Session(
        small_city.project(broken=False),
        tmp_path,
        small_city.registry(tmp_path),
        deliver=bridge.deliver,
    )
    session.start()
    overlay.set_session(session)
    assert {row.title for row in overlay.loading.rows} == {
        "Buildings"
    }  # what is hidden comes later
    qtbot.waitUntil(overlay.loading.isHidden, timeout=20_000)
    assert not session.jobs.running
    overlay.set_session(None)
    session.close()
    bridge.close()


def test_widgets_stay_inside_the_view_and_apart(overlay, town) -> None:
    overlay.set_session(town)
    for width, height in ((1000, 700), (640, 480), (2400, 1300)):
        host = overlay.compass.parentWidget()
        host.resize(width, height)
        overlay.place()
        parts = [overlay.compass, overlay.buttons, overlay.scale, overlay.legend, overlay.sources]
        shown = [part.geometry() for part in parts if not part.isHidden()]
        for i, one in enumerate(shown):
            assert host.rect().contains(one)
            assert not any(one.intersects(other) for other in shown[:i])


def test_the_tip_stays_inside(overlay) -> None:
    room = QRect(0, 0, 300, 200)
    for at in (QPoint(5, 5), QPoint(295, 195), QPoint(150, 198)):
        overlay.tip.show_at(at, room, name="Town hall", layer="Buildings")
        assert room.contains(overlay.tip.geometry())
        assert not overlay.tip.geometry().contains(at)
    assert overlay.tip.words == ("Town hall", "Buildings")


def categories(count: int) -> Legend:
    entries = tuple(LegendEntry(colour="#112233", label={"en": f"Kind {i}"}) for i in range(count))
    return Legend(title={}, unit="", entries=entries)


def test_a_long_legend_says_how_much_is_left_out(overlay) -> None:
    overlay.legend.set_sections([Section("Trees", categories(MOST_ENTRIES + 3))])
    texts = overlay.legend.texts()
    assert texts[0] == "Trees"
    assert len(texts) == 1 + MOST_ENTRIES + 1
    assert texts[-1] == "and 3 more"


def test_many_legends_are_folded_until_asked_for(overlay) -> None:
    from PySide6.QtWidgets import QToolButton

    overlay.legend.set_sections([Section(name, categories(6)) for name in ("A", "B", "C")])
    assert overlay.legend.texts() == ["A", *(f"Kind {i}" for i in range(6)), "B", "C"]
    heads = {b.accessibleName(): b for b in overlay.legend.findChildren(QToolButton)}
    heads["C"].click()
    assert len(overlay.legend.texts()) == 3 + 12
    overlay.legend.retranslate()  # what the user has unfolded stays so
    assert len(overlay.legend.texts()) == 3 + 12
