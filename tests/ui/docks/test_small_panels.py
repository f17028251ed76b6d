"""Problems, jobs, views and the palette of actions."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from typing import Any

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from twin.errors import Cancelled
from twin.model.project import View
from twin.work.jobs import Job
from twin.work.session import Session
from ui.actions import Action
from ui.docks.bookmarks_dock import BookmarksDock
from ui.docks.command_palette import CommandPalette, Entry, fitting
from ui.docks.fuzzy import score
from ui.docks.jobs_indicator import JobsIndicator, JobsList
from ui.docks.problems_dock import ProblemsDock
from ui.i18n import translator


def let_go(widget: Any) -> None:
    widget.set_session(None)


class TestProblems:
    @pytest.fixture
    def dock(self, qtbot: QtBot, town: Session) -> ProblemsDock:
        dock = ProblemsDock(town)
        qtbot.addWidget(dock, before_close_func=let_go)
        dock.show()
        return dock

    def words(self, dock: ProblemsDock) -> list[str]:
        QApplication.processEvents()
        return [label.text() for label in dock.findChildren(QLabel) if label.isVisible()]

    def test_the_worst_comes_first_with_what_to_do(self, dock: ProblemsDock) -> None:
        model = dock.list.model()
        assert [model.index(row, 1).data() for row in range(2)] == ["Cadastral plots", "Buildings"]
        shown = self.words(dock)
        assert shown[0] == "Error"
        assert "EPSG:1" in shown[1]
        assert shown[2] == "Cadastral plots · EPSG:1"
        assert "EPSG:2154" in shown[3]
        translator.set_language("fr")
        assert self.words(dock)[0] == "Erreur"

    def test_it_leads_to_the_layer(self, dock: ProblemsDock, qtbot: QtBot) -> None:
        dock.list.selectRow(1)
        with qtbot.waitSignal(dock.layer_requested) as asked:
            dock._go.click()
        assert asked.args == ["houses"]

    def test_without_problems_it_says_so(
        self, dock: ProblemsDock, town: Session, qtbot: QtBot
    ) -> None:
        for layer_id in ("broken", "houses"):
            town.do("edit.remove_layer", lambda p, i=layer_id: p.without_layer(i))
        qtbot.waitUntil(lambda: "No problems" in self.words(dock))


class TestJobs:
    def test_a_job_is_shown_and_stopped(self, qtbot: QtBot, town: Session) -> None:
        indicator = JobsIndicator(town)
        qtbot.addWidget(indicator, before_close_func=let_go)
        assert indicator.isHidden()
        started = threading.Event()

        def work(job: Job) -> None:
            job.progress(30.0, 120.0)
            started.set()
            while True:
                job.check_cancelled()

        job = Job("job.load", "houses")
        town.jobs.run(job, work, done=lambda _: None, failed=lambda _: None)
        assert started.wait(10)
        qtbot.waitUntil(lambda: not indicator.isHidden())
        qtbot.waitUntil(lambda: indicator._words.text() == "Reading: Buildings (25%)")
        assert indicator._bar.value() == 250
        indicator._stop.click()
        with pytest.raises(Cancelled):
            job.check_cancelled()
        qtbot.waitUntil(indicator.isHidden, timeout=20_000)

    def test_the_list_stops_one_of_several(self, qtbot: QtBot, town: Session) -> None:
        indicator = JobsIndicator(town)
        qtbot.addWidget(indicator, before_close_func=let_go)
        indicator.show()
        jobs = [Job("job.build", name) for name in ("houses", "sensors")]
        for job in jobs:
            town.jobs.run(job, _until_stopped, done=lambda _: None, failed=lambda _: None)
        indicator._open_list()
        shown = indicator.findChild(JobsList)
        qtbot.waitUntil(lambda: "and 1 more" in indicator._words.text())
        assert len(shown._rows) == 2
        jobs[0].cancel()
        qtbot.waitUntil(lambda: list(shown._rows) == [jobs[1].id], timeout=20_000)
        jobs[1].cancel()
        qtbot.waitUntil(lambda: not town.jobs.running, timeout=20_000)
        shown.close()


def _until_stopped(job: Job) -> None:
    while True:
        job.check_cancelled()


class TestBookmarks:
    @pytest.fixture
    def dock(self, qtbot: QtBot, town: Session) -> BookmarksDock:
        dock = BookmarksDock(town)
        qtbot.addWidget(dock, before_close_func=let_go)
        dock.show()
        return dock

    def names(self, dock: BookmarksDock) -> list[str]:
        return [dock.list.item(row).text() for row in range(dock.list.count())]

    def test_going_to_a_view(self, dock: BookmarksDock, town: Session, qtbot: QtBot) -> None:
        assert self.names(dock) == ["The fort", "By the river"]
        dock.list.setCurrentRow(1)
        with qtbot.waitSignal(dock.fly_to_requested) as asked:
            dock.list.itemActivated.emit(dock.list.item(1))
        assert asked.args == [town.project.views[1]]

    def test_keeping_renaming_and_undoing(self, dock: BookmarksDock, town: Session) -> None:
        assert not dock._add.isEnabled()
        view = View(id="", title={}, position=(1, 2, 3), target=(4, 5, 6), xray=True)
        dock.set_view_source(lambda: view)
        dock._add.click()
        kept = town.project.views[-1]
        assert (kept.id, kept.title, kept.position, kept.xray) == (
            "view-1",
            {"en": "View 1"},
            (1, 2, 3),
            True,
        )
        dock.list.item(2).setText("From the quay")
        assert town.project.views[-1].title == {"en": "From the quay"}
        town.undo()
        town.undo()
        assert self.names(dock) == ["The fort", "By the river"]

    def test_replacing_keeps_the_name(self, dock: BookmarksDock, town: Session) -> None:
        dock.set_view_source(lambda: View(id="", title={}, position=(9, 9, 9), target=(0, 0, 0)))
        dock.list.setCurrentRow(0)
        dock._update.click()
        assert town.project.views[0].position == (9, 9, 9)
        assert town.project.views[0].title["fr"] == "Le fort"

    def test_ordering_and_removing(self, dock: BookmarksDock, town: Session, qtbot: QtBot) -> None:
        model = dock.list.model()
        model.moveRow(QModelIndex(), 0, QModelIndex(), 2)
        assert [view.id for view in town.project.views] == ["river", "fort"]
        dock.list.setCurrentRow(0)
        dock.list.setFocus()
        qtbot.keyClick(dock.list, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
        assert [view.id for view in town.project.views] == ["fort", "river"]
        dock.list.setCurrentRow(0)
        qtbot.keyClick(dock.list, Qt.Key.Key_Delete)
        assert [view.id for view in town.project.views] == ["river"]
        dock.list.setCurrentRow(0)
        qtbot.keyClick(dock.list, Qt.Key.Key_Delete)
        assert not dock.list.isVisible()


class FakeActions:
    """Three actions, one of which cannot be done now."""

    def __init__(self) -> None:
        self.done: list[str] = []
        self.names = {"a.top": "Vue de dessus", "a.undo": "Annuler", "a.save": "Enregistrer…"}

    @property
    def records(self) -> Iterable[Action]:
        return [Action(id=i, text=i, run=lambda _: None) for i in self.names]

    def wording(self, action_id: str) -> str:
        return self.names[action_id]

    def keys(self, action_id: str) -> str:
        return "Ctrl+S" if action_id == "a.save" else ""

    def is_enabled(self, action_id: str) -> bool:
        return action_id != "a.undo"

    def run(self, action_id: str) -> bool:
        self.done.append(action_id)
        return True


class TestPalette:
    @pytest.fixture
    def actions(self) -> FakeActions:
        return FakeActions()

    @pytest.fixture
    def palette(self, qtbot: QtBot, english: None, actions: FakeActions) -> CommandPalette:
        palette = CommandPalette()
        palette.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
        qtbot.addWidget(palette)
        palette.open_for(actions)
        return palette

    def test_only_what_can_be_done_is_listed(self, palette: CommandPalette) -> None:
        assert palette.titles() == ["Vue de dessus", "Enregistrer"]

    def test_typing_and_enter_run_an_action(
        self, palette: CommandPalette, actions: FakeActions, qtbot: QtBot
    ) -> None:
        qtbot.keyClicks(palette._line, "enr")
        assert palette.titles() == ["Enregistrer"]
        qtbot.keyClick(palette._line, Qt.Key.Key_Return)
        assert actions.done == ["a.save"]
        assert not palette.isVisible()

    def test_arrows_go_round(
        self, palette: CommandPalette, actions: FakeActions, qtbot: QtBot
    ) -> None:
        qtbot.keyClick(palette._line, Qt.Key.Key_Up)
        qtbot.keyClick(palette._line, Qt.Key.Key_Return)
        assert actions.done == ["a.save"]

    def test_nothing_fits(self, palette: CommandPalette, qtbot: QtBot) -> None:
        qtbot.keyClicks(palette._line, "zzz")
        assert palette._nothing.isVisible()
        qtbot.keyClick(palette._line, Qt.Key.Key_Return)
        assert palette.isVisible()


@pytest.mark.parametrize(
    ("query", "best"),
    [
        ("top", "View from the top"),
        ("vt", "View from the top"),
        ("SAVE as", "Save as"),
        ("pleine", "Plein écran"),
        ("ecran", "Plein écran"),
        ("undo", "Undo: move a layer"),
    ],
)
def test_fuzzy_search_finds_the_best(query: str, best: str) -> None:
    titles = ("Save", "Save as", "View from the top", "Plein écran", "Undo: move a layer", "Stop")
    entries = [Entry(id=t, title=t, menu="", keys="", icon="") for t in titles]
    assert fitting(query, entries)[0].title == best


def test_fuzzy_search_wants_every_word() -> None:
    assert score("save zebra", "Save as") is None
    assert score("as save", "Save as") is not None
