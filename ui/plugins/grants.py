"""What an isolated plugin asks for, each wish with its tick: in the manager, and once in a dialog of its own."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QCheckBox, QFileDialog, QPushButton, QVBoxLayout, QWidget

from twin.registry import Manifest
from ui import plugin_home as home
from ui.dialogs.frame import Dialog
from ui.forms.parts import IconButton, clear, heading, muted, row, wrapping
from ui.i18n import text, tr

if TYPE_CHECKING:
    from ui.window import MainWindow

TICKED = {"network": "hosts", "feeds": "feeds"}
"""Capabilities whose words are granted one by one, and where the decision keeps them."""

WIDE_PX, HEAD_PX, LINE_PX = 480, 190, 30

FOLDERS = {"folders": "read", "write_folders": "write"}


class GrantBoxes(QWidget):
    """The wishes of a manifest; a tick is kept at once, and can be taken back."""

    def __init__(self, manifest: Manifest, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._manifest = manifest
        self.boxes: dict[tuple[str, str], QCheckBox] = {}
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._fill()

    def _fill(self) -> None:
        clear(self._layout)
        asked, decision = self._manifest.capabilities, home.warden().store.of(self._manifest.folder)
        for capability, kept in TICKED.items():
            for word in asked.get(capability, ()):
                on = word in getattr(decision, kept)
                self._tick(capability, word, on=on)
        if asked.get("project"):
            self._tick("project", ", ".join(asked["project"]), on=decision.project)
        for capability, kept in FOLDERS.items():
            if asked.get(capability):
                self._folders(capability, getattr(decision, kept))

    def _tick(self, capability: str, word: str, *, on: bool) -> None:
        words = tr(f"plugins.may.{capability}", what=word)
        box, label = QCheckBox(), wrapping(words)  # a tick box cannot break its lines
        box.setAccessibleName(words)
        label.setBuddy(box)
        box.setChecked(on)
        box.toggled.connect(partial(self._grant, capability, word))
        self.boxes[capability, word] = box
        line = row(box, label)
        line.setStretch(1, 1)
        self._layout.addLayout(line)

    def _folders(self, capability: str, granted: tuple[str, ...]) -> None:
        words = ", ".join(self._manifest.capabilities[capability])
        self._layout.addWidget(muted(tr(f"plugins.asks.{capability}", what=words)))
        for folder in granted:
            back = IconButton("mdi6.close", partial(self._take_back, capability, folder))
            back.say(tr("plugins.take_back", what=folder))
            self._layout.addLayout(row(muted(folder), back))
        button = QPushButton(tr("plugins.grant_folder"))
        button.clicked.connect(lambda _on=False: self._choose(capability))
        self._layout.addWidget(button)

    def _grant(self, capability: str, word: str, on: bool) -> None:
        store, folder = home.warden().store, self._manifest.folder
        if capability == "project":
            store.change(folder, project=on)
            return
        kept = TICKED[capability]
        words = set(getattr(store.of(folder), kept)) - {word}
        store.change(folder, **{kept: tuple(sorted(words | ({word} if on else set())))})

    def _choose(self, capability: str) -> None:
        chosen = QFileDialog.getExistingDirectory(self, tr("plugins.grant_folder"))
        if chosen:
            self.grant_folder(capability, chosen)

    def grant_folder(self, capability: str, chosen: str) -> None:
        """Let the plugin read, or write to, a folder."""
        store, folder = home.warden().store, self._manifest.folder
        before = getattr(store.of(folder), FOLDERS[capability])
        store.change(folder, **{FOLDERS[capability]: tuple(sorted({*before, chosen}))})
        self._fill()

    def _take_back(self, capability: str, gone: str) -> None:
        store, folder = home.warden().store, self._manifest.folder
        left = tuple(f for f in getattr(store.of(folder), FOLDERS[capability]) if f != gone)
        store.change(folder, **{FOLDERS[capability]: left})
        self._fill()


class GrantDialog(Dialog):
    """Asks once what a plugin may do; whatever is not ticked stays forbidden until the manager grants it."""

    def __init__(self, manifest: Manifest, window: MainWindow) -> None:
        super().__init__(window, accept="plugins.ask.done")
        self._window, self.manifest = window, manifest
        self._said = heading(px=15)
        self._about = wrapping()
        self.grants = GrantBoxes(manifest)
        for widget in (self._said, self._about, self.grants):
            self.body.addWidget(widget)
        self.body.addStretch(1)
        self.setMinimumWidth(WIDE_PX)
        # Labels that break their lines ask for the height of the narrowest window.
        self.resize(WIDE_PX, HEAD_PX + LINE_PX * max(len(self.grants.boxes), 2))
        self.retranslate()

    def retranslate(self) -> None:
        """See base."""
        super().retranslate()
        title = text(self.manifest.title, self.manifest.id)
        self.setWindowTitle(title)
        self._said.setText(tr("plugins.ask.title", plugin=title))
        self._about.setText(tr("plugins.ask.about"))

    def done(self, result: int) -> None:
        """Remember that the user was asked; the layers of the plugin begin anew with what was granted."""
        home.warden().store.change(self.manifest.folder, asked=True)
        super().done(result)
        session = self._window.session
        if session is not None:
            session.use_registry(session.registry)


def to_ask(window: MainWindow) -> Iterator[Manifest]:
    """Yield the isolated plugins that the open project uses, ask for something, and were never answered."""
    session = window.session
    if session is None:
        return
    registry = session.registry
    used = {spec.type for spec in session.project.layers}
    used |= {feed.kind for feed in session.project.feeds}
    for name, manifest in registry.plugins.items():
        own = manifest.folder.is_relative_to(session.folder)
        near = own or any(c.id in used for c in manifest.contributions)
        if near and any(manifest.capabilities.values()) and registry.is_isolated(name):
            decision = home.warden().store.of(manifest.folder)
            if not decision.asked and not decision.off:
                yield manifest


def ask(window: MainWindow) -> GrantDialog | None:
    """Ask about the next plugin that was never asked about; not while an audience watches."""
    asking = any(dialog.isVisible() for dialog in window.findChildren(GrantDialog))
    if asking or window.on_stage is not None or not window.isVisible():
        return None
    manifest = next(to_ask(window), None)
    if manifest is None:
        return None
    dialog = GrantDialog(manifest, window)
    dialog.finished.connect(lambda _result: QTimer.singleShot(0, partial(ask, window)))
    dialog.open()
    return dialog
