"""Kept analyses: asked, run on a worker, shown as layers, run again when the city changes, exported."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import (
    QCheckBox,
    QFileDialog,
    QHBoxLayout,
    QProgressBar,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
)

from twin.analysis.sight import EYE_M
from twin.errors import BelvedereError
from twin.model.kept import KeptAnalysis, with_analysis, without_analysis
from twin.model.plans import fresh_id
from twin.problems import Problem
from twin.work import apart
from twin.work import kept as work
from twin.work.answers import export_answer
from twin.work.jobs import Job
from ui.docks.panel import Panel
from ui.forms.parts import IconButton, wrapping
from ui.i18n import text, tr, translator
from ui.planner.analysis_form import PLACED, AnalysisForm
from ui.planner.analysis_words import said
from ui.planner.drawing import DrawTool
from ui.planner.zones_button import ZonesButton

if TYPE_CHECKING:
    from twin.work.session import Session
    from ui.window.main import MainWindow

ID = Qt.ItemDataRole.UserRole
SETTLE_MS = 1_500
POLL_MS = 120
FEWEST = {"sight": 2, "viewshed": 1, "shade": 1}
LIFT_M = {"sight": EYE_M, "viewshed": EYE_M, "shade": 0.3}
"""How far above the clicked places one asks."""

EXPORTS = ("CSV (*.csv)", "GeoPackage (*.gpkg)", "glTF (*.glb)")


class AnalysesPanel(Panel):
    """The analyses of a project."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window.session, window)
        self._window = window
        self._jobs: dict[str, Job] = {}
        self._told: tuple[str, Mapping[str, Any]] | None = None
        self.form = AnalysisForm()
        self.start, self.cancel = QPushButton(), QPushButton()
        self.zones = ZonesButton(window)
        self.list = QTreeWidget()
        self.follow = QCheckBox()
        self.follow.setChecked(True)
        self.said = wrapping()
        self._bar = QProgressBar()
        self._again = IconButton("mdi6.refresh", self.again)
        self._export = IconButton("mdi6.tray-arrow-down", self._ask_export)
        self._remove = IconButton("mdi6.trash-can-outline", self.remove)
        self._later = QTimer(self, singleShot=True, interval=SETTLE_MS)
        self._later.timeout.connect(self._renew)
        self._poll = QTimer(self, interval=POLL_MS)
        self._poll.timeout.connect(self._show_progress)
        self._arrange()
        self._connect()
        self._begin()

    # What is done.

    def ask(self) -> None:
        """Start the analysis that the form describes; a viewshed asks for a place first."""
        session = self._session
        if session is None:
            return
        asked = self.form.asked(session, self._box())
        kind = self.form.kind_id()
        if kind in PLACED:
            self.ask_places(kind, asked)
        elif kind == "monument" and not asked["features"]:
            self._window.say("analysis.choose_monument")
        else:
            self.begin(kind, asked)

    def ask_places(self, kind: str, asked: dict[str, Any]) -> None:
        """Take a tool that asks for the places of an analysis, and begin it with them."""
        view = self._window.viewport
        # A line of sight has two ends; what is seen is seen from one place, or from several.
        tool = DrawTool(view, least=2 if kind == "sight" else 1)
        tool.done.connect(lambda xyz: self._placed(kind, xyz, asked))
        view.take_tool(tool)
        view.setFocus()
        self._window.say(f"analysis.place_{kind}")

    def begin(self, kind: str, asked: dict[str, Any]) -> None:
        """Begin an analysis that is kept under a name of its own."""
        session = self._session
        if session is None:
            return
        name = fresh_id(kind, [a.id for a in session.project.analyses])
        words = self._title(kind, asked)
        self.run(KeptAnalysis(id=name, kind=kind, title={translator.language: words}, asked=asked))

    def again(self) -> None:
        """Run the chosen analysis again."""
        kept = self.chosen()
        if kept is not None:
            self.run(kept)

    def stop(self) -> None:
        """Cancel whatever runs."""
        for job in self._jobs.values():
            job.cancel()
        self._jobs.clear()
        self._show_progress()

    def remove(self) -> None:
        """Remove the chosen analysis and its layer."""
        kept, session = self.chosen(), self._session
        if kept is not None and session is not None:
            session.do("analysis.do.remove", lambda p: without_analysis(p, kept.id))

    def chosen(self) -> KeptAnalysis | None:
        """Return the analysis that is chosen in the list."""
        item = self.list.currentItem()
        found = item.data(0, ID) if item is not None else None
        return found if isinstance(found, KeptAnalysis) else None

    def run(self, kept: KeptAnalysis) -> None:
        """Run an analysis on a worker; its answer becomes, or renews, a layer."""
        session = self._session
        if session is None:
            return
        if kept.id in self._jobs:
            self._jobs[kept.id].cancel()
        try:
            asked = work.question(session, kept)
        except BelvedereError as error:
            self._window.tell(error.problem)
            return
        spare = self._window.services.state_dir
        path = work.answer_path(session.folder, kept, spare)

        self._jobs[kept.id] = session.jobs.run(
            Job("job.analyse", text(kept.title, kept.id)),
            lambda job: work.answer_apart(asked, path, job),
            done=self._done,
            failed=lambda problem: self._failed(kept.id, problem),
            waits=True,
        )
        self._poll.start()
        self._show_progress()

    def export(self, path: Path) -> None:
        """Write the answer of the chosen analysis as another kind of file."""
        kept, session = self.chosen(), self._session
        if kept is None or session is None:
            self._window.say("analysis.choose_one")
            return
        answer = session.project.layer(kept.layer).sources["features"].path
        session.jobs.run(
            Job("job.export", path.name),
            lambda job: apart.call(
                export_answer, (str(session.folder / answer), kept.kind, str(path)), job
            ),
            done=lambda _none: self._window.say("status.exported", file=path.name),
            failed=self._window.tell,
            waits=True,
        )

    # The panel.

    def retranslate(self) -> None:
        """See base."""
        self.form.retranslate()
        self.zones.retranslate()
        self.start.setText(tr("analysis.start"))
        self.cancel.setText(tr("analysis.cancel"))
        self.follow.setText(tr("analysis.follow"))
        self._again.say(tr("analysis.again"))
        self._export.say(tr("analysis.export"))
        self._remove.say(tr("analysis.remove"))
        self.list.setHeaderLabels([tr("analysis.name"), tr("analysis.state")])
        self._say()

    def retheme(self) -> None:
        """See base."""
        for button in (self._again, self._export, self._remove):
            button.retheme()

    def _attach(self, session: Session) -> None:
        self._links.connect(session.project_changed, self._on_change)
        self._links.connect(session.variant_changed, lambda _variant: self._later.start())
        self._links.connect(session.layer_changed, self._on_layer)

    def _on_change(self, _before: object, _after: object) -> None:
        self._refresh()
        self._later.start()

    def _on_layer(self, layer: str, aspects: frozenset[str]) -> None:
        own = {a.layer for a in self._session.project.analyses} if self._session else set()
        if "table" in aspects:
            self.form.set_session(self._session)
        if "drawables" in aspects and layer not in own:
            self._later.start()

    def _renew(self) -> None:
        """Run what is stale again, once the layers are quiet."""
        session = self._session
        if session is None:
            return
        if any(r.busy for r in session.layers()):
            self._later.start()
            return
        self._refresh()
        if self.follow.isChecked():
            for kept in session.project.analyses:
                if work.stale(session, kept) and kept.id not in self._jobs:
                    self.run(kept)

    def _refresh(self) -> None:
        session = self._session
        self.setEnabled(session is not None)
        if session is None:
            self._jobs.clear()
            return
        chosen = self.chosen()
        self.list.blockSignals(True)
        self.list.clear()
        for kept in session.project.analyses:
            state = "running" if kept.id in self._jobs else "fresh"
            if state == "fresh" and work.stale(session, kept):
                state = "stale"
            item = QTreeWidgetItem([text(kept.title, kept.id), tr(f"analysis.state_{state}")])
            item.setData(0, ID, kept)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsEditable)
            self.list.addTopLevelItem(item)
            if chosen is not None and kept.id == chosen.id:
                self.list.setCurrentItem(item)
        self.list.blockSignals(False)
        self.form.set_session(session)

    def _box(self) -> list[float]:
        """Return what is in view around the point that is looked at, in the CRS."""
        camera = self._window.viewport.stage.camera
        session = self._session
        origin = session.project.frame.origin if session is not None else (0.0, 0.0, 0.0)
        x, y = camera.target[0] + origin[0], camera.target[1] + origin[1]
        reach = min(max(0.6 * camera.pose.distance_m, 60.0), 600.0)
        return [round(v, 1) for v in (x - reach, y - reach, x + reach, y + reach)]

    def _placed(self, kind: str, xyz: np.ndarray, asked: dict[str, Any]) -> None:
        session = self._session
        if session is None or len(xyz) < FEWEST[kind]:
            self._window.say(f"analysis.place_{kind}")
            return
        self._window.viewport.take_tool(None)
        places = np.round(xyz + np.array(session.project.frame.origin), 2)
        # One stands at the first place of a sight, at all places of a viewshed; the rest is looked at.
        places[: 1 if kind == "sight" else None, 2] += LIFT_M[kind]
        self.begin(kind, {**asked, PLACED[kind]: places.tolist()})

    def _title(self, kind: str, asked: dict[str, Any]) -> str:
        words = tr(f"analysis.kind_{kind}")
        return f"{words}, {asked['date']}" if "date" in asked else words

    def _done(self, made: work.Made) -> None:
        session = self._session
        self._jobs.pop(made.kept.id, None)
        if session is not None:
            label = "analysis.do.keep"
            session.do(label, lambda p: work.with_answer(p, made), merge=f"analysis.{made.kept.id}")
        self._told = (made.kept.kind, made.summary)
        self._say()
        self._show_progress()
        self._refresh()

    def _say(self) -> None:
        self.said.setText(said(*self._told) if self._told is not None else "")

    def _failed(self, name: str, problem: Problem) -> None:
        self._jobs.pop(name, None)
        self._show_progress()
        self._refresh()
        self._window.tell(problem)

    def _show_progress(self) -> None:
        busy = bool(self._jobs)
        self._bar.setVisible(busy)
        self.cancel.setEnabled(busy)
        if not busy:
            self._poll.stop()
            return
        job = next(iter(self._jobs.values()))
        self._bar.setRange(0, 1000 if job.total else 0)
        if job.total:
            self._bar.setValue(round(1000 * job.done / job.total))

    def _show_zones(self) -> None:
        self.zones.setVisible(self.form.kind_id() == "zoning")

    def _ask_export(self) -> None:
        chosen, kind = QFileDialog.getSaveFileName(
            self, tr("analysis.export"), str(Path.home() / "analysis.csv"), ";;".join(EXPORTS)
        )
        if chosen:
            path = Path(chosen)
            if path.suffix.lower() not in (".csv", ".gpkg", ".glb"):
                path = path.with_name(path.name + kind[kind.index("*") + 1 : -1])
            self.export(path)

    def rename(self, item: QTreeWidgetItem, _column: int) -> None:
        """Give an analysis and its layer the name that was typed."""
        kept, words, session = item.data(0, ID), item.text(0).strip(), self._session
        known = isinstance(kept, KeptAnalysis) and session is not None and words
        if not known or words == text(kept.title, kept.id):
            return
        title = {**kept.title, translator.language: words}

        def change(project: Any) -> Any:
            layer = next((s for s in project.layers if s.id == kept.layer), None)
            changed = with_analysis(project, replace(kept, title=title))
            return changed.with_layer(replace(layer, title=title)) if layer else changed

        session.do("analysis.do.rename", change)

    def _connect(self) -> None:
        self.start.clicked.connect(self.ask)
        self.cancel.clicked.connect(self.stop)
        self.form.kind.currentIndexChanged.connect(lambda _index: self._show_zones())
        self.zones.fetched.connect(self.form.await_zones)
        self.list.itemChanged.connect(self.rename)

    def _arrange(self) -> None:
        buttons = QHBoxLayout()
        buttons.addWidget(self.start, 1)
        buttons.addWidget(self.cancel)
        tools = QHBoxLayout()
        tools.addWidget(self.follow, 1)
        for button in (self._again, self._export, self._remove):
            tools.addWidget(button)
        self.list.setRootIsDecorated(False)
        self._bar.setTextVisible(False)
        self._bar.hide()
        self._show_zones()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 10, 12, 12)
        layout.addWidget(self.form)
        layout.addWidget(self.zones)
        layout.addLayout(buttons)
        layout.addWidget(self._bar)
        layout.addWidget(self.said)
        layout.addLayout(tools)
        layout.addWidget(self.list, 1)
