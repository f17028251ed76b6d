"""``render PROJECT|FILE... --out x.png``: a picture without a display."""

from __future__ import annotations

import argparse
import sys
from datetime import datetime
from pathlib import Path

from twin.errors import BelvedereError
from twin.model.layer import LayerState
from twin.model.project import Project
from twin.problems import Problem, Severity
from twin.work.session import Session
from ui.cli.output import fail, print_json, print_problems, with_text
from ui.cli.projects import open_any, registry
from ui.i18n.catalogue import LANGUAGES

YEARS = (1000, 3000)
"""Beyond them neither the calendar nor where the sun stood is sure."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("inputs", nargs="+", metavar="PROJECT|FILE")
    parser.add_argument("--out", required=True, type=_png, metavar="PNG")
    parser.add_argument("--size", default="1920x1080", type=_size, metavar="WxH")
    parser.add_argument("--view", default="", help="a bookmark's id, or top, iso, street")
    parser.add_argument("--time", type=_time, metavar="ISO", help="2026-06-21T12:00Z")
    parser.add_argument("--hide", action="append", default=[], metavar="LAYER")
    parser.add_argument("--crs", default="", help="CRS of files that do not say")
    parser.add_argument("--lang", default="en", choices=LANGUAGES)


def run(options: argparse.Namespace) -> int:
    """Draw; 0 if any layer could be shown."""
    from ui.text import QtTextEngine, ensure_application

    types = registry()
    opened = open_any(options.inputs, types, crs=options.crs)
    _check_names(opened.project, options)
    session = Session(_as_asked(opened.project, options), opened.folder, types)
    try:
        session.start()
        session.wait()
        problems = [*opened.problems, *(p for _, p in session.problems)]
        shown = [r.spec.id for r in session.layers() if r.drawables and r.spec.visible]
        if not shown:
            return _nothing(problems, as_json=options.json)
        ensure_application()
        _save(session, options, QtTextEngine())
        return _report(session, shown, problems, options)
    finally:
        session.close()


def _save(session: Session, options: argparse.Namespace, text: object) -> None:
    from twin.render.picture import render_picture, save_png

    image = render_picture(
        session,
        size=options.size,
        view=options.view,
        text=text,
        lang=options.lang,
        at=options.time,
    )
    try:
        save_png(image, options.out)
    except OSError as error:
        reason = error.strerror or str(error)
        raise BelvedereError("render.cannot_write", str(options.out), reason=reason) from error


def _report(
    session: Session, shown: list[str], problems: list[Problem], options: argparse.Namespace
) -> int:
    if options.json:
        counts = {r.spec.id: len(r.table) for r in session.layers() if r.table is not None}
        print_json(
            {
                "out": str(options.out),
                "size": list(options.size),
                "layers": {name: counts.get(name, 0) for name in shown},
                "failed": [r.spec.id for r in session.layers() if r.state is LayerState.FAILED],
                "problems": [with_text(p) for p in problems],
            }
        )
    else:
        print(f"{options.out}: {', '.join(shown)}")
    print_problems(problems)
    return 0


def _nothing(problems: list[Problem], *, as_json: bool) -> int:
    return fail(
        *(problems or [Problem("render.nothing", severity=Severity.ERROR)]), as_json=as_json
    )


def _check_names(project: Project, options: argparse.Namespace) -> None:
    layers = [spec.id for spec in project.layers]
    for name in options.hide:
        if name not in layers:
            raise BelvedereError("render.unknown_layer", name, known=", ".join(layers))
    views = list(dict.fromkeys(["top", "iso", "street", *(view.id for view in project.views)]))
    if options.view and options.view not in views:
        raise BelvedereError("render.unknown_view", options.view, known=", ".join(views))


def _as_asked(project: Project, options: argparse.Namespace) -> Project:
    """Return the project with the layers that the view and ``--hide`` ask for."""
    wanted = options.view or (project.views[0].id if project.views else "")
    for view in project.views:
        if view.id == wanted:
            project = project.as_in(view)
    shown = [spec.id for spec in project.layers if spec.visible]
    return project.showing(name for name in shown if name not in options.hide)


def _size(text: str) -> tuple[int, int]:
    width, _, height = text.lower().partition("x")
    try:
        size = int(width), int(height)
    except ValueError:
        raise argparse.ArgumentTypeError("a size looks like 1920x1080") from None
    if not all(16 <= side <= 16_384 for side in size):
        raise argparse.ArgumentTypeError("each side must be 16 to 16384 pixels")
    return size


def _png(text: str) -> Path:
    path = Path(text)
    if path.suffix.lower() != ".png":
        raise argparse.ArgumentTypeError("the picture is a PNG: its name ends with .png")
    if path.is_dir() or not path.parent.is_dir():
        raise argparse.ArgumentTypeError(f"{text} is a folder, or its folder does not exist")
    return path


def _time(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError("a time looks like 2026-06-21T12:00Z") from None
    first, last = YEARS
    if not first <= moment.year <= last:
        raise argparse.ArgumentTypeError(f"the year must be {first} to {last}")
    if moment.tzinfo is None:
        print("time without a zone: taken as local time of this machine", file=sys.stderr)
        moment = moment.astimezone()
    return moment
