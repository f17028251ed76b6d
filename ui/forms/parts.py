"""Small widgets that the panels are made of."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QAction, QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QLayout,
    QLineEdit,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from ui.icons import icon
from ui.text import MEDIUM, SEMIBOLD, set_weight
from ui.theme import current_palette

GAP = 8
EDGE = 12


def heading(text: str = "", *, px: int = 14) -> QLabel:
    """Return a label that stands above what it names."""
    label = wrapping(text)
    set_weight(label, SEMIBOLD, px=px)
    return label


def muted(text: str = "", *, px: int = 12) -> QLabel:
    """Return a label for secondary text."""
    label = wrapping(text)
    label.setProperty("muted", "true")
    made = label.font()
    made.setPixelSize(px)
    label.setFont(made)
    return label


def wrapping(text: str = "") -> QLabel:
    """Return a label of plain text that breaks its lines and can be selected with the mouse."""
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    policy = label.sizePolicy()
    policy.setHorizontalPolicy(QSizePolicy.Policy.Ignored)
    label.setSizePolicy(policy)
    return label


def column(*widgets: QWidget, gap: int = GAP, edge: int = 0) -> QVBoxLayout:
    """Return a vertical layout of widgets."""
    layout = QVBoxLayout()
    _dress(layout, gap, edge)
    for widget in widgets:
        layout.addWidget(widget)
    return layout


def row(*widgets: QWidget, gap: int = GAP, edge: int = 0) -> QHBoxLayout:
    """Return a horizontal layout of widgets."""
    layout = QHBoxLayout()
    _dress(layout, gap, edge)
    for widget in widgets:
        layout.addWidget(widget)
    return layout


def clear(layout: QLayout) -> None:
    """Take every widget and layout out of a layout and delete it."""
    while (item := layout.takeAt(0)) is not None:
        widget, inner = item.widget(), item.layout()
        if widget is not None:
            widget.hide()
            widget.deleteLater()
        elif inner is not None:
            clear(inner)


class ClearMark(QAction):
    """A cross at the end of a line that empties it; Qt's own is hard to see on a dark ground."""

    def __init__(self, line: QLineEdit) -> None:
        super().__init__(line)
        line.addAction(self, QLineEdit.ActionPosition.TrailingPosition)
        self.triggered.connect(line.clear)
        line.textChanged.connect(lambda text: self.setVisible(bool(text)))
        self.setVisible(bool(line.text()))

    def retheme(self) -> None:
        """Draw it in the colours of the theme."""
        self.setIcon(icon("mdi6.close-circle", current_palette().muted))


def _dress(layout: QLayout, gap: int, edge: int) -> None:
    layout.setSpacing(gap)
    layout.setContentsMargins(edge, edge, edge, edge)


class IconButton(QToolButton):
    """A button that is only an icon; its words are its tool tip and its accessible name."""

    def __init__(
        self, icon_name: str, run: Callable[[], object] | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._icon_name = icon_name
        self.setIconSize(QSize(18, 18))
        self.setAutoRaise(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        if run is not None:
            self.clicked.connect(lambda _checked=False: run())

    def set_icon(self, name: str) -> None:
        """Show another icon."""
        self._icon_name = name
        self.retheme()

    def say(self, words: str) -> None:
        """Set what it does in words."""
        self.setToolTip(words)
        self.setAccessibleName(words)

    def retheme(self) -> None:
        """Draw the icon in the colours of the theme."""
        self.setIcon(icon(self._icon_name))


class LinkButton(QToolButton):
    """A button of an icon and words without a frame, for small things to do."""

    def __init__(self, icon_name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon_name = icon_name
        self._tone = ""
        self.setIconSize(QSize(16, 16))
        self.setAutoRaise(True)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def set_icon(self, name: str, tone: str = "") -> None:
        """Show another icon, in a colour of the palette by its name, ``danger`` or ``warning``."""
        if (name, tone) != (self._icon_name, self._tone):
            self._icon_name, self._tone = name, tone
            self.retheme()

    def retheme(self) -> None:
        """Draw the icon in the colours of the theme."""
        colour = getattr(current_palette(), self._tone) if self._tone else ""
        self.setIcon(icon(self._icon_name, colour))


class Chip(QLabel):
    """A word in a rounded field: how a value was obtained, the state of a layer.

    ``tone`` is one of ``plain``, ``good``, ``warning``, ``danger``, ``accent``.
    """

    def __init__(self, text: str = "", tone: str = "plain", parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self._tone = tone
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setContentsMargins(8, 2, 8, 2)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        set_weight(self, MEDIUM, px=11)

    def show_as(self, text: str, tone: str) -> None:
        """Change the word and its tone."""
        self._tone = tone
        self.setText(text)
        self.update()

    def colours(self) -> tuple[QColor, QColor]:
        """Return ink and field."""
        palette = current_palette()
        inks = {
            "plain": palette.muted,
            "good": palette.good,
            "warning": palette.warning,
            "danger": palette.danger,
            "accent": palette.accent,
        }
        ink = QColor(inks.get(self._tone, palette.muted))
        field = QColor(ink)
        field.setAlpha(28)
        return ink, field

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the field, then the word in its colour."""
        del event
        ink, field = self.colours()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(field)
        painter.drawRoundedRect(box, box.height() / 2, box.height() / 2)
        painter.setPen(ink)
        painter.drawText(self.contentsRect(), Qt.AlignmentFlag.AlignCenter, self.text())


class Line(QFrame):
    """A thin line between two groups."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedHeight(1)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw it in the border colour."""
        del event
        QPainter(self).fillRect(self.rect(), QColor(current_palette().border))


class EmptyState(QWidget):
    """What a panel shows when it has nothing: why, and what to do."""

    def __init__(self, icon_name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon_name = icon_name
        self._picture = QLabel(alignment=Qt.AlignmentFlag.AlignCenter)
        self._title = heading()
        self._advice = muted(px=13)
        for label in (self._title, self._advice):
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        layout = column(self._picture, self._title, self._advice, gap=6, edge=24)
        layout.insertStretch(0, 2)
        layout.addStretch(3)
        self.setLayout(layout)

    def say(self, title: str, advice: str) -> None:
        """Set the two lines."""
        self._title.setText(title)
        self._advice.setText(advice)
        self.setAccessibleName(f"{title} {advice}")

    def retheme(self) -> None:
        """Draw the icon in the colours of the theme."""
        self._picture.setPixmap(icon(self._icon_name, current_palette().disabled).pixmap(36, 36))


class Swatch(QToolButton):
    """A field of colour; ``picked`` carries ``#rrggbb`` after the user chose another one."""

    picked = Signal(str)

    def __init__(
        self, colour: str, *, editable: bool = True, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._colour = colour
        self._editable = editable
        self.setFixedSize(26, 18)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus if editable else Qt.FocusPolicy.NoFocus)
        self.setEnabled(editable)
        self.clicked.connect(self._choose)

    @property
    def colour(self) -> str:
        """The colour, ``#rrggbb``."""
        return self._colour

    def set_colour(self, colour: str) -> None:
        """Show another colour."""
        self._colour = colour
        self.update()

    def _choose(self) -> None:
        from PySide6.QtWidgets import QColorDialog

        from ui.i18n import tr

        chosen = QColorDialog.getColor(QColor(self._colour), self, tr("style.choose_colour"))
        if chosen.isValid():
            self.set_colour(chosen.name())
            self.picked.emit(chosen.name())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the field with an outline that is seen on any background."""
        del event
        palette = current_palette()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QColor(palette.accent if self.hasFocus() else palette.outline))
        painter.setBrush(QColor(self._colour))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1.5, 1.5, -1.5, -1.5), 4, 4)
