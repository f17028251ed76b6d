"""Measures in the scene: distance, height, area, slope, angle, volume, profile; with snapping and units."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QGuiApplication, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import (
    QButtonGroup,
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from twin.analysis import measure
from twin.export.section import write_section
from twin.work.jobs import Job
from ui.docks.panel import Panel
from ui.forms.boxes import NumberBox
from ui.forms.parts import IconButton, wrapping
from ui.i18n import tr
from ui.i18n.formats import quantity
from ui.planner.drawing import DrawTool
from ui.theme import current_palette

if TYPE_CHECKING:
    from ui.window.main import MainWindow

MODES = ("distance", "height", "area", "slope", "angle", "volume", "profile")
MOST = {"height": 2, "slope": 2, "angle": 3}
RINGS = frozenset({"area", "volume"})


class MeasurePanel(Panel):
    """Takes measures with the mouse."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window.session, window)
        self._window = window
        self._tool: DrawTool | None = None
        self._mode = ""
        self._group = QButtonGroup(self)
        self._group.setExclusive(False)
        self.buttons = {mode: QPushButton(checkable=True) for mode in MODES}
        self.level = NumberBox()
        self.level.setRange(-500.0, 9_000.0)
        self.level.setSuffix(" m")
        self._level_label, self.now = QLabel(), wrapping()
        self.results = QListWidget()
        self._copy = IconButton("mdi6.content-copy", self._copy_all)
        self._clear = IconButton("mdi6.trash-can-outline", self.results.clear)
        self._save = IconButton("mdi6.tray-arrow-down", self._ask_save)
        self.chart = _Profile()
        self._arrange()
        self._begin()

    def take(self, mode: str) -> None:
        """Take the tool of a measure."""
        view = self._window.viewport
        if self._session is None:
            return
        tool = DrawTool(
            view,
            closed=mode in RINGS,
            on_ground=mode in ("volume", "profile"),
            most=MOST.get(mode, 0),
        )
        tool.changed.connect(lambda: self._show(tool))
        tool.done.connect(lambda xyz: self._done(mode, xyz))
        tool.left.connect(lambda: self.buttons[mode].setChecked(False))
        view.take_tool(tool)
        self._tool, self._mode = tool, mode
        view.setFocus()

    def retranslate(self) -> None:
        """See base."""
        for mode, button in self.buttons.items():
            button.setText(tr(f"measure.{mode}"))
        self._level_label.setText(tr("measure.level"))
        self.level.setAccessibleName(tr("measure.level"))
        self._copy.say(tr("measure.copy"))
        self._clear.say(tr("measure.clear"))
        self._save.say(tr("measure.save_profile"))
        self.results.setAccessibleName(tr("measure.results"))
        self.now.setText(tr("measure.advice"))

    def retheme(self) -> None:
        """See base."""
        for button in (self._copy, self._clear, self._save):
            button.retheme()
        self.chart.update()

    def words(self, mode: str, xyz: np.ndarray) -> str:
        """Return a measure in words, with its units."""
        if mode == "profile":
            return self._profile_words(xyz)
        if mode == "distance":
            return tr(
                "measure.said_distance",
                length=quantity(measure.length_m(xyz), "m", 2),
                level=quantity(measure.level_length_m(xyz), "m", 2),
            )
        if mode == "height":
            return tr("measure.said_height", height=quantity(measure.rise_m(xyz), "m", 2))
        if mode == "area":
            return tr(
                "measure.said_area",
                area=quantity(measure.area_m2(xyz), "m²", 1),
                surface=quantity(measure.surface_m2(xyz), "m²", 1),
                perimeter=quantity(measure.perimeter_m(xyz), "m", 1),
            )
        if mode == "slope":
            return tr("measure.said_slope", slope=_finite(measure.slope_percent(xyz), "%"))
        return tr("measure.said_angle", angle=_finite(measure.angle_deg(xyz), "°"))

    def _profile_words(self, xyz: np.ndarray) -> str:
        session = self._session
        if session is None:
            return ""
        along, height = measure.profile(session.ground, xyz)
        if not len(along):
            return ""
        low, high = float(height.min()), float(height.max())
        origin = session.project.frame.origin[2]
        return tr(
            "measure.said_profile",
            length=quantity(float(along[-1]), "m", 1),
            low=quantity(low + origin, "m", 1),
            high=quantity(high + origin, "m", 1),
        )

    def _refresh(self) -> None:
        self.setEnabled(self._session is not None)

    def _show(self, tool: DrawTool) -> None:
        if tool is not self._tool:
            return
        xyz = tool.places()
        enough = len(xyz) >= (3 if self._mode in RINGS or self._mode == "angle" else 2)
        words = self.words(self._mode, xyz) if enough and self._mode != "volume" else ""
        typed = tr("measure.typed", length=tool.typed) if tool.typed else ""
        self.now.setText("  ".join(part for part in (words, typed) if part) or tr("measure.advice"))

    def _done(self, mode: str, xyz: np.ndarray) -> None:
        if mode == "volume":
            self._dig(xyz)
            return
        self._tell(self.words(mode, xyz))
        if mode == "profile" and self._session is not None:
            along, height = measure.profile(self._session.ground, xyz)
            self.chart.show_section(along, height + self._session.project.frame.origin[2])

    def _dig(self, xyz: np.ndarray) -> None:
        """Sum up what lies above and below the level, on a worker: a ring may be as large as the town."""
        session = self._session
        if session is None:
            return
        ground, z = session.ground, self.level.value() - session.project.frame.origin[2]

        def say(found: tuple[float, float]) -> None:
            cut, fill = (quantity(volume, "m³", 0) for volume in found)
            self._tell(tr("measure.said_volume", cut=cut, fill=fill))

        session.jobs.run(
            Job("job.measure", ""),
            lambda _job: measure.volume_m3(ground, xyz, z, step_m=1.0),
            done=say,
            failed=self._window.tell,
        )

    def _tell(self, words: str) -> None:
        self.now.setText(words)
        self.results.addItem(words)

    def _copy_all(self) -> None:
        lines = [self.results.item(row).text() for row in range(self.results.count())]
        QGuiApplication.clipboard().setText("\n".join(lines))

    def _ask_save(self) -> None:
        if not len(self.chart.along):
            self._window.say("measure.no_profile")
            return
        kinds = ("SVG (*.svg)", "DXF (*.dxf)", "CSV (*.csv)")
        chosen, kind = QFileDialog.getSaveFileName(
            self, tr("measure.save_profile"), str(Path.home() / "profile.svg"), ";;".join(kinds)
        )
        if chosen:
            path = Path(chosen)
            if path.suffix.lower() not in (".svg", ".dxf", ".csv"):
                path = path.with_name(path.name + kind[kind.index("*") + 1 : -1])
            self.save_profile(path)

    def save_profile(self, path: Path) -> None:
        """Write the last profile."""
        from twin.errors import BelvedereError

        try:
            write_section(path, self.chart.along, self.chart.height)
        except BelvedereError as error:
            self._window.tell(error.problem)
        else:
            self._window.say("status.exported", file=path.name)

    def _arrange(self) -> None:
        grid = QGridLayout()
        for i, (mode, button) in enumerate(self.buttons.items()):
            button.clicked.connect(lambda on, mode=mode: self._pressed(mode, on))
            grid.addWidget(button, i // 2, i % 2)
        level = QHBoxLayout()
        level.addWidget(self._level_label, 1)
        level.addWidget(self.level)
        tools = QHBoxLayout()
        tools.addStretch(1)
        for button in (self._copy, self._save, self._clear):
            tools.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 10, 12, 12)
        layout.addLayout(grid)
        layout.addLayout(level)
        layout.addWidget(self.now)
        layout.addLayout(tools)
        layout.addWidget(self.results, 1)
        layout.addWidget(self.chart)

    def _pressed(self, mode: str, on: bool) -> None:
        if on:
            self.take(mode)
        elif self._tool is not None and self._window.viewport.tool is self._tool:
            self._window.viewport.take_tool(None)


class _Profile(QWidget):
    """The section of the ground along the last line."""

    def __init__(self) -> None:
        super().__init__()
        self.along = np.zeros(0)
        self.height = np.zeros(0)
        self.setMinimumHeight(110)
        self.hide()

    def show_section(self, along: np.ndarray, height: np.ndarray) -> None:
        """Show a section."""
        self.along, self.height = along, height
        self.setVisible(len(along) > 1)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the line of the ground and its bounds."""
        if len(self.along) < 2:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        width, high = self.width() - 8.0, self.height_px()
        low, top = float(self.height.min()), float(self.height.max())
        span = max(top - low, 1e-6)
        x = 4.0 + self.along / self.along[-1] * width
        y = 18.0 + (1.0 - (self.height - low) / span) * high
        painter.setPen(QPen(QColor(current_palette().accent), 1.6))
        painter.drawPolyline(QPolygonF([QPointF(*p) for p in zip(x, y, strict=True)]))
        painter.setPen(self.palette().text().color())
        painter.drawText(4, 12, quantity(top, "m", 1))
        painter.drawText(4, int(self.rect().height()) - 3, quantity(low, "m", 1))

    def height_px(self) -> float:
        """Return how high the drawing is."""
        return float(self.rect().height()) - 36.0


def _finite(value: float, unit: str) -> str:
    return quantity(value, unit, 1) if math.isfinite(value) else "–"
