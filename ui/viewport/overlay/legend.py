"""The legend: what the colours of the visible layers mean. Folds to its title."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QFrame, QScrollArea, QToolButton, QVBoxLayout, QWidget

from ui.i18n import tr
from ui.text import SEMIBOLD, font
from ui.viewport.overlay.card import Card
from ui.viewport.overlay.legend_section import Section, SectionView

WIDTH_PX = 228
UNFOLDED_COST = 13
"""Sections are unfolded at first until they take about this many lines together."""


class LegendCard(Card):
    """All legends, one under the other, in a card that scrolls when the view is low."""

    fold_changed = Signal(bool)
    resized = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sections: tuple[Section, ...] = ()
        self._views: list[SectionView] = []
        self._unfolded_by_user: dict[str, bool] = {}
        self._room_px = 600
        self._touched = False
        self._fold = QToolButton(self, checkable=True, checked=True)
        self._fold.setProperty("quiet", "true")
        self._fold.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._fold.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._fold.setFont(font(12, SEMIBOLD))
        self._fold.toggled.connect(self._toggled)
        self._fold.clicked.connect(self._touch)
        self._scroll = QScrollArea(self, widgetResizable=True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.viewport().setAutoFillBackground(False)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(4, 3, 4, 5)
        layout.setSpacing(0)
        layout.addWidget(self._fold, 0, Qt.AlignmentFlag.AlignLeft)
        layout.addWidget(self._scroll)
        self.setFixedWidth(WIDTH_PX)
        self.hide()

    @property
    def unfolded(self) -> bool:
        """Whether the sections show."""
        return self._fold.isChecked()

    def set_unfolded(self, unfolded: bool) -> None:
        """Show or fold away the sections, as somebody has chosen."""
        self._touched = True
        self._fold.setChecked(unfolded)

    def set_room(self, height_px: int) -> None:
        """Tell how high the card may be."""
        if height_px != self._room_px:
            self._room_px = height_px
            self._fit()

    def set_small(self, *, small: bool) -> None:
        """Fold away in a view that is small, until somebody folds or unfolds it by hand."""
        if not self._touched:
            self._fold.setChecked(not small)

    def set_sections(self, sections: Sequence[Section]) -> None:
        """Show other legends; none hides the card."""
        if tuple(sections) != self._sections:
            self._sections = tuple(sections)
            self.retranslate()

    def texts(self) -> list[str]:
        """Return every text that the card shows, top to bottom."""
        return [words for view in self._views for words in view.texts()]

    def retranslate(self) -> None:
        """Build the sections again in the current language."""
        self._fold.setText(tr("legend.title"))
        self._fold.setAccessibleName(tr("legend.title"))
        body = self._body()
        self._scroll.setWidget(body)
        body.setAutoFillBackground(False)  # the scroll area has just switched it on
        self.setVisible(bool(self._sections))
        self._toggled(self._fold.isChecked())

    def retheme(self) -> None:
        """Take over the theme's colours."""
        self.update()

    def _body(self) -> QWidget:
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self._views = []
        cost = 0
        for section in self._sections:
            cost += section.cost
            fits = cost <= UNFOLDED_COST or section is self._sections[0]
            unfolded = self._unfolded_by_user.get(section.title, fits)
            view = SectionView(section, unfolded=unfolded, width_px=WIDTH_PX - 8)
            view.folded.connect(lambda folded, view=view: self._section_folded(view, folded))
            column.addWidget(view)
            self._views.append(view)
        column.addStretch(1)
        return body

    def _section_folded(self, view: SectionView, folded: bool) -> None:
        self._unfolded_by_user[view.section.title] = not folded
        self._fit()

    def _touch(self) -> None:
        self._touched = True

    def _toggled(self, unfolded: bool) -> None:
        self._fold.setArrowType(Qt.ArrowType.DownArrow if unfolded else Qt.ArrowType.RightArrow)
        self._scroll.setVisible(unfolded)
        self._fit()
        self.fold_changed.emit(unfolded)

    def _fit(self) -> None:
        margins = self.layout().contentsMargins()
        head = self._fold.sizeHint().height() + margins.top() + margins.bottom()
        wanted = head
        body = self._scroll.widget()
        layout = body.layout() if body is not None else None
        if self._fold.isChecked() and layout is not None:
            layout.activate()
            inner = WIDTH_PX - margins.left() - margins.right()
            flows = layout.hasHeightForWidth()
            wanted += layout.heightForWidth(inner) if flows else layout.sizeHint().height()
        # A bar that was needed before would take of the width, and so be needed still.
        fits = wanted <= self._room_px
        bar = (
            Qt.ScrollBarPolicy.ScrollBarAlwaysOff if fits else Qt.ScrollBarPolicy.ScrollBarAsNeeded
        )
        self._scroll.setVerticalScrollBarPolicy(bar)
        self.setFixedHeight(max(head, min(wanted, self._room_px)))
        self.resized.emit()

    def sizeHint(self) -> QSize:
        """The size it has fitted itself to."""
        return self.size()
