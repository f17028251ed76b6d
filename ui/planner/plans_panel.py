"""Variants and phases: chosen, made, dated; buildings sketched and demolished in them; the years to scrub through."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import (
    QComboBox,
    QHeaderView,
    QLabel,
    QLineEdit,
    QScrollArea,
    QSlider,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from twin.model import plans
from twin.model.project import Delta, Phase, Variant
from ui.docks.panel import Panel
from ui.forms.narrow import beside, narrow
from ui.forms.parts import IconButton, Line, muted
from ui.i18n import text, tr, translator
from ui.i18n.formats import date as date_words
from ui.planner.changes_list import ChangesList
from ui.planner.phase_form import PhaseForm
from ui.planner.sketch import SketchBox

if TYPE_CHECKING:
    from twin.work.session import Session
    from ui.window.main import MainWindow

ID = Qt.ItemDataRole.UserRole
YEARS = (1900, 2040)
SETTLE_MS = 80
NAME_PX = 96


class PlansPanel(Panel):
    """The variants and phases of a project.

    Parameters
    ----------
    window : MainWindow
        Its view is drawn in, its session is changed.
    """

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window.session, window)
        self._window = window
        self._filling = False
        self.variant = narrow(QComboBox())
        self._add = IconButton("mdi6.plus", self.add_variant)
        self._double = IconButton("mdi6.content-duplicate", self.duplicate)
        self._derive = IconButton("mdi6.source-branch", self.derive)
        self._remove = IconButton("mdi6.trash-can-outline", self.remove_variant)
        self.name = QLineEdit()
        self.parent_label = muted()
        self.phases = QTreeWidget()
        self._add_phase = IconButton("mdi6.plus", self.add_phase)
        self._remove_phase = IconButton("mdi6.trash-can-outline", self.remove_phase)
        self.phase_form = PhaseForm()
        self.year = QSlider(Qt.Orientation.Horizontal)
        self._year_label = QLabel()
        self.sketch = SketchBox(window, self)
        self.changes = ChangesList()
        self._take_back = IconButton("mdi6.undo-variant", self.take_back)
        self._labels: dict[str, QLabel] = {}
        self._later = QTimer(self, singleShot=True, interval=SETTLE_MS)
        self._later.timeout.connect(self._refresh)
        self._arrange()
        self._connect()
        self._begin()

    # What is chosen.

    @property
    def variant_id(self) -> str:
        """The variant that is chosen, empty for the city as it is."""
        return str(self.variant.currentData() or "")

    @property
    def phase_id(self) -> str:
        """The phase that is chosen, empty for none."""
        item = self.phases.currentItem()
        return str(item.data(0, ID)) if item is not None else ""

    # What is done.

    def add_variant(self) -> None:
        """Make an empty variant and show it."""
        self._new("plan.do.variant", plans.with_variant)

    def duplicate(self) -> None:
        """Make an independent double of the chosen variant."""
        source = self.variant_id
        if source:
            self._new("plan.do.duplicate", lambda p, v: plans.duplicated(p, source, v))

    def derive(self) -> None:
        """Make a variant that follows the chosen one."""
        source = self.variant_id
        if source:
            self._new("plan.do.derive", lambda p, v: plans.derived(p, source, v))

    def remove_variant(self) -> None:
        """Remove the chosen variant."""
        variant, session = self.variant_id, self._session
        if session is not None and variant:
            session.do("plan.do.remove_variant", lambda p: plans.without_variant(p, variant))

    def add_phase(self) -> None:
        """Add a phase of a year after the last one, and choose it."""
        session = self._session
        if session is None:
            return
        ends = [p.end or p.start for p in session.project.phases if p.end or p.start]
        start = max([e for e in ends if e is not None], default=session.clock.at)
        start = start.replace(hour=0, minute=0, second=0, microsecond=0)
        name = plans.fresh_id("phase", [p.id for p in session.project.phases])
        label = tr("plan.new_phase", number=len(session.project.phases) + 1)
        end = start.replace(year=start.year + 1, day=min(start.day, 28))
        phase = Phase(id=name, label={translator.language: label}, start=start, end=end)
        session.do("plan.do.phase", lambda p: plans.with_phase(p, phase))
        self._refresh()
        self._choose_phase(name)

    def remove_phase(self) -> None:
        """Remove the chosen phase with what happens in it."""
        phase, session = self.phase_id, self._session
        if session is not None and phase:
            session.do("plan.do.remove_phase", lambda p: plans.without_phase(p, phase))

    def take_back(self) -> None:
        """Remove the chosen change; one of a parent stays there and is kept out of this variant."""
        delta, session, variant = self.chosen_change(), self._session, self.variant_id
        if session is None or delta is None:
            return
        if delta.variant == variant:
            session.do("plan.do.take_back", lambda p: plans.without_delta(p, delta))
        else:
            kept = replace(delta, variant=variant, op=plans.KEEP, values={})
            session.do("plan.do.take_back", lambda p: plans.with_delta(p, kept))

    def chosen_change(self) -> Delta | None:
        """Return the change that is chosen in the list."""
        return self.changes.chosen()

    # The panel.

    def retranslate(self) -> None:
        """See base."""
        for name, label in self._labels.items():
            label.setText(tr(f"plan.{name}"))
        self._add.say(tr("plan.add_variant"))
        self._double.say(tr("plan.duplicate"))
        self._derive.say(tr("plan.derive"))
        self._remove.say(tr("plan.remove_variant"))
        self._add_phase.say(tr("plan.add_phase"))
        self._remove_phase.say(tr("plan.remove_phase"))
        self._take_back.say(tr("plan.take_back"))
        heads = ("phase", "start", "end", "status")
        self.phases.setHeaderLabels([tr(f"plan.{h}") for h in heads])
        self.changes.retranslate()
        self.variant.setAccessibleName(tr("plan.variant"))
        self.name.setAccessibleName(tr("plan.variant"))
        self.year.setAccessibleName(tr("plan.year"))
        self.sketch.retranslate()
        self.phase_form.retranslate()

    def retheme(self) -> None:
        """See base."""
        for button in (
            self._add,
            self._double,
            self._derive,
            self._remove,
            self._add_phase,
            self._remove_phase,
            self._take_back,
        ):
            button.retheme()

    def _attach(self, session: Session) -> None:
        self._links.connect(session.project_changed, self._on_project)
        self._links.connect(session.variant_changed, self._on_variant)
        self._links.connect(session.clock.changed, self._on_time)
        self._links.connect(session.selection.changed, self._on_selection)

    def _on_project(self, _before: object, _after: object) -> None:
        self._later.start()

    def _on_variant(self, _variant: str) -> None:
        self._refresh()

    def _on_time(self, at: datetime) -> None:
        self._filling = True
        self.year.setValue(at.year)
        self._filling = False
        session = self._session
        phase = plans.phase_at(session.project, at) if session is not None else None
        told = f"{at.year} · {text(phase.label, phase.id)}" if phase is not None else str(at.year)
        self._year_label.setText(told)

    def _on_selection(self, _features: object) -> None:
        """Choose the change that made what is selected; without one, what is selected itself can be changed."""
        session = self._session
        current = session.selection.current if session is not None else None
        self._filling = True
        self.changes.choose(current)
        self._filling = False
        self._take_back.setEnabled(self._may_take_back())
        self.sketch.follow()

    def _refresh(self) -> None:
        session = self._session
        self.setEnabled(session is not None)
        if session is None:
            return
        self._filling = True
        project, phase = session.project, self.phase_id
        self.variant.clear()
        self.variant.addItem(tr("plan.as_it_is"), "")
        for variant in project.variants:
            self.variant.addItem(text(variant.label, variant.id), variant.id)
        self.variant.setCurrentIndex(max(0, self.variant.findData(session.variant)))
        self._fill_phases(project.phases)
        self.changes.fill(session)
        self._filling = False
        self._choose_phase(phase or (project.phases[0].id if project.phases else ""))
        self._show_variant()
        self._on_time(session.clock.at)

    def _fill_phases(self, phases: tuple[Phase, ...]) -> None:
        self.phases.clear()
        for phase in phases:
            words = [
                text(phase.label, phase.id),
                date_words(phase.start, long=False) if phase.start else "–",
                date_words(phase.end, long=False) if phase.end else "–",
                phase.permit or tr(f"plan.status_{phase.status}"),
            ]
            item = QTreeWidgetItem(words)
            item.setData(0, ID, phase.id)
            item.setToolTip(3, tr(f"plan.status_{phase.status}"))
            self.phases.addTopLevelItem(item)

    def _choose_phase(self, phase: str) -> None:
        for row in range(self.phases.topLevelItemCount()):
            item = self.phases.topLevelItem(row)
            if item.data(0, ID) == phase:
                self.phases.setCurrentItem(item)
        self._show_phase()

    def _show_variant(self) -> None:
        session, variant = self._session, self.variant_id
        known = {v.id: v for v in session.project.variants} if session is not None else {}
        found = known.get(variant)
        self.name.setEnabled(found is not None)
        self.name.setText(text(found.label, found.id) if found else "")
        parent = known.get(found.parent) if found else None
        words = tr("plan.follows", parent=text(parent.label, parent.id)) if parent else ""
        self.parent_label.setText(words)
        self.parent_label.setVisible(bool(words))
        for button in (self._double, self._derive, self._remove):
            button.setEnabled(found is not None)
        self.sketch.follow()

    def _show_phase(self) -> None:
        self.phase_form.show_phase(self._phase())
        self.sketch.follow()

    def _phase(self) -> Phase | None:
        session, wanted = self._session, self.phase_id
        phases = session.project.phases if session is not None else ()
        return next((p for p in phases if p.id == wanted), None)

    def _new(self, label: str, make: object) -> None:
        session = self._session
        if session is None:
            return
        name = plans.fresh_id("variant", [v.id for v in session.project.variants])
        words = tr("plan.new_variant", number=len(session.project.variants) + 1)
        variant = Variant(id=name, label={translator.language: words})
        session.do(label, lambda p: make(p, variant))  # type: ignore[operator]
        session.set_variant(name)
        self._refresh()
        self.name.setFocus()
        self.name.selectAll()

    def _rename(self) -> None:
        session, variant, words = self._session, self.variant_id, self.name.text().strip()
        if session is None or not words or self._filling:
            return
        known = next((v for v in session.project.variants if v.id == variant), None)
        if known is not None and text(known.label, known.id) != words:
            changed = replace(known, label={**known.label, translator.language: words})
            session.do("plan.do.rename", lambda p: plans.with_variant(p, changed))

    def _take_phase(self, changed: Phase) -> None:
        if self._session is not None:
            merge = f"plan-phase:{changed.id}"
            self._session.do("plan.do.phase", lambda p: plans.with_phase(p, changed), merge=merge)

    def _take_variant(self, _index: int) -> None:
        if self._session is not None and not self._filling:
            self._session.set_variant(self.variant_id)

    def _take_year(self, year: int) -> None:
        if self._session is not None and not self._filling:
            at = self._session.clock.at
            self._session.clock.set(at.replace(year=year, day=min(at.day, 28)))

    def _take_change(self) -> None:
        delta = self.chosen_change()
        self._take_back.setEnabled(self._may_take_back())
        self.sketch.follow()
        if delta is not None and self._session is not None:
            self._session.selection.set(
                [(delta.layer, delta.feature_id)], current=(delta.layer, delta.feature_id)
            )

    def _may_take_back(self) -> bool:
        return self.chosen_change() is not None and bool(self.variant_id)

    def _connect(self) -> None:
        self.variant.currentIndexChanged.connect(self._take_variant)
        self.name.editingFinished.connect(self._rename)
        self.phases.currentItemChanged.connect(lambda *_: self._filling or self._show_phase())
        self.phase_form.changed.connect(self._take_phase)
        self.year.valueChanged.connect(self._take_year)
        self.changes.currentItemChanged.connect(lambda *_: self._filling or self._take_change())

    def _arrange(self) -> None:
        self.year.setRange(*YEARS)
        self.phases.setRootIsDecorated(False)
        self.phases.setUniformRowHeights(True)
        self.phases.setMinimumHeight(96)
        head = self.phases.header()
        head.setStretchLastSection(True)
        head.resizeSection(0, NAME_PX)
        for day in (1, 2):
            head.setSectionResizeMode(day, QHeaderView.ResizeMode.ResizeToContents)
        body = QWidget()
        layout = QVBoxLayout(body)
        layout.setContentsMargins(12, 10, 12, 12)
        layout.setSpacing(8)
        layout.addLayout(beside(self.variant, self._add, self._double, self._derive, self._remove))
        layout.addWidget(self.name)
        layout.addWidget(self.parent_label)
        layout.addLayout(beside(self.year, self._year_label))
        layout.addWidget(Line())
        layout.addLayout(beside(self._label("phases"), self._add_phase, self._remove_phase))
        layout.addWidget(self.phases)
        layout.addWidget(self.phase_form)
        layout.addWidget(Line())
        layout.addWidget(self.sketch)
        layout.addWidget(Line())
        layout.addLayout(beside(self._label("changes"), self._take_back))
        layout.addWidget(self.changes)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(body)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(area)

    def _label(self, name: str) -> QLabel:
        self._labels[name] = label = QLabel()
        return label
