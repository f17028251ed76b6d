"""How long the project remembers what feeds observe."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFormLayout, QWidget

from twin.errors import BelvedereError
from twin.model.feed import Retention
from ui.dialogs.frame import Dialog
from ui.forms.boxes import NumberBox
from ui.forms.parts import muted
from ui.i18n import tr
from ui.i18n.formats import date_time, number

if TYPE_CHECKING:
    from twin.work.session import Session

MOST_DAYS = 36_500.0


class MemoryDialog(Dialog):
    """Says what is kept, and sets when it is averaged and forgotten; while feeds run this is done every hour."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent, accept="memory.take")
        self._session = session
        kept = session.project.retention
        self.thin = NumberBox(decimals=1, maximum=MOST_DAYS, value=kept.thin_days)
        self.keep = NumberBox(decimals=1, maximum=MOST_DAYS, value=kept.keep_days)
        self._rows = (("memory.thin", self.thin), ("memory.keep", self.keep))
        self._form, self._now = QFormLayout(), muted()
        for key, box in self._rows:
            self._form.addRow(tr(key), box)
        self.body.addWidget(self._now)
        self.body.addLayout(self._form)
        self.retranslate()
        self.accepted.connect(self._take)

    def retranslate(self) -> None:
        """See base."""
        super().retranslate()
        self.setWindowTitle(tr("memory.title"))
        self._now.setText(self._kept())
        for key, box in self._rows:
            self._form.labelForField(box).setText(tr(key))  # type: ignore[attr-defined]
            box.setAccessibleName(tr(key))
            box.setSuffix(f" {tr('memory.days')}")
            box.setSpecialValueText(tr("memory.never"))

    def _kept(self) -> str:
        """Return what is remembered now."""
        from twin.store.history import is_history, open_history
        from twin.work.recording import HISTORY

        path = self._session.folder / HISTORY
        if not is_history(path):
            return tr("memory.nothing")
        try:
            history = open_history(path)
        except BelvedereError:
            return tr("memory.nothing")
        try:
            count, ends = history.count(), history.extent()
        finally:
            history.close()
        if ends is None:
            return tr("memory.nothing")
        zone = self._session.project.time_zone
        first, last = (date_time(at, zone) for at in ends)
        return tr("memory.kept", count=number(count), first=first, last=last)

    def _take(self) -> None:
        wanted = Retention(keep_days=self.keep.value(), thin_days=self.thin.value())
        self._session.do("edit.memory", lambda p: replace(p, retention=wanted))
