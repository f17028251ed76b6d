"""A plain drawing of pipes or cables as a layer: which column is what, and what its repair does, before it is added."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QLabel,
    QScrollArea,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from twin.model.layer import LayerSpec, Source
from twin.model.table import Provenance
from twin.network.model import ELECTRICITY
from twin.problems import Problem
from twin.work.jobs import Job
from ui.dialogs.frame import Dialog
from ui.forms.parts import heading, muted, wrapping
from ui.i18n import problem_text, tr
from ui.i18n.formats import number, quantity
from ui.networks.meaning_form import MeaningForm
from ui.networks.plan_view import PlanView

if TYPE_CHECKING:
    import geopandas as gpd

    from twin.io import Inspection, LayerInfo
    from twin.network.drawing import Look, Meaning
    from twin.work.session import Session

LINES = frozenset({"line", "mixed"})
GRID, PIPES = "belvedere.grid", "belvedere.heat"


class DrawingDialog(Dialog):
    """Reads one file on a worker, guesses its columns, and shows after every choice what it becomes."""

    def __init__(self, session: Session, path: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent, accept="networks.drawing.add")
        self._session, self._path = session, path
        self._inspection: Inspection | None = None
        self._frame: gpd.GeoDataFrame | None = None
        self._job: Job | None = None
        self._look: Look | None = None
        self._name, self._numbers, self._told = heading(path.name), muted(), wrapping()
        self._sheet_label, self.sheet = QLabel(), QComboBox()
        self.form, self.plan = MeaningForm(), PlanView()
        self._arrange()
        self.form.changed.connect(self._look_again)
        self.sheet.activated.connect(lambda _i: self._read())
        self.accepted.connect(self._add)
        self.retranslate()
        self.accept_button.setEnabled(False)
        self._run("job.inspect", self._inspected, lambda io, job: io.inspect(path, progress=job))

    def _arrange(self) -> None:
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(self.form)
        side = QWidget()
        layout = QVBoxLayout(side)
        layout.setContentsMargins(14, 0, 0, 0)
        for part, share in ((self.plan, 1), (self._numbers, 0), (self._told, 0)):
            layout.addWidget(part, share)
        splitter = QSplitter(Qt.Orientation.Horizontal)
        splitter.addWidget(scroll)
        splitter.addWidget(side)
        splitter.setSizes([500, 400])
        splitter.setChildrenCollapsible(False)
        self._sheet_label.setBuddy(self.sheet)
        for part in (self._name, self._sheet_label, self.sheet):
            self.body.addWidget(part)
        self.body.addWidget(splitter, 1)
        self.resize(960, 660)

    def retranslate(self) -> None:
        """See base."""
        super().retranslate()
        self.setWindowTitle(tr("networks.drawing.title"))
        self._sheet_label.setText(tr("networks.drawing.sheet"))
        self.plan.setAccessibleName(tr("networks.drawing.plan"))
        self.form.retranslate()
        self._show_look()

    def done(self, result: int) -> None:
        """Stop what is under way."""
        if self._job is not None:
            self._job.cancel()
        super().done(result)

    # Reading and looking, one job at a time: only the last answer counts.

    def _run(self, title: str, take: Any, work: Any) -> None:
        if self._job is not None:
            self._job.cancel()
        job = self._job = Job(title, self._path.name)

        def done(answer: Any) -> None:
            if job is self._job and not self._gone():
                take(answer)

        def failed(problem: Problem) -> None:
            if job is self._job and not self._gone():
                self._refuse(problem)

        def run(job: Job) -> Any:
            from twin import io

            return work(io, job)

        self._session.jobs.run(job, run, done=done, failed=failed)

    def _gone(self) -> bool:
        return not self.isVisible()

    def _inspected(self, found: Inspection) -> None:
        self._inspection = found
        usable = [layer for layer in found.layers if layer.kind in LINES]
        usable.sort(key=lambda layer: "network" not in layer.details)
        self.sheet.clear()
        for layer in usable:
            self.sheet.addItem(f"{layer.name or self._path.stem} ({layer.count})", layer)
        several = len(usable) > 1
        self.sheet.setVisible(several)
        self._sheet_label.setVisible(several)
        if usable:
            self._read()
        else:
            self._refuse(Problem("network.no_lines", self._path.name))

    def _read(self) -> None:
        layer: LayerInfo = self.sheet.currentData()
        sublayer, crs = self._part(layer), self._crs(layer)
        frame, path = self._session.project.frame, self._path

        def work(io: Any, job: Job) -> Any:
            from twin.network import drawing

            table = io.read(
                path,
                sublayer=sublayer,
                crs=crs,
                target=frame,
                progress=job,
                options={"mixed": True},
            )
            return table.frame, drawing.guessed(table.frame, path.stem)

        self._run("job.load", self._taken, work)

    def _part(self, layer: LayerInfo) -> str:
        several = self._inspection is not None and len(self._inspection.layers) > 1
        return layer.name if several else ""

    def _crs(self, layer: LayerInfo) -> str:
        """Return the CRS to assume of a file that does not say: that of the project."""
        return "" if layer.crs else str(self._session.project.frame.crs)

    def _taken(self, answer: tuple[gpd.GeoDataFrame, Meaning]) -> None:
        self._frame, meaning = answer
        self.form.show_drawing(self._frame, meaning)
        self._look_again()

    def _look_again(self) -> None:
        frame, meaning, name = self._frame, self.form.meaning(), self._path.stem
        if frame is None:
            return

        def work(_io: Any, _job: Job) -> Look:
            from twin.network import drawing

            return drawing.looked(frame, meaning, name)

        self._run("job.network", self._show, work)

    def _show(self, look: Look) -> None:
        self._look = look
        self._show_look()
        self.accept_button.setEnabled(True)

    def _refuse(self, problem: Problem) -> None:
        self._look = None
        self.plan.show_look(None)
        self._numbers.setText("")
        self._told.setText(problem_text(problem))
        self.accept_button.setEnabled(False)

    def _show_look(self) -> None:
        look = self._look
        if look is None:
            return
        self.plan.show_look(look)
        length = float(look.network.edges.length_m.sum())
        self._numbers.setText(
            tr("networks.drawing.numbers", lines=number(len(look.lines)), nodes=number(len(look.network.nodes)),
               devices=number(len(look.network.devices)), length=quantity(length / 1000.0, "km"))
        )  # fmt: skip
        self._told.setText("\n".join(f"• {problem_text(p)}" for p in look.problems))

    # Adding.

    def spec(self) -> LayerSpec:
        """Return the layer as it would be added."""
        from twin.work.assemble import free_id

        layer: LayerInfo = self.sheet.currentData()
        meaning = self.form.meaning()
        path, home = self._path.resolve(), self._session.folder.resolve()
        inside = path.is_relative_to(home)
        source = Source(
            path=path.relative_to(home).as_posix() if inside else str(path),
            sublayer=self._part(layer),
            crs=self._crs(layer),
            provenance=Provenance(source=path.name),
            options=meaning.as_options(),
        )
        name = path.stem
        return LayerSpec(
            id=free_id(name, {s.id for s in self._session.project.layers}),
            type=GRID if meaning.commodity == ELECTRICITY else PIPES,
            title={"en": name, "fr": name},
            sources={"features": source},
        )

    def _add(self) -> None:
        spec = self.spec()
        self._session.do("edit.add_layers", lambda p: replace(p, layers=(*p.layers, spec)))
