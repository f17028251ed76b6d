"""The tree of layers for Qt: groups and layers of a project, switched, renamed and moved in place."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import (
    QAbstractItemModel,
    QMimeData,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)

from twin.model.layer import LayerState
from ui.docks.layer_order import Entry, entries_of, moved, shown
from ui.i18n import text, tr, translator
from ui.i18n.formats import number
from ui.icons import icon
from ui.theme import current_palette

if TYPE_CHECKING:
    from twin.work.runtime import LayerRuntime
    from twin.work.session import Session

Index = QModelIndex | QPersistentModelIndex
LAYER_MIME = "application/x-belvedere-layers"
NAME, STATE = 0, 1
STATE_ICONS = {
    LayerState.EMPTY: "mdi6.circle-outline",
    LayerState.LOADING: "mdi6.progress-clock",
    LayerState.PARTIAL: "mdi6.alert-outline",
    LayerState.FAILED: "mdi6.alert-circle-outline",
}


def group_title(group: str) -> str:
    """Return a group in the user's words; groups of known names are worded, others stay."""
    key = f"group.{group}"
    return tr(key) if translator.has(key) else group


def state_text(runtime: LayerRuntime) -> str:
    """Return how a layer stands, with how far its loading is."""
    words = tr(f"state.{runtime.state.value}")
    progress = runtime.progress
    if progress and progress[1]:
        return f"{words} {number(100 * progress[0] / progress[1], 0)}{tr('format.percent')}"
    return words


class LayersModel(QAbstractItemModel):
    """Two columns: the layer with its box to tick, and the icon of its state."""

    files_dropped = Signal(list)
    """Paths of files that were let fall on the tree."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session: Session | None = None
        self._entries: tuple[Entry, ...] = ()
        self._told: dict[tuple[int, int], object] = {}
        """What each line showed when it was last asked for, by its group's line (-1 for none) and its own."""

    @property
    def session(self) -> Session | None:
        """Whose layers it lists."""
        return self._session

    def set_session(self, session: Session | None) -> None:
        """Show another project."""
        self.beginResetModel()
        self._told.clear()
        self._session = session
        self._entries = entries_of(session.project) if session is not None else ()
        self.endResetModel()

    def sync(self) -> bool:
        """Follow the project; returns True where the tree itself is another one now."""
        if self._session is None:
            return False
        entries = entries_of(self._session.project)
        if entries != self._entries:
            self.beginResetModel()
            self._told.clear()
            self._entries = entries
            self.endResetModel()
            return True
        self.renew()
        return False

    def redraw(self) -> None:
        """Have every line asked for again: words or colours are others."""
        self._told.clear()
        self.renew()

    def renew(self) -> None:
        """Have the lines asked for again that show something else now.

        While a project loads, its layers have news many times a second; painting all lines at each would hold
        the window up.
        """
        for line in self._lines():
            key = (line.parent().row(), line.row())
            shows = self._shows(line)
            if self._told.get(key) != shows:
                self._told[key] = shows
                self.dataChanged.emit(line, line.siblingAtColumn(STATE))

    def _lines(self) -> Iterator[QModelIndex]:
        for place, entry in enumerate(self._entries):
            line = self.index(place, NAME)
            yield line
            if entry.group:
                yield from (self.index(row, NAME, line) for row in range(len(entry.layers)))

    def _shows(self, line: QModelIndex) -> object:
        """Return what is painted in a line; hints and words for screen readers are asked for anew anyway."""
        layer_id, session = self.layer_id(line), self._session
        if not layer_id or session is None:
            return self._check_state(line)
        try:
            runtime = session.layer(layer_id)
        except KeyError:  # between two signals of one change
            return None
        spec = runtime.spec
        return text(spec.title, layer_id), spec.visible, spec.type, runtime.state

    def layer_id(self, index: Index) -> str:
        """Return the layer of a line, empty for a group."""
        if not index.isValid():
            return ""
        if index.internalId():
            return self._entries[index.internalId() - 1].layers[index.row()]
        entry = self._entries[index.row()]
        return "" if entry.group else entry.layers[0]

    def layers_of(self, index: Index) -> tuple[str, ...]:
        """Return the layers of a line: of a group all, of a layer itself."""
        if index.isValid() and not index.internalId():
            return self._entries[index.row()].layers
        return (self.layer_id(index),) if index.isValid() else ()

    def group(self, index: Index) -> str:
        """Return the group that a line is or stands in, empty for none."""
        if not index.isValid():
            return ""
        return self._entries[(index.internalId() or index.row() + 1) - 1].group

    def index_of(self, layer_id: str) -> QModelIndex:
        """Return the line of a layer, invalid if there is none."""
        for place, entry in enumerate(self._entries):
            if layer_id in entry.layers:
                if not entry.group:
                    return self.index(place, 0)
                return self.index(entry.layers.index(layer_id), 0, self.index(place, 0))
        return QModelIndex()

    # What Qt asks.

    def index(self, row: int, column: int, parent: Index = QModelIndex()) -> QModelIndex:  # noqa: B008
        """See Qt."""
        if not 0 <= row < self.rowCount(parent) or not 0 <= column <= STATE:
            return QModelIndex()
        return self.createIndex(row, column, parent.row() + 1 if parent.isValid() else 0)

    def parent(self, index: Index = QModelIndex()) -> Any:  # noqa: B008
        """See Qt; without an index the owner of the model."""
        if not isinstance(index, QModelIndex | QPersistentModelIndex):
            return super().parent()
        if not index.isValid() or not index.internalId():
            return QModelIndex()
        return self.createIndex(index.internalId() - 1, 0, 0)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """See Qt."""
        if not parent.isValid():
            return len(self._entries)
        if parent.internalId() or parent.column():
            return 0
        entry = self._entries[parent.row()]
        return len(entry.layers) if entry.group else 0

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: ARG002, B008
        """See Qt."""
        return STATE + 1

    def flags(self, index: Index) -> Qt.ItemFlag:
        """See Qt."""
        flags = Qt.ItemFlag
        if not index.isValid():
            return flags.ItemIsDropEnabled
        made = flags.ItemIsEnabled | flags.ItemIsSelectable
        if index.column() == NAME:
            made |= flags.ItemIsUserCheckable | flags.ItemIsDragEnabled | flags.ItemIsDropEnabled
            if self.layer_id(index):
                made |= flags.ItemIsEditable
        return made

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """See Qt."""
        if not index.isValid() or self._session is None:
            return None
        layer_id = self.layer_id(index)
        if role == Qt.ItemDataRole.CheckStateRole and index.column() == NAME:
            return self._check_state(index)
        if not layer_id:
            return self._group_data(index, role)
        return self._layer_data(self._session, layer_id, index.column(), role)

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Tick or rename, as one undoable step."""
        if self._session is None or not index.isValid():
            return False
        if role == Qt.ItemDataRole.CheckStateRole:
            ids, on = self.layers_of(index), Qt.CheckState(value) != Qt.CheckState.Unchecked
            label = "edit.show_layer" if on else "edit.hide_layer"
            self._session.do(label, lambda project: shown(project, ids, visible=on))
            return True
        title = str(value).strip()
        if role != Qt.ItemDataRole.EditRole or not title:
            return False
        layer_id = self.layer_id(index)
        language = translator.language

        def renamed(project: Any) -> Any:
            spec = project.layer(layer_id)
            return project.with_layer(replace(spec, title={**spec.title, language: title}))

        self._session.do("edit.rename_layer", renamed)
        return True

    # Dragging.

    def supportedDropActions(self) -> Qt.DropAction:
        """See Qt."""
        return Qt.DropAction.MoveAction | Qt.DropAction.CopyAction

    def mimeTypes(self) -> list[str]:
        """See Qt."""
        return [LAYER_MIME, "text/uri-list"]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        """Carry the ids of the dragged layers."""
        ids = [name for index in indexes if not index.column() for name in self.layers_of(index)]
        data = QMimeData()
        data.setData(LAYER_MIME, json.dumps(ids).encode())
        return data

    def canDropMimeData(
        self, data: QMimeData, action: Qt.DropAction, row: int, column: int, parent: Index
    ) -> bool:
        """Take layers of this tree, and files."""
        del action, row, column, parent
        return data.hasFormat(LAYER_MIME) or any(url.isLocalFile() for url in data.urls())

    def dropMimeData(
        self, data: QMimeData, action: Qt.DropAction, row: int, column: int, parent: Index
    ) -> bool:
        """Move layers, or tell of files."""
        del action, column
        if self._session is None:
            return False
        if not data.hasFormat(LAYER_MIME):
            files = [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
            self.files_dropped.emit(files)
            return bool(files)
        ids = json.loads(bytes(data.data(LAYER_MIME).data()))
        group, before = self._target(row, parent)
        if before in ids:
            return False
        self._session.do(
            "edit.move_layer", lambda project: moved(project, ids, group=group, before=before)
        )
        return False  # the model resets itself: Qt has no rows to take away

    def _target(self, row: int, parent: Index) -> tuple[str, str]:
        """Return the group to join and the layer to stand before."""
        if not parent.isValid():
            at_end = row < 0 or row >= len(self._entries)
            return "", "" if at_end else self._entries[row].layers[0]
        layer_id = self.layer_id(parent)
        if layer_id:
            return self.group(parent), layer_id
        entry = self._entries[parent.row()]
        before = entry.layers[row] if 0 <= row < len(entry.layers) else ""
        return entry.group, before

    # Lines.

    def _check_state(self, index: Index) -> Qt.CheckState:
        ids = self.layers_of(index)
        specs = self._session.project.layers if self._session is not None else ()
        on = [spec.visible for spec in specs if spec.id in ids]
        if all(on):
            return Qt.CheckState.Checked
        return Qt.CheckState.PartiallyChecked if any(on) else Qt.CheckState.Unchecked

    def _group_data(self, index: Index, role: int) -> Any:
        if index.column() != NAME:
            return None
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return group_title(self._entries[index.row()].group)
        return None

    def _layer_data(self, session: Session, layer_id: str, column: int, role: int) -> Any:
        roles = Qt.ItemDataRole
        try:
            runtime = session.layer(layer_id)
        except KeyError:  # between two signals of one change
            return None
        title = text(runtime.spec.title, layer_id)
        if role == roles.ToolTipRole:
            return f"{title}\n{state_text(runtime)}"
        if column == STATE:
            return _state_data(runtime, role)
        if role in (roles.DisplayRole, roles.EditRole):
            return title
        if role == roles.AccessibleTextRole:
            return f"{title}, {state_text(runtime)}"
        if role == roles.DecorationRole:
            kind = session.registry.layer_types.get(runtime.spec.type)
            return icon(kind.icon if kind and kind.icon else "mdi6.layers-outline")
        return None


def _state_data(runtime: LayerRuntime, role: int) -> Any:
    name = STATE_ICONS.get(runtime.state)
    if role == Qt.ItemDataRole.DecorationRole and name:
        palette = current_palette()
        tones = {LayerState.PARTIAL: palette.warning, LayerState.FAILED: palette.danger}
        return icon(name, tones.get(runtime.state, palette.muted))
    if role == Qt.ItemDataRole.AccessibleTextRole:
        return state_text(runtime)
    return None
