"""``check PROJECT``: is everything ready for a show; 0 when green or amber, 1 when red."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from pathlib import Path

from twin.errors import BelvedereError
from twin.show.preflight import Item, Light, worst
from ui.cli.output import print_json
from ui.cli.projects import open_any, registry
from ui.i18n import translator

MARKS = {Light.GREEN: "green", Light.AMBER: "AMBER", Light.RED: "RED"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("project", metavar="PROJECT")
    parser.add_argument(
        "--lines", action="store_true", help="a line of JSON for each item, at once"
    )


def run(options: argparse.Namespace) -> int:
    """Check; 1 when anything is red."""
    items: list[Item] = []
    for found in _found(options.project):
        items.append(found)
        if options.lines:
            print(
                json.dumps({**row(found), "key": found.problem.key}, ensure_ascii=False), flush=True
            )
        elif not options.json:
            _print(found)
    status = worst(items)
    if options.json:
        print_json({"status": status.value, "items": [row(found) for found in items]})
    elif not options.lines:
        print(status.value)
    return 1 if status is Light.RED else 0


def _found(name: str) -> Iterator[Item]:
    """Yield what is found; a project that is there and cannot be opened is red, with what to do."""
    from ui.show.readiness import ready

    types = registry()
    try:
        opened = open_any([name], types)
    except BelvedereError as error:
        if not Path(name).exists():
            raise
        yield Item(id="project", light=Light.RED, problem=error.problem)
        return
    yield from ready(opened.project, opened.folder, types)


def row(found: Item) -> dict[str, object]:
    """Return an item as JSON-ready dictionary with its wording."""
    text, advice = translator.problem(found.problem)
    return {
        "id": found.id,
        "light": found.light.value,
        "where": found.problem.where,
        "text": text,
        "advice": advice,
        "values": dict(found.problem.values),
    }


def _print(found: Item) -> None:
    text, advice = translator.problem(found.problem)
    line = f"{MARKS[found.light]:6} {text}"
    print(f"{line} {advice}" if advice and found.light is not Light.GREEN else line)
