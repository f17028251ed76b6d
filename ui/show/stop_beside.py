"""What stands beside the view of a stop: another variant, moment or place, split or swiped, each side with its name."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from PySide6.QtCore import QDateTime
from PySide6.QtWidgets import QCheckBox, QComboBox, QLabel, QLineEdit

from twin.model.story import DIVISIONS, Beside
from ui.forms.boxes import MomentBox
from ui.forms.narrow import narrow, narrow_form
from ui.i18n import text, tr
from ui.show.stop_part import Changed, Shown, StopPart, show_words, with_words

if TYPE_CHECKING:
    from ui.window.main import MainWindow

ELSEWHERE = "elsewhere"
"""The folder of a project that holds projects of other places."""


class StopBeside(StopPart):
    """How the screen is divided, and what the other side shows."""

    def __init__(self, window: MainWindow, changed: Changed) -> None:
        super().__init__(window, changed)
        self.kind, self.place, self.variant = (narrow(QComboBox()) for _ in range(3))
        self.other_time, self.at = QCheckBox(), MomentBox()
        self.own_title, self.title = QLineEdit(), QLineEdit()
        self._fields = {
            "beside": self.kind,
            "beside_place": self.place,
            "beside_variant": self.variant,
            "beside_at": self.at,
            "beside_own_title": self.own_title,
            "beside_title": self.title,
        }
        self._labels = {name: QLabel() for name in self._fields}
        form = narrow_form(self)
        for name, field in self._fields.items():
            self._labels[name].setBuddy(field)
            form.addRow(self._labels[name], field)
            if name == "beside_variant":
                form.addRow("", self.other_time)
        self._connect()
        self.retranslate()

    def retranslate(self) -> None:
        """See base."""
        for name, label in self._labels.items():
            label.setText(tr(f"stop.{name}"))
        self.other_time.setText(tr("stop.beside_time"))
        self._filling, before = True, self._filling
        self._offer(self.kind, [("", tr("stop.none")), *((k, tr(f"stop.{k}")) for k in DIVISIONS)])
        self._filling = before

    def _fill(self, shown: Shown) -> None:
        session = self._window.session
        beside = shown.stop.beside or Beside()
        self.kind.setCurrentIndex(self.kind.findData(beside.kind if shown.stop.beside else ""))
        self._offer(self.place, [("", tr("stop.same_place")), *self._places(beside.project)])
        self.place.setCurrentIndex(self.place.findData(beside.project))
        variants = [(v.id, text(v.label, v.id)) for v in session.project.variants]
        self._offer(self.variant, [("", tr("stop.as_it_is")), *variants])
        self.variant.setCurrentIndex(max(self.variant.findData(beside.variant), 0))
        at = beside.at or shown.stop.at or session.clock.at
        local = at.astimezone(ZoneInfo(session.project.time_zone))
        self.at.setDateTime(
            QDateTime(local.year, local.month, local.day, local.hour, local.minute, 0)
        )
        self.other_time.setChecked(beside.at is not None)
        for field, words in ((self.own_title, beside.own_title), (self.title, beside.title)):
            show_words(field, words.get(shown.language, ""))
        self._enable()

    def _places(self, present: str) -> list[tuple[str, str]]:
        """Return the projects of other places that lie in this one's folder."""
        folder = self._window.session.folder
        found = sorted(folder.glob(f"{ELSEWHERE}/*/project.json")) if folder else []
        places = [(f"{ELSEWHERE}/{path.parent.name}", path.parent.name) for path in found]
        known = {place for place, _ in places}
        return places + ([(present, present)] if present and present not in known else [])

    def _take(self) -> None:
        if self._filling or self._shown is None:
            return
        stop, kind = self._shown.stop, str(self.kind.currentData() or "")
        self._enable()
        if not kind:
            self._put(replace(stop, beside=None))
            return
        before = stop.beside or Beside()
        language = self._shown.language
        place = str(self.place.currentData() or "")
        changed = replace(
            before,
            kind=kind,
            project=place,
            target=before.target if place == before.project else None,
            variant=str(self.variant.currentData() or "") if not place else "",
            at=self._moment() if self.other_time.isChecked() else None,
            own_title=with_words(before.own_title, language, self.own_title.text()),
            title=with_words(before.title, language, self.title.text()),
        )
        self._put(replace(stop, beside=changed))

    def _moment(self) -> datetime:
        zone = ZoneInfo(self._window.session.project.time_zone)
        moment: datetime = self.at.dateTime().toPython()
        return moment.replace(tzinfo=zone).astimezone(UTC)

    def _enable(self) -> None:
        divided = bool(self.kind.currentData())
        for field in (self.place, self.other_time, self.own_title, self.title):
            field.setEnabled(divided)
        self.variant.setEnabled(divided and not self.place.currentData())
        self.at.setEnabled(divided and self.other_time.isChecked())

    def _offer(self, box: QComboBox, entries: list[tuple[str, str]]) -> None:
        """Fill a list, keeping what is chosen."""
        chosen = box.currentData()
        box.clear()
        for data, words in entries:
            box.addItem(words, data)
        box.setCurrentIndex(max(box.findData(chosen), 0))

    def _connect(self) -> None:
        for box in (self.kind, self.place, self.variant):
            box.currentIndexChanged.connect(lambda _row: self._take())
        self.other_time.toggled.connect(lambda _on: self._take())
        self.at.dateTimeChanged.connect(lambda _at: self._take())
        for field in (self.own_title, self.title):
            field.textEdited.connect(lambda _text: self._take())
