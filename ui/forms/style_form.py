"""The style editor: one colour, a colour a value, or classes of a number along a ramp."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QComboBox,
    QFormLayout,
    QLabel,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from twin.model.expressions import ExpressionError, parse
from twin.model.style import Categories, Constant, Graduated, Rule, Rules, Style
from ui.forms.expression_line import ExpressionLine
from ui.forms.parts import LinkButton
from ui.forms.rules_page import RulesPage
from ui.forms.style_pages import CategoriesPage, ConstantPage, GraduatedPage
from ui.i18n import tr

KINDS: tuple[type, ...] = (Constant, Categories, Graduated, Rules)
KIND_KEYS = ("style.constant", "style.categories", "style.graduated", "style.rules")


class StyleForm(QWidget):
    """Edits a style.

    Parameters
    ----------
    word_column : callable
        Words a column.
    """

    edited = Signal(Style, str)
    """The new style, and a key that tells which edits are undone together (may be empty)."""

    categories_wanted = Signal(str)
    """A column whose values should become the categories; finding them takes time."""

    height_wanted = Signal(str)
    """A column of numbers that features should be as high as; empty: as the layer has it."""

    reset_requested = Signal()

    def __init__(self, word_column: Callable[[str], str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._style = Style()
        self._columns: tuple[str, ...] = ()
        self._numeric: tuple[str, ...] = ()
        self._kind_label = QLabel()
        self._kind = QComboBox()
        for kind in KINDS:
            self._kind.addItem(kind.__name__)
        self._kind.activated.connect(self._kind_chosen)
        self._kind_label.setBuddy(self._kind)
        self._constant = ConstantPage()
        self._categories = CategoriesPage(word_column)
        self._graduated = GraduatedPage(word_column)
        self._rules = RulesPage()
        self._word_column = word_column
        self._height_label = QLabel()
        self._height = QComboBox()
        self._height.activated.connect(lambda i: self.height_wanted.emit(self._height.itemData(i)))
        self._height_label.setBuddy(self._height)
        self._label_label = QLabel()
        self._label = ExpressionLine("style.label_hint", "mdi6.tag-text-outline")
        self._label.changed.connect(self._label_edited)
        self._pages = QStackedWidget()
        for page in self._every_page():
            self._pages.addWidget(page)
            page.edited.connect(self._rule_edited)
        self._categories.categories_wanted.connect(self.categories_wanted)
        self._reset = LinkButton("mdi6.restore")
        self._reset.clicked.connect(self.reset_requested)
        self._arrange()
        self.retranslate()

    def show_style(
        self,
        style: Style,
        *,
        columns: Sequence[str],
        numeric: Sequence[str],
        own: bool,
        height: str | None = None,
    ) -> None:
        """Show a style without telling of it.

        Parameters
        ----------
        columns, numeric : sequence of str
            Columns of the layer, and those of them that hold numbers.
        own : bool
            Whether the project has a style of its own, which can be given up for the layer's.
        height : str or None
            Column that gives heights, empty: as the layer has it; None: it is no layer of heights.
        """
        self._style, self._columns, self._numeric = style, tuple(columns), tuple(numeric)
        place = KINDS.index(type(style.rule))
        self._kind.setCurrentIndex(place)
        self._set_enabled(1, bool(columns))
        self._set_enabled(2, bool(numeric))
        self._show_rule(style.rule)
        self._label.set_columns(columns)
        self._label.show_text(style.label)
        self._reset.setEnabled(own)
        self._show_height(height)

    def retranslate(self) -> None:
        """Word everything again."""
        self._kind_label.setText(tr("style.colour_by"))
        self._kind.setAccessibleName(tr("style.colour_by"))
        for place, key in enumerate(KIND_KEYS):
            self._kind.setItemText(place, tr(key))
        for page in self._every_page():
            page.retranslate()
        self._height_label.setText(tr("style.height"))
        self._height.setAccessibleName(tr("style.height"))
        self._label_label.setText(tr("style.label"))
        self._label.retranslate()
        self._reset.setText(tr("style.reset"))

    def retheme(self) -> None:
        """Draw the icons in the colours of the theme."""
        self._reset.retheme()
        self._categories.retheme()
        self._rules.retheme()
        self._label.retheme()

    def _every_page(self) -> tuple[ConstantPage, CategoriesPage, GraduatedPage, RulesPage]:
        return (self._constant, self._categories, self._graduated, self._rules)

    def _arrange(self) -> None:
        form = QFormLayout()
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.addRow(self._kind_label, self._kind)
        heights = QFormLayout()
        heights.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        heights.addRow(self._height_label, self._height)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 4, 0, 4)
        layout.setSpacing(10)
        layout.addLayout(form)
        layout.addWidget(self._pages)
        layout.addLayout(heights)
        layout.addWidget(self._label_label)
        layout.addWidget(self._label)
        layout.addWidget(self._label.message)
        layout.addWidget(self._reset)

    def _show_height(self, column: str | None) -> None:
        self._height.clear()
        self._height.addItem(tr("style.height_own"), "")
        for name in self._numeric:
            self._height.addItem(self._word_column(name), name)
        self._height.setCurrentIndex(max(0, self._height.findData(column or "")))
        for widget in (self._height_label, self._height):
            widget.setVisible(column is not None)

    def _show_rule(self, rule: Rule) -> None:
        if isinstance(rule, Constant):
            self._constant.show_rule(rule)
        elif isinstance(rule, Categories):
            self._categories.show_rule(rule, self._columns)
        elif isinstance(rule, Graduated):
            self._graduated.show_rule(rule, self._numeric)
        else:
            self._rules.show_rule(rule, self._columns)
        self._pages.setCurrentIndex(KINDS.index(type(rule)))

    def _set_enabled(self, place: int, on: bool) -> None:
        item = self._kind.model().item(place)  # type: ignore[attr-defined]
        item.setEnabled(on)

    def _kind_chosen(self, place: int) -> None:
        kind = KINDS[place]
        if kind is type(self._style.rule):
            return
        if kind is Categories:
            self.categories_wanted.emit(self._column_to_begin_with(self._columns))
        elif kind is Graduated:
            self._rule_edited(Graduated(column=self._column_to_begin_with(self._numeric)), "")
        else:
            self._rule_edited(kind(), "")

    def _label_edited(self, text: str) -> None:
        """Take an expression that can be understood; the session says later whether its columns exist."""
        if text == self._style.label:
            return
        try:
            if text:
                parse(text)
        except ExpressionError as error:
            self._label.tell(tr(error.key, **error.values), error.at)
            return
        self._label.tell("")
        self._style = replace(self._style, label=text)
        self.edited.emit(self._style, "style.label")

    def _column_to_begin_with(self, columns: Sequence[str]) -> str:
        present = getattr(self._style.rule, "column", "")
        return present if present in columns else columns[0]

    def _rule_edited(self, rule: Rule, merge: str) -> None:
        before = getattr(self._style.rule, "column", None)
        title = self._style.title if getattr(rule, "column", None) == before else {}
        self._style = replace(self._style, rule=rule, title=title)
        self.edited.emit(self._style, merge)
