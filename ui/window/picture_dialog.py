"""Asks how large a picture should be and what it should carry."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QFormLayout, QLabel, QWidget

from ui.dialogs.frame import Dialog
from ui.i18n import tr

SIZES = ((1920, 1080), (3840, 2160), (7680, 4320))


class PictureDialog(Dialog):
    """Size and furniture of a picture; ``chosen`` carries both.

    Parameters
    ----------
    view_px : tuple of 2 int
        Size of the view on the screen.
    """

    chosen = Signal(tuple, bool)

    def __init__(self, view_px: tuple[int, int], parent: QWidget | None = None) -> None:
        super().__init__(parent, accept="picture.choose")
        self._sizes = (view_px, *SIZES)
        self._label = QLabel()
        self.size_box = QComboBox()
        for size in self._sizes:
            self.size_box.addItem("", size)
        self.size_box.setCurrentIndex(1)
        self._label.setBuddy(self.size_box)
        self.furnished = QCheckBox()
        self.furnished.setChecked(True)
        form = QFormLayout()
        form.addRow(self._label, self.size_box)
        form.addRow("", self.furnished)
        self.body.addLayout(form)
        self.setMinimumWidth(420)
        self.accepted.connect(self._tell)
        self.retranslate()

    def retranslate(self) -> None:
        """See base."""
        super().retranslate()
        self.setWindowTitle(tr("picture.title"))
        self._label.setText(tr("picture.size"))
        self.size_box.setAccessibleName(tr("picture.size"))
        width, height = self._sizes[0]
        words = tr("picture.size_view", width=str(width), height=str(height))
        self.size_box.setItemText(0, words)
        for place, (width, height) in enumerate(self._sizes[1:], start=1):
            self.size_box.setItemText(place, f"{width} × {height}")
        self.furnished.setText(tr("picture.furniture"))

    def _tell(self) -> None:
        self.chosen.emit(self._sizes[self.size_box.currentIndex()], self.furnished.isChecked())
