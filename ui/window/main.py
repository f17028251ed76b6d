"""The main window: holds the parts together and lets a project in and out."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QMainWindow, QSizePolicy, QToolBar, QWidget

from twin.io.libraries import import_ahead
from ui.actions import ActionSet
from ui.actions.menus import Filler, Menus, fill_tool_bar
from ui.bridge import Bridge
from ui.docks.search_box import SearchBox
from ui.docks.time_bar import TimeBar
from ui.i18n import text, tr, translator
from ui.viewport import Viewport
from ui.window.bookmarks import Bookmarks
from ui.window.catalogue import ACTIONS, MENUS
from ui.window.desks import desks
from ui.window.docks import Docks, panel_actions, title
from ui.window.files import ProjectFiles
from ui.window.imports import Imports, paths_in
from ui.window.pictures import Pictures
from ui.window.requests import Requests
from ui.window.status import StatusBar
from ui.window.timekeeping import TimeControl

if TYPE_CHECKING:
    from twin.work.session import Session
    from ui.opened import Opened
    from ui.services import Services

LAYOUT_VERSION = 1
SHOWN_WITHIN_MS = 500
"""A window that is never painted (minimised, say) lets its layers go on after that."""
NAVIGATION = ("view.zoom_in", "view.zoom_out", "view.top", "view.walk", "view.home")


class MainWindow(Requests, QMainWindow):
    """The window of one project at a time.

    Parameters
    ----------
    services : Services
        What windows share.
    opened : Opened or None
        The project to begin with; its loading starts before the window is built.
    """

    session_changed = Signal(object)

    def __init__(self, services: Services, opened: Opened | None = None) -> None:
        super().__init__()
        self.services = services
        self.session: Session | None = None
        self.bridge = Bridge(self)
        self.panels_hidden = False
        self.on_stage: Any = None
        """The show under way, if any (ui.show)."""
        self._closing = False
        self._on_screen = False
        self._soon_shown = QTimer(self, singleShot=True, interval=SHOWN_WITHIN_MS)
        self._soon_shown.timeout.connect(self._is_shown)
        self._desks = desks()
        self.files = ProjectFiles(self)
        self.imports = Imports(self)
        self.pictures = Pictures(self)
        self.bookmarks = Bookmarks(self)
        self.time = TimeControl(self)
        kept = services.prepared is not None and not services.prepared.empty
        libraries = import_ahead(files=not kept) if opened is not None else None
        if opened is not None:
            self._begin(opened)
        self._build()
        self._connect()
        self._attach(opened)
        self._restore()
        if libraries is not None:
            libraries.join()

    # A project comes and goes.

    def show_project(self, opened: Opened) -> None:
        """Show another project in place of the present one."""
        self._end()
        self._begin(opened)
        self._attach(opened)

    def _begin(self, opened: Opened) -> None:
        session = opened.session(self.services, self.bridge.deliver, scratch=self.files.scratch)
        self.session = session
        session.holds_hidden = True  # until the first picture is there
        session.start()

    def _attach(self, opened: Opened | None) -> None:
        session = self.session
        self.viewport.set_session(session)
        self.docks.set_session(session)
        self.time_bar.set_session(session)
        self.search.set_session(session)
        self.status.set_session(session)
        if session is not None and opened is not None:
            self.files.attach(session, opened.folder)
            for problem in opened.problems:
                self.status.say(translator.problem(problem)[0])
            self._listen(session)
        self.session_changed.emit(session)
        self._show_title()
        self.action_set.refresh()

    def _end(self) -> None:
        session, self.session = self.session, None
        if session is None:
            return
        self._unlisten(session)
        for part in (self.docks, self.time_bar, self.search, self.status, self.viewport):
            part.set_session(None)
        self.files.detach()
        session.close()

    def _listen(self, session: Session) -> None:
        session.history.changed.connect(self._on_change)
        session.project_changed.connect(self._on_project)
        session.selection.changed.connect(self._on_selection)
        session.clock.play_changed.connect(self._on_play)
        session.clock.speed_changed.connect(self._on_speed)

    def _unlisten(self, session: Session) -> None:
        session.history.changed.disconnect(self._on_change, missing_ok=True)
        session.project_changed.disconnect(self._on_project, missing_ok=True)
        session.selection.changed.disconnect(self._on_selection, missing_ok=True)
        session.clock.play_changed.disconnect(self._on_play, missing_ok=True)
        session.clock.speed_changed.disconnect(self._on_speed, missing_ok=True)

    def _on_change(self) -> None:
        self._show_title()
        self.action_set.refresh_soon()

    def _on_project(self, _old: object, _new: object) -> None:
        self._on_change()

    def _on_selection(self, _features: frozenset[tuple[str, str]]) -> None:
        self.action_set.refresh_soon()

    def _on_play(self, _on: bool) -> None:
        self.action_set.refresh_soon()

    def _on_speed(self, _speed: float) -> None:
        self.action_set.refresh_soon()

    # The parts.

    def _build(self) -> None:
        self.setObjectName("main")
        self.setAcceptDrops(True)
        self.setDockNestingEnabled(True)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self.viewport = Viewport(self)
        self.setCentralWidget(self.viewport)
        self.docks = Docks(
            self, {name: seat for desk in self._desks for name, seat in desk.panels.items()}
        )
        self.status = StatusBar(self.statusBar(), lambda: self.viewport.stage.memory)
        self.search = SearchBox(None, self, folder=self.services.state_dir)
        self.time_bar = TimeBar(None, self)
        self.action_set = ActionSet(
            (
                *ACTIONS,
                *(a for desk in self._desks for a in desk.actions),
                *panel_actions(self._desks),
            ),
            self,
            window=self,
            viewport=self.viewport,
        )
        self.menus = Menus(
            self.menuBar(),
            self.action_set,
            order=MENUS,
            fillers={
                ("project", "recent"): (0, self.files.fill_recent),
                ("view", "bookmarks"): (1, self.bookmarks.fill),
                ("time", "speed"): (0, self.time.fill_speeds),
                **self._desk_fillers(),
            },
        )
        self._build_bars()
        self.viewport.set_actions([self.action_set.qaction(name) for name in NAVIGATION])
        self.viewport.overlay.welcome.set_actions(
            [self.action_set.qaction(name) for name in ("project.open", "project.demo")]
        )

    def _build_bars(self) -> None:
        self.tool_bar = QToolBar(self)
        self.tool_bar.setObjectName("bar.tools")
        self.tool_bar.setMovable(False)
        fill_tool_bar(self.tool_bar, self.action_set)
        space = QWidget()
        space.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.search.setMaximumWidth(420)
        self.tool_bar.addWidget(space)
        self.tool_bar.addWidget(self.search)
        self.addToolBar(self.tool_bar)
        self.time_tool_bar = QToolBar(self)
        self.time_tool_bar.setObjectName("bar.time")
        self.time_tool_bar.setMovable(False)
        self.time_tool_bar.addWidget(self.time_bar)
        self.addToolBar(Qt.ToolBarArea.BottomToolBarArea, self.time_tool_bar)

    def _desk_fillers(self) -> dict[tuple[str, ...], tuple[int, Filler]]:
        return {
            path: (section, partial(fill, self))
            for desk in self._desks
            for path, (section, fill) in desk.fillers.items()
        }

    def _connect(self) -> None:
        docks = self.docks
        for source in (docks.layers, docks.attributes, docks.table, docks.bookmarks, self.search):
            source.fly_to_requested.connect(self.fly_to)
        docks.layers.files_dropped.connect(self.imports.take)
        docks.layers.add_requested.connect(self.imports.choose)
        docks.layers.table_requested.connect(self.show_table)
        docks.layers.problems_requested.connect(lambda _layer: docks.show("problems"))
        docks.table.problem.connect(self.tell)
        docks.table.exported.connect(lambda path: self.say("status.exported", file=path.name))
        docks.problems.layer_requested.connect(self.show_layer)
        docks.bookmarks.set_view_source(self.bookmarks.present)
        docks.shown.connect(self.action_set.refresh_soon)
        self.status.problems_requested.connect(lambda: docks.show("problems"))
        self.viewport.problems_requested.connect(lambda: docks.show("problems"))
        self.viewport.place_changed.connect(self._show_place)
        self.viewport.state_changed.connect(self.action_set.refresh_soon)
        self.files.saved.connect(lambda folder: self.say("status.saved", folder=folder.name))
        self.bookmarks.added.connect(lambda name: self.say("status.bookmark_added", name=name))
        self.pictures.saved.connect(lambda path: self.say("status.picture_saved", file=path.name))
        self.services.theme.changed.connect(self.retheme)
        self.services.settings.changed.connect(self.take_setting)
        translator.language_changed.connect(self._on_language)
        for desk in self._desks:
            if desk.begin is not None:
                desk.begin(self)

    # Words and colours.

    def retranslate(self) -> None:
        """Word the window again; the panels hear of the language themselves."""
        self.setLocale(translator.locale)  # fields of numbers and dates inherit it
        self.action_set.retranslate()
        self.menus.retranslate()
        self.docks.retranslate()
        self.status.retranslate()
        self.viewport.retranslate()
        self.tool_bar.setWindowTitle(tr("window.tool_bar"))
        self.time_tool_bar.setWindowTitle(title("time"))
        self._show_title()

    def retheme(self) -> None:
        """Take over the theme's colours; the panels hear of them themselves."""
        self.action_set.retheme()
        self.docks.retheme()
        self.status.retheme()
        self.viewport.retheme()

    def _on_language(self, _language: str) -> None:
        self.retranslate()
        self.action_set.refresh()

    def _show_title(self) -> None:
        session = self.session
        if session is None:
            self.setWindowTitle("Belvedere")
            self.setWindowModified(False)
            return
        name = text(session.project.title) or tr("window.untitled")
        # Qt shows its mark of unsaved changes in place of [*], in the way of the system.
        self.setWindowTitle(tr("window.title", project=f"{name}[*]"))
        self.setWindowModified(self.files.unsaved)

    def _show_place(self, xyz_in_scene: tuple[float, float, float] | None) -> None:
        if self.session is not None:
            self.status.show_place(self.session.project.frame, xyz_in_scene)

    # Layout.

    def _restore(self) -> None:
        self.retranslate()
        settings = self.services.settings
        self.viewport.set_quality(settings.quality)
        self.viewport.stage.set_memory_budget(settings.memory_bytes)
        self.viewport.pilot.set_animated(on=not settings.calm)
        unfolded = settings.flag("legend", default=True)
        self.viewport.overlay.legend.set_unfolded(unfolded)
        geometry, layout = settings.geometry, settings.layout(LAYOUT_VERSION)
        if geometry is None or not self.restoreGeometry(geometry):
            self.resize(1440, 900)
        if layout is not None:
            self.restoreState(layout, LAYOUT_VERSION)

    def _remember(self) -> None:
        if self.panels_hidden:
            self.toggle_panels()
        settings = self.services.settings
        settings.geometry = self.saveGeometry()
        settings.set_flag("legend", on=self.viewport.overlay.legend.unfolded)
        settings.set_layout(self.saveState(LAYOUT_VERSION), LAYOUT_VERSION)
        settings.sync()

    # Events.

    def showEvent(self, event: QShowEvent) -> None:
        """Be shown before the layers go on: each line of a list asks for Python's lock."""
        super().showEvent(event)
        if not self._on_screen and self.session is not None:
            self.session.jobs.hold()
            self._soon_shown.start()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Note the first time; all in it is painted together."""
        super().paintEvent(event)
        if not self._on_screen:
            self._soon_shown.start(0)

    def _is_shown(self) -> None:
        self._on_screen = True
        if self.session is not None:
            self.session.jobs.go_on()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take local files."""
        if paths_in(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Open or add what was dropped."""
        paths = paths_in(event.mimeData())
        if paths:
            event.acceptProposedAction()
            self.imports.take(paths)

    def changeEvent(self, event: QEvent) -> None:
        """Draw nothing while the window cannot be seen."""
        if event.type() == QEvent.Type.WindowStateChange and hasattr(self, "viewport"):
            self.viewport.set_seen(seen=not self.isMinimized())
        super().changeEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask about unsaved changes, remember the layout, and free everything."""
        if not self.files.may_close():
            event.ignore()
            return
        if not self._closing:
            self._closing = True
            self._remember()
            self.dispose()
        event.accept()

    def dispose(self) -> None:
        """Free threads, timers and the graphics system; the window can then be deleted."""
        if self.on_stage is not None:
            self.on_stage.end()
        self._soon_shown.stop()
        self._end()
        self.session_changed.emit(None)
        translator.language_changed.disconnect(self._on_language)
        self.services.theme.changed.disconnect(self.retheme)
        self.services.settings.changed.disconnect(self.take_setting)
        self.imports.close()
        self.status.close()
        self.viewport.close()
        self.bridge.close()
