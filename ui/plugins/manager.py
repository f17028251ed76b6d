"""The plugin manager: what is installed, what it may do, what registries offer, and what to do about it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QFileDialog,
    QFrame,
    QInputDialog,
    QListWidget,
    QListWidgetItem,
    QMessageBox,
    QPushButton,
    QScrollArea,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from twin.errors import BelvedereError
from twin.isolation.shelf import Shelf
from twin.isolation.trust import digest
from twin.problems import Problem
from twin.work.jobs import Job, JobBoard
from ui import plugin_home as home
from ui.docks.panel import Panel
from ui.forms.parts import Chip, IconButton, clear, heading, muted, row, wrapping
from ui.i18n import problem_text, tr
from ui.icons import icon
from ui.plugins import shelves
from ui.plugins.grants import GrantBoxes
from ui.plugins.listing import rows
from ui.plugins.shown import Shown, description, facts
from ui.theme import current_palette

if TYPE_CHECKING:
    from twin.work.session import Session
    from ui.window import MainWindow

LEAST_PX = 380
"""Below this neither the list nor what can be done is seen."""

TONES = {
    "bundled": "plain",
    "trusted": "warning",
    "isolated": "good",
    "available": "accent",
    "off": "plain",
}
ICONS = {"isolated": "mdi6.shield-check-outline", "trusted": "mdi6.shield-off-outline"}


class PluginManager(Panel):
    """Lists plugins; below the list, the chosen one and what can be done with it.

    Parameters
    ----------
    window : MainWindow
        Its registry is renewed when something changes.
    """

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window.session, window)
        self._window = window
        self._shelves: list[Shelf] = []
        self._shown: list[Shown] = []
        self._jobs = JobBoard(window.bridge.deliver, workers=1)
        self.destroyed.connect(self._jobs.close)
        self.list = QListWidget()
        self.list.currentRowChanged.connect(lambda _row: self._show())
        self._title, self._state = heading(px=15), Chip()
        self._facts, self._about, self._trouble = muted(), wrapping(), wrapping()
        self._asks, self._doing = QVBoxLayout(), QVBoxLayout()
        self._add = IconButton("mdi6.playlist-plus", self._add_shelf)
        self._fetch = IconButton("mdi6.refresh", self._read_shelves)
        self._from_file = IconButton("mdi6.package-variant", self._install_file)
        self._note = muted()
        self._arrange()
        self._begin()

    def retranslate(self) -> None:
        """See base."""
        self.list.setAccessibleName(tr("dock.plugins"))
        self._add.say(tr("plugins.add_registry"))
        self._fetch.say(tr("plugins.read_registries"))
        self._from_file.say(tr("plugins.install_file"))

    def retheme(self) -> None:
        """See base."""
        for button in (self._add, self._fetch, self._from_file):
            button.retheme()
        self._refresh()

    def _arrange(self) -> None:
        detail = QWidget()
        inner = QVBoxLayout(detail)
        inner.setContentsMargins(14, 10, 14, 12)
        inner.setSpacing(8)
        inner.addLayout(row(self._title, self._state))
        for widget in (self._facts, self._about, self._trouble):
            inner.addWidget(widget)
        inner.addLayout(self._asks)
        inner.addLayout(self._doing)
        inner.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidget(detail)
        splitter = QSplitter(Qt.Orientation.Vertical)
        splitter.addWidget(self.list)
        splitter.addWidget(area)
        splitter.setSizes([260, 340])
        splitter.setChildrenCollapsible(False)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        bar = row(self._note, self._from_file, self._add, self._fetch, edge=6)
        bar.setStretch(0, 1)
        layout.addLayout(bar)
        layout.addWidget(splitter, 1)
        self.setMinimumHeight(LEAST_PX)

    # What is shown.

    def _refresh(self) -> None:
        chosen = self.chosen.id if self.chosen is not None else ""
        registry = self._session.registry if self._session else self._window.services.registry
        receipts = shelves.installer().installed()
        found = rows(registry, home.warden())
        self._shown = [
            Shown(
                id=r.id,
                row=r,
                manifest=registry.plugins.get(r.id)
                if r.problem is None or r.state != "broken"
                else None,
                receipt=receipts.get(r.id),
                **self._offered(r.id),
            )
            for r in found
            if not r.id.startswith("belvedere.")
        ]
        known = {shown.id for shown in self._shown}
        offered = {o.id for shelf in self._shelves for o in shelf.offers} - known
        self._shown += [Shown(id=i, **self._offered(i)) for i in sorted(offered)]
        self._note.setText(tr("plugins.count", count=len(known)))
        self._fill(chosen)

    def _offered(self, plugin_id: str) -> dict[str, Any]:
        for shelf in self._shelves:
            offer = shelf.newest(plugin_id)
            if offer is not None:
                return {"offer": offer, "shelf": shelf}
        return {}

    def _fill(self, chosen: str) -> None:
        self.list.blockSignals(True)
        self.list.clear()
        for shown in self._shown:
            item = QListWidgetItem(shown.title, self.list)
            bad = shown.row is not None and shown.row.problem is not None
            name = (
                "mdi6.alert-circle-outline"
                if bad
                else ICONS.get(shown.state, "mdi6.puzzle-outline")
            )
            item.setIcon(icon(name, current_palette().danger if bad else ""))
            item.setToolTip(tr(f"plugins.state.{shown.state}"))
        at = next((i for i, s in enumerate(self._shown) if s.id == chosen), 0)
        self.list.setCurrentRow(at if self._shown else -1)
        self.list.blockSignals(False)
        self._show()

    @property
    def chosen(self) -> Shown | None:
        """Return the plugin that is chosen."""
        at = self.list.currentRow()
        return self._shown[at] if 0 <= at < len(self._shown) else None

    def choose(self, plugin_id: str) -> None:
        """Choose a plugin by its id."""
        for at, shown in enumerate(self._shown):
            if shown.id == plugin_id:
                self.list.setCurrentRow(at)

    def _show(self) -> None:
        shown = self.chosen
        clear(self._asks)
        clear(self._doing)
        for widget in (self._title, self._state, self._facts, self._about, self._trouble):
            widget.setVisible(shown is not None)
        if shown is None:
            return
        problem = shown.row.problem if shown.row is not None else None
        self._title.setText(shown.title)
        tone = "danger" if problem is not None else TONES.get(shown.state, "danger")
        self._state.show_as(tr(f"plugins.state.{shown.state}"), tone)
        self._facts.setText(facts(shown))
        self._about.setText(description(shown))
        self._about.setVisible(bool(self._about.text()))
        self._trouble.setText(problem_text(problem) if problem is not None else "")
        self._trouble.setVisible(problem is not None)
        self._show_asks(shown)
        for key, work in self._possible(shown).items():
            button = QPushButton(tr(key))
            button.clicked.connect(lambda _checked=False, do=work: self._do(do))
            self._doing.addWidget(button)

    def _show_asks(self, shown: Shown) -> None:
        """Show what an isolated plugin asks for, each to be granted on its own."""
        if shown.manifest is None or shown.row is None or shown.state != "isolated":
            return
        self._asks.addWidget(GrantBoxes(shown.manifest))

    def _possible(self, shown: Shown) -> Mapping[str, Callable[[], object]]:
        """Return what can be done with a plugin, by the key of its wording."""
        if shown.row is None:
            return {"plugins.do.install": lambda: self._install(shown)}
        found: dict[str, Callable[[], object]] = {}
        if shown.newer:
            found["plugins.do.update"] = lambda: self._install(shown)
        if shown.state in {"isolated", "no_sandbox"}:
            found["plugins.do.trust"] = lambda: self._trust(shown)
        if shown.state == "trusted":
            found["plugins.do.isolate"] = lambda: self._decide(shown, trusted="")
        if shown.state == "set_aside":
            found["plugins.do.forgive"] = lambda: self._decide(shown, strikes=())
        if shown.state == "off":
            found["plugins.do.on"] = lambda: self._decide(shown, off=False)
        elif shown.state not in {"bundled", "broken"}:
            found["plugins.do.off"] = lambda: self._decide(shown, off=True)
        if shown.receipt is not None:
            pinned = shown.receipt.pinned
            key = "plugins.do.unpin" if pinned else "plugins.do.pin"
            found[key] = lambda: shelves.installer().pin(shown.id, pinned=not pinned)
            found["plugins.do.roll_back"] = lambda: self._work(
                shown.id, lambda: shelves.installer().roll_back(shown.id)
            )
            found["plugins.do.remove"] = lambda: self._remove(shown)
        return found

    # What is done.

    def _do(self, work: Callable[[], object]) -> None:
        try:
            work()
        except (BelvedereError, OSError) as error:
            problem = getattr(error, "problem", None)
            self._window.tell(
                problem
                or Problem("plugin.cannot_write", str(home.user_folder()), {"reason": str(error)})
            )
        self._renew()

    def _decide(self, shown: Shown, **changes: Any) -> None:
        if shown.row is not None:
            home.warden().store.change(shown.row.folder, **changes)

    def _trust(self, shown: Shown) -> None:
        if shown.row is None:
            return
        question = tr("plugins.trust_question", plugin=shown.title)
        title, buttons = tr("plugins.do.trust"), QMessageBox.StandardButton
        answer = QMessageBox.warning(
            self, title, question, buttons.Yes | buttons.Cancel, buttons.Cancel
        )
        if answer == buttons.Yes:
            self._decide(shown, trusted=digest(shown.row.folder), strikes=())

    def _install(self, shown: Shown) -> None:
        shelf, offer = shown.shelf, shown.offer
        if shelf is not None and offer is not None:
            self._work(shown.id, lambda: shelves.install_offer(shelf, offer))

    def _remove(self, shown: Shown) -> None:
        shelves.installer().remove(shown.id)

    def _install_file(self) -> None:
        from pathlib import Path

        pattern = f"{tr('plugins.packs')} (*.belvedere-plugin)"
        name, _ = QFileDialog.getOpenFileName(self, tr("plugins.install_file"), "", pattern)
        if name:
            self._work(Path(name).name, lambda: shelves.install_pack(Path(name)))

    def _add_shelf(self) -> None:
        location, given = QInputDialog.getText(
            self, tr("plugins.add_registry"), tr("plugins.registry_address")
        )
        if given and location.strip():
            self._work(location, lambda: self._look_at(location.strip()), self._ask_key)

    def _look_at(self, location: str) -> tuple[str, str]:
        from twin.isolation.shelf import MAX_LIST_BYTES, key_of

        return location, key_of(shelves.fetch(location, MAX_LIST_BYTES), location)

    def _ask_key(self, found: tuple[str, str]) -> None:
        location, key = found
        buttons = QMessageBox.StandardButton
        question = tr("plugins.key_question", location=location, key=key)
        title = tr("plugins.add_registry")
        answer = QMessageBox.question(
            self, title, question, buttons.Yes | buttons.Cancel, buttons.Cancel
        )
        if answer == buttons.Yes:
            self._work(location, lambda: shelves.add(location, key), self._added)

    def _added(self, shelf: Shelf) -> None:
        self._shelves = [s for s in self._shelves if s.location != shelf.location] + [shelf]
        self._refresh()

    def _read_shelves(self) -> None:
        def read() -> list[Shelf]:
            return [shelves.read(entry) for entry in shelves.known()]

        self._work(tr("plugins.read_registries"), read, self._have_read)

    def _have_read(self, found: list[Shelf]) -> None:
        self._shelves = found
        self._refresh()

    def _work(
        self, where: str, work: Callable[[], Any], done: Callable[[Any], None] | None = None
    ) -> None:
        """Do something slow on a worker."""
        self._jobs.run(
            Job("job.plugins", where),
            lambda _job: work(),
            done=done or (lambda _answer: self._renew()),
            failed=self._window.tell,
        )

    def _renew(self) -> None:
        """Find all plugins anew, and let the open project use them as they are now."""
        services = replace(self._window.services, registry=home.registry())
        self._window.services = services
        session: Session | None = self._session
        if session is not None:
            session.use_registry(services.registry)
        self._refresh()
