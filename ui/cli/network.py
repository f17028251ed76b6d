"""``network FILE|PROJECT --solve|--trace ID|--outage ID``: flows, traces and outages of pipes and cables."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from twin.network.model import NetworkError
from twin.progress import Unattended
from ui.cli.output import print_problems, with_text


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("input", metavar="FILE|PROJECT")
    todo = parser.add_mutually_exclusive_group()
    todo.add_argument("--solve", action="store_true", help="compute the flows")
    todo.add_argument(
        "--trace", metavar="ID", help="what feeds it, what it feeds, the way to the source"
    )
    todo.add_argument(
        "--outage",
        metavar="ID",
        action="append",
        help="take it out: who is without (may be repeated)",
    )
    todo.add_argument(
        "--export", metavar="JSON", help="write it as a file of pandapower or pandapipes"
    )
    parser.add_argument("--to", default="", metavar="ID", help="with --trace: the way between both")
    parser.add_argument("--network", default="", metavar="LAYER", help="which network of a project")
    parser.add_argument(
        "--mode",
        default="",
        choices=["", "hydraulics", "heat", "sequential", "bidirectional", "unbalanced"],
        help="what to compute, where the file should not decide",
    )
    parser.add_argument("--steps", type=int, default=1, help="moments of a day: 1, 24 or 96")
    parser.add_argument(
        "--chargers",
        default="",
        metavar="FILE",
        help="charging points as loads: IRVE (CSV) or OCPI (JSON)",
    )
    parser.add_argument(
        "--chargers-state", default="", metavar="CSV", help="IRVE dynamic file of the same points"
    )
    parser.add_argument("--crs", default="", help="CRS of files that do not say")
    parser.add_argument("--map", action="append", default=[], metavar="OURS=THEIRS",
                        help="column names of plain files, for instance diameter_mm=DN")  # fmt: skip
    parser.add_argument("--commodity", default="", metavar="WORD",
                        help="what flows in a plain file: heat, cold, temperate_loop, electricity, gas")  # fmt: skip
    parser.add_argument("--snap", type=float, default=0.5, metavar="M",
                        help="ends of lines nearer than this are joined")  # fmt: skip


def run(options: argparse.Namespace) -> int:
    """Do what was asked; without anything asked, say what the network has."""
    from twin.network.solve import client

    if options.solve:
        client.shared().start()  # its imports run beside what follows
    watch = Unattended()
    try:
        found = _found(options, watch)
    finally:
        client.shared().close()
    problems = [*watch.problems, *found.pop("_problems", ())]
    if options.json:
        import orjson

        told = {**found, "problems": [with_text(p) for p in problems]}
        print(orjson.dumps(told, option=orjson.OPT_INDENT_2).decode())
    else:
        _print(found)
    print_problems(problems)
    return 0


def _found(options: argparse.Namespace, watch: Unattended) -> dict[str, Any]:
    from twin.work import systems
    from ui.cli.projects import project_path, registry

    path = project_path(options.input)
    if options.solve and systems.is_solvable_file(path):
        found = systems.solve_file(path, mode=options.mode, progress=watch)
        return {"mode": found.mode, **found.as_dict(), "_problems": found.problems}
    opened = systems.open_systems(
        path,
        registry(),
        only=options.network,
        crs=options.crs,
        meaning=_meaning(options),
        progress=watch,
    )
    if options.solve:
        return systems.solved(
            opened,
            mode=options.mode,
            steps=options.steps,
            chargers=_chargers(options),
            progress=watch,
        )
    if options.export:
        return systems.exported(opened, Path(options.export), watch)
    if options.trace:
        return systems.traced(opened, options.trace, options.to)
    if options.outage:
        return systems.without(opened, options.outage)
    return systems.summary(opened)


def _meaning(options: argparse.Namespace) -> Any:
    from twin.network.drawing import Meaning

    columns = dict(pair.partition("=")[::2] for pair in options.map)
    return Meaning(columns=columns, commodity=options.commodity, snap_m=options.snap)


def _chargers(options: argparse.Namespace) -> list[Any]:
    from twin.network import chargers

    if not options.chargers:
        return []
    state = Path(options.chargers_state) if options.chargers_state else None
    return chargers.read(Path(options.chargers), state)


def _print(found: dict[str, Any]) -> None:
    for name, value in found.items():
        if name in {"nodes", "edges", "devices"} and isinstance(value, dict):
            for column, by_id in value.items():
                print(f"{name}.{column}: {_spread(by_id)}")
        elif isinstance(value, dict):
            _print({f"{name}.{k}": v for k, v in value.items()})
        elif isinstance(value, list) and len(value) > 12:
            print(f"{name}: {len(value)}: {', '.join(map(str, value[:12]))} …")
        else:
            print(f"{name}: {value}")


def _spread(by_id: dict[str, Any]) -> str:
    numbers = [v for v in by_id.values() if isinstance(v, int | float) and not isinstance(v, bool)]
    if not numbers:
        return f"{len(by_id)} values"
    return f"{len(numbers)} values, {min(numbers):g} to {max(numbers):g}"


__all__ = ["NetworkError", "add_arguments", "run"]
