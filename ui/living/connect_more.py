"""What few addresses need besides user and password: a tenant, a context, the header of a key, an authority."""

from __future__ import annotations

from PySide6.QtWidgets import QFileDialog, QFormLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from ui.i18n import tr
from ui.icons import icon

FIELDS = {
    "tenant": "openiot",
    "context": "https://…/context.jsonld",
    "token_header": "apikey",
    "ca": "ca.pem",
}
"""Options of a feed by the examples that their empty fields show."""


class FileField(QLineEdit):
    """The path of a file, written or chosen.

    Parameters
    ----------
    kinds : str
        Filter of the dialog that chooses.
    """

    def __init__(self, kinds: str, *, placeholder: str = "") -> None:
        super().__init__(placeholderText=placeholder)
        self._kinds = kinds
        self._choose = self.addAction(
            icon("mdi6.folder-open-outline"), QLineEdit.ActionPosition.TrailingPosition
        )
        self._choose.triggered.connect(lambda _c=False: self._ask())

    def say(self, words: str) -> None:
        """Take the name that is shown beside it."""
        self._choose.setText(words)
        self.setAccessibleName(words)

    def _ask(self) -> None:
        path, _kind = QFileDialog.getOpenFileName(self, self.accessibleName(), "", self._kinds)
        if path:
            self.setText(path)


class MoreFields(QWidget):
    """Fields that stay folded until somebody asks for them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.button = QPushButton(flat=True, checkable=True)
        self.button.setAutoDefault(False)
        self.fields = {name: QLineEdit(placeholderText=FIELDS[name]) for name in FIELDS}
        self.fields["ca"] = FileField("PEM (*.pem *.crt *.cer)", placeholder=FIELDS["ca"])
        self._inner = QWidget()
        self._form = QFormLayout(self._inner)
        self._form.setContentsMargins(0, 0, 0, 0)
        for field in self.fields.values():
            self._form.addRow(" ", field)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.button)
        column.addWidget(self._inner)
        self._inner.hide()
        self.button.toggled.connect(self._inner.setVisible)
        self.retranslate()

    def retranslate(self) -> None:
        """Word everything in the language chosen now."""
        self.button.setText(tr("connect.more"))
        for name, field in self.fields.items():
            words = tr(f"connect.more.{name}")
            self._form.labelForField(field).setText(words)  # type: ignore[attr-defined]
            field.setAccessibleName(words)
            if isinstance(field, FileField):
                field.say(words)

    def options(self) -> dict[str, str]:
        """Return the options of a feed that were given."""
        given = {name: field.text().strip() for name, field in self.fields.items()}
        return {name: words for name, words in given.items() if words}
