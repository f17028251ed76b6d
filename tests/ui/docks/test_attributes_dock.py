"""What a click shows: values with unit and origin, and charts that are honest about their age."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from tests.ui.small_city import AT
from twin.live.states import State
from twin.model.layer import Series
from twin.model.table import Provenance, Quality
from twin.work.session import Session
from ui.docks.attributes_dock import AttributesDock
from ui.docks.series_state import reading
from ui.forms.parts import Chip
from ui.i18n import translator


@pytest.fixture
def dock(qtbot: QtBot, town: Session) -> AttributesDock:
    dock = AttributesDock(town)
    qtbot.addWidget(dock, before_close_func=lambda widget: widget.set_session(None))
    dock.resize(330, 700)
    dock.show()
    return dock


def words(dock: AttributesDock) -> list[str]:
    QApplication.processEvents()
    return [label.text() for label in dock.findChildren(QLabel) if label.isVisible()]


def test_nothing_selected_says_what_to_do(dock: AttributesDock) -> None:
    assert words(dock)[1:] == [
        "Nothing selected",
        "Click an object in the view or a row of the attribute table.",
    ]


def test_columns_show_unit_source_date_and_quality(dock: AttributesDock, town: Session) -> None:
    town.selection.set([("houses", "house-1")])
    shown = words(dock)
    assert shown[:2] == ["Buildings", "Maison n° 1"]
    assert shown[shown.index("height") + 1] == "12\u202fm"
    assert shown[shown.index("built") + 1] == "20/07/1950"
    assert shown[shown.index("listed") + 1] == "no"
    assert "IGN BD TOPO · 2025-06-15 · Licence Ouverte 2.0" in shown
    assert {"measured", "estimated"} <= set(shown)


def test_a_missing_value_is_a_dash_never_zero(dock: AttributesDock, town: Session) -> None:
    town.selection.set([("houses", "house-3")])
    shown = words(dock)
    assert shown[shown.index("height") + 1] == "–"


def test_the_language_is_switched_live(dock: AttributesDock, town: Session) -> None:
    town.selection.set([("houses", "house-1")])
    translator.set_language("fr")
    shown = words(dock)
    assert shown[shown.index("hauteur") + 1] == "12\u202fm"
    assert shown[shown.index("listed") + 1] == "non"
    assert "mesuré" in shown


def test_the_authors_choice_and_the_chart(
    dock: AttributesDock, town: Session, qtbot: QtBot
) -> None:
    town.selection.set([("sensors", "s0"), ("houses", "house-1")], current=("sensors", "s0"))
    qtbot.waitUntil(lambda: "Nitrogen dioxide (µg/m³)" in words(dock), timeout=20_000)
    shown = words(dock)
    assert shown[shown.index("Owner") + 1] == "Airparif"
    assert shown[shown.index("Last value") + 1] == "21/06/2026 at 16:30"
    assert "and 1 more selected" in shown
    assert any(chip.text() == "simulated" for chip in dock.findChildren(Chip))
    town.clock.set(AT + timedelta(days=3))
    qtbot.waitUntil(
        lambda: any(c.isVisible() and c.text() == "stale" for c in dock.findChildren(Chip))
    )
    shown = words(dock)
    assert shown[shown.index("Last value") + 1] == "24/06/2026 at 16:30"


def test_copy_gives_lines_of_label_and_value(dock: AttributesDock, town: Session) -> None:
    town.selection.set([("houses", "house-1")])
    dock._copy.click()
    assert "height\t12\u202fm" in QGuiApplication.clipboard().text()


def test_zoom_and_clear(dock: AttributesDock, town: Session, qtbot: QtBot) -> None:
    town.selection.set([("houses", "house-1")])
    with qtbot.waitSignal(dock.fly_to_requested) as asked:
        dock._zoom.click()
    low, high = np.array(asked.args[0][:3]), np.array(asked.args[0][3:])
    np.testing.assert_allclose((low + high)[:2] / 2, [27.5, 7.5], atol=1e-3)
    dock._clear.click()
    assert not town.selection.features
    assert "Nothing selected" in words(dock)


def test_a_removed_layer_leaves_nothing_behind(dock: AttributesDock, town: Session) -> None:
    town.selection.set([("houses", "house-1")])
    town.do("edit.remove_layer", lambda p: p.without_layer("houses"))
    assert "Nothing selected" in words(dock)


def series(quality: Quality) -> Series:
    time = AT.replace(tzinfo=None) + np.arange(5) * np.timedelta64(900, "s").astype(timedelta)
    return Series(
        name={"en": "x"},
        unit="",
        time_utc=time.astype("datetime64[ns]"),
        value=np.array([1.0, 2.0, np.nan, np.nan, 5.0]),
        provenance=Provenance(quality=quality),
    )


@pytest.mark.parametrize(
    ("minutes", "value", "state"),
    [
        (-1, None, State.MISSING),
        (0, 1.0, State.REPLAYED),
        (40, 2.0, State.REPLAYED),
        (70, 5.0, State.REPLAYED),
        (60 * 24, 5.0, State.STALE),
    ],
)
def test_a_series_tells_its_last_value_and_age(
    minutes: int, value: float | None, state: State
) -> None:
    at = AT + timedelta(minutes=minutes)
    now = reading(series(Quality.MEASURED), at)
    assert (now.value, now.state) == (value, state)


def test_simulated_stays_simulated() -> None:
    assert reading(series(Quality.SIMULATED), AT).state is State.SIMULATED
