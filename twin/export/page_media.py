"""What a page shows and plays beside its scene: pictures, charts, films and sounds of stops, copied next to it."""

from __future__ import annotations

import html
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from twin.model.story import Clip, Stop
from twin.show.card import Told

PICTURES = (".png", ".jpg", ".jpeg", ".webp")
PLAYED = {
    "video": (".mp4", ".webm", ".ogv"),
    "audio": (".mp3", ".m4a", ".ogg", ".opus", ".wav", ".flac"),
}
"""What browsers play; others are left out of a page."""
FOLDER = "pictures"


@dataclass(frozen=True, kw_only=True)
class Medium:
    """A file beside one stop.

    Parameters
    ----------
    kind : str
        ``img``, ``video`` or ``audio``.
    name : str
        In the folder of the page: numbered, because an id or a name of somebody else may be any text.
    source : Path or array
        A file, or a picture (h, w, 3) uint8.
    title : str
        What it is, for those who do not see it.
    """

    kind: str
    name: str
    source: Path | NDArray[np.uint8]
    title: str = ""

    def write(self, folder: Path) -> None:
        """Put it into the folder of a page."""
        data = self.source.read_bytes() if isinstance(self.source, Path) else jpeg(self.source)
        (folder / self.name).write_bytes(data)

    @property
    def markup(self) -> str:
        """How the page shows it."""
        title = html.escape(self.title, quote=True)
        if self.kind == "img":
            return f'<img class="beside" src="{self.name}" alt="{title}">'
        return f'<{self.kind} controls preload="metadata" src="{self.name}" aria-label="{title}"></{self.kind}>'


def media_of(
    number: int, stop: Stop, told: Told, folder: Path, chart: NDArray[np.uint8] | None = None
) -> Iterator[Medium]:
    """Yield what a page shows beside one stop.

    Parameters
    ----------
    folder : Path
        Of the project: its clips lie there.
    chart : (h, w, 3) uint8 or None
    """
    if chart is not None:
        yield Medium(
            kind="img", name=f"{FOLDER}/chart-{number}.jpg", source=chart, title=told.title
        )
    for count, path in enumerate(map(Path, told.pictures), start=1):
        if path.suffix.lower() in PICTURES:
            name = f"{FOLDER}/beside-{number}-{count}{path.suffix.lower()}"
            yield Medium(kind="img", name=name, source=path)
    for kind, clip in (("video", stop.video), ("audio", stop.sound)):
        if clip is None or not _plays(kind, folder / clip.path):
            continue
        source = folder / clip.path
        name = f"{FOLDER}/{kind}-{number}{source.suffix.lower()}"
        yield Medium(kind=kind, name=name, source=source, title=_caption(clip, told.language))


def jpeg(picture: NDArray[np.uint8], quality: int = 84) -> bytes:
    """Return a picture as JPEG."""
    from PIL import Image

    written = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(picture)).save(written, "JPEG", quality=quality)
    return written.getvalue()


def _plays(kind: str, path: Path) -> bool:
    return path.suffix.lower() in PLAYED[kind] and path.is_file()


def _caption(clip: Clip, language: str) -> str:
    return clip.caption.get(language) or clip.caption.get("en") or ""
