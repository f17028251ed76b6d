"""``plugins``: list, make, check, try out, pack, install and trust plugins."""

from __future__ import annotations

import argparse
from pathlib import Path

from twin.errors import PluginError
from twin.problems import Problem
from ui import plugin_home as home
from ui.cli.output import print_json, print_problems, with_text
from ui.i18n import problem_text

TEMPLATES = home.ROOT / "assets" / "templates"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    from twin.registry.scaffold import kinds

    known = kinds(TEMPLATES)
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    _action(actions, "list", "every plugin that was found, healthy or not")
    made = _action(actions, "new", "a new plugin that passes its checks")
    made.add_argument("name", metavar="NAME")
    made.add_argument("--kind", default="layer", choices=known)
    made.add_argument("--out", type=Path, metavar="DIR", help="default: your plugin folder")
    checked = _action(actions, "check", "try a plugin against the contract; ends within 40 s")
    checked.add_argument("path", type=Path, metavar="PATH")
    packed = _action(actions, "pack", "one file to hand on")
    packed.add_argument("path", type=Path, metavar="PATH")
    packed.add_argument("--out", type=Path, default=Path(), metavar="DIR")
    tried = _action(actions, "run", "the plugin's sample in a window, loaded again on every save")
    tried.add_argument("path", type=Path, metavar="PATH")
    tried.add_argument(
        "--debug", action="store_true", help="its code in this process: breakpoints work"
    )
    _shelf_arguments(actions)
    for name, text in DECISIONS.items():
        _action(actions, name, text).add_argument("id", metavar="ID|PATH")


def _shelf_arguments(actions: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    added = _action(actions, "registry", "add a signed list of plugins to install from")
    added.add_argument("location", metavar="URL|FILE")
    added.add_argument("--key", default="", metavar="HEX", help="the public key that you trust")
    added.add_argument("--drop", action="store_true", help="forget it")
    signed = _action(actions, "sign", "make a registry file of packed plugins")
    signed.add_argument("packs", nargs="+", type=Path, metavar="PACK")
    signed.add_argument("--key-file", type=Path, required=True, help="made if it does not exist")
    signed.add_argument("--out", type=Path, required=True, metavar="JSON")
    signed.add_argument("--name", default="plugins")
    signed.add_argument("--days", type=int, default=365, help="until it expires")
    installed = _action(
        actions, "install", "from the registries that were added, or a pack on disk"
    )
    installed.add_argument("id", metavar="ID|PACK")
    installed.add_argument("--version", default="")
    _action(actions, "update", "everything that is not pinned")
    for name, text in INSTALLED.items():
        _action(actions, name, text).add_argument("id", metavar="ID")


INSTALLED = {
    "provide": "install the packages that a plugin asks for, into a folder of its own",
    "remove": "remove an installed plugin",
    "pin": "keep it at its version",
    "unpin": "let it be updated again",
    "rollback": "go back to the version before, and stay there",
}


DECISIONS = {
    "trust": "run a plugin without walls, as it is now",
    "isolate": "run it behind walls again",
    "forgive": "give a plugin that was set aside another chance",
    "off": "do not run it",
    "on": "run it again",
}


def run(options: argparse.Namespace) -> int:
    """Do what was asked; see each action."""
    actions = {"list": _list, "new": _new, "check": _check, "pack": _pack, "run": _run}
    if options.action in actions:
        return actions[options.action](options)
    if options.action in DECISIONS:
        return _decide(options)
    from ui.cli import plugins_shelf

    return plugins_shelf.run(options)


def _action(
    actions: argparse._SubParsersAction[argparse.ArgumentParser], name: str, text: str
) -> argparse.ArgumentParser:
    parser = actions.add_parser(name, help=text, description=text)
    # Before or after the action: what stands before is not overwritten by a default.
    parser.add_argument("--json", action="store_true", default=argparse.SUPPRESS)
    return parser


def _list(options: argparse.Namespace) -> int:
    from ui.plugins.listing import rows

    found = rows(home.registry(), home.warden())
    if options.json:
        print_json({"plugins": [row.as_dict() for row in found]})
        return 0
    width = max(len(row.id) for row in found) if found else 0
    for row in found:
        print(f"{row.id:{width}}  {row.version:8}  {row.state}")
        if row.problem is not None:
            print(f"    {problem_text(row.problem)}")
    return 0


def _new(options: argparse.Namespace) -> int:
    from twin.registry.scaffold import new_plugin

    out = options.out or home.user_folder()
    folder = new_plugin(options.name, options.kind, out, templates=TEMPLATES)
    if options.json:
        print_json({"path": str(folder), "id": _id(folder)})
    else:
        print(folder)
    return 0


def _check(options: argparse.Namespace) -> int:
    from ui.plugins.checking import check

    if not options.path.is_dir():
        raise PluginError("plugin.no_folder", str(options.path))
    answer = check(options.path.resolve())
    if options.json:
        print_json(
            {
                "path": str(options.path),
                "healthy": not answer.findings,
                "isolated": answer.confined,
                "seconds": round(answer.seconds, 1),
                "findings": [with_text(p) for p in answer.findings],
            }
        )
    else:
        count = len(answer.findings)
        verdict = "healthy" if not count else f"{count} finding{'s' if count > 1 else ''}"
        print(f"{options.path}: {verdict} ({answer.seconds:.1f} s)")
        print_problems(answer.findings)
    if not answer.confined:
        print_problems([Problem("plugin.checked_open", str(options.path))])
    return 1 if answer.findings else 0


def _pack(options: argparse.Namespace) -> int:
    from twin.isolation.pack import pack

    target, checksum = pack(options.path.resolve(), options.out)
    if options.json:
        print_json({"path": str(target), "sha256": checksum})
    else:
        print(f"{target}\nsha256 {checksum}")
    return 0


def _run(options: argparse.Namespace) -> int:
    from ui.plugins.trying import try_out

    return try_out(options.path, debug=options.debug)


def _decide(options: argparse.Namespace) -> int:
    from twin.isolation.trust import digest

    folder = _folder(options.id)
    changes = {
        "trust": lambda: {"trusted": digest(folder), "strikes": ()},
        "isolate": lambda: {"trusted": ""},
        "forgive": lambda: {"strikes": ()},
        "off": lambda: {"off": True},
        "on": lambda: {"off": False},
    }
    home.warden().store.change(folder, **changes[options.action]())
    if options.action == "trust":
        print_problems([Problem("plugin.now_trusted", str(folder))])
    return 0


def _folder(name: str) -> Path:
    """Return the folder of a plugin named by its id or by its path."""
    if (Path(name) / "plugin.toml").is_file():
        return Path(name).resolve()
    for entry in home.registry().entries:
        if entry.id == name:
            return entry.folder
    raise PluginError("plugin.unknown", name)


def _id(folder: Path) -> str:
    from twin.registry import read_manifest

    return read_manifest(folder).id
