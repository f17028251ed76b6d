"""The status bar: place under the cursor, jobs, memory, problems."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QLabel, QStatusBar, QToolButton

from twin.problems import Severity
from ui.docks.jobs_indicator import JobsIndicator
from ui.i18n import tr
from ui.i18n.formats import file_size, number, quantity
from ui.icons import icon
from ui.text import font, tabular
from ui.theme import current_palette

if TYPE_CHECKING:
    from collections.abc import Callable

    from twin.model.geoframe import GeoFrame
    from twin.render.memory import Memory
    from twin.work.session import Session

MEMORY_MS = 3000
MESSAGE_MS = 6000


class StatusBar(QObject):
    """Fills the status bar of a window."""

    problems_requested = Signal()

    def __init__(self, bar: QStatusBar, scene_memory: Callable[[], Memory]) -> None:
        super().__init__(bar)
        self._bar = bar
        self._scene_memory = scene_memory
        self._session: Session | None = None
        self.place = QLabel()
        self.place.setFont(tabular(font(12)))
        self.place.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.memory = QLabel()
        self.memory.setFont(tabular(font(12)))
        self.jobs = JobsIndicator(None)
        self.problems = QToolButton(autoRaise=True)
        self.problems.setFont(font(12))
        self.problems.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.problems.clicked.connect(self.problems_requested)
        bar.addWidget(self.place)
        for widget in (self.jobs, self.memory, self.problems):
            bar.addPermanentWidget(widget)
        self._soon = QTimer(self, singleShot=True, interval=50)
        self._soon.timeout.connect(self._show_problems)
        self._look = QTimer(self, interval=MEMORY_MS)
        self._look.timeout.connect(self._show_memory)
        self._look.start()
        self.retranslate()

    def set_session(self, session: Session | None) -> None:
        """Show another session."""
        if self._session is not None:
            self._session.problems_changed.disconnect(self._on_problems)
        self._session = session
        if session is not None:
            session.problems_changed.connect(self._on_problems)
        self.jobs.set_session(session)
        self.place.clear()
        self._show_problems()

    def say(self, words: str) -> None:
        """Show a message for a while."""
        self._bar.showMessage(words, MESSAGE_MS)

    def show_place(self, frame: GeoFrame, xyz_in_scene: tuple[float, float, float] | None) -> None:
        """Show the coordinates of a place of the scene, or none."""
        self.place.setText(place_text(frame, xyz_in_scene) if xyz_in_scene else "")

    def retranslate(self) -> None:
        """Word everything again."""
        self.place.setAccessibleName(tr("status.coordinates"))
        self._show_problems()
        self._show_memory()

    def retheme(self) -> None:
        """Take over the theme's colours."""
        self._show_problems()

    def close(self) -> None:
        """Let go of the session and stop the clock."""
        self.set_session(None)
        self._look.stop()
        self._soon.stop()

    def _on_problems(self) -> None:
        self._soon.start()

    def _show_problems(self) -> None:
        self._soon.stop()
        problems = self._session.problems if self._session else ()
        bad = [p for _, p in problems if p.severity is not Severity.INFO]
        palette = current_palette()
        if bad:
            errors = any(p.severity is Severity.ERROR for p in bad)
            colour = palette.danger if errors else palette.warning
            self.problems.setIcon(icon("mdi6.alert-outline", colour))
            self.problems.setText(tr("status.problems", count=len(bad)))
        else:
            self.problems.setIcon(icon("mdi6.check-circle-outline", palette.good))
            self.problems.setText(tr("status.no_problems"))
        self.problems.setAccessibleName(self.problems.text())

    def _show_memory(self) -> None:
        scene, whole = self._scene_memory(), memory_bytes()
        used, budget = file_size(scene.used_bytes), file_size(scene.budget_bytes)
        self.memory.setText(tr("status.scene", used=used, budget=budget))
        details = tr(
            "status.scene_tip",
            geometry=file_size(scene.geometry_bytes),
            textures=file_size(scene.texture_bytes),
            arrays=file_size(scene.array_bytes),
        )
        if whole is not None:
            details += "\n" + tr("status.memory", memory=file_size(whole))
        self.memory.setToolTip(details)


def place_text(frame: GeoFrame, xyz_in_scene: tuple[float, float, float]) -> str:
    """Write a place: project coordinates, longitude and latitude, height."""
    x, y, z = frame.crs_from_scene([xyz_in_scene])[0]
    lon, lat = frame.lonlat_from_scene([xyz_in_scene[:2]])[0]
    name = frame.crs if len(frame.crs) < 16 else "CRS"
    parts = (
        f"{name}  {number(x, 1)}  {number(y, 1)}",
        f"{number(lon, 5)}°, {number(lat, 5)}°",
        tr("status.height", height=quantity(z, "m", 1)),
    )
    return "    ".join(parts)


def memory_bytes() -> int | None:
    """Return the memory that the process holds now, None where the system does not tell cheaply."""
    if not sys.platform.startswith("linux"):
        return None
    import resource

    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    except (OSError, ValueError, IndexError):
        return None
    return pages * resource.getpagesize()
