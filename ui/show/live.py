"""A show started from the command line: no window of the workshop, no dialog, a diary that others can read."""

from __future__ import annotations

import logging
import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication

from twin.errors import BelvedereError
from ui.show.guardian import BEAT_MS, Diary, Guardian
from ui.show.kiosk import ALLOWED, Kiosk
from ui.show.on_stage import OnStage

if TYPE_CHECKING:
    from twin.model.story import Story
    from ui.window import MainWindow

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Booking:
    """What is shown, and how."""

    project: Path
    story: str = ""
    stop: str = ""
    language: str = "en"
    autoplay: bool = False
    loop: bool = False
    kiosk: bool = False
    console: bool = False
    idle_s: float = 90.0
    hours: tuple[time, time] | None = None
    allowed: tuple[str, ...] = ()
    """What visitors of a kiosk may do; empty: all that is meant for them."""
    scale: float = 1.0
    calm: bool = False
    speed: float = 1.0
    standby: bool = False
    """Load everything and wait for the cue of the guardian."""


def guard(arguments: Sequence[str]) -> int:
    """Run a show under a guardian; return the exit status of its regular end."""
    from ui.app import make_application
    from ui.show.diagnostics import begin_log

    begin_log()
    application = make_application()
    application.setQuitOnLastWindowClosed(False)
    with tempfile.TemporaryDirectory(prefix="belvedere-show-") as folder:
        guardian = Guardian(arguments, Path(folder))
        guardian.start()
        status = application.exec()
        guardian.deleteLater()
    return int(status)


def run(booking: Booking, diary: Diary | None = None) -> int:
    """Show a story until its presenter ends it; return 0 then.

    Raises
    ------
    BelvedereError
        The project cannot be opened, or has no such story.
    """
    from ui.app import make_application, make_window
    from ui.i18n import translator
    from ui.services import make_services
    from ui.settings import Settings
    from ui.show.diagnostics import begin_log

    begin_log()
    application = make_application()
    application.setQuitOnLastWindowClosed(False)
    services = make_services(application, Settings(None))
    translator.set_language(booking.language)
    window = make_window(services, booking.project)
    assert window.session is not None  # noqa: S101 - a project was named
    stories = [story for story in window.session.project.stories if story.line]
    story = next((s for s in stories if booking.story in ("", s.id)), None)
    if story is None:
        window.close()
        raise BelvedereError("story.unknown", booking.story, known=", ".join(s.id for s in stories))
    if booking.standby:
        cued = _cued(booking, window)
        if cued is None:
            window.close()
            return 0
        booking = cued
    status = _play(booking, window, story, diary)
    window.close()
    services.theme.close()
    return status


def _play(booking: Booking, window: MainWindow, story: Story, diary: Diary | None) -> int:
    application = QApplication.instance()
    assert isinstance(application, QApplication)  # noqa: S101
    stage = OnStage(window, story, booking.language)
    stage.scale = booking.scale
    stage.player.calm = booking.calm
    stage.player.speed = booking.speed
    stage.player.loop = booking.loop or story.loop
    window.on_stage = stage
    keeper = _Keeper(stage, diary) if diary is not None else None
    stage.begin(booking.stop, autoplay=booking.autoplay, console=booking.console or None)
    kiosk = _kiosk(booking, stage) if booking.kiosk else None
    stage.ended.connect(application.quit)
    status = application.exec()
    if keeper is not None:
        keeper.close()
    if kiosk is not None:
        kiosk.close()
    window.on_stage = None
    return int(status)


def _kiosk(booking: Booking, stage: OnStage) -> Kiosk:
    allowed = booking.allowed or ALLOWED
    kiosk = Kiosk(stage, idle_s=booking.idle_s, hours=booking.hours, allowed=allowed)
    if booking.stop and not booking.autoplay:  # it is back where a visitor was
        kiosk.serve()
    else:
        kiosk.attract(booking.stop)
    return kiosk


def _cued(booking: Booking, window: MainWindow) -> Booking | None:
    """Load, and wait for the cue; return the booking as the show stood, None where nobody gives one any more."""
    from ui.show.understudy import Cue

    given: list[dict[str, Any]] = []
    loop, cue = QEventLoop(), Cue()
    cue.given.connect(lambda state: (given.append(state), loop.quit()))
    cue.lost.connect(loop.quit)
    if window.viewport.scene.complete:
        cue.say_ready()
    else:
        window.viewport.completed.connect(cue.say_ready)
    loop.exec()
    if not given:
        return None
    state = given[0]
    return replace(
        booking,
        stop=str(state.get("stop", "")),
        language=str(state.get("language") or booking.language),
        autoplay=bool(state.get("autoplay", booking.autoplay)),
        standby=False,
    )


class _Keeper:
    """Writes the diary: the stop that is on, and a picture of it once it is finely drawn."""

    def __init__(self, stage: OnStage, diary: Diary) -> None:
        self._stage, self._diary = stage, diary
        self._pictured = ""
        self._timer = QTimer(stage, interval=BEAT_MS)
        self._timer.timeout.connect(self.write)
        self._timer.start()

    def write(self) -> None:
        """Note how the show stands."""
        stage, player = self._stage, self._stage.player
        complete = stage.performer.viewport.scene.complete
        key = f"{player.stop.id} {stage.language}"
        if complete and key != self._pictured and player.phase.value == "holding":
            stage.snapshot().save(str(self._diary.picture))
            self._pictured = key
        self._diary.write(
            stop=player.stop.id,
            language=stage.language,
            autoplay=player.autoplay,
            on_stage=complete,
            seconds=player.total_s,
            process=os.getpid(),
        )

    def close(self) -> None:
        """Write no more."""
        self._timer.stop()
