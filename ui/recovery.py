"""Nothing is lost: unsaved changes are kept in a journal, found again after a crash, asked about on closing."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QMessageBox, QPushButton, QWidget

from twin.store.journal import Journal, Recovery, recoveries
from ui.i18n import text, tr
from ui.i18n.formats import date_time

if TYPE_CHECKING:
    from twin.work.session import Session

WRITE_MS = 400
"""Changes in quick succession (a slider) are written once."""


class Answer(StrEnum):
    """What the user wants done with unsaved work."""

    SAVE = "save"
    RESTORE = "restore"
    DISCARD = "discard"
    CANCEL = "cancel"


class Keeper(QObject):
    """Writes the journal of an open project shortly after each change, and clears it when saved."""

    def __init__(self, session: Session, state_dir: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._journal = Journal(state_dir, session.folder)
        self._soon = QTimer(self, singleShot=True, interval=WRITE_MS)
        self._soon.timeout.connect(self.write)
        session.history.changed.connect(self._on_history)
        session.project_changed.connect(self._on_project)

    @property
    def path(self) -> Path:
        """Where the journal is."""
        return self._journal.path

    def write(self) -> None:
        """Write what is unsaved now, or clear the journal when nothing is."""
        self._soon.stop()
        if self._session.dirty:
            self._journal.write(self._session.project)
        else:
            self._journal.clear()

    def close(self, *, keep: bool = False) -> None:
        """Stop; the journal is forgotten unless ``keep``: the user has saved or discarded."""
        self._soon.stop()
        self._session.history.changed.disconnect(self._on_history)
        self._session.project_changed.disconnect(self._on_project)
        if not keep:
            self._journal.clear()

    def _on_history(self) -> None:
        self._soon.start()

    def _on_project(self, _old: object, _new: object) -> None:
        self._soon.start()


def ask_unsaved(parent: QWidget, session: Session) -> Answer:
    """Ask what to do with unsaved changes."""
    box = _box(parent, tr("unsaved.title"), tr("unsaved.question", project=_title(session)))
    save = box.addButton(tr("unsaved.save"), QMessageBox.ButtonRole.AcceptRole)
    discard = box.addButton(tr("unsaved.discard"), QMessageBox.ButtonRole.DestructiveRole)
    cancel = box.addButton(tr("unsaved.cancel"), QMessageBox.ButtonRole.RejectRole)
    return _answer(box, {save: Answer.SAVE, discard: Answer.DISCARD, cancel: Answer.CANCEL}, save)


def ask_recovery(parent: QWidget | None, recovery: Recovery) -> Answer:
    """Ask what to do with work that an ended application left."""
    when = date_time(datetime.fromtimestamp(recovery.at_ns / 1e9, tz=UTC).astimezone())
    name = text(recovery.project.title, recovery.folder.name)
    question = tr("recovery.question", when=when, project=name)
    box = _box(parent, tr("recovery.title"), question)
    restore = box.addButton(tr("recovery.restore"), QMessageBox.ButtonRole.AcceptRole)
    discard = box.addButton(tr("recovery.discard"), QMessageBox.ButtonRole.DestructiveRole)
    later = box.addButton(tr("recovery.later"), QMessageBox.ButtonRole.RejectRole)
    answers = {restore: Answer.RESTORE, discard: Answer.DISCARD, later: Answer.CANCEL}
    return _answer(box, answers, restore)


def unsaved_work(state_dir: Path) -> list[Recovery]:
    """Return what ended applications left unsaved, the newest first."""
    return recoveries(state_dir)


def _title(session: Session) -> str:
    return text(session.project.title, session.folder.name)


def _box(parent: QWidget | None, title: str, question: str) -> QMessageBox:
    box = QMessageBox(parent)
    box.setWindowTitle(title)
    box.setText(title)
    box.setInformativeText(question)
    box.setIcon(QMessageBox.Icon.Question)
    return box


def _answer(box: QMessageBox, answers: dict[QPushButton, Answer], default: QPushButton) -> Answer:
    box.setDefaultButton(default)
    escape = next(button for button, answer in answers.items() if answer is Answer.CANCEL)
    box.setEscapeButton(escape)
    box.exec()
    clicked = box.clickedButton()
    found = next((answer for button, answer in answers.items() if button is clicked), Answer.CANCEL)
    box.deleteLater()
    return found
