"""What the colours of a layer mean, as rows of swatch and words."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QVBoxLayout, QWidget

from twin.model.style import Constant, Graduated, Legend, LegendEntry, Rules, Style
from ui.forms.parts import Swatch, clear, muted, row, wrapping
from ui.i18n import text, tr
from ui.i18n.formats import number, unit_symbol


def entry_text(entry: LegendEntry, *, graduated: bool) -> str:
    """Return the words of one line of a legend."""
    if entry.missing:
        return tr("legend.no_value") if graduated else tr("legend.other")
    if entry.low is None and entry.high is None:
        return text(entry.label) or tr("legend.all")
    if entry.low is None:
        return tr("legend.below", high=number(entry.high or 0.0))
    if entry.high is None:
        return tr("legend.from", low=number(entry.low))
    return tr("legend.between", low=number(entry.low), high=number(entry.high))


class LegendView(QWidget):
    """Rows of a legend."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 4, 0, 4)
        self._layout.setSpacing(5)

    def show_legend(
        self, legend: Legend | None, style: Style, word_column: Callable[[str], str]
    ) -> None:
        """Show a legend, or say that there is none yet."""
        clear(self._layout)
        if legend is None:
            self._layout.addWidget(muted(tr("legend.none")))
            return
        title = text(style.title)
        if not title and not isinstance(style.rule, Constant | Rules):
            title = word_column(style.rule.column)
        unit = unit_symbol(legend.unit)
        if title:
            self._layout.addWidget(muted(f"{title} ({unit})" if unit else title))
        graduated = isinstance(style.rule, Graduated)
        for entry in legend.entries:
            swatch = Swatch(entry.colour, editable=False)
            line = row(swatch, wrapping(entry_text(entry, graduated=graduated)))
            line.setStretch(1, 1)
            self._layout.addLayout(line)
