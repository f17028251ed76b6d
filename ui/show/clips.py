"""Film and sound of a stop on stage. What cannot be played is left out, and the log says why: no box opens."""

from __future__ import annotations

import logging
import threading
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QSize, Qt, Signal
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from twin.errors import BelvedereError
from twin.export.clips import CHANNELS, RATE_HZ, Moving, Sounding
from twin.extras import require

log = logging.getLogger(__name__)

SIZE = (960, 540)


class FilmView(QWidget):
    """Shows a film once, from its beginning."""

    _came = Signal(QImage)

    def __init__(self, path: Path, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.image = QImage()
        self._film = Moving(path, SIZE, paced=True)
        self._came.connect(self._take, Qt.ConnectionType.QueuedConnection)
        self._thread = threading.Thread(target=self._run, name="film", daemon=True)
        self._thread.start()

    def sizeHint(self) -> QSize:
        """Return the form of the pictures."""
        return QSize(SIZE[0] // 2, SIZE[1] // 2)

    def stop(self) -> None:
        """Play no more."""
        self._film.stop()
        self._thread.join(5.0)
        self._film.close()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Show the last picture."""
        painter = QPainter(self)
        painter.fillRect(event.rect(), Qt.GlobalColor.black)
        if not self.image.isNull():
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            shown = self.image.size().scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
            left, top = (self.width() - shown.width()) // 2, (self.height() - shown.height()) // 2
            painter.drawImage(
                self.rect().adjusted(left, top, -left, -top), self.image, self.image.rect()
            )
        painter.end()

    def _run(self) -> None:
        while (picture := self._film.next()) is not None:
            height, width = picture.shape[:2]
            form = QImage.Format.Format_RGB888
            self._came.emit(QImage(picture.data, width, height, 3 * width, form).copy())

    def _take(self, image: QImage) -> None:
        self.image = image
        self.update()


class Voice(QObject):
    """Plays the sound of a file once.

    Raises
    ------
    BelvedereError
        No device, or the extra ``show`` is missing.
    """

    def __init__(self, path: Path, parent: QObject | None = None, *, device: Any = None) -> None:
        super().__init__(parent)
        self._sound = Sounding(path)
        try:
            self._device = device or speaker()
            samples = self._sound.samples()
            next(samples)
            self._device.start(samples)
        except BelvedereError:
            self._sound.close()
            raise

    def stop(self) -> None:
        """Play no more."""
        self._device.close()
        self._sound.close()


def speaker(**how: Any) -> Any:
    """Return the device of the system for sound. Raises BelvedereError where there is none."""
    miniaudio = require("show", "miniaudio")
    try:
        return miniaudio.PlaybackDevice(
            output_format=miniaudio.SampleFormat.SIGNED16,
            nchannels=CHANNELS,
            sample_rate=RATE_HZ,
            **how,
        )
    except miniaudio.MiniaudioError as error:
        raise BelvedereError("show.no_sound", reason=str(error)) from error


class Clips(QObject):
    """What plays now, until the next stop."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.film: FilmView | None = None
        self._voices: list[Voice] = []

    def play(self, film: Path | None, sound: Path | None, *, name: str = "") -> FilmView | None:
        """Play a film with its sound, and a sound; return the view of the film."""
        self.stop()
        if film is not None:
            try:
                self.film = FilmView(film, name)
            except (BelvedereError, OSError) as error:
                log.warning("film left out: %s", error)
        for path in (film if self.film else None, sound):
            if path is not None:
                self._sing(path)
        return self.film

    def stop(self) -> None:
        """Let everything fall silent."""
        if self.film is not None:
            self.film.stop()
            self.film = None
        for voice in self._voices:
            voice.stop()
        self._voices.clear()

    def _sing(self, path: Path) -> None:
        try:
            self._voices.append(Voice(path))
        except (BelvedereError, OSError) as error:
            log.warning("sound left out: %s", error)
