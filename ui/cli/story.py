"""``story PROJECT [ID] ...``: list stories, and take one away as film, handout, web page, pictures or glTF."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from twin.errors import BelvedereError
from twin.model.project import Project
from twin.model.story import Story
from ui.cli.output import print_json, print_problems
from ui.cli.projects import open_any, registry
from ui.cli.render import _size as size_of
from ui.i18n.catalogue import LANGUAGES

if TYPE_CHECKING:
    from ui.show.taking import Order

KINDS = ("mp4", "pdf", "html", "images", "poster", "gltf", "solid", "po", "xliff")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("project", metavar="PROJECT")
    parser.add_argument("id", nargs="?", default="", metavar="ID", help="a story, see --list")
    parser.add_argument("--list", action="store_true", help="list the stories")
    parser.add_argument("--lang", default="en", help="language of the texts: en, fr, ko, ar")
    parser.add_argument("--mp4", type=Path, metavar="FILE", help="a film")
    parser.add_argument("--pdf", type=Path, metavar="FILE", help="a handout, a page a stop")
    parser.add_argument("--html", type=Path, metavar="DIR", help="a web page that needs no network")
    parser.add_argument("--images", type=Path, metavar="DIR", help="a PNG of each stop")
    parser.add_argument("--poster", type=Path, metavar="PDF", help="all stops on one A1 sheet")
    parser.add_argument("--gltf", type=Path, metavar="GLB", help="the scene of the first stop")
    parser.add_argument(
        "--solid", type=Path, metavar="STL|3MF", help="the first stop for a 3D printer, in mm"
    )
    parser.add_argument("--po", type=Path, metavar="FILE", help="texts for translators (gettext)")
    parser.add_argument("--xliff", type=Path, metavar="FILE", help="texts for translators (XLIFF)")
    parser.add_argument("--take-texts", type=Path, metavar="FILE", help="read .po or .xlf back")
    parser.add_argument("--size", default="1280x720", type=size_of, metavar="WxH")
    parser.add_argument("--fps", default=10, type=_fps, help="frames a second of the film")
    parser.add_argument("--codec", default="h264", choices=["h264", "av1"])
    parser.add_argument("--whole", action="store_true", help="film: full holds, flights, motion")
    parser.add_argument("--sound", type=Path, metavar="FILE", help="film: a sound file")


def run(options: argparse.Namespace) -> int:
    """List or export; 0 when all that was asked for is written."""
    if options.list or not options.id:
        return _list(options)
    types = registry()
    opened = open_any([options.project], types)
    story = story_named(opened.project, options.id)
    if options.take_texts is not None:
        return _take_texts(opened.project, opened.folder, story, options)
    from ui.show.taking import take

    written, problems = take(_order(options, story), opened.project, opened.folder, types)
    if options.json:
        print_json({"story": story.id, "lang": options.lang, "written": written})
    else:
        for path in written.values():
            print(path)
    print_problems([*opened.problems, *problems])
    return 0


def _order(options: argparse.Namespace, story: Story) -> Order:
    """Return what is asked for. Raises BelvedereError for what can be told to fail before anything is drawn."""
    from ui.show.taking import Order

    asked = {kind: getattr(options, kind) for kind in KINDS}
    for path in (path for path in asked.values() if path is not None):
        if not path.absolute().parent.is_dir():
            raise BelvedereError("export.no_folder", str(path))
    if not any(asked.values()):
        raise BelvedereError("story.nothing_asked", options.id)
    order = Order(
        story=story,
        language=options.lang,
        size=options.size,
        fps=options.fps,
        codec=options.codec,
        whole=options.whole,
        sound=options.sound,
        **asked,
    )
    if order.draws:  # texts may go to a translator in a language that is new to the story
        _known(options.lang, [story])
    return order


def story_named(project: Project, name: str) -> Story:
    """Return a story of a project. Raises BelvedereError ``story.unknown``."""
    try:
        return project.story(name)
    except KeyError:
        known = ", ".join(story.id for story in project.stories)
        key = "story.unknown" if known else "story.none"
        raise BelvedereError(key, name, known=known) from None


def _known(language: str, stories: Iterable[Story]) -> None:
    """Raise BelvedereError ``story.unknown_language`` unless stories or the interface speak a language."""
    known = dict.fromkeys([*LANGUAGES, *(name for told in stories for name in told.languages)])
    if language not in known:
        raise BelvedereError("story.unknown_language", language, known=", ".join(known))


def _list(options: argparse.Namespace) -> int:
    opened = open_any([options.project], registry())
    _known(options.lang, opened.project.stories)
    rows = [
        {"id": s.id, "title": s.told(s.title, options.lang), "stops": len(s.stops)}
        for s in opened.project.stories
    ]
    if options.json:
        print_json({"stories": rows})
    else:
        for row in rows:
            print(f"{row['id']}: {row['title']} ({row['stops']})")
    print_problems(opened.problems)
    return 0


def _take_texts(project: Project, folder: Path, story: Story, options: argparse.Namespace) -> int:
    from twin.show.translation import take_texts
    from twin.store.project_folder import save_project

    changed, problems = take_texts(story, options.take_texts)
    save_project(project.with_story(changed), folder)
    print_problems(problems)
    return 0


def _fps(text: str) -> int:
    fps = int(text)
    if not 1 <= fps <= 120:
        raise argparse.ArgumentTypeError("1 to 120 frames a second")
    return fps
