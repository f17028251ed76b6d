"""``show PROJECT [STORY]``: a story full screen, watched over: after a crash it is back at the same stop."""

from __future__ import annotations

import argparse
from datetime import time
from pathlib import Path

from twin.store.project_folder import project_folder
from ui.cli.projects import project_path


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("project", metavar="PROJECT")
    parser.add_argument("story", nargs="?", default="", metavar="STORY")
    parser.add_argument("--lang", default="en", help="language of the audience")
    parser.add_argument("--at", default="", metavar="STOP", help="begin at a stop")
    parser.add_argument("--autoplay", action="store_true", help="the story tells itself")
    parser.add_argument("--loop", action="store_true", help="begin again at the end")
    parser.add_argument("--console", action="store_true", help="with the presenter's console")
    parser.add_argument("--kiosk", action="store_true", help="for visitors: Ctrl+Shift+Q ends it")
    parser.add_argument("--idle", type=float, default=90.0, metavar="S", help="kiosk: reset after")
    parser.add_argument("--hours", type=_hours, metavar="09:00-18:00", help="kiosk: open when")
    parser.add_argument(
        "--allow", default="", metavar="next,back", help="kiosk: what a visitor may do"
    )
    parser.add_argument("--text-size", type=float, default=1.0, help="1 is usual")
    parser.add_argument("--calm", action="store_true", help="no flights, no turning")
    parser.add_argument("--speed", type=float, default=1.0, help=argparse.SUPPRESS)  # rehearsals
    parser.add_argument("--diary", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--standby", action="store_true", help=argparse.SUPPRESS)


def run(options: argparse.Namespace) -> int:
    """Show; 0 when the presenter ended it."""
    project = project_folder(project_path(options.project))
    if options.diary is None:
        from ui.show.live import guard

        return guard(_again(options, project))
    from ui.show.guardian import Diary
    from ui.show.live import Booking
    from ui.show.live import run as show

    booking = Booking(
        project=project,
        story=options.story,
        stop=options.at,
        language=options.lang,
        autoplay=options.autoplay,
        loop=options.loop,
        kiosk=options.kiosk,
        console=options.console,
        idle_s=options.idle,
        hours=options.hours,
        allowed=tuple(options.allow.split(",")) if options.allow else (),
        scale=options.text_size,
        calm=options.calm,
        speed=options.speed,
        standby=options.standby,
    )
    return show(booking, Diary(options.diary))


def _again(options: argparse.Namespace, project: Path) -> list[str]:
    """Return the arguments for the process that shows."""
    again = ["show", str(project.resolve())]
    again += [options.story] if options.story else []
    again += ["--lang", options.lang, "--idle", str(options.idle)]
    again += ["--text-size", str(options.text_size), "--speed", str(options.speed)]
    again += ["--at", options.at] if options.at else []
    again += ["--allow", options.allow] if options.allow else []
    for name in ("autoplay", "loop", "console", "kiosk", "calm"):
        again += [f"--{name}"] if getattr(options, name) else []
    if options.hours is not None:
        begin, end = options.hours
        again += ["--hours", f"{begin:%H:%M}-{end:%H:%M}"]
    return again


def _hours(text: str) -> tuple[time, time]:
    try:
        begin, end = (time.fromisoformat(part) for part in text.split("-"))
    except ValueError:
        raise argparse.ArgumentTypeError("hours look like 09:00-18:00") from None
    return begin, end
