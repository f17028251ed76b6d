"""Asks which layers become a tileset and where it is written; the work goes on as a job."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
)

from twin.model.layer import LayerSpec
from twin.model.project import Project
from twin.work.jobs import Job
from ui.dialogs.frame import Dialog
from ui.forms.parts import muted
from ui.i18n import tr, translator
from ui.shipped import ROOT
from ui.window.messages import tell

if TYPE_CHECKING:
    from twin.tiles.baking import BakeReport
    from twin.work.session import Session
    from ui.window.main import MainWindow

ID = Qt.ItemDataRole.UserRole


class BakeDialog(Dialog):
    """Layers, a folder, and whether the tiles are shown in place of the layers once they are there."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window, accept="bake.start")
        self._window = window
        session = window.session
        assert session is not None  # noqa: S101 - the action is there for open projects only
        self._session = session
        self._about = muted()
        self.layers = QListWidget()
        self.layers.setSpacing(3)
        for spec in session.project.layers:
            if spec.type == "belvedere.tileset":
                continue
            item = QListWidgetItem(spec.title.get(translator.language) or spec.id)
            item.setData(ID, spec.id)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            item.setCheckState(Qt.CheckState.Checked if spec.visible else Qt.CheckState.Unchecked)
            self.layers.addItem(item)
        self.folder = QLineEdit()
        self._browse = QPushButton()
        self._browse.setAutoDefault(False)
        self._browse.clicked.connect(self._choose)
        self.show_after = QCheckBox()
        self._labels = {name: QLabel() for name in ("layers", "folder")}
        self._labels["layers"].setBuddy(self.layers)
        self._labels["folder"].setBuddy(self.folder)
        row = QHBoxLayout()
        row.addWidget(self.folder, 1)
        row.addWidget(self._browse)
        for widget in (self._about, self._labels["layers"], self.layers, self._labels["folder"]):
            self.body.addWidget(widget)
        self.body.addLayout(row)
        self.body.addWidget(self.show_after)
        self.layers.itemChanged.connect(lambda _item: self._check())
        self.folder.textChanged.connect(lambda _text: self._check())
        self.accepted.connect(self._start)
        self.setMinimumWidth(520)
        self.retranslate()

    def retranslate(self) -> None:
        """See base."""
        super().retranslate()
        self.setWindowTitle(tr("bake.title"))
        self._about.setText(tr("bake.about"))
        for name, label in self._labels.items():
            label.setText(tr(f"bake.{name}"))
        self.layers.setAccessibleName(tr("bake.layers"))
        self.folder.setAccessibleName(tr("bake.folder"))
        self._browse.setText(tr("bake.browse"))
        self.show_after.setText(tr("bake.show_after"))
        self._check()

    def chosen(self) -> list[str]:
        """Return the ids of the layers to bake."""
        items = [self.layers.item(k) for k in range(self.layers.count())]
        return [item.data(ID) for item in items if item.checkState() is Qt.CheckState.Checked]

    def _check(self) -> None:
        path = Path(self.folder.text().strip()) if self.folder.text().strip() else None
        usable = path is not None and path.is_absolute() and not path.is_file()
        self.accept_button.setEnabled(usable and bool(self.chosen()))

    def _choose(self) -> None:
        found = QFileDialog.getExistingDirectory(self, tr("bake.folder"))
        if found:
            self.folder.setText(found)

    def _start(self) -> None:
        start(
            self._window,
            self.chosen(),
            Path(self.folder.text().strip()),
            show_after=self.show_after.isChecked(),
        )


def start(window: MainWindow, layers: list[str], out: Path, *, show_after: bool) -> None:
    """Bake layers of the open project in other processes; progress and cancel are those of every job."""
    session = window.session
    if session is None:
        return
    project = session.project.showing(layers)

    def done(report: BakeReport) -> None:
        for problem in report.problems:
            tell(window, problem)
        words = tr("bake.done", features=report.features, tiles=report.tiles, folder=str(out))
        window.statusBar().showMessage(words, 10_000)
        if show_after and window.session is session:
            _show(session, layers, out)

    session.jobs.run(
        Job("job.bake", out.name),
        lambda job: _work(job, session, project, out),
        done=done,
        failed=lambda problem: tell(window, problem),
    )


def _work(job: Job, session: Session, project: Project, out: Path) -> BakeReport:
    from twin.tiles.baking import bake
    from twin.work.baking import layers_to_bake

    found, placement = layers_to_bake(
        project,
        session.folder,
        session.registry,
        roots=[ROOT / "layers", ROOT / "plugins"],
        progress=job,
    )
    title = project.title.get(translator.language, "")
    # Other processes, even on one core: this one draws.
    return bake(
        found, out, placement=placement, progress=job, workers=max(os.cpu_count() or 1, 2),
        about={"title": title, "notice": dict(project.notice)},
    )  # fmt: skip


def _show(session: Session, layers: list[str], out: Path) -> None:
    from twin.tiles.about import about
    from twin.work.assemble import spec_of_tileset

    taken = {spec.id for spec in session.project.layers}
    spec: LayerSpec = spec_of_tileset(about(str(out / "tileset.json")), taken)

    def change(project: Project) -> Project:
        shown = {s.id for s in project.layers if s.visible} - set(layers)
        hidden: Any = project.showing(shown)
        return replace(hidden, layers=(*hidden.layers, spec))

    session.do("bake.shown", change)
