"""Files to layers: what each holds, which of it to take, as which kind of layer, in which CRS."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QComboBox,
    QFormLayout,
    QFrame,
    QLabel,
    QScrollArea,
    QSplitter,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from twin.errors import CrsError
from twin.model.geoframe import parse_crs
from twin.problems import Problem
from twin.work.jobs import Job
from ui.dialogs.frame import Dialog
from ui.dialogs.ground_picker import GroundPicker, Xyz
from ui.dialogs.import_options import ImportOptions, place_in_scene
from ui.dialogs.import_preview import ImportPreview
from ui.dialogs.import_specs import Choice, as_said, crs_is_good, with_relative_paths
from ui.dialogs.inspection_text import crs_text, layer_details, layer_line, problem_lines
from ui.forms.crs_line import CrsLine
from ui.forms.parts import heading, muted, wrapping
from ui.i18n import problem_text, text, tr
from ui.icons import icon
from ui.theme import current_palette

if TYPE_CHECKING:
    from twin.io import Inspection, LayerInfo
    from twin.io.crs_near import Offered
    from twin.work.session import Session
    from twin.work.sheets import Sheet

CHOICE = Qt.ItemDataRole.UserRole


class ImportDialog(Dialog):
    """Inspects files by workers and adds what is chosen as one undoable step."""

    def __init__(
        self, session: Session, paths: Sequence[Path], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent, accept="import.add")
        self._session = session
        self._jobs: list[Job] = []
        self._picking = False
        self._current: Choice | None = None
        self.tree = QTreeWidget()
        self.tree.setHeaderHidden(True)
        self.tree.setUniformRowHeights(True)
        self._name, self._facts = heading(), muted()
        self._trouble = wrapping()
        self._trouble.setProperty("tone", "warning")
        self._type_label, self.type = QLabel(), QComboBox()
        self._crs_label, self.crs = QLabel(), CrsLine()
        self._crs_hint = muted()
        self._attributes = wrapping()
        self._viewport = getattr(parent, "viewport", None)
        self.options = ImportOptions(
            session.registry, session.project.frame, can_pick=self._viewport is not None
        )
        self.preview = ImportPreview(session)
        self._arrange()
        self.tree.currentItemChanged.connect(lambda *_: self._show_current())
        self.tree.itemChanged.connect(lambda *_: self._update_button())
        self.type.activated.connect(self._type_chosen)
        self.crs.textChanged.connect(self._crs_typed)
        self.options.changed.connect(self._options_chosen)
        self.options.pick_wanted.connect(self._pick_place)
        self.accepted.connect(self._add)
        self.retranslate()
        self._look_for_crs()
        for path in paths:
            self._inspect(Path(path))
        self._show_current()

    def retranslate(self) -> None:
        """See base."""
        super().retranslate()
        self.setWindowTitle(tr("import.title"))
        self.tree.setAccessibleName(tr("import.files"))
        self._type_label.setText(tr("import.type"))
        self.type.setAccessibleName(tr("import.type"))
        self._crs_label.setText(tr("import.crs"))
        self.crs.setAccessibleName(tr("import.crs"))
        self._update_button()

    def done(self, result: int) -> None:
        """Stop what is still inspected."""
        for job in self._jobs:
            job.cancel()
        self.preview.stop()
        super().done(result)

    def choices(self) -> list[Choice]:
        """Return what is ticked."""
        found = []
        for row in range(self.tree.topLevelItemCount()):
            top = self.tree.topLevelItem(row)
            for place in range(top.childCount()):
                item = top.child(place)
                if item.checkState(0) == Qt.CheckState.Checked:
                    found.append(item.data(0, CHOICE))
        return found

    def _arrange(self) -> None:
        side = QWidget()
        layout = QVBoxLayout(side)
        layout.setContentsMargins(16, 0, 0, 0)
        layout.setSpacing(8)
        form = QFormLayout()
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self._type_label.setBuddy(self.type)
        self._crs_label.setBuddy(self.crs)
        form.addRow(self._type_label, self.type)
        form.addRow(self._crs_label, self.crs)
        form.addRow("", self._crs_hint)
        self._form = QWidget()
        self._form.setLayout(form)
        form.setContentsMargins(0, 6, 0, 6)
        shown = (self._name, self.preview, self._facts, self._form, self.options)
        for widget in (*shown, self._trouble, self._attributes):
            layout.addWidget(widget)
        layout.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidget(side)
        splitter = QSplitter(Qt.Orientation.Horizontal)
        splitter.addWidget(self.tree)
        splitter.addWidget(scroll)
        splitter.setSizes([330, 430])
        splitter.setChildrenCollapsible(False)
        self.body.addWidget(splitter, 1)
        self.resize(860, 640)

    # Looking into the files.

    def _look_for_crs(self) -> None:
        """Offer the coordinate systems of the place where the project lies."""
        job = Job("job.inspect", self._session.project.frame.crs)
        self._jobs.append(job)
        frame = self._session.project.frame

        def work(_job: Job) -> tuple[Offered, ...]:
            from twin.io.crs_near import crs_near

            lon, lat = frame.lonlat_from_scene([[0.0, 0.0]])[0]
            return crs_near(float(lon), float(lat))

        self._session.jobs.run(job, work, done=self._guard(self.crs.offer), failed=lambda _p: None)

    def _inspect(self, path: Path) -> None:
        item = QTreeWidgetItem([path.name])
        item.setIcon(0, icon("mdi6.file-clock-outline"))
        item.setToolTip(0, str(path))
        item.setData(0, CHOICE, None)
        self.tree.addTopLevelItem(item)
        if self.tree.currentItem() is None:
            self.tree.setCurrentItem(item)
        job = Job("job.inspect", path.name)
        self._jobs.append(job)

        def work(job: Job) -> Inspection:
            from twin import io

            return io.inspect(path, progress=job)

        self._session.jobs.run(
            job,
            work,
            done=self._guard(lambda found: self._fill(item, found)),
            failed=self._guard(lambda problem: self._fail(item, problem)),
        )

    def _guard(self, run: Callable[[Any], None]) -> Callable[[Any], None]:
        """Leave an answer alone that comes after the dialog was closed."""
        return lambda answer: run(answer) if self.isVisible() or self._picking else None

    def _fill(self, item: QTreeWidgetItem, inspection: Inspection) -> None:
        palette = current_palette()
        shown = bool(inspection.layers)
        mark = (
            icon("mdi6.file-check-outline")
            if shown
            else icon("mdi6.file-alert-outline", palette.danger)
        )
        item.setIcon(0, mark)
        item.setData(0, CHOICE, inspection)
        for layer in inspection.layers:
            item.addChild(self._child(inspection, layer))
        item.setExpanded(True)
        if self.tree.currentItem() is item and item.childCount():
            self.tree.setCurrentItem(item.child(0))
        self._show_current()
        self._update_button()

    def _fail(self, item: QTreeWidgetItem, problem: Problem) -> None:
        item.setIcon(0, icon("mdi6.file-alert-outline", current_palette().danger))
        item.setData(0, CHOICE, problem)
        self._show_current()

    def _child(self, inspection: Inspection, layer: LayerInfo) -> QTreeWidgetItem:
        from twin.work.assemble import type_for

        kind = type_for(layer, self._session.registry)
        crs = "" if layer.crs else self._session.project.frame.crs
        choice = Choice(inspection, layer, kind.id if kind is not None else "", crs)
        place = place_in_scene(layer, self._session.project.frame, self._session.ground)
        if place:
            choice.options["place"] = place
        item = QTreeWidgetItem([layer_line(layer)])
        item.setData(0, CHOICE, choice)
        drawn = kind is not None and (layer.kind != "table" or layer.extent is not None)
        item.setCheckState(0, Qt.CheckState.Checked if drawn else Qt.CheckState.Unchecked)
        if not drawn:
            item.setFlags(item.flags() & ~Qt.ItemFlag.ItemIsUserCheckable)
        if kind is not None and kind.icon:
            item.setIcon(0, icon(kind.icon))
        return item

    # The chosen line.

    def _show_current(self) -> None:
        item = self.tree.currentItem()
        held = item.data(0, CHOICE) if item is not None else None
        self._current = held if isinstance(held, Choice) else None
        self._form.setVisible(self._current is not None)
        self._attributes.setVisible(self._current is not None)
        self.options.setVisible(self._current is not None)
        self.preview.setVisible(self._current is not None)
        if self._current is not None:
            self._show_choice(self._current)
            return
        self._name.setText(item.text(0) if item is not None else "")
        if isinstance(held, Problem):
            self._facts.setText(problem_text(held))
            self._trouble.hide()
        elif held is None:
            self._facts.setText(tr("import.inspecting"))
            self._trouble.hide()
        else:
            self._facts.setText(held.format)
            self._show_trouble(problem_lines(held))

    def _show_choice(self, choice: Choice) -> None:
        layer = choice.layer
        self._name.setText(layer.name or choice.inspection.path.name)
        self._facts.setText(layer_details(layer))
        self._show_trouble(problem_lines(choice.inspection))
        self._attributes.setText(
            tr("import.attributes", names=", ".join(a.name for a in layer.attributes[:40]))
            if layer.attributes
            else ""
        )
        self.type.clear()
        for kind in self._session.registry.accepting(layer.kind):
            self.type.addItem(icon(kind.icon or "mdi6.layers-outline"), text(kind.title), kind.id)
        self.type.setCurrentIndex(self.type.findData(choice.type_id))
        self.crs.blockSignals(True)
        self.crs.setText(choice.crs)
        self.crs.setPlaceholderText(crs_text(layer.crs))
        self.crs.blockSignals(False)
        self.options.show_layer(layer, choice.type_id, choice.options, choice.params)
        several = len(choice.inspection.layers) > 1
        self.preview.show_layer(choice.inspection.path, layer.name if several else "")
        self._check_crs()

    def _show_trouble(self, words: str) -> None:
        self._trouble.setText(words)
        self._trouble.setVisible(bool(words))

    def _type_chosen(self) -> None:
        if self._current is not None:
            choice = self._current
            choice.type_id = str(self.type.currentData())
            self.options.show_layer(choice.layer, choice.type_id, choice.options, choice.params)

    def _options_chosen(self) -> None:
        if self._current is not None:
            self._current.options = self.options.options()
            self._current.params = self.options.params()

    def _crs_typed(self, typed: str) -> None:
        if self._current is not None:
            self._current.crs = typed.strip()
            self._check_crs()
            self._update_button()

    def _check_crs(self) -> None:
        choice = self._current
        if choice is None:
            return
        if not choice.crs:
            known = choice.layer.crs_reason
            self._crs_hint.setText(tr(known) if known else "")
            return
        try:
            self._crs_hint.setText(parse_crs(choice.crs).name)
        except CrsError as error:
            self._crs_hint.setText(problem_text(error.problem))

    # Adding.

    def _update_button(self) -> None:
        chosen = self.choices()
        good = all(choice.type_id and crs_is_good(choice) for choice in chosen)
        self.accept_button.setEnabled(bool(chosen) and good)
        self.accept_button.setText(tr("import.add", count=len(chosen)))

    def _pick_place(self) -> None:
        """Step aside until a place was clicked in the view, or that was given up."""
        self._picking = True
        self.hide()

        def done(place: Xyz | None) -> None:
            if place is not None:
                self.options.set_place(place)
            self._picking = False
            self.open()

        self._viewport.take_tool(GroundPicker(self._viewport, done))
        self._viewport.setFocus()

    def _add(self) -> None:
        sheets = self._sheets()
        if not sheets:
            return
        from twin.work.sheets import added

        heights = {
            runtime.spec.id: runtime.table.raster
            for runtime in self._session.layers()
            if runtime.ground is not None and runtime.table is not None
        }
        home = self._session.folder
        self._session.do(
            "edit.add_layers",
            lambda p: replace(
                p,
                layers=tuple(
                    with_relative_paths(s, home) for s in added(p.layers, sheets, heights)
                ),
            ),
        )

    def _sheets(self) -> list[Sheet]:
        from twin.work.assemble import spec_for
        from twin.work.sheets import sheet_of

        taken = {spec.id for spec in self._session.project.layers}
        sheets: list[Sheet] = []
        for choice in self.choices():
            spec = spec_for(
                choice.inspection,
                choice.layer,
                self._session.registry,
                taken=taken,
                type_id=choice.type_id,
                crs=choice.crs,
            )
            if spec is not None:
                taken.add(spec.id)
                said = as_said(spec, choice)
                sheets.append(sheet_of(said, choice.layer, self._session.project.frame))
        return sheets
