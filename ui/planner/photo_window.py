"""Photo insertion: a photograph is matched with the scene by points, its foreground masked, the project put in."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from twin.analysis.photo import LEAST_PAIRS, Match, match
from twin.errors import BelvedereError
from twin.problems import Problem
from twin.work.jobs import Job
from ui.forms.parts import wrapping
from ui.i18n import tr, translator
from ui.i18n.formats import quantity
from ui.planner.drawing import DrawTool
from ui.planner.photo_view import PhotoView

if TYPE_CHECKING:
    from twin.render.pose import Pose
    from ui.window.main import MainWindow

LONGEST_PX = 2_400
"""Larger photographs are taken smaller: a permit is printed on paper."""

MOST_PIXELS = 120_000_000
POINT, MASK = "point", "mask"


@dataclass(frozen=True, eq=False, kw_only=True)
class Pair:
    """A point of the photograph and the same point of the scene."""

    px: tuple[float, float]
    xyz: np.ndarray


class PhotoWindow(QWidget):
    """Beside the main window: clicks go to the photograph, then to the scene."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window, Qt.WindowType.Window)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._window = window
        self._tool: DrawTool | None = None
        self._name = ""
        self._mode = POINT
        self._waiting: tuple[float, float] | None = None
        self._ring: list[tuple[float, float]] = []
        self.photo: np.ndarray | None = None
        self.after: np.ndarray | None = None
        self.pairs: list[Pair] = []
        self.rings: list[list[tuple[float, float]]] = []
        self.found: Match | None = None
        self.view = PhotoView()
        self.list = QListWidget()
        self.open_, self.less = QPushButton(), QPushButton()
        self.mask, self.unmask = QPushButton(checkable=True), QPushButton()
        self.look, self.put_in, self.save = QPushButton(), QPushButton(), QPushButton()
        self.said, self._points_label = wrapping(), QLabel()
        self._arrange()
        self._connect()
        self.resize(1080, 680)
        self.retranslate()
        self._offer()

    # What is done.

    def take_photo(self, path: Path) -> None:
        """Take a photograph; it is read on a worker."""
        session = self._window.session
        if session is None:
            return
        self._name = path.name
        session.jobs.run(
            Job("job.load", path.name),
            lambda _job: read_photo(path),
            done=self._taken,
            failed=self._window.tell,
        )

    def solve(self) -> None:
        """Find the camera once there are points enough; on a worker."""
        session, photo = self._window.session, self.photo
        if session is None or photo is None or len(self.pairs) < LEAST_PAIRS:
            self.found = None
            self._show()
            return
        xyz = np.array([pair.xyz for pair in self.pairs])
        px = np.array([pair.px for pair in self.pairs])
        size = (photo.shape[1], photo.shape[0])
        session.jobs.run(
            Job("job.photo", self._name),
            lambda job: match(xyz, px, size, job),
            done=self._solved,
            failed=self._failed,
        )

    def look_from_there(self) -> None:
        """Bring the scene to where the photograph was taken."""
        if self.found is None:
            return
        from twin.render.pose import pose_from

        camera = self.found.camera
        target = np.array(camera.position) + 50.0 * camera.axes()[2]
        self._window.viewport.pilot.fly(
            pose_from(camera.position, target, camera.field_of_view_deg)
        )

    def insert(self) -> None:
        """Put what is planned into the photograph: only the picture of the scene is drawn here."""
        from twin.export import insertion

        session, found = self._window.session, self.found
        if session is None or found is None:
            return
        planned = insertion.planned_of(session)
        session.jobs.run(
            Job("job.photo", self._name),
            lambda job: insertion.share_of_pixels(planned, found.camera, job),
            done=self._seen,
            failed=self._window.tell,
        )

    def export(self, path: Path) -> None:
        """Write the picture before and after, and what they rest on."""
        from twin.export import insertion

        session, found = self._window.session, self.found
        if session is None or found is None or self.photo is None or self.after is None:
            return
        told = insertion.record_of(session, found, self._name)
        before, after = self.photo, self.after
        session.jobs.run(
            Job("job.export", path.name),
            lambda _job: insertion.write_pair(path, before, after, told),
            done=self._written,
            failed=self._window.tell,
        )

    # The window.

    def retranslate(self, _language: str = "") -> None:
        """Word everything again."""
        self.setWindowTitle(tr("photo.title"))
        for name in ("open_", "less", "mask", "unmask", "look", "put_in", "save"):
            getattr(self, name).setText(tr(f"photo.{name.rstrip('_')}"))
        self._points_label.setText(tr("photo.points"))
        self.view.setAccessibleName(tr("photo.title"))
        self.list.setAccessibleName(tr("photo.points"))
        self._show()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Put the tool away."""
        self._put_away()
        super().closeEvent(event)

    def _taken(self, photo: np.ndarray) -> None:
        self.photo, self.after, self.found = photo, None, None
        self.pairs, self.rings, self._ring, self._waiting = [], [], [], None
        self.view.show_picture(photo)
        self._show()

    def _clicked(self, x: float, y: float) -> None:
        if self._mode == MASK:
            self._ring.append((x, y))
        else:
            self._waiting = (x, y)
            tool = DrawTool(self._window.viewport, most=1)
            tool.done.connect(self._paired)
            self._window.viewport.take_tool(tool)
            self._tool = tool
            self._window.activateWindow()
            self._window.viewport.setFocus()
        self._show()

    def _paired(self, xyz: np.ndarray) -> None:
        """Take the place of the scene for the point that was clicked in the photograph."""
        self._put_away()
        if self._waiting is not None:
            self.pairs.append(Pair(px=self._waiting, xyz=xyz[0]))
        self._waiting = None
        self.activateWindow()
        self.solve()

    def _complete(self) -> None:
        if len(self._ring) > 2:
            self.rings.append(self._ring)
        self._ring = []
        self.mask.setChecked(False)
        if self.after is not None:
            self.insert()
        self._show()

    def _fewer(self) -> None:
        row = self.list.currentRow()
        if self.pairs:
            self.pairs.pop(row if 0 <= row < len(self.pairs) else -1)
            self.solve()

    def _unmask(self) -> None:
        self.rings, self._ring = [], []
        if self.after is not None:
            self.insert()
        self._show()

    def _take_mode(self, on: bool) -> None:
        self._mode = MASK if on else POINT
        self._ring = []
        self._show()

    def _solved(self, found: Match) -> None:
        self.found = found
        self._show()

    def _failed(self, problem: Problem) -> None:
        self.found = None
        self._show()
        self.said.setText(translator.problem(problem)[0])

    def _seen(self, share: np.ndarray) -> None:
        """Draw the scene once the rays are through, and lay it into the photograph on a worker."""
        from twin.export import insertion

        session, photo, found = self._window.session, self.photo, self.found
        if session is None or photo is None or found is None:
            return
        level = insertion.drawn(found.camera, self._draw)
        if level is None:
            return
        rings = [np.array(ring) for ring in self.rings]

        def work(_job: Job) -> np.ndarray:
            return insertion.inserted(photo, insertion.turned(found.camera, level), share, rings)

        job = Job("job.photo", self._name)
        session.jobs.run(job, work, done=self._composed, failed=self._window.tell)

    def _composed(self, after: np.ndarray) -> None:
        self.after = after
        self.view.show_picture(after)
        self._show()

    def _written(self, files: list[Path]) -> None:
        self._window.say("status.exported", file=", ".join(f.name for f in files))

    def _draw(self, pose: Pose, size: tuple[int, int]) -> np.ndarray:
        """Draw the scene from a pose, without texts; the view stays as it was."""
        view = self._window.viewport
        before, labels = view.stage.camera.pose, view.labels
        view.stage.camera.pose = pose
        view.set_labels(on=False)
        try:
            return self._window.pictures.image(size, furnished=False)
        finally:
            view.stage.camera.pose = before
            view.set_labels(on=labels)
            view.frames.request()

    def _put_away(self) -> None:
        if self._tool is not None and self._window.viewport.tool is self._tool:
            self._window.viewport.take_tool(None)
        self._tool = None

    def _show(self) -> None:
        found = self.found
        seen = np.zeros((0, 2))
        if found is not None and self.pairs:
            seen = found.camera.project(np.array([p.xyz for p in self.pairs]))[:, :2]
        points = [pair.px for pair in self.pairs]
        waiting = [self._waiting] if self._waiting is not None else []
        rings = [*self.rings, *([self._ring] if self._ring else [])]
        self.view.show_marks([*points, *waiting], seen, rings)
        self.list.clear()
        for i in range(len(self.pairs)):
            off = found.off_px[i] if found is not None and i < len(found.off_px) else None
            words = tr("photo.point", number=i + 1)
            self.list.addItem(words if off is None else f"{words}: {quantity(float(off), 'px', 1)}")
        self.said.setText(self._words())
        self._offer()

    def _words(self) -> str:
        if self.photo is None:
            return tr("photo.choose")
        if self._mode == MASK:
            return tr("photo.mask_advice")
        if self._waiting is not None:
            return tr("photo.in_scene")
        if len(self.pairs) < LEAST_PAIRS or self.found is None:
            return tr("photo.in_photo", more=max(LEAST_PAIRS - len(self.pairs), 0))
        key = "photo.good" if self.found.good else "photo.poor"
        most = quantity(float(self.found.off_px.max()), "px", 1)
        return tr(key, most=most, unsure=quantity(self.found.unsure_m, "m", 1))

    def _offer(self) -> None:
        self.mask.setEnabled(self.photo is not None)
        self.unmask.setEnabled(bool(self.rings))
        self.less.setEnabled(bool(self.pairs))
        for button in (self.look, self.put_in):
            button.setEnabled(self.found is not None)
        self.save.setEnabled(self.after is not None)

    def _ask_open(self) -> None:
        chosen, _ = QFileDialog.getOpenFileName(
            self, tr("photo.open"), str(Path.home()), "JPEG, PNG, TIFF (*.jpg *.jpeg *.png *.tif)"
        )
        if chosen:
            self.take_photo(Path(chosen))

    def _ask_save(self) -> None:
        chosen, _ = QFileDialog.getSaveFileName(
            self, tr("photo.save"), str(Path.home() / "insertion.png"), "PNG (*.png)"
        )
        if chosen:
            self.export(Path(chosen))

    def _connect(self) -> None:
        self.view.clicked.connect(self._clicked)
        self.view.completed.connect(self._complete)
        self.open_.clicked.connect(self._ask_open)
        self.less.clicked.connect(self._fewer)
        self.mask.toggled.connect(self._take_mode)
        self.unmask.clicked.connect(self._unmask)
        self.look.clicked.connect(self.look_from_there)
        self.put_in.clicked.connect(self.insert)
        self.save.clicked.connect(self._ask_save)
        self._window.session_changed.connect(self.close)
        translator.language_changed.connect(self.retranslate)

    def _arrange(self) -> None:
        side = QVBoxLayout()
        for widget in (self.open_, self._points_label, self.list, self.less, self.look):
            side.addWidget(widget)
        for button in (self.mask, self.unmask, self.put_in, self.save):
            side.addWidget(button)
        self.list.setMaximumWidth(280)
        left = QVBoxLayout()
        left.addWidget(self.view, 1)
        left.addWidget(self.said)
        whole = QHBoxLayout(self)
        whole.addLayout(left, 1)
        whole.addLayout(side)


def read_photo(path: Path) -> np.ndarray:
    """Return a photograph upright, (h, w, 3) uint8, no side longer than :data:`LONGEST_PX`.

    Raises
    ------
    BelvedereError
        ``photo.cannot_read``.
    """
    from PIL import Image, ImageOps, UnidentifiedImageError

    try:
        with Image.open(path) as image:
            if image.width * image.height > MOST_PIXELS:
                raise BelvedereError("photo.cannot_read", path.name, reason="> 120 MP")
            upright = ImageOps.exif_transpose(image).convert("RGB")
    except (OSError, UnidentifiedImageError, ValueError, SyntaxError) as error:
        raise BelvedereError("photo.cannot_read", path.name, reason=str(error)[:120]) from error
    upright.thumbnail((LONGEST_PX, LONGEST_PX))
    return np.asarray(upright)
