"""A show under way: story, audience, console, screens, pointer, remote control; and how it ends or comes back."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPointF, Signal
from PySide6.QtGui import QGuiApplication, QPixmap
from PySide6.QtWidgets import QWidget

from twin.model.layer import LayerState
from twin.model.story import Stop, Story
from twin.show.player import Player
from ui.i18n import text, translator
from ui.show.audience import AudienceWindow
from ui.show.awake import Awake
from ui.show.beside_view import Neighbours
from ui.show.clips import Clips
from ui.show.lost_feeds import LostFeeds
from ui.show.marks import Marks, Tool
from ui.show.performer import Performer
from ui.show.screens import Screens
from ui.show.stage_alerts import StageAlerts
from ui.show.stop_chart import StopChart
from ui.show.wording import recorded_notice, right_to_left, told

if TYPE_CHECKING:
    from twin.work.session import Session
    from ui.show.console import PresenterConsole
    from ui.show.remote import Remote
    from ui.window.main import MainWindow

log = logging.getLogger(__name__)


class OnStage(QObject):
    """Tells a story to an audience until it ends.

    Parameters
    ----------
    window : MainWindow
        Its viewport goes to the audience, and comes back.
    language : str
        Of the audience.
    """

    ended = Signal()
    stop_shown = Signal(object)

    def __init__(self, window: MainWindow, story: Story, language: str) -> None:
        super().__init__(window)
        assert window.session is not None  # noqa: S101 - the action is off without a project
        self._window = window
        self.session: Session = window.session
        self.language = language
        self.performer = Performer(window.viewport, self.session, story, self)
        self._arranged = window.saveState()  # panels grow while the picture is away
        self.audience = AudienceWindow(_taken(window))
        self.neighbours = Neighbours(self.session, self.audience)
        self.clips = Clips(self)
        self.console: PresenterConsole | None = None
        self.remote: Remote | None = None
        control = getattr(window, "living_control", None)
        self.lost = LostFeeds(self.session, control, self) if control is not None else None
        self.alerts = StageAlerts(control, self) if control is not None else None
        self.chart = StopChart(self.session, self.audience.show_chart)
        self._pads: dict[str, bool] = {}
        self._set_aside: set[str] = set()
        self._awake = Awake()
        self._screens = Screens(self)
        self._over = False
        self.scale = 1.0
        self._connect()

    @property
    def player(self) -> Player:
        """The state of the story."""
        return self.performer.player

    @property
    def marks(self) -> Marks:
        """What lies over the picture."""
        return self.audience.marks

    def begin(
        self, stop_id: str = "", *, autoplay: bool = False, console: bool | None = None
    ) -> None:
        """Take the stage.

        Parameters
        ----------
        console : bool or None
            Show the presenter's console; None: where there is a screen of its own for it.
        """
        self._awake.begin()
        self._note_problems()
        self._window.viewport.overlay.set_clean(clean=True)
        self._set_language(self.language)
        self.place()
        self.performer.start(stop_id, autoplay=autoplay)
        if console or (console is None and len(QGuiApplication.screens()) > 1):
            self.show_console()
        self.audience.setFocus()

    def end(self) -> None:
        """Leave the stage: everything is as it was before."""
        if self._over:
            return
        self._over = True
        self._disconnect()
        if self.remote is not None:
            self.remote.close()
            self.remote = None
        if self.console is not None:
            translator.language_changed.disconnect(self.console.retranslate)
            self.console.close()
            self.console.deleteLater()
            self.console = None
        if self.lost is not None:
            self.lost.watch(on=False)
            self.lost.close()
        if self.alerts is not None:
            self.alerts.close()
        self.chart.end()
        self.clips.stop()
        self.performer.close()
        self.audience.show_beside(None, None)
        self.neighbours.close()
        window = self._window
        window.viewport.overlay.set_clean(clean=False)
        self.audience.release(window.setCentralWidget)
        window.viewport.retranslate()
        window.viewport.show()
        window.restoreState(self._arranged)
        self._awake.end()
        self.ended.emit()

    # What a presenter, a key, a clicker or a phone asks for.

    def do(self, command: str) -> None:
        """Carry out a command by its name; unknown ones are nothing."""
        name, _, value = command.partition(":")
        action = self._commands().get(name)
        if action is not None:
            action(value)
        if self.console is not None:
            self.console.refresh()

    def _commands(self) -> dict[str, Callable[[str], object]]:
        player = self.player
        return {
            "next": lambda _: player.next(),
            "back": lambda _: player.back(),
            "first": lambda _: player.go(player.story.line[0].id),
            "last": lambda _: player.go(player.story.line[-1].id),
            "go": player.go,
            "branch": lambda number: player.branch(int(number) if number.isdigit() else -1),
            "autoplay": lambda _: player.play(on=not player.autoplay),
            "loop": lambda _: setattr(player, "loop", not player.loop),
            "blank": lambda _: self.marks.set_blank(on=not self.marks.blank),
            "freeze": lambda _: self.audience.freeze(on=not self.marks.frozen),
            "laser": lambda _: self._tool(Tool.LASER),
            "spotlight": lambda _: self._tool(Tool.SPOTLIGHT),
            "draw": lambda _: self._tool(Tool.DRAW),
            "clear": lambda _: self.marks.clear(),
            "language": self._language_command,
            "layer": self._toggle_layer,
            "alerts": lambda _: self.alerts is not None and self.alerts.toggle(),
            "console": lambda _: self.show_console(),
            "remote": lambda _: self.toggle_remote(),
            "end": lambda _: self.end(),
        }

    def point_at(self, at: QPointF | None, *, drawing: bool = False, begins: bool = False) -> None:
        """Point on the picture, at a share of its width and height."""
        self.audience.point_at(at, drawing=drawing, begins=begins)

    def snapshot(self) -> QPixmap:
        """Return what the audience sees."""
        return self.audience.snapshot()

    def layers(self) -> list[tuple[str, str, bool]]:
        """Return id, title and whether it is shown, of every layer with a title."""
        shown = self._shown()
        return [
            (spec.id, text(spec.title, spec.id), spec.id in shown)
            for spec in self.session.project.layers
        ]

    def show_console(self) -> None:
        """Open the presenter's console, on another screen than the audience's where there is one."""
        if self.console is None:
            from ui.show.console import PresenterConsole

            self.console = PresenterConsole(self)
            self.console.command.connect(self.do)
            translator.language_changed.connect(self.console.retranslate)
            self._window.services.theme.changed.connect(self.console.retheme)
        others = [s for s in QGuiApplication.screens() if s is not self.audience.screen()]
        if others:
            room = others[0].availableGeometry()
            self.console.move(room.topLeft())
            self.console.resize(self.console.size().boundedTo(room.size()))
        self.console.show()
        self.console.show_stop(self.player)
        self.console.refresh()

    def toggle_remote(self) -> None:
        """Let a phone steer, or no longer."""
        if self.remote is not None:
            self.remote.close()
            self.remote = None
            return
        from ui.show.remote import Remote

        self.remote = Remote(self)
        self.remote.command.connect(self.do)
        self.remote.start(self.console or self.audience)

    # Screens.

    def place(self) -> None:
        """Put the audience's window on the screen that the application's own window is not on."""
        screens = QGuiApplication.screens()
        own = self._window.screen()
        others = [screen for screen in screens if screen is not own]
        self.audience.show_on(others[0] if others else own)
        screen = self.audience.screen()
        size = screen.size()
        log.info(
            "on stage: screen %s of %d, %d × %d, scaled by %g",
            screen.name(), len(screens), size.width(), size.height(), screen.devicePixelRatio(),
        )  # fmt: skip

    def _on_screens(self) -> None:
        log.info("screens changed: %s", ", ".join(s.name() for s in QGuiApplication.screens()))
        self.place()

    # Insides.

    def _connect(self) -> None:
        self._screens.changed.connect(self._on_screens)
        self.audience.command.connect(self.do)
        self.audience.closed.connect(self.end)
        self.performer.stop_shown.connect(self._on_stop)
        self.performer.moved.connect(self._follow)
        self.session.problems_changed.connect(self._note_problems)
        self.session.layer_changed.connect(self._on_layer)
        if self.alerts is not None:
            self.alerts.changed.connect(lambda: self._tell(self.player.stop))
        self._window.viewport.pilot.moved.connect(self._follow)
        self.neighbours.changed.connect(self._divide)
        if self.lost is not None:
            self.lost.changed.connect(lambda: self._tell(self.player.stop))

    def _disconnect(self) -> None:
        self._screens.changed.disconnect(self._on_screens)
        self.audience.command.disconnect(self.do)
        self.audience.closed.disconnect(self.end)
        self.performer.stop_shown.disconnect(self._on_stop)
        self.performer.moved.disconnect(self._follow)
        self.session.problems_changed.disconnect(self._note_problems)
        self.session.layer_changed.disconnect(self._on_layer)
        self._window.viewport.pilot.moved.disconnect(self._follow)
        self.neighbours.changed.disconnect(self._divide)

    def _on_stop(self, stop: Stop) -> None:
        self._pads.clear()
        self.marks.clear()
        following = self.player.following
        self.neighbours.keep([stop, following] if following else [stop], self.language)
        if self.lost is not None:
            self.lost.watch(on=stop.live)
        self.clips.stop()
        self._tell(stop)
        self._play(stop)
        self._divide()
        if self.console is not None:
            self.console.show_stop(self.player)
        self.stop_shown.emit(stop)

    def _play(self, stop: Stop) -> None:
        """Play film and sound of a stop."""
        folder = self.session.folder
        film, sound = (
            folder / clip.path if clip is not None else None for clip in (stop.video, stop.sound)
        )
        name = self.player.story.told(stop.video.caption, self.language) if stop.video else ""
        view = self.clips.play(film, sound, name=name)
        if view is not None:
            self.audience.show_chart(view)

    def _note_problems(self) -> None:
        """Write down which layers are set aside: no box tells of it during a show."""
        for runtime in self.session.layers():
            name = runtime.spec.id
            if runtime.state is LayerState.FAILED and name not in self._set_aside:
                self._set_aside.add(name)
                log.warning("layer %s is set aside: %s", name, *runtime.problems[:1] or ("",))

    def _divide(self) -> None:
        """Show what stands beside the stop, once it is loaded."""
        stop = self.player.stop
        view = self.neighbours.of(stop)
        self.audience.show_beside(stop.beside, view.clip if view is not None else None)
        self._window.viewport.overlay.covered = self.audience.covered()
        self._follow()

    def _follow(self) -> None:
        """Let the second camera look as the first does, and the chart say what it says now."""
        self.chart.show_time(self.session.clock.at)
        view = self.neighbours.of(self.player.stop)
        if view is not None:
            view.follow(self._window.viewport.stage.camera.pose)
            self.audience.set_share(self.player.share)

    def _tell(self, stop: Stop) -> None:
        story, project = self.player.story, self.session.project
        folder = self.session.folder
        words = told(stop, story, project, self.language, folder)
        stand_in = self.lost.standing_in if self.lost is not None else None
        if stand_in is not None:
            words = replace(words, notice=recorded_notice(stand_in, project, self.language))
        if self.alerts is not None and self.alerts.told:
            said = (self.alerts.told, words.notice)
            words = replace(words, notice=" · ".join(part for part in said if part))
        self.audience.tell(words, scale=self.scale)
        if self.clips.film is None:
            self.audience.show_chart(None)
        self.chart.draw(stop, self.language)
        self._window.viewport.overlay.covered = self.audience.covered()

    def _on_layer(self, layer_id: str, aspects: frozenset[str]) -> None:
        if "drawables" in aspects:
            self.chart.layer_came(layer_id)

    def _tool(self, tool: Tool) -> None:
        self.marks.set_tool(Tool.NONE if self.marks.tool is tool else tool)

    def _language_command(self, value: str) -> None:
        languages = self.player.story.languages
        if not value:
            place = languages.index(self.language) if self.language in languages else -1
            value = languages[(place + 1) % len(languages)]
        self._set_language(value)
        self._tell(self.player.stop)

    def _set_language(self, language: str) -> None:
        self.language = language
        self._window.viewport.stage.set_language(language)
        self._window.viewport.frames.request()
        self.neighbours.set_language(language)
        from PySide6.QtCore import Qt

        mirrored = right_to_left(language)
        way = Qt.LayoutDirection.RightToLeft if mirrored else Qt.LayoutDirection.LeftToRight
        self.audience.setLayoutDirection(way)

    def _shown(self) -> frozenset[str]:
        stop = self.player.stop
        specs = self.session.project.layers
        shown = {s.id for s in specs if s.visible} if stop.layers is None else set(stop.layers)
        for layer_id, on in self._pads.items():
            (shown.add if on else shown.discard)(layer_id)
        return frozenset(shown)

    def _toggle_layer(self, layer_id: str) -> None:
        self._pads[layer_id] = layer_id not in self._shown()
        self._window.viewport.scene.present(self._shown(), self.player.stop.styles)


def _taken(window: MainWindow) -> QWidget:
    """Take the viewport out of a window; an empty widget keeps its place."""
    viewport = window.viewport
    window.takeCentralWidget()
    empty = QWidget(window)
    empty.setObjectName("onstage")
    window.setCentralWidget(empty)
    return viewport
