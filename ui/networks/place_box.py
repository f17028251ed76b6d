"""A field for a place in a network: chosen by its name, or written as an id."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QCompleter, QWidget

from twin.network.model import Network

MOST_PLACES = 3000
"""Of larger networks the devices stand in the list first; any id may be written."""
Named = Callable[[str], str]


class PlaceBox(QComboBox):
    """Devices by name, then nodes; what is written and stands in no line is an id."""

    def __init__(
        self, network: Network, named: Named, at: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setEditable(True)
        self.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        ids = [*map(str, network.devices.ids), *map(str, network.nodes.ids)]
        for name in list(dict.fromkeys(ids))[:MOST_PLACES]:
            self.addItem(_words(name, named), name)
        completer = QCompleter(self.model(), self)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.setCompleter(completer)
        self.set_place(at)

    def set_place(self, name: str) -> None:
        """Choose a place by its id."""
        row = self.findData(name)
        self.setCurrentIndex(row)
        if row < 0:
            self.setEditText(name)

    def place(self) -> str:
        """Return the id of what is chosen or written."""
        written = self.currentText().strip()
        row = self.findText(written, Qt.MatchFlag.MatchFixedString)
        return str(self.itemData(row)) if row >= 0 else written


def _words(name: str, named: Named) -> str:
    said = named(name)
    return said if said == name or said.endswith(f"({name})") else f"{said} ({name})"
