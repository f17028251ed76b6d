"""The dialog “New city”: a name, a folder, and every dataset with what became of it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QStandardPaths, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import (
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
)

from twin.problems import Problem
from twin.services.catalogue import Dataset, read_catalogue
from twin.work.fetch import City, Outcome, fetch_city
from twin.work.jobs import Job, JobBoard
from ui.dialogs.frame import Dialog
from ui.forms.parts import muted
from ui.i18n import problem_text, text, tr, translator
from ui.i18n.formats import number
from ui.shipped import SERVICES
from ui.theme import current_palette

if TYPE_CHECKING:
    from ui.window.main import MainWindow

COLUMNS = ("dataset", "state", "origin")


class CityDialog(Dialog):
    """Fetches a place in the background; ``fetched`` carries the folder of the project.

    Parameters
    ----------
    window : MainWindow
        Its registry and bridge are used.
    services : Path
        Catalogue of the services.
    """

    fetched = Signal(object)

    def __init__(self, window: MainWindow, services: Path = SERVICES) -> None:
        super().__init__(window, accept="city.fetch")
        self._window, self._services = window, services
        self._board: JobBoard | None = None
        self._job: Job | None = None
        self._city: Path | None = None
        self._folder_typed = False
        self.place, self.folder = QLineEdit(), QLineEdit()
        self.browse = QPushButton()
        self.list = QTreeWidget()
        self.message = QLabel()
        self._hint = muted()
        self._labels = {"place": QLabel(), "folder": QLabel()}
        self._build()
        self.retranslate()
        self._check()

    def _build(self) -> None:
        form = QFormLayout()
        row = QHBoxLayout()
        row.addWidget(self.folder, 1)
        row.addWidget(self.browse)
        form.addRow(self._labels["place"], self.place)
        form.addRow(self._labels["folder"], row)
        for name, label in self._labels.items():
            label.setBuddy(getattr(self, name))
        self.list.setColumnCount(len(COLUMNS))
        self.list.setRootIsDecorated(False)
        self.list.header().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.list.setMinimumHeight(260)
        self.list.hide()
        self.message.setWordWrap(True)
        self._hint.setWordWrap(True)
        self.body.addLayout(form)
        self.body.addWidget(self._hint)
        self.body.addWidget(self.list, 1)
        self.body.addWidget(self.message)
        self.setMinimumWidth(720)
        self.place.textChanged.connect(self._suggest)
        self.folder.textEdited.connect(self._typed)
        self.folder.textChanged.connect(self._check)
        self.browse.setAutoDefault(False)
        self.browse.clicked.connect(self._browse)

    def retranslate(self) -> None:
        """See base."""
        super().retranslate()
        self.setWindowTitle(tr("city.title"))
        self.browse.setText(tr("city.browse"))
        self._hint.setText(tr("city.hint"))
        self._hint.setMinimumHeight(2 * self._hint.fontMetrics().lineSpacing())  # longer in French
        self.list.setHeaderLabels([tr(f"city.column.{name}") for name in COLUMNS])
        self.list.setAccessibleName(tr("city.list"))
        for name, label in self._labels.items():
            label.setText(tr(f"city.{name}"))
            getattr(self, name).setAccessibleName(tr(f"city.{name}"))
        self._word_button()

    def accept(self) -> None:
        """Fetch; once that is done, open."""
        if self._city is not None:
            folder = self._city
            super().accept()
            self.fetched.emit(folder)
        elif self._job is None:
            self._start()

    def done(self, result: int) -> None:
        """Stop what is under way: what has arrived is kept, another try goes on from there."""
        if self._board is not None:
            self._board.close()
            self._board = None
        super().done(result)

    def _start(self) -> None:
        window, folder = self._window, Path(self.folder.text()).expanduser()
        place = self.place.text().strip()
        self._job = job = Job("job.fetch", place)
        self._board = self._board or JobBoard(window.bridge.deliver, workers=1)
        self._show_busy(busy=True)
        self.list.clear()
        self.list.show()
        self.resize(max(self.width(), 760), max(self.height(), 560))
        self.message.setText(tr("city.looking", place=place))

        def told(dataset: Dataset, outcome: Outcome | None) -> None:
            window.bridge.deliver(lambda: self._tell(dataset, outcome))

        def work(job: Job) -> City:
            catalogue = read_catalogue(self._services)
            return fetch_city(place, folder, catalogue, window.services.registry, job, watch=told)

        self._board.run(job, work, done=lambda city: self._done(city, folder), failed=self._failed)

    def _tell(self, dataset: Dataset, outcome: Outcome | None) -> None:
        if self._job is None:
            return
        if outcome is None:
            item = QTreeWidgetItem([text(dataset.title), tr("city.state.fetching"), dataset.source])
            self.list.addTopLevelItem(item)
            self.list.scrollToItem(item)
            self.message.setText(tr("city.fetching", what=text(dataset.title)))
            return
        item = self.list.topLevelItem(self.list.topLevelItemCount() - 1)
        if outcome.problem is not None:
            item.setText(1, tr("city.state.failed"))
            item.setForeground(1, QColor(current_palette().danger))
            item.setText(2, translator.problem(outcome.problem)[0])
            item.setToolTip(2, problem_text(outcome.problem))
        elif outcome.file:
            count = number(outcome.count)
            item.setText(1, tr("city.state.count", shown=count))
        else:
            item.setText(1, tr("city.state.not_needed"))

    def _done(self, city: City, folder: Path) -> None:
        self._job, self._city = None, folder
        self._show_busy(busy=False)
        failed = [o for o in city.outcomes if o.problem is not None]
        words = [tr("city.done", place=city.area.name, folder=str(folder))]
        if failed:
            words.append(tr("city.some_failed", count=len(failed)))
        self.message.setText(" ".join(words))
        self._word_button()

    def _failed(self, problem: Problem) -> None:
        self._job = None
        self._show_busy(busy=False)
        self.message.setText(problem_text(problem))

    def _show_busy(self, *, busy: bool) -> None:
        for widget in (self.place, self.folder, self.browse):
            widget.setEnabled(not busy)
        self.accept_button.setEnabled(not busy)

    def _word_button(self) -> None:
        self.accept_button.setText(tr("city.open" if self._city is not None else "city.fetch"))

    def _suggest(self) -> None:
        if not self._folder_typed:
            name = re.sub(r"[^\w-]+", "-", self.place.text().strip()).strip("-")
            documents = QStandardPaths.writableLocation(
                QStandardPaths.StandardLocation.DocumentsLocation
            )
            self.folder.setText(str(Path(documents) / "Belvedere" / name) if name else "")
        self._check()

    def _typed(self) -> None:
        self._folder_typed = True

    def _browse(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self, tr("city.folder"), self.folder.text())
        if chosen:
            self._folder_typed = True
            self.folder.setText(chosen)

    def _check(self) -> None:
        ready = bool(self.place.text().strip() and self.folder.text().strip())
        self.accept_button.setEnabled(ready and self._job is None)
