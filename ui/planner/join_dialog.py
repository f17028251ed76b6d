"""Joins the columns of a table to a layer by a key; what did not match is said in the problems of the layer."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QComboBox, QFileDialog, QFormLayout, QLabel, QLineEdit

from twin.io import inspect
from twin.model.layer import Source
from twin.model.table import Provenance
from twin.work.jobs import Job
from twin.work.joins import KEY, ON, ROLE
from ui.dialogs.frame import Dialog
from ui.forms.narrow import beside, narrow
from ui.forms.parts import IconButton
from ui.i18n import text, tr

if TYPE_CHECKING:
    from ui.window.main import MainWindow

KINDS = "CSV (*.csv *.tsv *.txt);;* (*)"


class JoinDialog(Dialog):
    """Asks for layer, file and the two keys."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window, accept="join.do")
        self._window = window
        self.layer, self.key, self.on = (narrow(QComboBox()) for _ in range(3))
        self.path = QLineEdit()
        self.path.setReadOnly(True)
        self._browse = IconButton("mdi6.folder-open-outline", self._ask)
        self._labels = {name: QLabel() for name in ("layer", "file", "key", "on")}
        for runtime in window.session.layers() if window.session is not None else ():
            if runtime.table is not None and runtime.table.raster is None:
                self.layer.addItem(text(runtime.spec.title, runtime.spec.id), runtime.spec.id)
        form = QFormLayout()
        form.addRow(self._labels["layer"], self.layer)
        form.addRow(self._labels["file"], beside(self.path, self._browse))
        form.addRow(self._labels["key"], self.key)
        form.addRow(self._labels["on"], self.on)
        self.body.addLayout(form)
        self.setMinimumWidth(460)
        self.layer.currentIndexChanged.connect(lambda _index: self._fill_keys())
        self.accepted.connect(self._join)
        self._fill_keys()
        self.retranslate()
        self._allow()

    def retranslate(self) -> None:
        """See base."""
        super().retranslate()
        self.setWindowTitle(tr("join.title"))
        for name, label in self._labels.items():
            label.setText(tr(f"join.{name}"))
        self._browse.say(tr("join.browse"))

    def take(self, path: Path) -> None:
        """Look into a file on a worker and offer its columns."""
        session = self._window.session
        if session is None:
            return
        self.path.setText(str(path))
        session.jobs.run(
            Job("job.load", path.name),
            lambda job: inspect(path, progress=job),
            done=self._offer,
            failed=self._window.tell,
        )

    def _offer(self, found: object) -> None:
        self.on.clear()
        for layer in getattr(found, "layers", ())[:1]:
            self.on.addItems([attribute.name for attribute in layer.attributes])
        same = self.on.findText(self.key.currentText())
        self.on.setCurrentIndex(max(same, 0))
        self._allow()

    def _ask(self) -> None:
        path, _ = QFileDialog.getOpenFileName(self, tr("join.title"), str(Path.home()), KINDS)
        if path:
            self.take(Path(path))

    def _fill_keys(self) -> None:
        session, layer = self._window.session, str(self.layer.currentData() or "")
        self.key.clear()
        if session is not None and layer:
            self.key.addItems([str(n) for n in session.layer(layer).column_names()])

    def _allow(self) -> None:
        self.accept_button.setEnabled(bool(self.path.text() and self.on.count()))

    def _join(self) -> None:
        session, layer = self._window.session, str(self.layer.currentData() or "")
        if session is None or not layer:
            return
        path = Path(self.path.text())
        source = Source(
            path=path.as_posix(),
            provenance=Provenance(source=path.name),
            options={KEY: self.key.currentText(), ON: self.on.currentText()},
        )

        def change(project: object) -> object:
            spec = project.layer(layer)  # type: ignore[attr-defined]
            return project.with_layer(replace(spec, sources={**spec.sources, ROLE: source}))  # type: ignore[attr-defined]

        session.do("join.do_step", change)  # type: ignore[arg-type]
        self._window.docks.show("problems")
