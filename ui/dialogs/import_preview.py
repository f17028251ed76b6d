"""A small picture of the layer that is looked at, made by a worker."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QPixmap
from PySide6.QtWidgets import QLabel, QWidget

from twin.problems import Problem
from twin.work.jobs import Job
from ui.i18n import tr
from ui.theme import current_palette

if TYPE_CHECKING:
    from twin.work.session import Session

WIDTH, HEIGHT = 320, 180
CELLS = 100_000
"""Of a grid, no more is read for a picture of this size."""
POINTS = 40_000


class ImportPreview(QLabel):
    """Shows a layer of a file from above; only the picture that was asked for last."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._job: Job | None = None
        self._shown: tuple[Path, str] | None = None
        self.setFixedHeight(HEIGHT)
        self.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)

    def show_layer(self, path: Path, sublayer: str) -> None:
        """Ask for the picture of a layer."""
        if self._shown == (path, sublayer):
            return
        self.stop()
        self._shown = (path, sublayer)
        self.setPixmap(QPixmap())
        self.setAccessibleName(tr("import.preview"))
        job, palette = Job("job.preview", path.name), current_palette()
        self._job = job

        def work(job: Job) -> Any:
            from twin import io
            from twin.io.preview import Paint, picture

            options = {"cells": CELLS, "points": POINTS}
            table = io.read(path, sublayer=sublayer, progress=job, options=options)
            paint = Paint(
                paper=_rgb(palette.base), ink=_rgb(palette.icon), fill=_rgb(palette.outline)
            )
            return picture(table, width=WIDTH, height=HEIGHT, paint=paint)

        self._session.jobs.run(
            job, work, done=lambda image: self._take(job, image), failed=self._failed
        )

    def stop(self) -> None:
        """Cancel what is being drawn."""
        if self._job is not None:
            self._job.cancel()
            self._job = None

    def _take(self, job: Job, image: Any) -> None:
        if job is not self._job or image is None:
            return
        self._job = None
        height, width = image.shape[:2]
        shown = QImage(image.data, width, height, 3 * width, QImage.Format.Format_RGB888).copy()
        self.setPixmap(QPixmap.fromImage(shown))

    def _failed(self, _problem: Problem) -> None:
        """What is wrong with the file stands beside; there is no picture of it then."""
        self._job = None


def _rgb(colour: str) -> tuple[int, int, int]:
    return (int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16))
