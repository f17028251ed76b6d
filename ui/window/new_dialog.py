"""Asks for the title and the coordinate system of a new, empty project."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFormLayout, QLabel, QLineEdit, QWidget

from twin.errors import CrsError
from twin.model.geoframe import GeoFrame, parse_crs, transformer
from twin.model.project import Project
from ui.dialogs.frame import Dialog
from ui.forms.parts import muted
from ui.i18n import problem_text, tr

DEFAULT_CRS = "EPSG:2154"
DEFAULT_CENTRE = "2.27, 48.82"
FIELDS = ("name", "crs", "centre")


class NewDialog(Dialog):
    """Title, CRS and centre; Create is there once they make sense. ``made`` carries the project."""

    made = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, accept="new.create")
        self.name = QLineEdit(tr("new.name_default"))
        self.crs = QLineEdit(DEFAULT_CRS)
        self.centre = QLineEdit(DEFAULT_CENTRE)
        self.reason = QLabel()
        self.reason.setWordWrap(True)
        self._hint = muted()
        self._labels = {field: QLabel() for field in FIELDS}
        form = QFormLayout()
        for field, label in self._labels.items():
            label.setBuddy(getattr(self, field))
            form.addRow(label, getattr(self, field))
            if field == "crs":
                form.addRow("", self._hint)
        self.body.addLayout(form)
        self.body.addWidget(self.reason)
        for field in FIELDS:
            getattr(self, field).textChanged.connect(self._check)
        self.accepted.connect(lambda: self.made.emit(self.project()))
        self.setMinimumWidth(460)
        self.retranslate()

    def retranslate(self) -> None:
        """See base."""
        super().retranslate()
        self.setWindowTitle(tr("new.title"))
        self._hint.setText(tr("new.crs_hint"))
        for field, label in self._labels.items():
            label.setText(tr(f"new.{field}"))
            getattr(self, field).setAccessibleName(tr(f"new.{field}"))
        self._check()

    def project(self) -> Project:
        """Return the project. Raises CrsError or ValueError where the fields make none."""
        title = self.name.text().strip()
        if not title:
            raise ValueError(tr("new.no_name"))
        return Project(title={"en": title, "fr": title}, frame=self._frame())

    def _frame(self) -> GeoFrame:
        crs = self.crs.text().strip()
        parsed = parse_crs(crs)
        if not parsed.is_projected or any(a.unit_name != "metre" for a in parsed.axis_info[:2]):
            raise CrsError("crs.not_metric", crs)
        try:
            lon, lat = (float(part) for part in self.centre.text().replace(";", ",").split(","))
        except ValueError:
            raise ValueError(tr("new.bad_centre")) from None
        x, y = transformer("EPSG:4326", crs).transform(lon, lat)
        if not (abs(x) < 1e9 and abs(y) < 1e9):  # outside what the projection can show
            raise ValueError(tr("new.bad_centre"))
        return GeoFrame(crs=crs, origin=(float(round(x)), float(round(y)), 0.0))

    def _check(self) -> None:
        reason = ""
        try:
            self.project()
        except CrsError as error:
            reason = problem_text(error.problem)
        except ValueError as error:
            reason = str(error)
        self.reason.setText(reason)
        self.accept_button.setEnabled(not reason)
