"""Pictures, film and sound of a stop: files of the project, each with a caption by language and its source."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFileDialog, QLineEdit, QListWidgetItem

from twin.model.story import Clip, Picture, Stop
from ui.i18n import tr
from ui.icons import icon
from ui.show.stop_list import Listing, StopList, spoken_entry
from ui.show.stop_part import Changed, Shown, show_words, with_words

if TYPE_CHECKING:
    from ui.window.main import MainWindow

Medium = Picture | Clip
SUFFIXES = {
    "picture": (".png", ".jpg", ".jpeg", ".webp"),
    "video": (".mp4", ".webm", ".mov", ".mkv", ".ogv"),
    "sound": (".mp3", ".m4a", ".ogg", ".opus", ".wav", ".flac"),
}
ICONS = {"picture": "mdi6.image", "video": "mdi6.movie-open", "sound": "mdi6.volume-high"}
FOLDER = "media"


def kind_of(path: Path) -> str:
    """Return picture, video or sound by the suffix of a file, empty for any other."""
    suffix = path.suffix.lower()
    return next((kind for kind, some in SUFFIXES.items() if suffix in some), "")


def media_of(stop: Stop) -> Iterator[tuple[str, Medium]]:
    """Yield each medium of a stop with its kind."""
    yield from (("picture", picture) for picture in stop.pictures)
    for kind in ("video", "sound"):
        clip = getattr(stop, kind)
        if clip is not None:
            yield kind, clip


def with_media(stop: Stop, media: Sequence[tuple[str, Medium]]) -> Stop:
    """Return a stop with exactly these media; of films and of sounds it has the last one."""
    pictures = tuple(some for kind, some in media if kind == "picture")
    clips = {kind: some for kind, some in media if kind != "picture"}
    return replace(stop, pictures=pictures, video=clips.get("video"), sound=clips.get("sound"))  # type: ignore[arg-type]


class StopMedia(StopList[tuple[str, Medium]]):
    """A list of files; the caption and the source of the one that is chosen."""

    def __init__(self, window: MainWindow, changed: Changed) -> None:
        self.caption, self.source = QLineEdit(), QLineEdit()
        fields = {"caption": self.caption, "source": self.source}
        listing = Listing(
            name="medium",
            fields=fields,
            things=self._things,
            put=self._with,
            entry=self._entry,
            show=self._show,
            taken=self._taken,
        )
        super().__init__(window, changed, listing)
        for field in (self.caption, self.source):
            field.textEdited.connect(lambda _text: self._take())
        self.retranslate()

    def add_new(self) -> None:
        """Ask for a file."""
        patterns = " ".join(f"*{suffix}" for some in SUFFIXES.values() for suffix in some)
        name, _ = QFileDialog.getOpenFileName(
            self, tr("stop.add_medium"), "", f"{tr('stop.list_medium')} ({patterns})"
        )
        if name:
            self.add(Path(name))

    def add(self, path: Path) -> None:
        """Take a file into the project, and show or play it at this stop."""
        kind, home = kind_of(path), self._window.files.own_folder
        if self._shown is None or not kind:
            return
        if home is None:
            self._window.say("stop.save_first")
            return
        if not path.resolve().is_relative_to(home.resolve()):
            path = _copied(path, home / FOLDER)
        inside = path.resolve().relative_to(home.resolve()).as_posix()
        self._append((kind, Picture(path=inside) if kind == "picture" else Clip(path=inside)))

    def _things(self, stop: Stop) -> list[tuple[str, Medium]]:
        return list(media_of(stop))

    def _with(self, stop: Stop, things: Sequence[tuple[str, Medium]]) -> Stop:
        return with_media(stop, things)

    def _entry(self, thing: tuple[str, Medium], _shown: Shown) -> QListWidgetItem:
        kind, medium = thing
        entry = spoken_entry(Path(medium.path).name, f"{tr(f'stop.{kind}')}: {medium.path}")
        entry.setIcon(icon(ICONS[kind]))
        return entry

    def _show(self, thing: tuple[str, Medium] | None) -> None:
        language = self._shown.language if self._shown else ""
        for field in (self.caption, self.source):
            field.setEnabled(thing is not None)
        show_words(self.caption, thing[1].caption.get(language, "") if thing else "")
        show_words(self.source, thing[1].source if thing else "")

    def _taken(self, before: tuple[str, Medium] | None) -> tuple[str, Medium] | None:
        if before is None or self._shown is None:
            return None
        kind, medium = before
        caption = with_words(medium.caption, self._shown.language, self.caption.text())
        return kind, replace(medium, caption=caption, source=self.source.text())


def _copied(path: Path, folder: Path) -> Path:
    """Copy a file into a folder, under a name that nothing there has yet; return where it is."""
    folder.mkdir(exist_ok=True)
    target, number = folder / path.name, 1
    while target.exists():
        number += 1
        target = folder / f"{path.stem}-{number}{path.suffix}"
    shutil.copyfile(path, target)
    return target
