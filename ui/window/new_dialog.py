"""Asks for the title and the coordinate system of a new, empty project."""

from __future__ import annotations

from PySide6.QtWidgets import QDialog, QDialogButtonBox, QFormLayout, QLabel, QLineEdit, QWidget

from twin.errors import CrsError
from twin.model.geoframe import GeoFrame, parse_crs, transformer
from twin.model.project import Project
from ui.i18n import problem_text, tr

DEFAULT_CRS = "EPSG:2154"
DEFAULT_CENTRE = "2.27, 48.82"


class NewDialog(QDialog):
    """Title, CRS and centre; Create is there once they make sense."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("new.title"))
        self.name = QLineEdit(tr("new.name_default"))
        self.crs = QLineEdit(DEFAULT_CRS)
        self.centre = QLineEdit(DEFAULT_CENTRE)
        self.reason = QLabel()
        self.reason.setWordWrap(True)
        form = QFormLayout(self)
        form.addRow(tr("new.name"), self.name)
        form.addRow(tr("new.crs"), self.crs)
        hint = QLabel(tr("new.crs_hint"))
        hint.setProperty("muted", "true")
        form.addRow("", hint)
        form.addRow(tr("new.centre"), self.centre)
        form.addRow(self.reason)
        kinds = QDialogButtonBox.StandardButton
        self.buttons = QDialogButtonBox(kinds.Ok | kinds.Cancel)
        self.buttons.button(kinds.Ok).setText(tr("new.create"))
        self.buttons.button(kinds.Cancel).setText(tr("unsaved.cancel"))
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        form.addRow(self.buttons)
        for field in (self.name, self.crs, self.centre):
            field.textChanged.connect(self._check)
        self.setMinimumWidth(440)
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
        if not (abs(x) < 1e9 and abs(y) < 1e9):
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
        self.buttons.button(QDialogButtonBox.StandardButton.Ok).setEnabled(not reason)


def ask_new(parent: QWidget) -> Project | None:
    """Ask for a new project; None when the user changes their mind."""
    dialog = NewDialog(parent)
    accepted = dialog.exec() == QDialog.DialogCode.Accepted
    project = dialog.project() if accepted else None
    dialog.deleteLater()
    return project
