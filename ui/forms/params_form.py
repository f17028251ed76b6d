"""The settings form of a layer, generated from its ``@params``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFormLayout, QLabel, QWidget

from twin.model.params import ParamField, fields_of
from ui.forms.fields import Editor, Number, Words, YesNo, editor_for
from ui.forms.parts import LinkButton
from ui.i18n import tr


class ParamsForm(QWidget):
    """Rows of label and editor, one a field.

    Parameters
    ----------
    cls : type
        A ``@params`` class.
    words : Words
        Labels from the plugin's manifest.
    columns : sequence of str
        What a column field may name; ``numeric`` those of them with numbers.
    """

    edited = Signal(str, object, int)
    """Name, value, and the number of the gesture, which tells what is undone together."""

    reset_requested = Signal()

    def __init__(
        self,
        cls: type,
        words: Words,
        *,
        columns: Sequence[str] = (),
        numeric: Sequence[str] = (),
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._words = words
        self._editors: dict[str, Editor] = {}
        self._labels: dict[str, QLabel] = {}
        self._layout = QFormLayout(self)
        self._layout.setContentsMargins(0, 4, 0, 4)
        self._layout.setVerticalSpacing(5)
        self._layout.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapAllRows)
        self._layout.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        for field in fields_of(cls):
            wants_numbers = field.column is not None and field.column.numeric
            self._add(field, numeric if wants_numbers else columns)
        self._reset = LinkButton("mdi6.restore")
        self._reset.clicked.connect(self.reset_requested)
        self._layout.addRow(self._reset)
        self.retheme()
        self.retranslate()

    @property
    def editors(self) -> Mapping[str, Editor]:
        """Editors by the name of their field."""
        return self._editors

    def show_values(self, params: Any) -> None:
        """Show the values of a ``@params`` object without telling of them."""
        for name, editor in self._editors.items():
            editor.show_value(getattr(params, name))

    def retranslate(self) -> None:
        """Word labels, choices and units again."""
        for name, editor in self._editors.items():
            label = self._words.label(name)
            self._labels[name].setText(label)
            editor.widget.setAccessibleName(label)
            editor.retranslate(self._words)
        self._reset.setText(tr("settings.reset_layer"))

    def retheme(self) -> None:
        """Draw the icon in the colours of the theme."""
        self._reset.retheme()

    def _add(self, field: ParamField, columns: Sequence[str]) -> None:
        editor = editor_for(field, columns)
        label = QLabel(self)
        label.setVisible(not isinstance(editor, YesNo))
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setBuddy(editor.widget)
        self._editors[field.name], self._labels[field.name] = editor, label
        editor.edited.connect(
            lambda value, name=field.name, editor=editor: self.edited.emit(
                name, value, editor.gesture
            )
        )
        if isinstance(editor, Number) and field.range is not None:
            # A slider needs the width: its label stands above.
            self._layout.addRow(label)
            self._layout.addRow(editor.widget)
        elif isinstance(editor, YesNo):
            self._layout.addRow(editor.widget)
        else:
            self._layout.addRow(label, editor.widget)
