"""Dialogs: coordinates, settings, about, and adding files as layers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from twin.work.session import Session
from ui.dialogs.about_dialog import AboutDialog
from ui.dialogs.frame import Dialog
from ui.dialogs.go_to_dialog import GoToDialog
from ui.dialogs.import_dialog import ImportDialog
from ui.dialogs.settings_dialog import SettingsDialog
from ui.i18n import translator
from ui.settings import Settings
from ui.theme import Theme, current_palette


def opened(qtbot: QtBot, dialog: Dialog) -> None:
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(dialog)
    dialog.open()


class TestGoTo:
    @pytest.fixture
    def dialog(self, qtbot: QtBot, town: Session) -> GoToDialog:
        dialog = GoToDialog(town)
        opened(qtbot, dialog)
        return dialog

    def test_it_says_what_it_understood_and_goes_there(
        self, dialog: GoToDialog, qtbot: QtBot
    ) -> None:
        assert not dialog.accept_button.isEnabled()
        dialog.line.setText("651100 6857050")
        assert dialog.understood.text() == "Lambert-93: x 651,100 m, y 6,857,050 m"
        with qtbot.waitSignal(dialog.fly_to_requested) as asked:
            dialog.accept_button.click()
        np.testing.assert_allclose(np.mean(np.reshape(asked.args[0], (2, 3)), 0), [100, 50, 0])

    def test_the_keyboard_begins_in_the_line(self, dialog: GoToDialog, qtbot: QtBot) -> None:
        assert QApplication.focusWidget() is dialog.line
        qtbot.keyClick(dialog.line, Qt.Key.Key_Tab)
        assert dialog.buttons.isAncestorOf(QApplication.focusWidget())

    def test_nonsense_is_told(self, dialog: GoToDialog) -> None:
        dialog.line.setText("next to the church")
        assert dialog.understood.text() == "These are no coordinates that can be read."
        assert not dialog.accept_button.isEnabled()
        translator.set_language("fr")
        assert dialog.understood.text() == "Ces coordonnées ne sont pas lisibles."
        assert dialog.accept_button.text() == "Y aller"

    def test_far_away_is_told(self, dialog: GoToDialog) -> None:
        dialog.line.setText("43.3 N 5.4 E")
        assert "km from the model" in dialog.understood.text()
        assert dialog.accept_button.isEnabled()


class TestSettings:
    @pytest.fixture
    def theme(self, qapp: QApplication) -> Iterator[Theme]:
        before = (qapp.styleSheet(), qapp.palette())
        theme = Theme(qapp, "light")
        yield theme
        theme.set_mode("light")
        theme.close()
        theme.deleteLater()
        qapp.setStyleSheet(before[0])
        qapp.setPalette(before[1])

    def test_a_choice_is_seen_at_once_and_kept(
        self, qtbot: QtBot, english: None, theme: Theme, tmp_path: Path
    ) -> None:
        settings = Settings(tmp_path / "settings.ini")
        dialog = SettingsDialog(settings, theme=theme)
        opened(qtbot, dialog)
        choose(dialog.boxes["theme"], "dark")
        assert (settings.theme, current_palette().name) == ("dark", "dark")
        choose(dialog.boxes["language"], "fr")
        assert (settings.language, translator.language) == ("fr", "fr")
        assert dialog.windowTitle() == "Préférences"
        assert dialog.boxes["theme"].currentText() == "Sombre"
        choose(dialog.boxes["quality"], "best")
        choose(dialog.boxes["memory"], "2000")
        choose(dialog.boxes["text_size"], "130")
        choose(dialog.boxes["motion"], "reduced")
        settings.sync()
        kept = Settings(tmp_path / "settings.ini")
        assert (kept.language, kept.theme, kept.quality) == ("fr", "dark", "best")
        assert kept.memory_bytes == 2_000_000_000
        assert (kept.text_scale, kept.calm) == (1.3, True)


def choose(box: object, value: str) -> None:
    box.setCurrentIndex(box.findData(value))  # type: ignore[attr-defined]
    box.activated.emit(box.currentIndex())  # type: ignore[attr-defined]


def test_about_names_versions_licences_and_renderer(qtbot: QtBot, english: None) -> None:
    dialog = AboutDialog(renderer="llvmpipe (LLVM 15)")
    opened(qtbot, dialog)
    table = dialog._table
    rows = {table.item(row, 0).text(): table.item(row, 2).text() for row in range(table.rowCount())}
    assert {"vtk", "geopandas", "shapely"} <= {name.lower() for name in rows}
    assert all(rows.values())
    assert "llvmpipe" in dialog._version.text()
    assert "SIL OPEN FONT LICENSE" in dialog._font_licence.toPlainText()
    dialog._copy.click()
    assert "Renderer: llvmpipe" in QGuiApplication.clipboard().text()


class TestImport:
    @pytest.fixture
    def files(self, tmp_path: Path) -> list[Path]:
        frame = gpd.GeoDataFrame(
            {"height": [3.0, 6.0], "kind": ["a", "b"]},
            geometry=[shapely.box(651_000, 6_857_000, 651_010, 6_857_010)] * 2,
            crs="EPSG:2154",
        )
        points = frame.set_geometry(frame.centroid).set_crs("EPSG:2154", allow_override=True)
        two = tmp_path / "two.gpkg"
        frame.to_file(two, layer="plots", driver="GPKG")
        points.to_file(two, layer="trees", driver="GPKG")
        bad = tmp_path / "bad.gpkg"
        bad.write_bytes(b"no database")
        return [two, bad]

    def test_layers_are_chosen_and_added_as_one_step(
        self, qtbot: QtBot, town: Session, files: list[Path]
    ) -> None:
        dialog = ImportDialog(town, files)
        opened(qtbot, dialog)
        qtbot.waitUntil(lambda: not town.jobs.running, timeout=30_000)
        top = dialog.tree.topLevelItem(0)
        assert [top.child(i).text(0) for i in range(2)] == [
            "plots – 2 polygons",
            "trees – 2 points",
        ]
        assert dialog.tree.topLevelItem(1).childCount() == 0
        assert dialog.accept_button.text() == "Add 2 layers"
        dialog.tree.setCurrentItem(top.child(0))
        assert dialog.type.currentText() == "Houses"
        assert "Lambert-93" in dialog._facts.text()
        assert "height, kind" in dialog._attributes.text()
        dialog.accept_button.click()
        added = town.project.layers[-2:]
        assert [(s.type, s.sources["features"].sublayer) for s in added] == [
            ("town.houses", "plots"),
            ("town.sensors", "trees"),
        ]
        assert added[0].sources["features"].path == "two.gpkg"
        qtbot.waitUntil(lambda: not town.jobs.running, timeout=20_000)
        town.undo()
        assert len(town.project.layers) == 3

    def test_coordinate_systems_of_the_place_are_offered(
        self, qtbot: QtBot, town: Session, files: list[Path]
    ) -> None:
        dialog = ImportDialog(town, files[:1])
        opened(qtbot, dialog)
        qtbot.waitUntil(lambda: bool(dialog.crs.offered()), timeout=30_000)
        lines = dialog.crs.offered()
        assert "EPSG:3949 · RGF93 v1 / CC49" in lines
        assert "EPSG:2154 · RGF93 v1 / Lambert-93" in lines
        assert lines.index("EPSG:2154 · RGF93 v1 / Lambert-93") < lines.index("EPSG:4326 · WGS 84")
        assert not any("Antarctic" in line for line in lines)
        qtbot.waitUntil(lambda: dialog.tree.topLevelItem(0).childCount() == 2, timeout=30_000)
        dialog.tree.setCurrentItem(dialog.tree.topLevelItem(0).child(0))
        qtbot.keyClick(dialog.crs, Qt.Key.Key_Down)
        popup = dialog.crs.completer().popup()
        assert popup.isVisible()
        row = next(r for r in range(len(lines)) if lines[r].startswith("EPSG:3949"))
        popup.setCurrentIndex(dialog.crs.completer().completionModel().index(row, 0))
        qtbot.keyClick(popup, Qt.Key.Key_Return)
        qtbot.waitUntil(lambda: dialog.crs.text() == "EPSG:3949")
        assert dialog.choices()[0].crs == "EPSG:3949"
        assert dialog._crs_hint.text() == "RGF93 v1 / CC49"
        dialog.reject()

    def test_what_is_not_ticked_is_left_out(
        self, qtbot: QtBot, town: Session, files: list[Path]
    ) -> None:
        dialog = ImportDialog(town, files[:1])
        opened(qtbot, dialog)
        qtbot.waitUntil(lambda: not town.jobs.running, timeout=30_000)
        top = dialog.tree.topLevelItem(0)
        top.child(0).setCheckState(0, Qt.CheckState.Unchecked)
        assert dialog.accept_button.text() == "Add 1 layer"
        top.child(1).setCheckState(0, Qt.CheckState.Unchecked)
        assert not dialog.accept_button.isEnabled()
        dialog.reject()

    def test_a_wrong_crs_is_told(self, qtbot: QtBot, town: Session, files: list[Path]) -> None:
        dialog = ImportDialog(town, files[:1])
        opened(qtbot, dialog)
        qtbot.waitUntil(lambda: not town.jobs.running, timeout=30_000)
        dialog.tree.setCurrentItem(dialog.tree.topLevelItem(0).child(0))
        dialog.crs.setText("EPSG:99999")
        assert "EPSG:99999" in dialog._crs_hint.text()
        assert not dialog.accept_button.isEnabled()
        dialog.crs.setText("EPSG:3946")
        assert "CC46" in dialog._crs_hint.text()
        assert dialog.accept_button.isEnabled()
        dialog.reject()

    def test_a_file_that_cannot_be_read_says_why(
        self, qtbot: QtBot, town: Session, files: list[Path]
    ) -> None:
        dialog = ImportDialog(town, files[1:])
        opened(qtbot, dialog)
        qtbot.waitUntil(lambda: not town.jobs.running, timeout=30_000)
        assert not dialog.accept_button.isEnabled()
        assert dialog._trouble.text() or dialog._facts.text() not in ("", "Looking into the file…")
        dialog.reject()

    def test_a_model_without_a_place_stands_in_the_middle_of_the_scene(
        self, qtbot: QtBot, town: Session, tmp_path: Path
    ) -> None:
        model = tmp_path / "shed.obj"
        model.write_text("v 0 0 0\nv 4 0 0\nv 4 3 2\nf 1 2 3\n")
        dialog = ImportDialog(town, [model])
        opened(qtbot, dialog)
        qtbot.waitUntil(lambda: not town.jobs.running, timeout=30_000)
        x, y, _ = town.project.frame.origin
        assert (dialog.options.place["x"].value(), dialog.options.place["y"].value()) == (x, y)
        dialog.options.place["angle_deg"].setValue(90)
        dialog.options.unit.setCurrentIndex(dialog.options.unit.findData("cm"))
        dialog.options.unit.activated.emit(0)
        said = dialog.options.options()
        assert said["z_unit"] == "cm"
        assert said["place"]["angle_deg"] == 90
        qtbot.waitUntil(lambda: not dialog.preview.pixmap().isNull(), timeout=30_000)
        dialog.reject()

    def test_columns_are_guessed_and_can_be_chosen(
        self, qtbot: QtBot, town: Session, files: list[Path]
    ) -> None:
        dialog = ImportDialog(town, files[:1])
        opened(qtbot, dialog)
        qtbot.waitUntil(lambda: not town.jobs.running, timeout=30_000)
        dialog.tree.setCurrentItem(dialog.tree.topLevelItem(0).child(0))
        for name, box in dialog.options.columns.items():
            assert box.itemText(0).startswith("automatic")
            box.setCurrentIndex(box.findData("height"))
            box.activated.emit(0)
            assert dialog.choices()[0].params[name] == "height"
        dialog.reject()
