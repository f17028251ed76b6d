"""Notes in the scene: placed with a click, with author, state and viewpoint; exported as BCF and GeoJSON."""

from __future__ import annotations

import getpass
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QFormLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
)

from twin.drawables import Labels, Points
from twin.errors import BelvedereError
from twin.export.bcf import write_notes
from twin.io.notes import read_notes
from twin.model.notes import STATES, Note, merged, with_note, without_note
from twin.model.plans import fresh_id
from twin.model.project import View
from twin.work.jobs import Job
from ui.docks.panel import Panel
from ui.forms.narrow import beside, narrow
from ui.forms.parts import IconButton
from ui.i18n import tr
from ui.i18n.formats import date as date_words
from ui.planner.drawing import DrawTool

if TYPE_CHECKING:
    from twin.work.session import Session
    from ui.window.main import MainWindow

ID = Qt.ItemDataRole.UserRole
LAYER = "~notes"
LIFT_M = 3.0
SHORT = 60


class NotesPanel(Panel):
    """The notes of a project; they stand in the scene while the panel is open."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window.session, window)
        self._window = window
        self._filling = False
        self.place = QPushButton(checkable=True)
        self.list = QTreeWidget()
        self.list.setRootIsDecorated(False)
        self.text, self.author, self.state = QPlainTextEdit(), QLineEdit(), narrow(QComboBox())
        self.text.setMaximumHeight(110)
        self._go = IconButton("mdi6.eye-arrow-right-outline", self.go)
        self._export = IconButton("mdi6.tray-arrow-down", self._ask_export)
        self._import = IconButton("mdi6.tray-arrow-up", self._ask_import)
        self._remove = IconButton("mdi6.trash-can-outline", self.remove)
        self._keep = QPushButton()
        self._labels = {name: QLabel() for name in ("text", "author", "state")}
        self._arrange()
        self.place.toggled.connect(self._toggle)
        self.list.currentItemChanged.connect(lambda *_: self._filling or self._show_note())
        self._keep.clicked.connect(self.keep)
        self._begin()

    def chosen(self) -> Note | None:
        """Return the note that is chosen."""
        item = self.list.currentItem()
        found = item.data(0, ID) if item is not None else None
        return found if isinstance(found, Note) else None

    def add(self, xyz_in_scene: np.ndarray) -> None:
        """Add a note at a place, seen from here, about what is selected."""
        session = self._session
        if session is None:
            return
        x, y, z = (float(v) for v in xyz_in_scene + np.array(session.project.frame.origin))
        pose = self._window.viewport.stage.camera.pose
        note = Note(
            id=fresh_id("note", [n.id for n in session.project.notes]),
            text=tr("notes.new"),
            author=self.author.text().strip() or getpass.getuser(),
            at=datetime.now(UTC).replace(microsecond=0),
            xyz_in_crs=(round(x, 3), round(y, 3), round(z, 3)),
            position=_three(pose.position),
            target=_three(pose.target),
            feature=session.selection.current,
        )
        session.do("notes.do.add", lambda p: with_note(p, note))
        self._window.viewport.take_tool(None)
        self._choose(note.id)
        self.text.setFocus()
        self.text.selectAll()

    def keep(self) -> None:
        """Take over what was written."""
        note, session = self.chosen(), self._session
        if note is None or session is None:
            return
        changed = replace(
            note,
            text=self.text.toPlainText().strip(),
            author=self.author.text().strip(),
            state=str(self.state.currentData() or note.state),
        )
        session.do("notes.do.change", lambda p: with_note(p, changed))

    def remove(self) -> None:
        """Remove the chosen note."""
        note, session = self.chosen(), self._session
        if note is not None and session is not None:
            session.do("notes.do.remove", lambda p: without_note(p, note.id))

    def go(self) -> None:
        """Fly to where the chosen note was written."""
        note = self.chosen()
        if note is not None and note.position is not None and note.target is not None:
            here = View(id=note.id, title={}, position=note.position, target=note.target)
            self._window.viewport.pilot.fly(here)

    def export(self, path: Path) -> None:
        """Write all notes."""
        session = self._session
        if session is None:
            return
        try:
            write_notes(session.project.notes, session.project.frame, path)
        except BelvedereError as error:
            self._window.tell(error.problem)
        else:
            self._window.say("status.exported", file=path.name)

    def import_file(self, path: Path) -> None:
        """Take over the notes of a file; it is read on a worker."""
        session = self._session
        if session is None:
            return
        frame, ground = session.project.frame, session.ground
        session.jobs.run(
            Job("job.load", path.name),
            lambda _job: read_notes(path, frame, ground),
            done=self._imported,
            failed=self._window.tell,
        )

    def _imported(self, found: list[Note]) -> None:
        if self._session is not None:
            self._session.do("notes.do.import", lambda p: merged(p, found))
            self._window.say("notes.imported", count=len(found))

    def retranslate(self) -> None:
        """See base."""
        self.place.setText(tr("notes.place"))
        self._keep.setText(tr("notes.keep"))
        self._go.say(tr("notes.go"))
        self._export.say(tr("notes.export"))
        self._import.say(tr("notes.import"))
        self._remove.say(tr("notes.remove"))
        self.list.setHeaderLabels([tr(f"notes.{h}") for h in ("text", "state", "day")])
        for name, label in self._labels.items():
            label.setText(tr(f"notes.{name}"))
        chosen = self.state.currentData()
        self.state.clear()
        for state in STATES:
            self.state.addItem(tr(f"notes.state_{state}"), state)
        self.state.setCurrentIndex(max(0, self.state.findData(chosen)))

    def retheme(self) -> None:
        """See base."""
        for button in (self._go, self._export, self._import, self._remove):
            button.retheme()

    def showEvent(self, event: QShowEvent) -> None:
        """Let the notes stand in the scene."""
        super().showEvent(event)
        self._draw()

    def hideEvent(self, event: QHideEvent) -> None:
        """Take the notes out of the scene."""
        super().hideEvent(event)
        self._draw()

    def _attach(self, session: Session) -> None:
        self._links.connect(session.project_changed, self._on_project)

    def _on_project(self, before: Any, after: Any) -> None:
        if before.notes != after.notes:
            self._refresh()

    def _refresh(self) -> None:
        session, chosen = self._session, self.chosen()
        self.setEnabled(session is not None)
        self._filling = True
        self.list.clear()
        for note in session.project.notes if session is not None else ():
            words = [note.text.splitlines()[0][:SHORT] if note.text else note.id]
            words += [tr(f"notes.state_{note.state}"), date_words(note.at, long=False)]
            item = QTreeWidgetItem(words)
            item.setData(0, ID, note)
            self.list.addTopLevelItem(item)
        self._filling = False
        self._choose(chosen.id if chosen is not None else "")
        self._draw()

    def _choose(self, name: str) -> None:
        for row in range(self.list.topLevelItemCount()):
            item = self.list.topLevelItem(row)
            if item.data(0, ID).id == name:
                self.list.setCurrentItem(item)
        self._show_note()

    def _show_note(self) -> None:
        note = self.chosen()
        for widget in (self.text, self.state, self._keep, self._go, self._remove):
            widget.setEnabled(note is not None)
        if note is not None:
            self.text.setPlainText(note.text)
            self.author.setText(note.author)
            self.state.setCurrentIndex(max(0, self.state.findData(note.state)))

    def _toggle(self, on: bool) -> None:
        view = self._window.viewport
        if not on:
            return
        tool = DrawTool(view, most=1)
        tool.done.connect(lambda xyz: self.add(xyz[0]))
        tool.left.connect(lambda: self.place.setChecked(False))
        view.take_tool(tool)
        view.setFocus()

    def _draw(self) -> None:
        session, stage = self._session, self._window.viewport.stage
        notes = session.project.notes if session is not None and self.isVisible() else ()
        if not notes or session is None:
            stage.remove_layer(LAYER)
            self._window.viewport.frames.request()
            return
        xyz = np.array([n.xyz_in_crs for n in notes]) - np.array(session.project.frame.origin)
        lifted = (xyz + np.array([0.0, 0.0, LIFT_M])).astype(np.float32)
        texts = tuple({"en": n.text.splitlines()[0][:SHORT] if n.text else n.id} for n in notes)
        stage.set_layer(
            LAYER,
            [
                Points(
                    xyz_in_scene=lifted,
                    rgba=(0.85, 0.2, 0.35, 1.0),
                    size_px=12.0,
                    styled=False,
                    pickable=False,
                ),
                Labels(
                    xyz_in_scene=lifted,
                    texts=texts,
                    rank=np.zeros(len(notes), np.int32),
                    pickable=False,
                ),
            ],
            rgba=np.zeros((0, 4), np.uint8),
            rows_visible=np.zeros(0, bool),
            order=9_000,
        )
        self._window.viewport.scene.refresh()

    def _ask_export(self) -> None:
        kinds = ("BCF 2.1 (*.bcfzip)", "GeoJSON (*.geojson)")
        chosen, kind = QFileDialog.getSaveFileName(
            self, tr("notes.export"), str(Path.home() / "notes.bcfzip"), ";;".join(kinds)
        )
        if chosen:
            path = Path(chosen)
            if path.suffix.lower() not in (".bcf", ".bcfzip", ".geojson"):
                path = path.with_name(path.name + kind[kind.index("*") + 1 : -1])
            self.export(path)

    def _ask_import(self) -> None:
        chosen, _ = QFileDialog.getOpenFileName(
            self, tr("notes.import"), str(Path.home()), "BCF, GeoJSON (*.bcf *.bcfzip *.geojson)"
        )
        if chosen:
            self.import_file(Path(chosen))

    def _arrange(self) -> None:
        form = QFormLayout()
        form.addRow(self._labels["text"], self.text)
        form.addRow(self._labels["author"], self.author)
        form.addRow(self._labels["state"], self.state)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 10, 12, 12)
        layout.addLayout(beside(self.place, self._go, self._export, self._import, self._remove))
        layout.addWidget(self.list, 1)
        layout.addLayout(form)
        layout.addWidget(self._keep)


def _three(values: Any) -> tuple[float, float, float]:
    x, y, z = (round(float(v), 3) for v in values)
    return (x, y, z)
