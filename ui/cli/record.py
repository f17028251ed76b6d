"""``record PROJECT`` and ``record --feed URL --out DIR``: observations kept without a window."""

from __future__ import annotations

import argparse
import math
import signal
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from twin.errors import BelvedereError
from twin.live.eventlog import EventLog
from twin.live.feed import FeedState, FeedStatus
from twin.live.kinds import KINDS, make_feed
from twin.model.feed import FOR_EVER, FeedSpec, Retention, split_login
from twin.problems import Problem
from ui.cli.output import print_json, print_problems, with_text
from ui.credentials import from_address, secret_of

if TYPE_CHECKING:
    from twin.live.feed import Feed
    from twin.live.runner import Secrets
    from twin.store.history import Datastream
    from twin.work.recording import Recorded, Recording


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("project", nargs="?", metavar="PROJECT", help="record its feeds")
    parser.add_argument("--feed", metavar="URL", help="mqtt://host:port/topic/# and others")
    parser.add_argument("--out", type=Path, metavar="DIR", help="folder that the record is kept in")
    parser.add_argument("--seconds", type=_seconds, metavar="N", help="from the subscription on")
    parser.add_argument("--kind", default="", help="kind of the feed; default: by its address")
    parser.add_argument(
        "--dialect", default="", help="meaning of MQTT messages; default: no mapping"
    )
    parser.add_argument("--ca", default="", metavar="FILE", help="authority of the broker's TLS")
    parser.add_argument("--tenant", default="", help="of an NGSI broker: whose entities")
    parser.add_argument("--context", default="", metavar="URL", help="@context of NGSI-LD")
    parser.add_argument("--keep-days", type=_seconds, metavar="N", help="forget what is older")
    parser.add_argument(
        "--thin-days", type=_seconds, metavar="N", help="average what is older to ten minutes"
    )
    parser.add_argument("--mqtt", choices=["5", "3.1.1"], default="5", help="version of MQTT")


def run(options: argparse.Namespace) -> int:
    """Record; 0 if the feeds stood."""
    if bool(options.feed) == bool(options.project):
        raise BelvedereError("record.what")
    if options.feed:
        if options.out is None:
            raise BelvedereError("record.where", split_login(options.feed)[0])
        return _record_feed(options)
    return _record_project(options)


def _record_feed(options: argparse.Namespace) -> int:
    from twin.live.recognise import kind_of

    url, login = split_login(options.feed)
    settings = {
        "dialect": options.dialect,
        "ca": options.ca,
        "tenant": options.tenant,
        "context": options.context,
        "version": 5 if options.mqtt == "5" else 4,
    }
    if options.mqtt == "5":
        settings.pop("version")
    spec = FeedSpec(
        id="feed",
        kind=options.kind or kind_of(url),
        url=url,
        options={name: value for name, value in settings.items() if value},
    )
    return _record(options, [spec], options.out, partial(from_address, login))


def _record_project(options: argparse.Namespace) -> int:
    from twin.store.project_folder import load_project
    from ui.cli.projects import project_path
    from ui.cli.simulated import simulated_feed

    path = project_path(options.project)
    project, folder, problems = load_project(path)
    print_problems(problems)
    specs = [feed for feed in project.feeds if feed.enabled]
    out = options.out or folder
    if not specs:
        simulated = simulated_feed(options.project)
        if simulated is None:
            raise BelvedereError("record.no_feeds", options.project)
        specs = [simulated]
        out = options.out or own_folder(options.project)
    return _record(options, specs, out, secret_of, retention=project.retention, folder=folder)


def own_folder(name: str) -> Path:
    """Return where the record of a project goes whose folder is not ours to write to."""
    from platformdirs import user_data_path

    return user_data_path("belvedere", appauthor=False) / "recordings" / Path(name).name


def _record(
    options: argparse.Namespace,
    specs: list[FeedSpec],
    out: Path,
    secrets: Secrets,
    *,
    retention: Retention = FOR_EVER,
    folder: Path | None = None,
) -> int:
    from twin.work.recording import Recording, open_recording

    retention = Retention(
        keep_days=options.keep_days or retention.keep_days,
        thin_days=options.thin_days or retention.thin_days,
    )
    with open_recording(out) as history:
        recording = Recording(history, specs, secrets, make=_maker(specs, folder or out))
        restore = _stop_on_signals(recording)
        watch = _Watch(out, specs, recording, quiet=options.json)
        try:
            recorded = recording.run(options.seconds, told=watch.look)
        finally:
            restore()
        watch.write(history.streams())
        if retention:
            from twin.work.recording import tidied

            tidied(history, retention, datetime.now(UTC))
    return _report(recorded, out, notices=watch.notices, as_json=options.json)


def _maker(specs: list[FeedSpec], folder: Path) -> Callable[[FeedSpec], Feed]:
    """Return what makes feeds; plugins, also those of the project, are looked for only where one is needed."""
    if all(spec.kind in KINDS for spec in specs):
        return make_feed
    from twin.work.feeds import maker
    from ui.cli.projects import registry

    return maker(registry().for_project(folder))


class _Watch:
    """Keeps the project of the record up to date and tells of feeds that come and go."""

    def __init__(
        self, out: Path, specs: list[FeedSpec], recording: Recording, *, quiet: bool
    ) -> None:
        self._out, self._specs, self._recording = out, specs, recording
        self._quiet = quiet
        self._written = self._placed = False
        self._states: dict[str, FeedState] = {}
        self._log = EventLog(out / "history")
        self.notices = 0

    def look(self, statuses: Sequence[FeedStatus]) -> None:
        told = self._recording.engine.notices()
        if told:
            self.notices = len(told)
            self._log.take_notices(told, time.time_ns() // 1000)
        if not self._quiet:
            for status in statuses:
                self._tell(status)
        if any(s.observations for s in statuses) and not (self._written and self._placed):
            streams = {}
            for spec in self._specs:
                streams |= dict(self._recording.engine.streams(spec.id))
            placed = any(s.placed for s in streams.values())
            if not self._written or placed:
                self.write(streams)
                self._written, self._placed = True, placed

    def write(self, streams: Mapping[str, Datastream]) -> None:
        from twin.work.recording import write_recorded_project

        title = self._out.resolve().name
        write_recorded_project(self._out, streams, self._specs, title)

    def _tell(self, status: FeedStatus) -> None:
        if self._states.get(status.id) is status.state:
            return
        self._states[status.id] = status.state
        line = f"{status.id}: {status.state.value}"
        print(line, file=sys.stderr)
        if status.error is not None:
            print_problems([status.error])


def _stop_on_signals(recording: Recording) -> Callable[[], None]:
    """Let Ctrl+C and a polite kill end the recording with all of it kept."""
    before = {
        number: signal.signal(number, lambda *_: recording.stop.set())
        for number in (signal.SIGINT, signal.SIGTERM)
    }

    def restore() -> None:
        for number, handler in before.items():
            signal.signal(number, handler)

    return restore


def _report(recorded: Recorded, out: Path, *, notices: int, as_json: bool) -> int:
    problems = [*recorded.problems, *(s.error for s in recorded.statuses if s.error is not None)]
    puzzled = recorded.total("not_understood")
    if puzzled:
        problems.append(Problem("record.not_understood", str(out), {"count": puzzled}))
    if as_json:
        print_json(
            {
                "observations": recorded.total("observations"),
                "datastreams": recorded.streams,
                "messages": recorded.total("messages"),
                "duplicates": recorded.total("duplicates"),
                "wrong": recorded.total("wrong"),
                "not_understood": puzzled,
                "held_of_homes": recorded.total("held"),
                "notices": notices,
                "seconds": round(recorded.seconds, 3),
                "out": str(out),
                "feeds": [_as_dict(status) for status in recorded.statuses],
                "problems": [with_text(p) for p in problems],
            }
        )
    else:
        print(
            f"{out}: {recorded.total('observations')} observations of "
            f"{recorded.streams} datastreams in {recorded.seconds:.1f} s"
        )
    print_problems(problems)
    return 0


def _as_dict(status: FeedStatus) -> dict[str, object]:
    return {
        "id": status.id,
        "state": status.state.value,
        "observations": status.observations,
        "messages": status.messages,
        "lag_s": None if math.isnan(status.lag_s) else round(status.lag_s, 3),
    }


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        raise argparse.ArgumentTypeError("seconds are a number") from None
    if not 0 < seconds < 1e9:
        raise argparse.ArgumentTypeError("seconds are more than 0")
    return seconds
