"""The line in which an expression is typed: columns are offered while typing, mistakes are told below."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QStringListModel, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QCompleter, QLabel, QLineEdit, QVBoxLayout, QWidget

from twin.model.expressions.syntax import WORDS
from ui.forms.parts import ClearMark
from ui.i18n import tr
from ui.icons import icon
from ui.theme import current_palette

SETTLE_MS = 250
"""A filter is tried this long after the last key."""


FILTER = "mdi6.filter-outline"


class ExpressionLine(QWidget):
    """A line edit, and a message that its panel places."""

    changed = Signal(str)
    """The filter, once typing pauses."""

    def __init__(
        self,
        hint: str = "table.filter_hint",
        icon_name: str = FILTER,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._hint, self._icon = hint, icon_name
        self._line = _Line()
        self._message = QLabel()
        self._message.setTextFormat(Qt.TextFormat.PlainText)
        self._message.setProperty("tone", "danger")
        self._message.setContentsMargins(12, 0, 12, 4)
        self._message.hide()
        self._mark = QAction(self)
        self._line.addAction(self._mark, QLineEdit.ActionPosition.LeadingPosition)
        self._clear = ClearMark(self._line)
        self._settle = QTimer(self, singleShot=True, interval=SETTLE_MS)
        self._settle.timeout.connect(self._tell_changed)
        self._line.textEdited.connect(lambda _text: self._settle.start())
        self._line.textChanged.connect(self._cleared)
        self._line.returnPressed.connect(self._tell_changed)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._line)
        self.setFocusProxy(self._line)

    def text(self) -> str:
        """Return the filter."""
        return self._line.text().strip()

    def set_text(self, text: str) -> None:
        """Set the filter and tell of it."""
        self._line.setText(text)
        self._tell_changed()

    def show_text(self, text: str) -> None:
        """Show an expression without telling of it; what is being typed is left alone."""
        if text != self.text() and not self._line.hasFocus():
            blocked = self._line.blockSignals(True)
            self._line.setText(text)
            self._line.blockSignals(blocked)

    @property
    def message(self) -> QLabel:
        """Says what is wrong, hidden while nothing is; stands where the panel puts it."""
        return self._message

    def set_columns(self, columns: Sequence[str]) -> None:
        """Offer columns while typing."""
        self._line.offer([quoted(name) for name in columns])

    def tell(self, trouble: str, at: int = -1) -> None:
        """Say what is wrong and mark where; an empty text says that all is well."""
        marked = f"{trouble}  {self._around(at)}" if trouble else ""
        self._message.setText(marked)
        self._message.setVisible(bool(trouble))
        self.retheme()

    def retranslate(self) -> None:
        """Word it again."""
        self._line.setPlaceholderText(tr(self._hint))
        self._line.setToolTip(tr("table.filter_tip"))
        self._line.setAccessibleName(tr("table.filter"))
        self._clear.setText(tr("dialog.clear"))
        self._line.setAccessibleDescription(tr("table.filter_tip"))

    def retheme(self) -> None:
        """Take over the theme's colours."""
        wrong = bool(self._message.text())
        colour = current_palette().danger if wrong else ""
        self._mark.setIcon(icon(self._icon, colour))
        self._clear.retheme()

    def _around(self, at: int) -> str:
        """Return the filter near the mistake with a mark in front of it."""
        text = self._line.text()
        if not 0 <= at <= len(text) or len(text) < 12:
            return ""
        return f"… {text[max(0, at - 8) : at]}▸{text[at : at + 10]} …"

    def _cleared(self, text: str) -> None:
        if not text:
            self._tell_changed()

    def _tell_changed(self) -> None:
        self._settle.stop()
        self.changed.emit(self.text())


class _Line(QLineEdit):
    """Completes the word at the cursor, not the whole line."""

    def __init__(self) -> None:
        super().__init__()
        self._names = QStringListModel(self)
        self._completer = QCompleter(self._names, self)
        self._completer.setWidget(self)
        self._completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self._completer.setFilterMode(Qt.MatchFlag.MatchContains)
        self._completer.activated.connect(self._insert)

    def offer(self, names: Sequence[str]) -> None:
        """Set the words to choose from."""
        self._names.setStringList(list(names))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Show the words that fit after each key."""
        popup = self._completer.popup()
        if popup.isVisible() and event.key() in (
            Qt.Key.Key_Return,
            Qt.Key.Key_Enter,
            Qt.Key.Key_Escape,
            Qt.Key.Key_Tab,
        ):
            event.ignore()
            return
        super().keyPressEvent(event)
        prefix = self._prefix()
        if len(prefix) < 2 or not event.text().strip():
            popup.hide()
            return
        self._completer.setCompletionPrefix(prefix)
        if self._completer.completionCount() and self._completer.currentCompletion() != prefix:
            self._completer.complete()
        else:
            popup.hide()

    def _prefix(self) -> str:
        before = self.text()[: self.cursorPosition()]
        start = len(before)
        while start and (before[start - 1].isalnum() or before[start - 1] in "_`."):
            start -= 1
        return before[start:]

    def _insert(self, word: str) -> None:
        at, prefix = self.cursorPosition(), self._prefix()
        text = self.text()
        self.setText(text[: at - len(prefix)] + word + " " + text[at:])
        self.setCursorPosition(at - len(prefix) + len(word) + 1)


def quoted(name: str) -> str:
    """Return a column as an expression writes it."""
    return f"`{name}`" if _needs_quotes(name) else name


def _needs_quotes(name: str) -> bool:
    if name.lower() in WORDS:
        return True
    plain = name.replace("_", "").replace(".", "").replace(":", "").replace("-", "")
    return not plain.isalnum() or name[0].isdigit()
