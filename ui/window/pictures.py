"""Pictures of the view, written to PNG files at any size."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QApplication

from twin.problems import Problem, Severity
from ui.i18n import translator
from ui.text import QtTextEngine
from ui.window.messages import tell

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from ui.window.main import MainWindow


class Pictures(QObject):
    """Makes pictures of what the viewport shows."""

    saved = Signal(object)
    """The file, after a picture was written to it."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window

    def choose(self) -> None:
        """Ask for size and file and write the picture."""
        from ui.window.picture_dialog import PictureDialog

        dialog = PictureDialog(self._window.viewport.stage.size, self._window)
        dialog.chosen.connect(self._choose_file)
        dialog.open()

    def save(self, path: Path, size: tuple[int, int], *, furnished: bool) -> bool:
        """Draw the view at a size and write it; returns whether that was done.

        Parameters
        ----------
        furnished : bool
            With title, notices, legend, scale and sources.
        """
        from twin.render.picture import save_png

        QApplication.setOverrideCursor(Qt.CursorShape.WaitCursor)
        try:
            save_png(self.image(size, furnished=furnished), path)
        except OSError as error:
            reason = error.strerror or str(error)
            values = {"reason": reason}
            tell(self._window, Problem("picture.cannot_write", str(path), values, Severity.ERROR))
            return False
        finally:
            QApplication.restoreOverrideCursor()
        self.saved.emit(path)
        return True

    def image(self, size: tuple[int, int], *, furnished: bool) -> NDArray[np.uint8]:
        """Return the view at a size in pixels, (h, w, 3) uint8, top row first."""
        viewport = self._window.viewport
        image = viewport.surface.picture(size)
        if image is None:
            return self._drawn_apart(size, furnished=furnished)
        viewport.frames.request()
        if furnished:
            self._furnish(image)
        return image

    def _drawn_apart(self, size: tuple[int, int], *, furnished: bool) -> NDArray[np.uint8]:
        from twin.render.picture import render_picture

        return render_picture(
            self._window.session,
            size=size,
            view=self._window.bookmarks.present(),
            text=QtTextEngine(),
            lang=translator.language,
            overlay=furnished,
        )

    def _furnish(self, image: NDArray[np.uint8]) -> None:
        from twin.render.furniture import furniture_of
        from twin.render.overlay import Furnisher

        session, lang = self._window.session, translator.language
        stage = self._window.viewport.stage
        camera, shown = stage.camera, stage.layers_in_sight()
        before = camera.size_px
        camera.size_px = (image.shape[1], image.shape[0])  # the scale bar counts its pixels
        what = furniture_of(session, camera, lang=lang, at=session.clock.at, shown=shown)
        camera.size_px = before
        Furnisher(image, QtTextEngine(), lang).furnish(what)

    def _choose_file(self, size: tuple[int, int], furnished: bool) -> None:
        from PySide6.QtWidgets import QFileDialog

        from ui.i18n import text, tr

        settings = self._window.services.settings
        name = text(self._window.session.project.title, "belvedere")
        safe = "".join(c for c in name if c not in '/\\:*?"<>|')
        start = settings.last_folder / f"{safe}.png"
        chosen, _ = QFileDialog.getSaveFileName(
            self._window, tr("picture.title"), str(start), tr("picture.file_filter")
        )
        if chosen:
            path = Path(chosen)
            settings.last_folder = path.parent
            self.save(path if path.suffix else path.with_suffix(".png"), size, furnished=furnished)
