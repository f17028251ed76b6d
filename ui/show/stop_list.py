"""A part of the form of a stop that lists things, with a field for each property of the chosen one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from twin.model.story import Stop
from ui.forms.narrow import narrow_form
from ui.forms.parts import IconButton, row
from ui.i18n import tr
from ui.show.stop_part import Changed, Shown, StopPart

if TYPE_CHECKING:
    from ui.window.main import MainWindow

MOST_LINES = 3
NEW = -1
"""The row of what is not in the list yet."""
Thing = TypeVar("Thing")


@dataclass(frozen=True, kw_only=True)
class Listing(Generic[Thing]):
    """What a list holds, and what the fields below it show and mean.

    Parameters
    ----------
    name : str
        Words the list and its buttons: ``stop.list_<name>``, ``stop.add_<name>``, ``stop.remove_<name>``.
    fields : mapping of str to QWidget
        In the order of the form, worded ``stop.<key>``.
    things, put : callable
        Return what a stop holds, and the stop with other things.
    entry : callable
        Returns the line of a thing.
    show : callable
        Shows a thing in the fields, None for nothing.
    taken : callable
        Given the thing before, None for a new one: returns what the fields say, None while that is not whole.
    """

    name: str
    fields: Mapping[str, QWidget]
    things: Callable[[Stop], Sequence[Thing]]
    put: Callable[[Stop, Sequence[Thing]], Stop]
    entry: Callable[[Thing, Shown], QListWidgetItem]
    show: Callable[[Thing | None], None]
    taken: Callable[[Thing | None], Thing | None]


class StopList(StopPart, Generic[Thing]):
    """A list, a button to add and one to remove, and below them what is chosen."""

    def __init__(self, window: MainWindow, changed: Changed, listing: Listing[Thing]) -> None:
        super().__init__(window, changed)
        self._listing, self._row = listing, NEW
        self.fields = dict(listing.fields)
        self.list = QListWidget()
        self._add = IconButton("mdi6.plus", self.add_new)
        self._remove = IconButton("mdi6.minus", self.remove)
        self._labels = {key: QLabel() for key in self.fields}
        self.list.currentRowChanged.connect(self._choose)
        self._arrange()

    def retranslate(self) -> None:
        """See base."""
        name = self._listing.name
        self.list.setAccessibleName(tr(f"stop.list_{name}"))
        self._add.say(tr(f"stop.add_{name}"))
        self._remove.say(tr(f"stop.remove_{name}"))
        for key, label in self._labels.items():
            label.setText(tr(f"stop.{key}"))
        for button in (self._add, self._remove):
            button.retheme()

    def add_new(self) -> None:
        """Begin a new thing in the empty fields."""
        self._filling = True
        self.list.setCurrentRow(NEW)
        self._row = NEW
        self._listing.show(None)
        self._filling = False
        next(iter(self.fields.values())).setFocus()

    def remove(self) -> None:
        """Take the chosen thing away from the stop."""
        if self._shown is not None and self._row >= 0:
            things = list(self._listing.things(self._shown.stop))
            del things[self._row]
            self._put(self._listing.put(self._shown.stop, things))

    def _append(self, thing: Thing) -> None:
        """Add a thing to the stop, and choose it."""
        if self._shown is not None:
            things = [*self._listing.things(self._shown.stop), thing]
            self._row = len(things) - 1
            self._put(self._listing.put(self._shown.stop, things))

    # Insides.

    def _fill(self, shown: Shown) -> None:
        before, things = self._row, self._listing.things(shown.stop)
        self.list.clear()
        for thing in things:
            self.list.addItem(self._listing.entry(thing, shown))
        self.list.setVisible(bool(things))
        lines = min(len(things), MOST_LINES)
        self.list.setFixedHeight(self.list.sizeHintForRow(0) * lines + 4 if lines else 0)
        drafted = before == NEW and any(field.hasFocus() for field in self.fields.values())
        self._row = NEW if drafted else min(max(before, 0), len(things) - 1)
        self.list.setCurrentRow(self._row)
        if not drafted:
            self._listing.show(things[self._row] if self._row >= 0 else None)
        self._remove.setEnabled(self._row >= 0)

    def _choose(self, chosen: int) -> None:
        if self._filling or self._shown is None:
            return
        self._filling, self._row = True, chosen
        things = self._listing.things(self._shown.stop)
        self._listing.show(things[chosen] if 0 <= chosen < len(things) else None)
        self._remove.setEnabled(chosen >= 0)
        self._filling = False

    def _take(self) -> None:
        """Take a change made by hand to one of the fields."""
        if self._filling or self._shown is None:
            return
        things = list(self._listing.things(self._shown.stop))
        taken = self._listing.taken(things[self._row] if self._row >= 0 else None)
        if taken is None:
            return
        if self._row < 0:
            self._append(taken)
            return
        things[self._row] = taken
        self._put(self._listing.put(self._shown.stop, things))

    def _arrange(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.list)
        buttons = row(self._add, self._remove)
        buttons.addStretch(1)
        layout.addLayout(buttons)
        self._form = narrow_form()
        for key, field in self.fields.items():
            self._labels[key].setBuddy(field)
            self._form.addRow(self._labels[key], field)
        layout.addLayout(self._form)


def spoken_entry(words: str, spoken: str) -> QListWidgetItem:
    """Return an entry that a screen reader reads in full."""
    entry = QListWidgetItem(words)
    entry.setData(Qt.ItemDataRole.AccessibleTextRole, spoken)
    return entry
