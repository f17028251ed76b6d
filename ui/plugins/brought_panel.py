"""What plugins bring beside layers, in one panel: their panels, tools, analyses, commands and stories."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from twin.errors import BelvedereError
from twin.problems import Problem
from twin.registry import Contribution
from twin.work.jobs import Job
from ui.docks.panel import Panel
from ui.forms.parts import EmptyState, muted, row, wrapping
from ui.i18n import problem_text, text, tr
from ui.icons import icon
from ui.planner.drawing import DrawTool
from ui.plugins.parts_view import PartsView
from ui.plugins.renewing import Renewal

if TYPE_CHECKING:
    from twin.work.brought.calls import Asked, Shown
    from twin.work.session import Session
    from ui.window import MainWindow

LAYER = "~brought"
"""What a tool found, drawn until something else is chosen."""

LEAST_PX = 300
"""Below this a panel of a plugin shows little more than its name."""

ICONS: Mapping[str, str] = {
    "panels": "mdi6.view-dashboard-outline",
    "tools": "mdi6.cursor-default-click-outline",
    "analyses": "mdi6.chart-scatter-plot",
    "commands": "mdi6.play-outline",
    "stories": "mdi6.presentation-play",
}
"""The kinds that are used here, in their order."""


def used_here(session: Session | None) -> list[Contribution]:
    """Return what plugins bring that is used from this panel."""
    if session is None:
        return []
    return [c for kind in ICONS for c in session.registry.contributions(kind)]


def _key(contribution: Contribution) -> str:
    """Return what tells contributions apart: an id is unique within its kind only."""
    return f"{contribution.kind} {contribution.id}"


class BroughtPanel(Panel):
    """Chooses what a plugin brings, and uses it; the code of plugins runs on workers only.

    Parameters
    ----------
    window : MainWindow
    """

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window.session, window)
        self._window = window
        self._values: dict[str, dict[str, Any]] = {}
        self._job: Job | None = None
        self.choice = QComboBox()
        self.choice.currentIndexChanged.connect(lambda _at: self._chosen())
        self.go = QPushButton()
        self.go.clicked.connect(lambda _on=False: self.use())
        self.parts = PartsView()
        self.parts.edited.connect(self._typed)
        self.parts.pressed.connect(self._press)
        self.said = wrapping()
        self._about, self._busy = muted(), QProgressBar()
        self._busy.setRange(0, 0)
        self._busy.hide()
        self._renewal = Renewal(
            self, window.services.state_dir, self._asked, self._answered, self._unanswered
        )
        self._empty = EmptyState("mdi6.puzzle-outline")
        self._arrange()
        self._begin()

    # What is done.

    def open(self, contribution: Contribution) -> None:
        """Choose what a plugin brings, and begin to use it; a command is only shown."""
        at = self.choice.findData(_key(contribution))
        if at >= 0:
            self.choice.setCurrentIndex(at)
            if contribution.kind == "tools":
                self.use()

    @property
    def chosen(self) -> Contribution | None:
        """What is chosen."""
        wanted = self.choice.currentData()
        found = (c for c in used_here(self._session) if _key(c) == wanted)
        return next(found, None)

    def use(self) -> None:
        """Use what is chosen."""
        found, session = self.chosen, self._session
        if found is None or session is None:
            return
        from twin.work.brought import calls

        match found.kind:
            case "panels":
                asked = self._asked(found)
                self._call(
                    calls.show_panel,
                    asked,
                    lambda parts: self.parts.show_parts(parts, asked.view.at),
                )
            case "tools":
                self._take_tool(found, calls.places_of(found))
            case "commands":
                self._command(found)
            case "analyses":
                self._analyse(found)
            case "stories":
                self._add_story(found)

    def _asked(self, found: Contribution, **more: Any) -> Asked:
        from twin.work.brought.calls import asked_of

        values = {k: v for k, v in self._values.get(found.plugin, {}).items() if v is not None}
        assert self._session is not None  # noqa: S101 - callers looked
        return asked_of(self._session, found, values=values, **more)

    def _command(self, found: Contribution) -> None:
        from twin.model.edits import edited
        from twin.work.brought.calls import use_command

        def done(edits: Any) -> None:
            session = self._session
            if session is None or not edits:
                return
            try:
                changed = edited(session.project, edits, found.id)
            except BelvedereError as error:
                self._failed(error.problem)
                return
            session.do("plugins.do.command", lambda _project: changed)
            self.said.setText(tr("brought.changed", count=len(edits)))

        self._call(use_command, self._asked(found), done)

    def _analyse(self, found: Contribution) -> None:
        self.said.clear()
        self._busy.show()
        self._renewal.run(found)

    def _answered(self, found: Contribution, count: int) -> None:
        if self.chosen is not None and _key(found) == _key(self.chosen):
            self._rest()
            self.said.setText(tr("brought.answered", count=count))

    def _unanswered(self, found: Contribution, problem: Problem) -> None:
        if self.chosen is not None and _key(found) == _key(self.chosen):
            self._failed(problem)

    def _add_story(self, found: Contribution) -> None:
        from twin.work.brought.data import story_of

        def done(story: Any) -> None:
            session = self._session
            if session is not None:
                others = tuple(s for s in session.project.stories if s.id != story.id)
                session.do("plugins.do.story", lambda p: replace(p, stories=(*others, story)))
                self.said.setText(tr("brought.story_added", story=text(found.title)))

        self._call(lambda asked: story_of(asked.registry.load(found)), self._asked(found), done)

    def _take_tool(self, found: Contribution, count: int) -> None:
        view = self._window.viewport
        tool = DrawTool(view, most=count)
        tool.done.connect(lambda xyz: self._clicked(found, xyz))
        view.take_tool(tool)
        view.setFocus()
        self.said.setText(tr("brought.click", count=count))

    def _clicked(self, found: Contribution, xyz_in_scene: Any) -> None:
        from twin.work.brought.calls import use_tool

        self._window.viewport.take_tool(None)
        if self._session is None:
            return
        places = np.asarray(xyz_in_scene, np.float64) + self._session.project.frame.origin
        self._call(use_tool, self._asked(found, places=places), self._show_found)

    def _show_found(self, found: Shown) -> None:
        self.parts.show_parts(found.facts)
        view = self._window.viewport
        view.stage.set_layer(
            LAYER,
            list(found.drawables),
            rgba=np.zeros((0, 4), np.uint8),
            rows_visible=np.zeros(0, bool),
            order=10_000,
        )
        view.scene.refresh()

    def _press(self, command: str) -> None:
        """A button of a panel: only a command of the same plugin."""
        chosen = self.chosen
        for found in used_here(self._session):
            same = chosen is not None and found.plugin == chosen.plugin
            if same and found.kind == "commands" and found.id == command:
                self._command(found)

    def _typed(self, name: str, typed: object) -> None:
        chosen = self.chosen
        if chosen is not None:
            self._values.setdefault(chosen.plugin, {})[name] = typed
            self.use()

    def _call(self, work: Callable[..., Any], asked: Asked, done: Callable[[Any], None]) -> None:
        """Call the code of a plugin on a worker; an earlier call that has not ended is left alone."""
        session = self._session
        if session is None:
            return
        if self._job is not None:
            self._job.cancel()
        self.said.clear()
        self._busy.show()
        job = self._job = Job("job.plugins", text(asked.contribution.title, asked.contribution.id))

        def arrived(answer: Any) -> None:
            if self._job is job:
                self._rest()
                done(answer)

        def failed(problem: Problem) -> None:
            if self._job is job:
                self._failed(problem)

        session.jobs.run(job, lambda _job: work(asked), done=arrived, failed=failed)

    def _failed(self, problem: Problem) -> None:
        self._rest()
        self.said.setText(problem_text(problem))

    def _rest(self) -> None:
        self._job = None
        self._busy.hide()

    # What is shown.

    def retranslate(self) -> None:
        """See base."""
        self.choice.setAccessibleName(tr("dock.brought"))
        self._empty.say(tr("brought.empty"), tr("brought.empty_advice"))
        self._refresh()

    def retheme(self) -> None:
        """See base."""
        self._empty.retheme()

    def _attach(self, session: Session) -> None:
        self.parts.zone_name = session.project.time_zone
        self._renewal.attach(session)
        self._links.connect(session.project_changed, lambda _before, _after: self._renewal.look())
        self._links.connect(session.variant_changed, lambda _variant: self._renewal.look())

    def _refresh(self) -> None:
        found, before = used_here(self._session), self.choice.currentData()
        self.choice.blockSignals(True)
        self.choice.clear()
        for brought in found:
            words = text(brought.title, brought.id)
            self.choice.addItem(icon(ICONS[brought.kind]), words, _key(brought))
        self.choice.setCurrentIndex(max(0, self.choice.findData(before)) if found else -1)
        self.choice.blockSignals(False)
        self._empty.setVisible(not found)
        self._body.setVisible(bool(found))
        self._chosen()

    def _chosen(self) -> None:
        found = self.chosen
        self.said.clear()
        self.parts.show_parts(())
        self._wipe()
        if found is None:
            return
        self._about.setText(tr(f"brought.kind.{found.kind}", plugin=found.plugin))
        self.go.setText(tr(f"brought.go.{found.kind}"))
        if found.kind == "panels":
            self.use()

    def _wipe(self) -> None:
        self._window.viewport.stage.remove_layer(LAYER)
        self._window.viewport.frames.request()

    def _arrange(self) -> None:
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(14, 10, 14, 12)
        column.setSpacing(10)
        for widget in (self._about, self._busy, self.said, self.parts):
            column.addWidget(widget)
        column.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidget(inner)
        self._body = QWidget()
        body = QVBoxLayout(self._body)
        body.setContentsMargins(0, 0, 0, 0)
        bar = row(self.choice, self.go, edge=6)
        bar.setStretch(0, 1)
        body.addLayout(bar)
        body.addWidget(area, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._body, 1)
        layout.addWidget(self._empty)
        self.setMinimumHeight(LEAST_PX)


def fill(window: MainWindow, menu: Any) -> None:
    """Fill the menu of what plugins bring."""
    for found in used_here(window.session):
        action = menu.addAction(icon(ICONS[found.kind]), text(found.title, found.id))
        action.triggered.connect(lambda _on=False, c=found: _open(window, c))
    if menu.isEmpty():
        menu.addAction(tr("brought.empty")).setEnabled(False)


def _open(window: MainWindow, found: Contribution) -> None:
    window.docks.show("brought")
    panel = window.docks.panel("brought")
    if isinstance(panel, BroughtPanel):
        panel.open(found)
