"""``report PROJECT TEMPLATE --out x.pdf``: a sheet or a deck without a display, the same bytes each time."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from twin.errors import BelvedereError
from ui.cli.output import print_json, print_problems, with_text
from ui.cli.projects import open_any, registry
from ui.i18n.catalogue import LANGUAGES
from ui.templates import shipped, template_path

if TYPE_CHECKING:
    from twin.export.template import Template
    from twin.problems import Problem
    from twin.progress import Progress
    from twin.work.session import Session


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("project", metavar="PROJECT", help="a project, a file, or the word demo")
    names = ", ".join(shipped())
    parser.add_argument("template", metavar="TEMPLATE", help=f"{names}, or a .toml or .json file")
    parser.add_argument("--out", required=True, type=_out, metavar="PDF|PNG|CSV")
    parser.add_argument("--lang", default="en", choices=LANGUAGES)
    parser.add_argument("--view", default="", help="a bookmark's id, site, top, iso or street")
    parser.add_argument("--variant", default="", metavar="ID", help="the variant that stands")
    parser.add_argument("--year", type=int, help="of days that a template gives without a year")
    parser.add_argument("--dpi", type=float, help="of the pictures")
    parser.add_argument("--width", type=int, metavar="PX", help="of a PNG: 16 to 16384 pixels")
    parser.add_argument("--crs", default="", help="CRS of a file that does not say")


def run(options: argparse.Namespace) -> int:
    """Compose and write; 0 when the file is there."""
    from twin.export.template import read_template
    from twin.progress import Unattended
    from twin.work.session import Session

    template = read_template(template_path(options.template))
    types = registry()
    opened = open_any([options.project], types, crs=options.crs)
    known = [v.id for v in opened.project.variants]
    if options.variant and options.variant not in known:
        raise BelvedereError(
            "analyse.unknown_variant", options.variant, known=", ".join(known) or "-"
        )
    session, heard = Session(opened.project, opened.folder, types), Unattended()
    try:
        session.set_variant(options.variant)
        session.start()
        session.wait()
        written = _write(session, template, options, heard)
        problems = [*opened.problems, *(p for _, p in session.problems), *heard.problems]
        _tell(written, template.name, problems, as_json=options.json)
        return 0
    finally:
        session.close()


def _write(
    session: Session, template: Template, options: argparse.Namespace, heard: Progress
) -> Sequence[Path]:
    """Compose the pages with the fonts that come along, whatever the machine has."""
    from twin.export.report import write_report
    from twin.export.sheet import Setting
    from ui.text import QtTextEngine, ensure_application, font_files

    ensure_application()
    dpi = options.width / template.size_mm[0] * 25.4 if options.width else options.dpi
    fonts = font_files()
    return write_report(
        session,
        template,
        options.out,
        text=QtTextEngine(),
        setting=Setting(lang=options.lang, dpi=dpi, year=options.year, view=options.view),
        progress=heard,
        font=fonts[0] if fonts else None,
    )


def _tell(written: Sequence[Path], name: str, problems: list[Problem], *, as_json: bool) -> None:
    if as_json:
        files = [str(path) for path in written]
        told = {"out": files[0], "files": files, "template": name}
        print_json({**told, "problems": [with_text(p) for p in problems]})
    else:
        print(*written, sep="\n")
    print_problems(problems)


def _out(text: str) -> Path:
    path = Path(text)
    if path.suffix.lower() not in (".pdf", ".png", ".csv"):
        raise argparse.ArgumentTypeError("a report is a .pdf, .png or .csv")
    if path.is_dir() or not path.parent.is_dir():
        raise argparse.ArgumentTypeError(f"{text} is a folder, or its folder does not exist")
    return path
