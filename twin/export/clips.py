"""Films and sounds of a stop, decoded by the ffmpeg program beside the application.

Files are those of a project, which may come from anybody: ffmpeg may open nothing but the file itself.
"""

from __future__ import annotations

import subprocess
from collections.abc import Generator
from pathlib import Path
from typing import IO

import numpy as np
from numpy.typing import NDArray

from twin.export.video import ONLY_FILES, ffmpeg

FPS = 25
RATE_HZ, CHANNELS, SAMPLE_BYTES = 44_100, 2, 2


class Moving:
    """A film as pictures of one size.

    Parameters
    ----------
    size : (width, height) in pixels
        What does not fill it stays black.
    fps : int
        Pictures for each second of the film.
    paced : bool
        They come at the speed at which it plays; else as fast as they are read.

    Raises
    ------
    MissingExtraError
        Without the extra ``show``.
    """

    def __init__(
        self, path: Path, size: tuple[int, int], *, fps: int = FPS, paced: bool = False
    ) -> None:
        width, height = self.size = size
        fit = f"scale={width}:{height}:force_original_aspect_ratio=decrease"
        fit += f",pad={width}:{height}:-1:-1"
        command = [ffmpeg(), "-v", "error", *ONLY_FILES, *(["-re"] if paced else [])]
        command += [
            "-i",
            str(path),
            "-an",
            "-vf",
            fit,
            "-r",
            str(fps),
            "-f",
            "rawvideo",
            "-pix_fmt",
            "rgb24",
            "-",
        ]
        self._process = _started(command)

    def next(self) -> NDArray[np.uint8] | None:
        """Return the next picture, (h, w, 3) uint8, once it is due; None at the end."""
        width, height = self.size
        data = _pipe(self._process).read(width * height * 3)
        if len(data) < width * height * 3:
            return None
        return np.frombuffer(data, np.uint8).reshape(height, width, 3)

    def stop(self) -> None:
        """Stop; may be called from another thread, in which :meth:`next` then returns None."""
        self._process.kill()

    def close(self) -> None:
        """Let go of everything; nobody is reading any more."""
        _ended(self._process)


class Sounding:
    """The sound of a file as 16 bit samples, two channels."""

    def __init__(self, path: Path) -> None:
        command = [ffmpeg(), "-v", "error", *ONLY_FILES, "-i", str(path), "-vn"]
        command += ["-f", "s16le", "-ac", str(CHANNELS), "-ar", str(RATE_HZ), "-"]
        self._process = _started(command)

    def samples(self) -> Generator[bytes, int, None]:
        """Yield as many frames of samples as are asked for, until the end."""
        wanted = yield b""
        while data := _pipe(self._process).read(wanted * CHANNELS * SAMPLE_BYTES):
            wanted = yield data

    def close(self) -> None:
        """Stop and let go of everything; nobody is reading any more."""
        _ended(self._process)


def has_sound(path: Path) -> bool:
    """Whether a file of a project has a sound that can be read."""
    command = [ffmpeg(), "-v", "error", *ONLY_FILES, "-i", str(path), "-map", "0:a:0"]
    command += ["-frames:a", "1", "-f", "null", "-"]
    done = subprocess.run(command, capture_output=True, timeout=60, check=False)
    return done.returncode == 0


def _started(command: list[str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )


def _pipe(process: subprocess.Popen[bytes]) -> IO[bytes]:
    assert process.stdout is not None  # noqa: S101 - Popen was given PIPE
    return process.stdout


def _ended(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait()
    _pipe(process).close()
