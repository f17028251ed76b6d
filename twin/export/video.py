"""Frames to MP4: H.264 or AV1 by the ffmpeg program of imageio-ffmpeg, a process of its own.

PyAV would link x264 (GPL) into the application; a program beside it does not (docs/decisions).
"""

from __future__ import annotations

import queue
import subprocess
import tempfile
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import IO

import numpy as np
from numpy.typing import NDArray

from twin.errors import BelvedereError
from twin.extras import require

ENCODERS = {
    "h264": (
        ("libx264", ("-preset", "veryfast", "-crf", "20")),
        ("libopenh264", ("-b:v", "8M")),
    ),
    "av1": (("libsvtav1", ("-preset", "10", "-crf", "32")), ("libaom-av1", ("-cpu-used", "8"))),
}
LANGUAGES = {"fr": "fra", "en": "eng", "ko": "kor", "ar": "ara"}
ONLY_FILES = ("-protocol_whitelist", "file,pipe")
"""Sounds may come from anybody: ffmpeg may open nothing but the file itself."""
Caption = tuple[float, float, str]
AHEAD = 6
"""So many pictures are drawn ahead of the encoder: held ones keep it busy while the next flight is drawn."""


@dataclass(frozen=True, kw_only=True)
class Sounded:
    """A sound file in a film: heard from a second on, for so long at most."""

    path: Path
    begin_s: float
    seconds: float


@dataclass(frozen=True, kw_only=True)
class Encoding:
    """How a film is written.

    Parameters
    ----------
    codec : str
        ``h264`` or ``av1``.
    captions : sequence of (begin, end, text)
        A track of subtitles, seconds.
    sounds : sequence of Sounded
        Mixed into one track.
    seconds : float
        How long the film lasts, which its sound is to last as well; needed with sounds.
    """

    size: tuple[int, int]
    fps: int
    codec: str = "h264"
    captions: Sequence[Caption] = ()
    language: str = "en"
    title: str = ""
    sounds: Sequence[Sounded] = ()
    seconds: float = 0.0


def write_video(
    frames: Iterable[tuple[NDArray[np.uint8], int]], path: Path, encoding: Encoding
) -> int:
    """Write a film; return its number of frames. The same frames give the same file.

    Parameters
    ----------
    frames : iterable of (image, count)
        (h, w, 3) uint8, top row first, each shown ``count`` times.

    Raises
    ------
    BelvedereError
        ``export.no_encoder``, ``export.video_failed``; MissingExtraError without the extra.
    """
    program = ffmpeg()
    encoder, options = _encoder(program, encoding.codec)
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryFile() as complaints:
        command = _command(program, encoding, Path(folder))
        command += ["-c:v", encoder, *options, *_tail(encoding), str(path)]
        process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=complaints
        )
        count = 0
        try:
            count = _feed(process.stdin, frames)
        except BrokenPipeError:
            pass  # ffmpeg says below what it disliked
        finally:
            if process.stdin is not None:
                _close(process.stdin)
            status = process.wait()
        if status != 0:
            complaints.seek(0)
            said = complaints.read().decode("utf-8", "replace").strip().splitlines()
            reason = said[-1][:200] if said else str(status)
            path.unlink(missing_ok=True)
            raise BelvedereError("export.video_failed", str(path), reason=reason)
    return count


def ffmpeg() -> str:
    """Return the ffmpeg program that came with the extra ``show``."""
    package = require("show", "imageio_ffmpeg")
    return str(package.get_ffmpeg_exe())


@lru_cache(maxsize=4)
def _encoders(program: str) -> str:
    done = subprocess.run(
        [program, "-hide_banner", "-encoders"], capture_output=True, text=True, check=False
    )
    return done.stdout


def _encoder(program: str, codec: str) -> tuple[str, tuple[str, ...]]:
    there = _encoders(program)
    for name, options in ENCODERS[codec]:
        if f" {name} " in there:
            return name, options
    raise BelvedereError("export.no_encoder", codec)


def _command(program: str, encoding: Encoding, folder: Path) -> list[str]:
    width, height = encoding.size
    command = [program, "-hide_banner", "-loglevel", "error", "-y"]
    command += ["-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{width}x{height}"]
    command += ["-r", str(encoding.fps), "-i", "-"]
    maps = ["-map", "0:v"]
    for sound in encoding.sounds:
        command += [*ONLY_FILES, "-i", str(sound.path)]
    if encoding.sounds:
        maps = ["-filter_complex", _mixed(encoding), *maps, "-map", "[mix]"]
    if encoding.captions:
        file = folder / "captions.srt"
        file.write_text(subtitles(encoding.captions), encoding="utf-8")
        command += ["-i", str(file)]
        maps += ["-map", f"{1 + len(encoding.sounds)}:s"]
    return [*command, *maps]


def _mixed(encoding: Encoding) -> str:
    """Return the filter that brings each sound to its place, and silence to the end.

    The end is told, not found: ``-shortest`` cuts captions off that wait while an encoder looks ahead.
    """
    sounds = encoding.sounds
    chains = [
        f"[{number}:a:0]atrim=0:{sound.seconds:.3f},asetpts=PTS-STARTPTS,aresample=44100,"
        f"aformat=channel_layouts=stereo,adelay={round(sound.begin_s * 1000)}:all=1[a{number}]"
        for number, sound in enumerate(sounds, start=1)
    ]
    names = "".join(f"[a{number}]" for number in range(1, len(sounds) + 1))
    end = f"{names}amix=inputs={len(sounds)}:normalize=0,"
    end += f"apad=whole_dur={encoding.seconds:.6f},atrim=0:{encoding.seconds:.6f}[mix]"
    return ";".join([*chains, end])


def _tail(encoding: Encoding) -> list[str]:
    # Even sides, the colours of television, and nothing in the file that differs from day to day.
    tail = ["-vf", "crop=trunc(iw/2)*2:trunc(ih/2)*2,scale=out_color_matrix=bt709"]
    tail += ["-pix_fmt", "yuv420p", "-colorspace", "bt709", "-color_primaries", "bt709"]
    tail += ["-color_trc", "bt709", "-map_metadata", "-1", "-fflags", "+bitexact"]
    tail += ["-flags:v", "+bitexact", "-movflags", "+faststart"]
    if encoding.sounds:
        tail += ["-c:a", "aac", "-b:a", "160k", "-flags:a", "+bitexact"]
    if encoding.captions:
        language = LANGUAGES.get(encoding.language, "und")
        tail += ["-c:s", "mov_text", "-metadata:s:s:0", f"language={language}"]
    if encoding.title:
        tail += ["-metadata", f"title={encoding.title}"]
    return tail


def subtitles(captions: Sequence[Caption]) -> str:
    """Return captions in the form of SubRip (.srt)."""
    blocks = [
        f"{number}\n{_time(begin)} --> {_time(end)}\n{text.strip()}\n"
        for number, (begin, end, text) in enumerate(captions, start=1)
    ]
    return "\n".join(blocks)


def _time(seconds: float) -> str:
    ms = round(seconds * 1000)
    return f"{ms // 3_600_000:02}:{ms // 60_000 % 60:02}:{ms // 1000 % 60:02},{ms % 1000:03}"


def _feed(pipe: IO[bytes] | None, frames: Iterable[tuple[NDArray[np.uint8], int]]) -> int:
    assert pipe is not None  # noqa: S101 - Popen was given PIPE
    writer = _Writer(pipe)
    try:
        for image, times in frames:
            writer.put(np.ascontiguousarray(image).data, times)
    finally:
        count = writer.close()
    return count


class _Writer:
    """Hands pictures to the encoder on a thread of its own, so that drawing does not wait for it."""

    def __init__(self, pipe: IO[bytes]) -> None:
        self._pipe, self._count = pipe, 0
        self._waiting: queue.Queue[tuple[memoryview, int] | None] = queue.Queue(AHEAD)
        self._broken: OSError | None = None
        self._thread = threading.Thread(target=self._run, name="encoder", daemon=True)
        self._thread.start()

    def put(self, data: memoryview, times: int) -> None:
        """Add a picture. Raises BrokenPipeError once the encoder has gone."""
        if self._broken is not None:
            raise self._broken
        self._waiting.put((data, times))

    def close(self) -> int:
        """Wait until all is written; return how many frames were."""
        self._waiting.put(None)
        self._thread.join()
        return self._count

    def _run(self) -> None:
        while (entry := self._waiting.get()) is not None:
            data, times = entry
            try:
                for _ in range(times if self._broken is None else 0):
                    self._pipe.write(data)
                    self._count += 1
            except OSError as error:
                self._broken = error  # go on taking, so that nobody waits for room


def _close(pipe: IO[bytes]) -> None:
    try:
        pipe.close()
    except BrokenPipeError:
        return
