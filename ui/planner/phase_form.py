"""A phase: its name, when it begins and ends, its status, and the permit in the planner's own words."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from PySide6.QtCore import QDate, Signal
from PySide6.QtWidgets import QComboBox, QLabel, QLineEdit, QWidget

from twin.model import plans
from twin.model.project import Phase
from ui.forms.narrow import day_field, form_label, moment_of, narrow, narrow_form
from ui.i18n import text, tr, translator

USUAL_DAY = datetime(2030, 1, 1, tzinfo=UTC)
"""Shown where a phase has no day yet."""


class PhaseForm(QWidget):
    """The fields of one phase."""

    changed = Signal(object)
    """The phase as the fields say now."""

    def __init__(self) -> None:
        super().__init__()
        self._phase: Phase | None = None
        self._filling = False
        self.name, self.permit = QLineEdit(), QLineEdit()
        self.start, self.end = day_field(), day_field()
        self.status = narrow(QComboBox())
        self._labels: dict[str, QLabel] = {}
        form = narrow_form(self)
        form.setContentsMargins(0, 0, 0, 0)
        self._fields: dict[str, QWidget] = {
            "phase": self.name,
            "start": self.start,
            "end": self.end,
            "status": self.status,
            "permit": self.permit,
        }
        for name, widget in self._fields.items():
            self._labels[name] = label = form_label()
            form.addRow(label, widget)
        self.name.editingFinished.connect(self._take)
        self.permit.editingFinished.connect(self._take)
        self.start.dateChanged.connect(lambda _date: self._take())
        self.end.dateChanged.connect(lambda _date: self._take())
        self.status.currentIndexChanged.connect(lambda _index: self._take())

    def show_phase(self, phase: Phase | None) -> None:
        """Show a phase, or that there is none."""
        self._phase = phase
        for widget in self._fields.values():
            widget.setEnabled(phase is not None)
        if phase is None:
            return
        self._filling = True
        self.name.setText(text(phase.label, phase.id))
        self.permit.setText(phase.permit)
        for field, at in ((self.start, phase.start), (self.end, phase.end)):
            shown = at or USUAL_DAY
            field.setDate(QDate(shown.year, shown.month, shown.day))
        self.status.setCurrentIndex(self.status.findData(phase.status))
        self._filling = False

    def retranslate(self) -> None:
        """Word everything again."""
        for name, label in self._labels.items():
            label.setText(tr(f"plan.{name}"))
        chosen = self.status.currentData()
        self._filling = True
        self.status.clear()
        for status in plans.STATUSES:
            self.status.addItem(tr(f"plan.status_{status}"), status)
        self.status.setCurrentIndex(max(0, self.status.findData(chosen)))
        self._filling = False

    def _take(self) -> None:
        phase = self._phase
        if phase is None or self._filling:
            return
        words = self.name.text().strip()
        label = phase.label
        if words and words != text(phase.label, phase.id):
            label = {**phase.label, translator.language: words}
        changed = replace(
            phase,
            label=label,
            permit=self.permit.text().strip(),
            start=moment_of(self.start),
            end=moment_of(self.end),
            status=str(self.status.currentData() or phase.status),
        )
        if changed != phase:
            self.changed.emit(changed)
