"""``replay DIR``: a record played again in the order of its times, without network."""

from __future__ import annotations

import argparse
import math
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from twin.errors import BelvedereError
from twin.store.history import UNTRUE, History, copy_history, is_history, open_history
from ui.cli.output import print_json

if TYPE_CHECKING:
    import pyarrow as pa

WINDOW = timedelta(hours=1)
TICK_S = 0.05


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("project", metavar="PROJECT|DIR|postgresql://...")
    parser.add_argument("--from", dest="start", type=_time, metavar="ISO")
    parser.add_argument("--to", dest="end", type=_time, metavar="ISO")
    parser.add_argument(
        "--speed", type=_speed, default=0.0, metavar="X", help="1 to 10000; default: at once"
    )
    parser.add_argument("--datastream", action="append", default=[], metavar="ID")
    parser.add_argument(
        "--copy", default="", metavar="TARGET", help="copy the record there instead of playing it"
    )
    parser.add_argument("--all", action="store_true", help="also what is flagged as not true")


def run(options: argparse.Namespace) -> int:
    """Play; 0 if there was anything to play."""
    history = open_history(_address(options.project))
    try:
        return _copy(history, options) if options.copy else _play(history, options)
    finally:
        history.close()


def _copy(history: History, options: argparse.Namespace) -> int:
    """Copy the whole record to a folder or a database."""
    target = open_history(options.copy, write=True)
    try:
        count = copy_history(history, target)
        where = target.address
    finally:
        target.close()
    if options.json:
        streams = len(history.streams())
        print_json({"observations": count, "datastreams": streams, "copied_to": where})
    else:
        print(f"{where}: {count} observations")
    return 0


def _play(history: History, options: argparse.Namespace) -> int:
    ends = history.extent()
    if ends is None:
        raise BelvedereError("replay.empty", options.project)
    start = max(options.start or ends[0], ends[0])
    end = min(options.end or ends[1], ends[1]) + timedelta(microseconds=1)
    streams = history.streams()
    unknown = [name for name in options.datastream if name not in streams]
    if unknown:
        raise BelvedereError("replay.unknown_datastream", unknown[0], known=len(streams))
    count, seen, flagged = 0, set(), 0
    began = time.monotonic()
    for at, name, result, quality in _rows(history, start, end, options.datastream or None):
        if quality & UNTRUE and not options.all:
            flagged += 1
            continue
        if options.speed:
            _wait(began, (at - start).total_seconds() / options.speed)
        count += 1
        seen.add(name)
        if not options.json:
            unit = streams[name].unit if name in streams else ""
            print(f"{at.isoformat()}  {name}  {_shown(result)} {unit}".rstrip())
    if options.json:
        print_json(
            {
                "observations": count,
                "datastreams": len(seen),
                "flagged": flagged,
                "first": start.isoformat(),
                "last": (end - timedelta(microseconds=1)).isoformat(),
                "speed": options.speed or None,
                "state": "replayed",
            }
        )
    return 0


def _rows(
    history: History, start: datetime, end: datetime, ids: list[str] | None
) -> Iterator[tuple[datetime, str, float, int]]:
    """Give observations by time, an hour of them in memory at once; empty hours are skipped."""
    at = start
    while at < end:
        until = min(at + WINDOW, end)
        table: pa.Table = history.observations(ids, at, until)
        if not table.num_rows:
            until = _next_after(history, ids, until, end)
        table = table.sort_by("time").select(["time", "datastream", "result", "quality"])
        for batch in table.to_batches(max_chunksize=10_000):
            columns = batch.to_pydict()
            for moment, name, result, quality in zip(*columns.values(), strict=True):
                yield moment.astimezone(UTC), name, result, quality
        at = until


def _next_after(history: History, ids: list[str] | None, at: datetime, end: datetime) -> datetime:
    """Return a moment at or before the next observation, looking ahead further and further."""
    step = timedelta(days=1)
    while at < end:
        found = history.observations(ids, at, min(at + step, end))
        if found.num_rows:
            return min(found["time"].to_pylist()).astimezone(UTC)
        at, step = at + step, step * 4
    return end


def _wait(began: float, due_s: float) -> None:
    while (left := began + due_s - time.monotonic()) > 0:
        time.sleep(min(left, TICK_S) if left > TICK_S else left)


def _address(name: str) -> str | Path:
    if name.startswith(("postgresql://", "postgres://")):
        return name
    from twin.store.pack import is_pack, open_pack
    from twin.work.recording import HISTORY
    from ui.cli.projects import project_path
    from ui.cli.record import own_folder

    path = project_path(name)
    if is_pack(path):
        path, _info, _remarks = open_pack(path)
    if path.name == "project.json":
        path = path.parent
    kept = (
        own_folder(name) / HISTORY
    )  # where the record of a project goes that is not ours to write to
    if not is_history(path / HISTORY) and is_history(kept):
        return kept
    return path if is_history(path) else path / HISTORY


def _shown(result: float) -> str:
    return "-" if math.isnan(result) else f"{result:.12g}"


def _time(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError("a time looks like 2026-06-21T12:00Z") from None
    return moment if moment.tzinfo else moment.astimezone()


def _speed(text: str) -> float:
    try:
        speed = float(text)
    except ValueError:
        raise argparse.ArgumentTypeError("a speed is a number") from None
    if not 0 < speed <= 1_000_000:
        raise argparse.ArgumentTypeError("a speed is more than 0")
    return speed
