"""``new DIR --crs EPSG:2154 FILE...``: a project from files, the files copied into it."""

from __future__ import annotations

import argparse
from pathlib import Path

from twin.errors import ProjectError
from twin.store.project_folder import PROJECT_FILE
from twin.work.assemble import assemble, write_project
from ui.cli.output import print_json, print_problems, with_text
from ui.cli.projects import registry


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("folder", type=Path, metavar="DIR")
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
    parser.add_argument("--crs", default="", help="projected CRS of the project, in metres")
    parser.add_argument(
        "--title", default="", help="title of the project; default: the folder's name"
    )


def run(options: argparse.Namespace) -> int:
    """Make the project; 0 if it has any layer."""
    if (options.folder / PROJECT_FILE).exists():
        raise ProjectError("project.folder_taken", str(options.folder))
    title = options.title or options.folder.resolve().name
    project, problems = assemble(options.files, registry(), crs=options.crs, title=title)
    write_project(project, options.folder)
    if options.json:
        print_json(
            {
                "project": str(options.folder),
                "crs": project.frame.crs,
                "layers": [{"id": spec.id, "type": spec.type} for spec in project.layers],
                "problems": [with_text(p) for p in problems],
            }
        )
    else:
        names = ", ".join(spec.id for spec in project.layers)
        print(f"{options.folder}: {project.frame.crs}; {names}")
    print_problems(problems)
    return 0
