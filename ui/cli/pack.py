"""``pack PROJECT --out x.belvedere``: a project, its data, stories, fonts and versions in one signed file."""

from __future__ import annotations

import argparse
from pathlib import Path

from twin.errors import BelvedereError
from ui.cli.output import print_json, print_problems
from ui.cli.projects import open_any, registry


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("project", metavar="PROJECT")
    parser.add_argument("--out", required=True, type=_pack, metavar="FILE.belvedere")
    parser.add_argument("--key", type=Path, metavar="PEM", help="an Ed25519 private key of yours")


def run(options: argparse.Namespace) -> int:
    """Write the pack; 0 when it is whole."""
    from ui.show.packing import key_from, pack_project

    types = registry()
    opened = open_any([options.project], types)
    key = key_from(options.key) if options.key else None
    try:
        signer = pack_project(opened.project, opened.folder, types, options.out, key=key)
    except OSError as error:
        reason = error.strerror or str(error)
        raise BelvedereError("export.cannot_write", str(options.out), reason=reason) from error
    size = options.out.stat().st_size
    if options.json:
        print_json({"out": str(options.out), "size": size, "signer": signer})
    else:
        print(f"{options.out}: {size / 1e6:.1f} MB, signed {signer}")
    print_problems(opened.problems)
    return 0


def _pack(text: str) -> Path:
    path = Path(text)
    if path.suffix.lower() != ".belvedere":
        raise argparse.ArgumentTypeError("the name of a pack ends with .belvedere")
    if path.is_dir() or not path.absolute().parent.is_dir():
        raise argparse.ArgumentTypeError(f"{text} is a folder, or its folder does not exist")
    return path
