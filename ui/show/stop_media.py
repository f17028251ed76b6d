"""Pictures, film and sound of a stop: files of the project, each with a caption by language and its source."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QFileDialog,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
)

from twin.model.story import Clip, Picture, Stop
from ui.forms.narrow import narrow_form
from ui.forms.parts import IconButton, row
from ui.i18n import tr
from ui.icons import icon
from ui.show.stop_part import Changed, Shown, StopPart

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
LINES = 3


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


def with_media(stop: Stop, media: list[tuple[str, Medium]]) -> Stop:
    """Return a stop with exactly these media; of films and of sounds it has the last one."""
    pictures = tuple(some for kind, some in media if kind == "picture")
    clips = {kind: some for kind, some in media if kind != "picture"}
    return replace(stop, pictures=pictures, video=clips.get("video"), sound=clips.get("sound"))  # type: ignore[arg-type]


class StopMedia(StopPart):
    """A list of files; the caption and the source of the one that is chosen."""

    def __init__(self, window: MainWindow, changed: Changed) -> None:
        super().__init__(window, changed)
        self.list = QListWidget()
        self.caption, self.source = QLineEdit(), QLineEdit()
        self._add = IconButton("mdi6.plus", self._ask)
        self._remove = IconButton("mdi6.minus", self.remove)
        self._labels = {"caption": QLabel(), "source": QLabel()}
        self.list.setFixedHeight(self.fontMetrics().lineSpacing() * LINES + 22)
        self.list.currentRowChanged.connect(self._choose)
        for field in (self.caption, self.source):
            field.textEdited.connect(lambda _text: self._take())
        self._arrange()
        self.retranslate()

    def retranslate(self) -> None:
        """See base."""
        self.list.setAccessibleName(tr("stop.media"))
        self._add.say(tr("stop.add_medium"))
        self._remove.say(tr("stop.remove_medium"))
        for name, label in self._labels.items():
            label.setText(tr(f"stop.{name}"))
        for button in (self._add, self._remove):
            button.retheme()

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
        medium: Medium = Picture(path=inside) if kind == "picture" else Clip(path=inside)
        self._put(with_media(self._shown.stop, [*media_of(self._shown.stop), (kind, medium)]))
        self._refill()

    def remove(self) -> None:
        """Take the chosen one away from the stop; the file stays."""
        chosen = self.list.currentRow()
        if self._shown is not None and chosen >= 0:
            media = list(media_of(self._shown.stop))
            del media[chosen]
            self._put(with_media(self._shown.stop, media))
            self._refill()

    def _ask(self) -> None:
        patterns = " ".join(f"*{suffix}" for some in SUFFIXES.values() for suffix in some)
        name, _ = QFileDialog.getOpenFileName(
            self, tr("stop.add_medium"), "", f"{tr('stop.media')} ({patterns})"
        )
        if name:
            self.add(Path(name))

    def _fill(self, shown: Shown) -> None:
        row_before = self.list.currentRow()
        self.list.clear()
        for kind, medium in media_of(shown.stop):
            entry = QListWidgetItem(icon(ICONS[kind]), Path(medium.path).name)
            entry.setData(
                Qt.ItemDataRole.AccessibleTextRole, f"{tr(f'stop.{kind}')}: {medium.path}"
            )
            self.list.addItem(entry)
        self.list.setCurrentRow(min(max(row_before, 0), self.list.count() - 1))
        self._choose(self.list.currentRow())

    def _refill(self) -> None:
        self.show_stop(self._shown)

    def _choose(self, chosen: int) -> None:
        there = self._shown is not None and chosen >= 0
        for part in (self.caption, self.source, self._remove):
            part.setEnabled(there)
        medium = list(media_of(self._shown.stop))[chosen][1] if there and self._shown else None
        words = medium.caption.get(self._shown.language, "") if medium and self._shown else ""
        for field, text in ((self.caption, words), (self.source, medium.source if medium else "")):
            if field.text() != text:
                field.setText(text)

    def _take(self) -> None:
        chosen = self.list.currentRow()
        if self._shown is None or chosen < 0:
            return
        media = list(media_of(self._shown.stop))
        kind, medium = media[chosen]
        caption = {**medium.caption, self._shown.language: self.caption.text()}
        words = {language: text for language, text in caption.items() if text}
        media[chosen] = kind, replace(medium, caption=words, source=self.source.text())
        self._put(with_media(self._shown.stop, media))

    def _arrange(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.list)
        buttons = row(self._add, self._remove)
        buttons.addStretch(1)
        layout.addLayout(buttons)
        form = narrow_form()
        for name, field in (("caption", self.caption), ("source", self.source)):
            self._labels[name].setBuddy(field)
            form.addRow(self._labels[name], field)
        layout.addLayout(form)


def _copied(path: Path, folder: Path) -> Path:
    """Copy a file into a folder, under a name that nothing there has yet; return where it is."""
    folder.mkdir(exist_ok=True)
    target, number = folder / path.name, 1
    while target.exists():
        number += 1
        target = folder / f"{path.stem}-{number}{path.suffix}"
    shutil.copyfile(path, target)
    return target
