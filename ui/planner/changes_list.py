"""The list of what a variant changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QTreeWidget, QTreeWidgetItem

from twin.model import plans
from twin.model.project import Delta
from ui.i18n import text, tr

if TYPE_CHECKING:
    from twin.work.session import Session

DELTA = Qt.ItemDataRole.UserRole
HEADS = ("change", "feature", "phase")


class ChangesList(QTreeWidget):
    """Changes of the variant that a session shows, those of its parents marked."""

    def __init__(self) -> None:
        super().__init__()
        self.setRootIsDecorated(False)
        self.setUniformRowHeights(True)
        self.setMinimumHeight(96)

    def retranslate(self) -> None:
        """Word the head again."""
        self.setHeaderLabels([tr(f"plan.{head}") for head in HEADS])

    def chosen(self) -> Delta | None:
        """Return the change that is chosen."""
        item = self.currentItem()
        found = item.data(0, DELTA) if item is not None else None
        return found if isinstance(found, Delta) else None

    def choose(self, feature: tuple[str, str] | None) -> None:
        """Choose the change of a feature of a layer, or none where the plan does not change it."""
        wanted = (feature[0], plans.feature_of(feature[1])) if feature is not None else None
        for row in range(self.topLevelItemCount()):
            item = self.topLevelItem(row)
            delta = item.data(0, DELTA)
            if wanted == (delta.layer, delta.feature_id):
                self.setCurrentItem(item)
                return
        self.setCurrentItem(None)

    def fill(self, session: Session) -> None:
        """Show the changes of the variant that stands; the chosen feature stays chosen."""
        before = self.chosen()
        self.clear()
        if not session.variant:
            return
        labels = {p.id: text(p.label, p.id) for p in session.project.phases}
        for delta in plans.deltas_of(session.project, session.variant):
            inherited = delta.variant != session.variant
            words = tr(f"plan.op_{delta.op}") + (f" ({tr('plan.inherited')})" if inherited else "")
            phase = labels.get(delta.phase, tr("plan.always"))
            item = QTreeWidgetItem([words, delta.feature_id, phase])
            item.setData(0, DELTA, delta)
            item.setToolTip(1, delta.layer)
            self.addTopLevelItem(item)
            if before is not None and delta.feature_id == before.feature_id:
                self.setCurrentItem(item)
