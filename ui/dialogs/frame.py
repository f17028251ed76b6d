"""What every dialog shares: room, buttons in the user's language, and leaving nothing behind."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QPushButton, QVBoxLayout, QWidget

from ui.i18n import tr, translator

Standard = QDialogButtonBox.StandardButton


class Dialog(QDialog):
    """A dialog with a body and a row of buttons.

    Parameters
    ----------
    accept : str
        Key of the wording of the button that does it; empty: there is only a button to close.
    """

    def __init__(self, parent: QWidget | None = None, *, accept: str = "") -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setLocale(translator.locale)  # the window passes its own on to no dialog
        self._accept_key = accept
        self.body = QVBoxLayout()
        self.body.setSpacing(12)
        kinds = Standard.Ok | Standard.Cancel if accept else Standard.Close
        self.buttons = QDialogButtonBox(kinds)
        for button in self.buttons.buttons():
            button.setAutoDefault(False)  # type: ignore[attr-defined]
        if accept:
            self.accept_button.setDefault(True)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 18, 20, 16)
        layout.setSpacing(16)
        layout.addLayout(self.body)
        translator.language_changed.connect(self._on_language)

    def showEvent(self, event: QShowEvent) -> None:
        """Put the buttons in last, so that the keyboard comes to them after the body."""
        layout = self.layout()
        if layout is not None and layout.indexOf(self.buttons) < 0:
            layout.addWidget(self.buttons)
            self.buttons.show()
        super().showEvent(event)

    @property
    def accept_button(self) -> QPushButton:
        """The button that does it."""
        return self.buttons.button(Standard.Ok)

    def retranslate(self) -> None:
        """Word everything again; a subclass words its own and calls this."""
        for kind, key in ((Standard.Cancel, "dialog.cancel"), (Standard.Close, "dialog.close")):
            button = self.buttons.button(kind)
            if button is not None:
                button.setText(tr(key))
        if self._accept_key:
            self.accept_button.setText(tr(self._accept_key))

    def done(self, result: int) -> None:
        """Stop listening: a closed dialog may live a moment longer."""
        translator.language_changed.disconnect(self._on_language)
        super().done(result)

    def _on_language(self, _language: str) -> None:
        self.setLocale(translator.locale)
        self.retranslate()
