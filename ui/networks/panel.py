"""The networks panel: what is selected is traced, cut or computed; the answer is listed, drawn and shown."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QPushButton,
    QTabWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from twin.network.model import VACUUM
from twin.problems import Problem
from ui.docks.panel import Panel
from ui.forms.parts import EmptyState, IconButton, heading, muted
from ui.i18n import problem_text, text, tr
from ui.icons import icon
from ui.networks import words
from ui.networks.answer_view import FEATURE, AnswerView, step_at
from ui.networks.bench import Bench
from ui.networks.diagram import Diagram
from ui.networks.following import Follower
from ui.networks.profile_view import ProfileView
from ui.networks.questions import (
    Cut,
    FeatureRef,
    Traced,
    cut_features,
    shown_layer,
    traced_features,
)
from ui.networks.runs_view import RunsView
from ui.networks.sankey import Sankey

if TYPE_CHECKING:
    from twin.network.run import Run
    from twin.work.session import Session

STEPS, QUARTERS = 24, 96
KEPT = frozenset({"profile", "diagram"})
"""Pages that stay in front when something else is traced."""


class NetworksPanel(Panel):
    """See the module."""

    fly_to_requested = Signal(object)
    """A box in the scene."""

    def __init__(self, window: Any, parent: QWidget | None = None) -> None:
        super().__init__(window.session, parent)
        self._window = window
        self._bench: Bench | None = None
        self._traced: Traced | None = None
        self._cut: Cut | None = None
        self._run: Run | None = None
        self._subject: FeatureRef | None = None
        self._title, self._trouble = heading(), muted()
        self._buttons = {
            "trace": QPushButton(), "outage": QPushButton(), "solve": QPushButton(), "what_if": QPushButton(),
        }  # fmt: skip
        self._follow = IconButton("mdi6.target", self._turn_following)
        self._follower, self._ours = Follower(self), frozenset[FeatureRef]()
        self._stop = IconButton("mdi6.stop-circle-outline", self._cancel)
        self._print = IconButton("mdi6.file-pdf-box", self.print_sheet)
        self._list = AnswerView()
        self._sankey, self._diagram = Sankey(), Diagram()
        self._profile, self._runs = ProfileView(), RunsView()
        self._tabs = QTabWidget()
        self._empty = EmptyState("mdi6.pipe")
        self._arrange()
        self._connect()
        self._begin()

    # Building.

    def _arrange(self) -> None:
        bar = QHBoxLayout()
        bar.setSpacing(4)
        for button in self._buttons.values():
            bar.addWidget(button)
        bar.addStretch(1)
        self._follow.setCheckable(True)
        self._follow.setChecked(True)
        bar.addWidget(self._follow)
        bar.addWidget(self._stop)
        bar.addWidget(self._print)
        self._pages = (
            ("answer", self._list), ("profile", self._profile), ("balance", self._sankey),
            ("diagram", self._diagram), ("runs", self._runs),
        )  # fmt: skip
        for _, page in self._pages:
            self._tabs.addTab(page, "")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 6, 8, 8)
        layout.setSpacing(6)
        layout.addLayout(bar)
        layout.addWidget(self._title)
        layout.addWidget(self._trouble)
        layout.addWidget(self._tabs, 1)
        layout.addWidget(self._empty, 1)
        self._trouble.hide()
        self._stop.setEnabled(False)

    def _connect(self) -> None:
        self._buttons["trace"].clicked.connect(lambda _on=False: self.trace())
        self._buttons["outage"].clicked.connect(lambda _on=False: self.outage())
        self._buttons["solve"].clicked.connect(lambda _on=False: self.solve())
        self._buttons["what_if"].clicked.connect(lambda _on=False: self.what_if())
        self._list.itemActivated.connect(lambda item, _column: self._go(item))
        self._diagram.picked.connect(self._pick)
        self._follower.wanted.connect(self._trace_of)

    def retranslate(self) -> None:
        """See base."""
        for name, button in self._buttons.items():
            button.setText(tr(f"networks.{name}"))
            button.setToolTip(tr(f"networks.{name}_tip"))
        self._follow.say(tr("networks.follow"))
        self._stop.say(tr("networks.stop"))
        self._print.say(tr("networks.print"))
        for index, (name, _) in enumerate(self._pages):
            self._tabs.setTabText(index, tr(f"networks.tab.{name}"))
        self._list.setHeaderLabels([tr(f"networks.{k}") for k in ("what", "value", "origin")])
        self._empty.say(tr("networks.empty"), tr("networks.empty_advice"))

    def retheme(self) -> None:
        """See base."""
        icons = {"trace": "mdi6.source-branch", "outage": "mdi6.pipe-disconnected",
                 "solve": "mdi6.calculator-variant-outline", "what_if": "mdi6.compare"}  # fmt: skip
        for name, button in self._buttons.items():
            button.setIcon(icon(icons[name]))
        for part in (self._follow, self._stop, self._print, self._empty, self._profile):
            part.retheme()
        self._diagram.update()
        self._sankey.update()

    # The session.

    def set_session(self, session: Session | None) -> None:
        """See base."""
        if self._bench is not None:
            self._bench.deleteLater()
        self._bench = Bench(session, self) if session is not None else None
        self._traced = self._cut = self._run = self._subject = None
        if self._bench is not None:
            self._bench.traced.connect(self._show_trace)
            self._bench.was_cut.connect(self._show_cut)
            self._bench.solved.connect(self._show_run)
            self._bench.failed.connect(self._show_trouble)
            self._bench.busy.connect(self._stop.setEnabled)
        super().set_session(session)

    def _attach(self, session: Session) -> None:
        self._links.connect(session.selection.changed, self._on_selection)
        self._links.connect(session.clock.changed, self._on_time)
        self._links.connect(session.layer_changed, self._on_layer)

    def _refresh(self) -> None:
        known = any((self._traced, self._cut, self._run))
        self._tabs.setVisible(known)
        self._empty.setVisible(not known)
        self._on_selection(frozenset())
        if self._session is None:
            self._title.setText("")
        elif self._cut is not None:
            self._fill_cut()
        elif self._traced is not None:
            self._fill_trace()
        runs = self._bench.runs if self._bench is not None else []
        self._runs.show_runs(runs, self._named)
        self._show_step()
        empty = {"profile": self._profile.empty, "balance": self._sankey.empty, "runs": not runs}
        for place, (name, _) in enumerate(self._pages):
            self._tabs.setTabVisible(place, not empty.get(name, False))

    def _on_selection(self, _features: frozenset[FeatureRef]) -> None:
        chosen = self._session is not None and self._session.selection.current is not None
        for button in self._buttons.values():
            button.setEnabled(chosen)
        self._print.setEnabled(self._traced is not None or self._cut is not None)
        if self._session is not None:
            names = frozenset(name for _, name in self._session.selection.features)
            self._diagram.mark(names)
            if self.isVisible():
                self._follower.look(self._session.selection)

    def _on_time(self, *_: object) -> None:
        if self.isVisible():
            self._show_step()

    def _on_layer(self, _name: str, parts: frozenset[str]) -> None:
        if "columns" in parts and self._traced is not None and self.isVisible():
            self._list.renew_soon(self._trace_groups)

    def _trace_groups(self) -> words.Groups:
        known = self._session is not None and self._traced is not None
        return words.trace_groups(self._session, self._traced, self._others) if known else ()

    # What is asked.

    def trace(self) -> None:
        """Trace from what is selected."""
        feature = self._chosen()
        if feature is not None:
            self._trace_of(feature)

    def _trace_of(self, feature: FeatureRef) -> None:
        if self._bench is not None:
            self._subject = feature
            self._follower.know(feature)
            self._bench.trace(feature)

    def _turn_following(self) -> None:
        self._follower.on = self._follow.isChecked()

    def outage(self) -> None:
        """Take what is selected out of service."""
        session, feature = self._session, self._chosen()
        if session is None or feature is None or self._bench is None:
            return
        self._subject = feature
        self._follower.know(feature)
        chosen = session.selection.features
        many = sorted(f for f in chosen if f != feature and f[0] == feature[0])
        # After a trace its whole chain is selected; then only what was clicked is meant.
        self._bench.cut([feature] if chosen == self._ours else [feature, *many])

    def solve_quarters(self) -> None:
        """Compute a day in quarter hours."""
        self.solve(steps=QUARTERS)

    def solve_phases(self) -> None:
        """Compute each of three phases for itself."""
        feature = self._chosen()
        if feature is not None and self._bench is not None:
            self._bench.solve(feature, steps=1, mode="unbalanced")

    def solve(self, steps: int = STEPS) -> None:
        """Compute a day of the network of what is selected."""
        feature = self._chosen()
        if feature is not None and self._bench is not None:
            self._bench.solve(feature, steps=steps)

    def charge(self, paths: list[Path]) -> None:
        """Compute the grid of what is selected with charging points; of two files one says their state."""
        from twin.network.chargers import sorted_files

        feature = self._chosen()
        if feature is not None and self._bench is not None:
            self._bench.solve(feature, steps=STEPS, chargers=sorted_files(paths))

    def what_if(self) -> None:
        """Ask what to change, then compute."""
        from ui.networks.whatif_dialog import ask

        feature = self._chosen()
        if feature is not None and self._bench is not None:
            ask(self._bench, feature, self, steps=STEPS)

    def _cancel(self) -> None:
        if self._bench is not None:
            self._bench.cancel()

    def _chosen(self) -> FeatureRef | None:
        return self._session.selection.current if self._session is not None else None

    # What is answered.

    def _show_trace(self, found: list[Traced]) -> None:
        first = not any((self._traced, self._cut, self._run))
        self._traced, self._cut = found[0], None
        self._others = found[1:]
        if self._session is not None:
            self._select(traced_features(self._session, found[0]))
        page = self._pages[self._tabs.currentIndex()][0]
        self._open(page if page in KEPT and not first else "answer")

    def _select(self, features: list[FeatureRef]) -> None:
        """Select what answers a question, and what it was asked of."""
        subject = self._subject
        if self._session is None:
            return
        features = [*features, *([subject] if subject else [])]
        self._ours = frozenset(features)
        self._session.selection.set(features, current=subject)

    def _show_cut(self, made: Cut) -> None:
        self._cut, self._traced = made, None
        if self._session is not None and self._bench is not None:
            self._select(cut_features(self._session, self._bench.town, made))
        self._open("answer")

    def _show_run(self, done: Run) -> None:
        self._run = done
        air = done.network.commodity == VACUUM  # has no balance of its own
        self._open("runs" if air or done.charged is not None else "balance")

    def _open(self, page: str) -> None:
        self._trouble.hide()
        self._refresh()
        self._tabs.setCurrentIndex([name for name, _ in self._pages].index(page))

    def _show_trouble(self, problem: Problem) -> None:
        self._trouble.setText(problem_text(problem))
        self._trouble.show()

    def _fill_trace(self) -> None:
        traced = self._traced
        if traced is None:
            return
        name, title = self._subject_name(), text(traced.system.title)
        self._title.setText(tr("networks.trace_of", name=name, network=title))
        self._list.show_groups(self._trace_groups())
        self._diagram.show_network(traced.system.network)

    def _fill_cut(self) -> None:
        made, session, bench = self._cut, self._session, self._bench
        if made is None or session is None or bench is None:
            return
        name = self._subject_name()
        self._title.setText(tr("networks.outage_of", name=name, network=text(made.system.title)))
        self._list.show_groups(
            ((tr("networks.numbers"), words.outage_head(made)),
             (tr("networks.without_supply"), words.affected_rows(session, bench.town, made)))
        )  # fmt: skip
        self._diagram.show_network(made.system.network)

    def _named(self, name: str) -> str:
        """Return the name of a part of the network that ran last; its layer has the id of the network."""
        bench, session = self._bench, self._session
        if bench is None or session is None or not bench.runs:
            return name
        return words.label_of(session, bench.runs[-1].network.id.partition(".")[0], name)

    def _subject_name(self) -> str:
        if self._session is None or self._subject is None:
            return ""
        return words.label_of(self._session, *self._subject)

    def _show_step(self) -> None:
        """Show balance and profile at the moment of the clock."""
        from twin.network import balance, profile

        done, session = self._run, self._session
        if done is None or session is None:
            self._profile.show_profiles(())
            return
        step = step_at(done, session.clock.at)
        self._sankey.show_flows(balance.flows(done.network, done.solution, done.day, step))
        traced = self._traced
        if traced is None or traced.found.to_source is None:
            return
        if traced.system.network.id == done.network.id:
            way = traced.found.to_source
            self._profile.show_profiles(profile.along(done.network, done.solution, way, step))

    # From the lists into the scene.

    def _go(self, item: QTreeWidgetItem) -> None:
        feature = item.data(0, FEATURE)
        session = self._session
        if feature is None or session is None:
            return
        session.selection.set([tuple(feature)])
        self._window.fly_to_selection()

    def _pick(self, name: str) -> None:
        system = self._cut or self._traced
        if system is not None and self._session is not None:
            layer = shown_layer(self._session, system.system.layer)
            self._session.selection.set([(layer, name)])

    # Printing.

    def print_sheet(self) -> None:
        """Ask for a file and write what is shown as a page."""
        from ui.networks.sheet_contents import ask_for_file

        path = ask_for_file(self, self._session) if self._session is not None else None
        if path is not None:
            self.write_sheet(path)

    def write_sheet(self, path: Path) -> None:
        """Write what is shown as a page."""
        from ui.networks.sheet import SheetError
        from ui.networks.sheet_contents import write_page

        try:
            write_page(path, self._window, self._title.text(), self._list.groups)
        except SheetError as error:
            self._show_trouble(error.problem)
        else:
            self._window.say("status.picture_saved", file=path.name)
