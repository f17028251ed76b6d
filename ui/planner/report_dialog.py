"""A sheet or a deck from the window: the verb runs beside it, on a snapshot of the project, and nothing waits."""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QStandardPaths
from PySide6.QtWidgets import QComboBox, QFileDialog, QFormLayout, QLabel, QLineEdit, QWidget

from twin.model.layer import LayerSpec
from twin.model.project import Project
from twin.problems import Problem, Severity
from twin.store.codec import to_json
from ui.dialogs.frame import Dialog
from ui.forms.parts import IconButton
from ui.i18n import text, tr, translator
from ui.show.running import Verb
from ui.templates import shipped

if TYPE_CHECKING:
    from ui.window.main import MainWindow

NOW = "now"
DOCUMENTS = QStandardPaths.StandardLocation.DocumentsLocation
KINDS = ("PDF (*.pdf)", "PNG (*.png)", "CSV (*.csv)")


class ReportDialog(Dialog):
    """Asks for template, view, variant and file."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window, accept="report.make")
        self._window = window
        self.template, self.view, self.variant = QComboBox(), QComboBox(), QComboBox()
        self.out = QLineEdit()
        self._browse = IconButton("mdi6.folder-open-outline", self._ask)
        self._own = IconButton("mdi6.file-cog-outline", self._ask_template)
        self._labels = {name: QLabel() for name in ("template", "view", "variant", "out")}
        for name in shipped():
            self.template.addItem("", name)
        form = QFormLayout()
        form.addRow(self._labels["template"], _beside(self.template, self._own))
        form.addRow(self._labels["view"], self.view)
        form.addRow(self._labels["variant"], self.variant)
        form.addRow(self._labels["out"], _beside(self.out, self._browse))
        self.body.addLayout(form)
        self.setMinimumWidth(480)
        self.out.setText(str(Path.home() / "report.pdf"))
        self.accepted.connect(self._make)
        self.retranslate()

    def retranslate(self) -> None:
        """See base."""
        super().retranslate()
        self.setWindowTitle(tr("report.title"))
        for name, label in self._labels.items():
            label.setText(tr(f"report.{name}"))
        self._browse.say(tr("report.browse"))
        self._own.say(tr("report.own_template"))
        for i in range(self.template.count()):
            name = self.template.itemData(i)
            key = f"report.template_{name}"
            self.template.setItemText(i, tr(key) if translator.has(key) else Path(name).name)
        session = self._window.session
        self.view.clear()
        self.view.addItem(tr("report.view_template"), "")
        self.view.addItem(tr("report.view_now"), NOW)
        self.variant.clear()
        self.variant.addItem(tr("plan.as_it_is"), "")
        if session is None:
            return
        for view in session.project.views:
            self.view.addItem(text(view.title, view.id), view.id)
        for variant in session.project.variants:
            self.variant.addItem(text(variant.label, variant.id), variant.id)
        self.variant.setCurrentIndex(max(0, self.variant.findData(session.variant)))

    def _ask(self) -> None:
        chosen, kind = QFileDialog.getSaveFileName(
            self, tr("report.title"), self.out.text(), ";;".join(KINDS)
        )
        if chosen:
            path = Path(chosen)
            if path.suffix.lower() not in (".pdf", ".png", ".csv"):
                path = path.with_name(path.name + kind[kind.index("*") + 1 : -1])
            self.out.setText(str(path))

    def _ask_template(self) -> None:
        path, _ = QFileDialog.getOpenFileName(
            self, tr("report.own_template"), str(Path.home()), "TOML, JSON (*.toml *.json)"
        )
        if path:
            self.template.addItem(Path(path).name, path)
            self.template.setCurrentIndex(self.template.count() - 1)

    def _make(self) -> None:
        make_report(
            self._window,
            template=str(self.template.currentData()),
            out=Path(self.out.text()).expanduser(),
            view=str(self.view.currentData() or ""),
            variant=str(self.variant.currentData() or ""),
        )


def make_report(
    window: MainWindow, *, template: str, out: Path, view: str = "", variant: str = ""
) -> Verb | None:
    """Start the verb ``report`` on what is open now; the status bar says when it is done."""
    session = window.session
    if session is None:
        return None
    project = session.project
    if view == NOW:
        here = replace(window.bookmarks.present(), id=NOW, title={translator.language: ""})
        project = replace(project, views=(here, *(v for v in project.views if v.id != NOW)))
    folder = tempfile.TemporaryDirectory(prefix="belvedere-report-")
    at_hand = replace(_absolute(project, session.folder), at=session.clock.at)
    (Path(folder.name) / "project.json").write_text(
        json.dumps(to_json(at_hand), ensure_ascii=False), encoding="utf-8"
    )
    arguments = ["report", folder.name, template, "--out", str(out)]
    arguments += ["--lang", "fr" if translator.language == "fr" else "en"]
    arguments += ["--view", view] if view else []
    arguments += ["--variant", variant] if variant else []
    verb = Verb(arguments, window)

    def finished(status: int, complaint: str) -> None:
        folder.cleanup()
        if status == 0:
            window.say("report.done", file=out.name)
        else:
            reason = next((w for w in complaint.splitlines() if w.startswith("error")), complaint)
            values: Mapping[str, Any] = {"reason": reason[:300]}
            window.tell(Problem("report.failed", out.name, values, Severity.ERROR))
        verb.deleteLater()

    verb.finished.connect(finished)
    verb.start()
    window.say("report.started", file=out.name)
    return verb


def make_sun_sheet(window: MainWindow) -> Verb | None:
    """Start the sun study of what is open: 9, 12 and 15 h on equinoxes and solstices, beside earlier ones."""
    session = window.session
    if session is None:
        return None
    name = re.sub(r"[^\w-]+", "-", text(session.project.title, "belvedere")).strip("-")
    home = Path(QStandardPaths.writableLocation(DOCUMENTS) or str(Path.home()))
    home.mkdir(parents=True, exist_ok=True)
    stem = f"{name}-{tr('report.sun_file')}-{session.clock.at.year}"
    out = home / f"{stem}.pdf"
    number = 2
    while out.exists():
        out, number = home / f"{stem}-{number}.pdf", number + 1
    return make_report(window, template="sun-study", out=out, variant=session.variant)


def _absolute(project: Project, folder: Path) -> Project:
    """Return the project with paths that do not depend on where it lies."""

    def placed(spec: LayerSpec) -> LayerSpec:
        sources = {
            role: s
            if Path(s.path).is_absolute() or "://" in s.path
            else replace(s, path=(folder / s.path).as_posix())
            for role, s in spec.sources.items()
        }
        return replace(spec, sources=sources)

    return replace(project, layers=tuple(placed(spec) for spec in project.layers))


def _beside(first: QWidget, second: QWidget) -> QWidget:
    from ui.forms.parts import row

    box = QWidget()
    layout = row(first, second)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setStretch(0, 1)
    box.setLayout(layout)
    return box
