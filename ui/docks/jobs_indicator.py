"""Jobs under way, for the status bar: what runs, how far it is, and how to stop it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from ui.docks.features import layer_title
from ui.docks.panel import Panel
from ui.forms.parts import IconButton, clear, muted
from ui.i18n import tr, translator
from ui.i18n.formats import file_size, number
from ui.text import font

if TYPE_CHECKING:
    from twin.work.jobs import Job
    from twin.work.session import Session

POLL_MS = 150
"""How often progress is read while something runs."""

HUNDRED = 1000


class JobsIndicator(Panel):
    """Words and a bar for the oldest job; a click lists all of them. Hidden while nothing runs."""

    def __init__(self, session: Session | None, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self._words = QToolButton(autoRaise=True)
        self._words.setFont(font(12))
        self._words.clicked.connect(self._open_list)
        self._bar = _bar(110)
        self._stop = IconButton("mdi6.close", self._cancel_all)
        self._list: JobsList | None = None
        self._poll = QTimer(self, interval=POLL_MS)
        self._poll.timeout.connect(self._show)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        for widget in (self._words, self._bar, self._stop):
            layout.addWidget(widget)
        self._begin()

    def retranslate(self) -> None:
        """See base."""
        self._stop.say(tr("jobs.cancel_all"))
        self._words.setToolTip(tr("jobs.show"))
        self._words.setAccessibleName(tr("jobs.show"))
        self._bar.setAccessibleName(tr("jobs.progress"))

    def retheme(self) -> None:
        """See base."""
        self._stop.retheme()

    def _attach(self, session: Session) -> None:
        self._links.connect(session.jobs.changed, self._refresh)

    def _running(self) -> tuple[Job, ...]:
        jobs = self._session.jobs.running if self._session is not None else ()
        return tuple(job for job in jobs if not job.brief)

    def _refresh(self) -> None:
        """Show what runs from the next tick on: what is over by then is not worth a word."""
        running = self._running()
        if not running:
            self._poll.stop()
            self._show()
        elif not self._poll.isActive():
            self._poll.start()

    def _show(self) -> None:
        running = self._running()
        self.setVisible(bool(running))
        if self._list is not None and self._session is not None:
            self._list.show_jobs(self._session, running)
        if not running or self._session is None:
            return
        words = job_words(self._session, running[0])
        if len(running) > 1:
            words = tr("jobs.and_more", job=words, count=len(running) - 1)
        self._words.setText(words)
        _show_progress(self._bar, running[0])

    def _cancel_all(self) -> None:
        if self._session is not None:
            self._session.jobs.cancel_all()

    def _open_list(self) -> None:
        if self._session is None:
            return
        self._list = JobsList(self)
        self._list.destroyed.connect(self._list_closed)
        self._list.show_jobs(self._session, self._running())
        self._list.adjustSize()
        corner = self.mapToGlobal(QPoint(0, 0))
        self._list.move(corner.x(), corner.y() - self._list.height() - 6)
        self._list.show()

    def _list_closed(self) -> None:
        self._list = None


class JobsList(QFrame):
    """A small window with a row a job, each with its own way to stop."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self._rows: dict[int, tuple[QLabel, QProgressBar]] = {}
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(12, 10, 12, 10)
        self._layout.setSpacing(8)
        self.setMinimumWidth(420)

    def show_jobs(self, session: Session, jobs: tuple[Job, ...]) -> None:
        """Show the jobs that run; those that have ended leave."""
        ids = [job.id for job in jobs]
        if ids != list(self._rows):
            clear(self._layout)
            self._rows = {job.id: self._add(job) for job in jobs}
            if not jobs:
                self._layout.addWidget(muted(tr("jobs.none")))
        for job in jobs:
            words, bar = self._rows[job.id]
            words.setText(job_words(session, job))
            _show_progress(bar, job)

    def _add(self, job: Job) -> tuple[QLabel, QProgressBar]:
        words, bar = QLabel(), _bar(90)
        words.setTextFormat(Qt.TextFormat.PlainText)
        stop = IconButton("mdi6.close", job.cancel)
        stop.retheme()
        stop.say(tr("jobs.cancel"))
        line = QHBoxLayout()
        line.addWidget(words, 1)
        line.addWidget(bar)
        line.addWidget(stop)
        self._layout.addLayout(line)
        return words, bar


def job_words(session: Session, job: Job) -> str:
    """Return what a job does and how far it is."""
    where = layer_title(session, job.where)
    worded = tr(job.title, where=where) if translator.has(job.title) else job.title
    words = worded if where in worded or not where else f"{worded}{tr('format.colon')} {where}"
    if job.cancelled:
        return f"{words} – {tr('jobs.stopping')}"
    if job.total and job.unit in ("byte", "bytes", "B"):
        words += f" ({file_size(job.done)} / {file_size(job.total)})"
    elif job.total:
        words += f" ({number(100 * job.done / job.total, 0)}{tr('format.percent')})"
    return words


def _bar(width: int) -> QProgressBar:
    bar = QProgressBar()
    bar.setFixedSize(width, 6)
    bar.setTextVisible(False)
    return bar


def _show_progress(bar: QProgressBar, job: Job) -> None:
    if job.total:
        bar.setRange(0, HUNDRED)
        bar.setValue(int(HUNDRED * min(job.done / job.total, 1.0)))
    else:
        bar.setRange(0, 0)
