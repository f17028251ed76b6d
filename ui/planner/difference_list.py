"""The list of what differs between the states of a comparison."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QBrush, QColor
from PySide6.QtWidgets import QTreeWidget, QTreeWidgetItem

from twin.model.project import Project
from twin.work.differences import ADDED, CHANGED, REMOVED, Difference
from ui.i18n import text, tr, translator
from ui.theme import current_palette

FOUND = Qt.ItemDataRole.UserRole
HEADS = ("view", "change", "feature", "layer", "phase", "values")
MOST_ROWS, MOST_VALUES = 2_000, 4
HEIGHT_PX = 190


class DifferenceList(QTreeWidget):
    """One row for each feature that differs."""

    def __init__(self) -> None:
        super().__init__()
        self.setRootIsDecorated(False)
        self.setUniformRowHeights(True)
        self.setMaximumHeight(HEIGHT_PX)

    def chosen(self) -> tuple[int, Difference] | None:
        """Return the view and the difference that are chosen."""
        item = self.currentItem()
        return None if item is None else item.data(0, FOUND)

    def fill(
        self,
        project: Project,
        titles: Sequence[str],
        found: Mapping[int, Sequence[Difference]],
    ) -> None:
        """Show what differs; the longest lists are cut, and say so."""
        self.clear()
        self.setAccessibleName(tr("compare.list"))
        self.setHeaderLabels([tr(f"compare.head_{head}") for head in HEADS])
        count = sum(len(some) for some in found.values())
        for view, some in found.items():
            title = titles[view] if view < len(titles) else ""
            for one in some[: MOST_ROWS // max(len(found), 1)]:
                self._add(project, title, view, one)
        if count > self.topLevelItemCount():
            more = tr("compare.more_rows", count=count - self.topLevelItemCount())
            item = QTreeWidgetItem([more])
            item.setFlags(Qt.ItemFlag.NoItemFlags)
            self.addTopLevelItem(item)
        for column in range(len(HEADS) - 1):
            self.resizeColumnToContents(column)

    def _add(self, project: Project, title: str, view: int, one: Difference) -> None:
        palette = current_palette()
        inks = {ADDED: palette.good, REMOVED: palette.danger, CHANGED: palette.warning}
        words = [
            title,
            tr(f"compare.{one.kind}"),
            one.feature_id,
            next((text(s.title, s.id) for s in project.layers if s.id == one.layer), one.layer),
            next((text(p.label, p.id) for p in project.phases if p.id == one.phase), ""),
            _values(one),
        ]
        item = QTreeWidgetItem(words)
        item.setData(0, FOUND, (view, one))
        item.setForeground(1, QBrush(QColor(inks[one.kind])))
        self.addTopLevelItem(item)


def _values(one: Difference) -> str:
    words = []
    for name, (old, new) in list(one.values.items())[:MOST_VALUES]:
        if hasattr(new, "geom_type") or hasattr(old, "geom_type"):
            words.append(tr("compare.outline"))
        else:
            words.append(f"{_column(name)}: {_word(old)} → {_word(new)}")
    return "; ".join(words)


def _column(name: str) -> str:
    key = f"column.{name}"
    return tr(key) if translator.has(key) else name


def _word(value: object) -> str:
    if value is None or value != value:  # noqa: PLR0124 - NaN
        return "–"
    return f"{value:g}" if isinstance(value, float) else str(value)[:40]
