from __future__ import annotations

import re
from pathlib import Path

import pytest
from PySide6.QtCore import QDate, QDateTime, Qt, QTime

from ui.dialogs.frame import Dialog
from ui.forms.boxes import DayBox, MomentBox, NumberBox, TimeBox, WholeBox
from ui.i18n import translator

UI = Path(__file__).resolve().parents[3] / "ui"
BARE = re.compile(r"\bQ(Double)?SpinBox\(|\bQ(Date|Time|DateTime)Edit\(")


@pytest.mark.parametrize("box", [WholeBox, NumberBox, TimeBox])
def test_digits_stand_clear_of_the_edge(qtbot, box) -> None:
    made = box()
    qtbot.addWidget(made)
    assert made.lineEdit().textMargins().left() > 3


def test_days_are_written_as_the_language_does(qtbot, english) -> None:
    made, moment = DayBox(), MomentBox()
    for box in (made, moment):
        qtbot.addWidget(box)
        box.setDate(QDate(2026, 3, 21))
    assert made.text() == "21/03/2026"
    assert moment.text().startswith("21/03/2026")
    translator.set_language("ko")
    made.setLocale(translator.locale)
    assert made.text() == "2026. 3. 21."


def test_nobody_uses_the_bare_boxes() -> None:
    found = [p.name for p in UI.rglob("*.py") if BARE.search(p.read_text(encoding="utf-8"))]
    assert found == []


def test_hours_and_days_keep_their_order_where_one_reads_from_right_to_left(qtbot, qapp) -> None:
    before = qapp.layoutDirection()
    qapp.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    try:
        time, moment = TimeBox(QTime(16, 30)), MomentBox(QDateTime(2026, 4, 14, 16, 30, 0))
        for box in (time, moment):
            qtbot.addWidget(box)
            box.show()
        assert time.text() == "16:30"
        assert moment.text().endswith("16:30")
    finally:
        qapp.setLayoutDirection(before)


def test_numbers_in_a_dialog_are_written_as_the_language_does(qtbot, english) -> None:
    translator.set_language("fr")
    dialog = Dialog()
    qtbot.addWidget(dialog)
    box = NumberBox(decimals=2, value=28.0)
    dialog.body.addWidget(box)
    assert box.text() == "28,00"
    translator.set_language("en")
    assert box.text() == "28.00"
