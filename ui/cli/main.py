"""Reads the command line and calls the verb. A verb is imported only when it is called."""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Sequence

from twin import __version__
from twin.errors import BelvedereError
from twin.problems import Problem, Severity
from twin.store.project_folder import project_folder
from ui.cli.output import fail

VERBS = {
    "info": "what is in files: format, CRS, counts, attributes, problems",
    "render": "a picture of a project or of files, without a display",
    "new": "make a project from files",
    "convert": "write files, or a layer of a project, in another format",
    "analyse": "sun, sight, viewshed and indicators as tables, without a display",
    "bake": "a 3D Tiles 1.1 tileset of a project, of files or of a database",
    "greeter": "a simulated welcome robot, which asks a running window for scenes",
    "plugins": "list, make, check, try out, pack, install and trust plugins",
    "network": "flows, traces and outages of pipes and cables",
    "story": "list stories; film, handout, web page, pictures, glTF of one",
    "record": "keep what feeds observe, without a window",
    "replay": "play a record again, without network",
    "simulate": "services of a town on this machine, in the words of their standards; all made up",
    "show": "a story full screen, for an audience or a kiosk, watched over",
    "check": "is everything ready for a show: green, amber, red, and what to do",
    "pack": "a project with all its data in one signed file",
    "fetch": "fetch a place from the services that have it, as a project",
    "report": "a sheet or a deck as PDF, PNG or CSV, without a display",
    "bench": "run the benchmarks, print JSON",
}


DEBUG = "BELVEDERE_DEBUG"
"""Environment variable: when set, a fault in a verb ends with Python's traceback."""

INTERRUPTED = 130
"""Exit status after Ctrl+C, as shells have it."""


def main(arguments: Sequence[str]) -> int:
    """Run the command line; return the exit status."""
    if arguments and arguments[0] in VERBS:
        return _verb(arguments[0], arguments[1:])
    return _window(arguments)


def _verb(name: str, arguments: Sequence[str]) -> int:
    module = importlib.import_module(f"ui.cli.{name}")
    parser = argparse.ArgumentParser(prog=f"main.py {name}", description=VERBS[name])
    parser.add_argument("--json", action="store_true", help="print JSON")
    module.add_arguments(parser)
    options = parser.parse_args(arguments)
    try:
        return int(module.run(options))
    except BelvedereError as error:
        return fail(error.problem, *error.others, as_json=options.json)
    except BrokenPipeError:
        # The reader of our output has seen enough; Python would complain again at exit.
        sys.stderr.close()
        return 0
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception as error:
        if os.environ.get(DEBUG):
            raise
        return fail(_fault(name, error), as_json=options.json)


def _fault(verb: str, error: Exception) -> Problem:
    """Return a fault of ours as a message. People have no use for a traceback, but we do: see DEBUG."""
    reason = f"{type(error).__name__}: {error}"[:300]
    return Problem("cli.fault", verb, {"reason": reason, "variable": DEBUG}, Severity.ERROR)


def _window(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="main.py",
        description="Belvedere, a digital-twin viewer for urban projects.",
        epilog="Verbs: " + "; ".join(f"{name}: {text}" for name, text in VERBS.items()),
    )
    parser.add_argument("project", nargs="?", help="a project folder, or the word demo")
    parser.add_argument("--version", action="version", version=f"Belvedere {__version__}")
    options = parser.parse_args(arguments)
    from ui.cli.projects import project_path

    try:
        path = project_folder(project_path(options.project)) if options.project else None
    except BelvedereError as error:
        return fail(error.problem, as_json=False)
    if _without_display():
        return fail(Problem("window.no_display"), as_json=False)
    from ui.app import run

    return run(path)


def _without_display() -> bool:
    """Qt would abort the process; a test or a picture chooses its platform itself."""
    names = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    return sys.platform.startswith("linux") and not any(os.environ.get(n) for n in names)
