"""The attribute table: lazy, sorted, filtered, selected both ways, exported."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QItemSelectionModel, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.ui import small_city
from twin.model.project import Project
from twin.work.session import Session
from ui.docks.table_dock import TableDock
from ui.docks.table_model import TableModel
from ui.docks.table_rows import order_of, ranges_of
from ui.i18n import translator

SELECT = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows


def open_dock(qtbot: QtBot, session: Session) -> TableDock:
    dock = TableDock(session)
    qtbot.addWidget(dock, before_close_func=lambda widget: widget.set_session(None))
    dock.resize(900, 400)
    dock.show()
    return dock


@pytest.fixture
def dock(qtbot: QtBot, town: Session) -> TableDock:
    return open_dock(qtbot, town)


def column(dock: TableDock, name: str) -> list[str]:
    model = dock.view.model()
    place = model.columns.index(name)
    return [model.index(row, place).data() for row in range(model.rowCount())]


def heading(dock: TableDock, name: str) -> str:
    model = dock.view.model()
    return str(model.headerData(model.columns.index(name), Qt.Orientation.Horizontal))


def sort(dock: TableDock, name: str, *, descending: bool) -> None:
    order = Qt.SortOrder.DescendingOrder if descending else Qt.SortOrder.AscendingOrder
    dock.view.sortByColumn(dock.view.model().columns.index(name), order)


def test_cells_are_written_in_the_users_language(dock: TableDock) -> None:
    assert heading(dock, "height_m") == "height (m)"
    assert column(dock, "height_m")[:4] == ["5", "12", "19", "–"]
    assert "geometry" not in dock.view.model().columns
    assert dock._count.text() == "12 features"
    translator.set_language("fr")
    assert heading(dock, "height_m") == "hauteur (m)"
    assert column(dock, "listed")[:2] == ["oui", "non"]
    assert dock._count.text() == "12 objets"


def test_sorting_keeps_missing_values_last(dock: TableDock) -> None:
    sort(dock, "height_m", descending=True)
    assert column(dock, "height_m")[:2] == ["33", "31"]
    assert column(dock, "height_m")[-1] == "–"
    sort(dock, "height_m", descending=False)
    assert column(dock, "height_m")[0] == "5"
    assert column(dock, "height_m")[-1] == "–"


def test_filter_and_its_mistakes(dock: TableDock) -> None:
    dock.filter_line.set_text("height_m > 9 and use contains 'commerc'")
    assert set(column(dock, "use")) == {"Commercial"}
    assert dock._count.text() == f"{len(column(dock, 'use'))} of 12 features"
    before = column(dock, "feature_id")
    dock.filter_line.set_text("hight_m > 20")
    assert "Did you mean “height_m”?" in dock.filter_line.message.text()
    assert dock.filter_line.message.isVisible()
    assert column(dock, "feature_id") == before
    dock.filter_line.set_text("")
    assert not dock.filter_line.message.isVisible()
    assert len(column(dock, "use")) == 12


def test_filter_knows_columns_by_the_words_of_their_headings(dock: TableDock) -> None:
    translator.set_language("fr")
    dock.filter_line.set_text("hauteur > 30 and étages >= 11")
    assert column(dock, "height_m") == ["33"]


def test_selecting_in_the_table_selects_in_the_scene(
    dock: TableDock, town: Session, qtbot: QtBot
) -> None:
    sort(dock, "height_m", descending=True)
    first, second = column(dock, "feature_id")[:2]
    dock.view.selectionModel().select(dock.view.model().index(0, 0), SELECT)
    qtbot.waitUntil(lambda: town.selection.features == {("houses", first)})
    dock.view.selectAll()
    qtbot.waitUntil(lambda: len(town.selection.features) == 12)
    assert ("houses", second) in town.selection.features


def test_selecting_in_the_scene_selects_in_the_table(dock: TableDock, town: Session) -> None:
    town.selection.set([("houses", "house-7"), ("houses", "house-8"), ("sensors", "s1")])
    QApplication.processEvents()
    rows = sorted({index.row() for index in dock.view.selectionModel().selectedRows()})
    assert rows == [7, 8]
    assert town.selection.features == {
        ("houses", "house-7"),
        ("houses", "house-8"),
        ("sensors", "s1"),
    }
    assert "2 selected" in dock._count.text()
    dock._only.setChecked(True)
    assert column(dock, "feature_id") == ["house-7", "house-8"]


def test_a_selection_in_many_pieces_is_marked(
    open_town: Callable[[Project], Session], qtbot: QtBot
) -> None:
    session = open_town(small_city.project(rows=2_000, broken=False))
    dock = open_dock(qtbot, session)
    session.selection.set([("houses", f"house-{i}") for i in range(0, 2_000, 2)])
    model = dock.view.model()
    brush = Qt.ItemDataRole.BackgroundRole
    assert [model.index(row, 0).data(brush) is not None for row in range(4)] == [
        True,
        False,
        True,
        False,
    ]
    assert len(session.selection.features) == 1_000
    session.selection.clear()
    assert model.index(0, 0).data(brush) is None


def test_zoom_to_the_selected_rows(dock: TableDock, town: Session, qtbot: QtBot) -> None:
    town.selection.set([("houses", "house-0"), ("houses", "house-10")])
    with qtbot.waitSignal(dock.fly_to_requested) as asked:
        dock._zoom.click()
    np.testing.assert_allclose(asked.args[0], [0, 0, 0, 215, 15 + 7.5, 0], atol=8)


def test_another_layer_and_a_broken_one(dock: TableDock, town: Session) -> None:
    dock.show_layer("sensors")
    assert column(dock, "name") == ["Air – quai", "Bruit – mairie", "Trafic – N118"]
    dock.show_layer("broken")
    assert dock.view.model().rowCount() == 0
    assert not dock.view.isVisible()
    dock.show_layer("houses")
    town.do("edit.remove_layer", lambda p: p.without_layer("houses"))
    assert dock.layer_id() == "sensors"
    assert dock.view.model().rowCount() == 3


def test_a_large_table_is_read_only_where_it_is_looked_at(
    open_town: Callable[[Project], Session], qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = open_town(small_city.project(rows=60_000, broken=False))
    asked = 0
    read = TableModel.data

    def count(model: TableModel, *args: object) -> object:
        nonlocal asked
        asked += 1
        return read(model, *args)  # type: ignore[arg-type]

    monkeypatch.setattr(TableModel, "data", count)
    dock = open_dock(qtbot, session)
    QApplication.processEvents()
    assert dock.view.model().rowCount() == 60_000
    assert 0 < asked < 10_000
    dock.filter_line.set_text("height_m > 20 and listed")
    qtbot.waitUntil(lambda: 0 < dock.view.model().rowCount() < 60_000, timeout=20_000)
    sort(dock, "name", descending=True)
    qtbot.waitUntil(lambda: column_is_falling(dock), timeout=20_000)


def column_is_falling(dock: TableDock) -> bool:
    model = dock.view.model()
    place = model.columns.index("name")
    seen = [model.index(row, place).data() for row in range(20)]
    return seen == sorted(seen, reverse=True)


def test_export_writes_the_shown_rows(dock: TableDock, qtbot: QtBot, tmp_path: Path) -> None:
    import geopandas as gpd
    import pandas as pd

    dock.filter_line.set_text("listed")
    for suffix in (".csv", ".gpkg"):
        with qtbot.waitSignal(dock.exported, timeout=20_000) as done:
            dock.export(tmp_path / f"houses{suffix}")
        assert done.args == [tmp_path / f"houses{suffix}"]
    text = pd.read_csv(tmp_path / "houses.csv")
    assert list(text["feature_id"]) == ["house-0", "house-5", "house-10"]
    boxes = gpd.read_file(tmp_path / "houses.gpkg")
    assert len(boxes) == 3
    assert boxes.crs.to_epsg() == 2154
    assert "houses.gpkg" in dock._count.text()


def test_export_that_fails_says_so(dock: TableDock, qtbot: QtBot, tmp_path: Path) -> None:
    with qtbot.waitSignal(dock.problem, timeout=20_000) as told:
        dock.export(tmp_path / "missing" / "houses.gpkg")
    assert told.args[0].severity == "error"


@pytest.mark.parametrize(
    ("values", "up", "down"),
    [
        (np.array([3.0, np.nan, 1.0, 3.0]), [2, 0, 3, 1], [0, 3, 2, 1]),
        (np.array(["10", "9", None, "100"], dtype=object), [1, 0, 3, 2], [3, 0, 1, 2]),
        (np.array(["é", "Z", "f", None], dtype=object), [0, 2, 1, 3], [1, 2, 0, 3]),
        (np.array(["2020-01-01", "NaT", "1999-01-01"], dtype="M8[D]"), [2, 0, 1], [0, 2, 1]),
        (np.array([True, False, True]), [1, 0, 2], [0, 2, 1]),
    ],
)
def test_order_is_stable_with_missing_last(
    values: np.ndarray, up: list[int], down: list[int]
) -> None:
    assert order_of(values, descending=False).tolist() == up
    assert order_of(values, descending=True).tolist() == down


def test_runs_of_rows() -> None:
    assert ranges_of(np.array([1, 2, 3, 7, 9, 10])) == [(1, 3), (7, 7), (9, 10)]
    assert ranges_of(np.array([], dtype=int)) == []
