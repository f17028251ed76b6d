"""What the show brings to the window: the Show menu, its panel, the check, packs, and what is taken away."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QMenu

from ui.actions import Action
from ui.i18n import translator
from ui.window.conditions import is_open
from ui.window.desks import RIGHT, Desk, Place, Seat

if TYPE_CHECKING:
    from ui.docks.panel import Panel
    from ui.window.main import MainWindow


def has_story(w: MainWindow) -> bool:
    """Whether the project has a story that can be told."""
    return is_open(w) and any(story.line for story in w.session.project.stories)


def _stories_panel(w: MainWindow) -> Panel:
    from ui.show.stories_panel import StoriesPanel

    panel = StoriesPanel(w)
    panel.play_requested.connect(
        lambda story, stop, rehearsal: play(w, story, stop, rehearsal=rehearsal)
    )
    return panel


def play(w: MainWindow, story_id: str = "", stop_id: str = "", *, rehearsal: bool = False) -> None:
    """Take a story to the stage; by default the first."""
    from ui.show.on_stage import OnStage

    if getattr(w, "on_stage", None) is not None:
        return
    stories = [story for story in w.session.project.stories if story.line]
    story = next((s for s in stories if s.id == story_id), stories[0])
    language = translator.language
    if language not in story.languages:
        language = story.fallback
    show = OnStage(w, story, language)
    show.scale, show.player.calm = w.services.settings.text_scale, w.services.settings.calm
    w.on_stage = show
    show.ended.connect(lambda: setattr(w, "on_stage", None))
    show.begin(stop_id, autoplay=rehearsal, console=True if rehearsal else None)


def check(w: MainWindow) -> None:
    """Open the check before a show and run it."""
    from ui.show.check_dialog import CheckDialog

    CheckDialog(w).open()


def take(w: MainWindow) -> None:
    """Ask what is to be taken away of a story, and in which language."""
    from ui.show.take_dialog import TakeDialog

    TakeDialog(w).open()


def pack(w: MainWindow) -> None:
    """Ask for a file and write the project as a pack."""
    from ui.show.take_dialog import choose_pack

    choose_pack(w)


def diagnostics(w: MainWindow) -> None:
    """Ask for a file and write what helps to find a fault, without secrets."""
    from ui.show.diagnostics import choose

    choose(w)


def logs(_w: MainWindow) -> None:
    """Open the folder of the logs."""
    from ui.show.diagnostics import open_folder

    open_folder()


def _fill_play(w: Any, menu: QMenu) -> None:
    for story in w.session.project.stories if w.session else ():
        if story.line:
            entry = menu.addAction(story.told(story.title, translator.language))
            entry.triggered.connect(lambda _on=False, name=story.id: play(w, name))


DESK = Desk(
    id="show",
    actions=(
        Action(
            id="show.play", text="action.show.play", run=play, menu=("show",), section=0,
            icon="mdi6.presentation-play", keys=("Shift+F5",), enabled=has_story,
        ),
        Action(
            id="show.rehearse", text="action.show.rehearse", run=lambda w: play(w, rehearsal=True),
            menu=("show",), section=0, icon="mdi6.timer-outline", enabled=has_story,
        ),
        Action(
            id="show.check", text="action.show.check", run=check, menu=("show",), section=1,
            icon="mdi6.clipboard-check-outline", keys=("Ctrl+F5",), enabled=is_open,
        ),
        Action(
            id="show.take", text="action.show.take", run=take, menu=("show",), section=2,
            icon="mdi6.export", enabled=has_story,
        ),
        Action(
            id="show.pack", text="action.show.pack", run=pack, menu=("show",), section=2,
            icon="mdi6.package-variant-closed", enabled=is_open,
        ),
        Action(
            id="help.diagnostics", text="action.help.diagnostics", run=diagnostics, menu=("help",),
            section=2, icon="mdi6.stethoscope",
        ),
        Action(
            id="help.logs", text="action.help.logs", run=logs, menu=("help",), section=2,
            icon="mdi6.folder-text-outline",
        ),
    ),
    panels={"stories": Seat(make=_stories_panel, place=Place(RIGHT, shown=False, extent_px=380))},
    fillers={("show", "tell"): (0, _fill_play)},
)  # fmt: skip
