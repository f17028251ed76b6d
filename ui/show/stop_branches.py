"""The branches of a stop: "ask me about heat", and the stop that it leads to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QComboBox, QLineEdit, QListWidgetItem

from twin.model.story import Branch, Stop
from ui.forms.narrow import narrow
from ui.show.stop_list import Listing, StopList, spoken_entry
from ui.show.stop_part import Changed, Shown, show_words, with_words

if TYPE_CHECKING:
    from ui.window.main import MainWindow

MOST = 9
"""Each has a key of its own on stage."""


class StopBranches(StopList[Branch]):
    """A list of branches; the words and the stop of the chosen one."""

    def __init__(self, window: MainWindow, changed: Changed) -> None:
        self.title, self.stop = QLineEdit(), narrow(QComboBox())
        fields = {"branch_title": self.title, "branch_stop": self.stop}
        listing = Listing(
            name="branch",
            fields=fields,
            things=self._things,
            put=self._with,
            entry=self._entry,
            show=self._show,
            taken=self._taken,
        )
        super().__init__(window, changed, listing)
        self.title.textEdited.connect(lambda _text: self._take())
        self.stop.currentIndexChanged.connect(lambda _row: self._take())
        self.retranslate()

    def add_new(self) -> None:
        """Lead to a stop that no branch leads to yet: one off the line where there is one; its title says so."""
        target = self._free()
        if target is not None:
            self._append(Branch(title=dict(target.title), stop=target.id))
            self.title.setFocus()

    def _free(self) -> Stop | None:
        if self._shown is None:
            return None
        here = self._shown.stop
        taken = {here.id, *(branch.stop for branch in here.branches)}
        free = [stop for stop in self._shown.story.stops if stop.id not in taken]
        return min(free, key=lambda stop: not stop.aside, default=None)

    def _things(self, stop: Stop) -> Sequence[Branch]:
        return stop.branches

    def _with(self, stop: Stop, things: Sequence[Branch]) -> Stop:
        return replace(stop, branches=tuple(things))

    def _entry(self, thing: Branch, shown: Shown) -> QListWidgetItem:
        words = shown.story.told(thing.title, shown.language)
        there = _named(thing.stop, shown)
        key = shown.stop.branches.index(thing) + 1
        return spoken_entry(f"{key}  {words} → {there}", f"{key}: {words}, {there}")

    def _fill(self, shown: Shown) -> None:
        self.stop.clear()
        for stop in shown.story.stops:
            if stop.id != shown.stop.id:
                self.stop.addItem(_named(stop.id, shown), stop.id)
        super()._fill(shown)
        self._add.setEnabled(self._free() is not None and len(shown.stop.branches) < MOST)

    def _show(self, thing: Branch | None) -> None:
        language = self._shown.language if self._shown else ""
        for field in (self.title, self.stop):
            field.setEnabled(thing is not None)
        show_words(self.title, thing.title.get(language, "") if thing else "")
        self.stop.setCurrentIndex(self.stop.findData(thing.stop) if thing else -1)

    def _taken(self, before: Branch | None) -> Branch | None:
        if before is None or self._shown is None:
            return None
        title = with_words(before.title, self._shown.language, self.title.text())
        return Branch(title=title, stop=str(self.stop.currentData() or before.stop))


def _named(stop_id: str, shown: Shown) -> str:
    return shown.story.told(shown.story.stop(stop_id).title, shown.language) or stop_id
