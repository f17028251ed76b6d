"""Recording without a window: feeds into a history, and a project around it that opens anywhere."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from twin.errors import BelvedereError
from twin.live.engine import LiveEngine
from twin.live.feed import Feed, FeedState, FeedStatus
from twin.live.kinds import make_feed
from twin.live.runner import Secrets
from twin.model.feed import FeedSpec, Retention
from twin.problems import Problem
from twin.store.history import Datastream, FolderHistory, History

if TYPE_CHECKING:
    from twin.model.geoframe import GeoFrame

HISTORY = "history"
LAYER = "live"
LAYER_TYPE = "belvedere.sensors"
LOOK_EVERY_S = 0.05
GIVE_UP_S = 30.0
THINNED_TO_S = 600.0


@dataclass(frozen=True, kw_only=True)
class Recorded:
    """What came of a recording.

    Parameters
    ----------
    seconds : float
        From the moment when the last feed stood to the end.
    statuses : tuple of FeedStatus
        How every feed stood at the end.
    """

    statuses: tuple[FeedStatus, ...]
    seconds: float
    streams: int
    problems: tuple[Problem, ...] = ()

    def total(self, name: str) -> int:
        """Return a count over all feeds."""
        return sum(int(getattr(status, name)) for status in self.statuses)


class Recording:
    """Feeds at work without a window.

    Parameters
    ----------
    history : History
        Where observations go; the recording does not close it.
    specs : sequence of FeedSpec
    secrets : callable
        Credentials, by feed and name.
    """

    def __init__(
        self,
        history: History,
        specs: Sequence[FeedSpec],
        secrets: Secrets,
        *,
        make: Callable[[FeedSpec], Feed] = make_feed,
    ) -> None:
        self._specs = specs
        self.engine = LiveEngine(history, make=make, secrets=secrets)
        self.stop = threading.Event()

    def run(
        self, seconds: float | None, *, told: Callable[[Sequence[FeedStatus]], None] | None = None
    ) -> Recorded:
        """Record until the time is over, ``stop`` is set or every feed has ended.

        Parameters
        ----------
        seconds : float or None
            Counted from the moment when all feeds stand; None has no end.
        told : callable or None
            Called a few times a second with how the feeds stand.

        Raises
        ------
        BelvedereError
            No feed could begin.
        """
        try:
            for spec in self._specs:
                self.engine.start(spec)
            began = self._begun(seconds)
            while not self.stop.wait(LOOK_EVERY_S):
                statuses = self.engine.statuses()
                if told is not None:
                    told(statuses)
                if seconds is not None and time.monotonic() - began >= seconds:
                    break
                if all(s.state is FeedState.ENDED for s in statuses):
                    break
            length = time.monotonic() - began
            for spec in self._specs:
                self.engine.stop(spec.id)
            statuses = self.engine.statuses()
            streams = sum(len(self.engine.streams(spec.id)) for spec in self._specs)
        finally:
            self.engine.close()
        failed = self.engine.failed
        return Recorded(
            statuses=tuple(statuses),
            seconds=length,
            streams=streams,
            problems=(failed,) if failed else (),
        )

    def _begun(self, seconds: float | None) -> float:
        """Return when the last feed stood; without an end in sight there is no hurry."""
        begun = time.monotonic()
        while not self.stop.is_set():
            statuses = self.engine.statuses()
            stood = [self.engine.connected_at(spec.id) for spec in self._specs]
            if not any(math.isnan(at) for at in stood):
                return max(stood)
            hopeless = [s for s in statuses if s.final]
            late = seconds is not None and time.monotonic() - begun > max(GIVE_UP_S, seconds)
            if hopeless or late:
                if any(math.isfinite(at) for at in stood):
                    return max(at for at in stood if math.isfinite(at))
                raise _reason(statuses)
            self.stop.wait(0.005)
        return time.monotonic()


def _reason(statuses: Sequence[FeedStatus]) -> BelvedereError:
    problem = next((s.error for s in statuses if s.error is not None), None)
    if problem is None:
        return BelvedereError("feed.unreachable", "", reason="timed out")
    return BelvedereError(problem.key, problem.where, **problem.values)


def open_recording(folder: Path) -> FolderHistory:
    """Return the history of a project folder, made where there is none.

    Raises
    ------
    HistoryError
        It cannot be written.
    """
    return FolderHistory(folder / HISTORY, write=True)


def tidied(history: History, retention: Retention, now: datetime) -> int:
    """Average and forget what is old enough; return how many observations fewer there are."""
    fewer = 0
    if retention.thin_days > 0:
        fewer += history.thin(now - timedelta(days=retention.thin_days), THINNED_TO_S)
    if retention.keep_days > 0:
        fewer += history.forget(now - timedelta(days=retention.keep_days))
    return fewer


def write_recorded_project(
    folder: Path, streams: Mapping[str, Datastream], feeds: Sequence[FeedSpec], title: str
) -> None:
    """Write the project of a recording: one layer that shows the history, and the feeds it came by.

    A project that is there already stays as it is, but for its place while it has none.

    Raises
    ------
    ProjectError
        The folder cannot be written.
    """
    from twin.model.layer import LayerSpec, Source
    from twin.model.project import Project
    from twin.model.table import Provenance, Quality
    from twin.store.project_folder import is_project, load_project, save_project
    from twin.work.placing import time_zone_of

    placed = [s for s in streams.values() if s.placed]
    if is_project(folder):
        project, _folder, _problems = load_project(folder)
        if placed and project.frame == _nowhere():
            frame = _frame_of(placed)
            project = replace(project, frame=frame, time_zone=time_zone_of(frame))
            save_project(project, folder)
        return
    frame = _frame_of(placed) if placed else _nowhere()
    made_up = bool(feeds) and all(feed.kind == "simulator" for feed in feeds)
    quality = Quality.SIMULATED if made_up else Quality.MEASURED
    named = "Belvedere" if made_up else ", ".join(feed.url for feed in feeds[:3])
    source = Source(path=HISTORY, provenance=Provenance(source=named, quality=quality))
    feeds = [feed for feed in feeds if feed.kind != "simulator"]
    layer = LayerSpec(
        id=LAYER,
        type=LAYER_TYPE,
        title={
            "en": "Recorded observations",
            "fr": "Observations enregistrées",
            "ko": "기록된 관측",
            "ar": "أرصاد مسجلة",
        },
        sources={"observations": source},
    )
    project = Project(
        title={"en": title, "fr": title},
        frame=frame,
        layers=(layer,),
        feeds=tuple(replace(feed, enabled=False) for feed in feeds),
        time_zone=time_zone_of(frame) if placed else "Europe/Paris",
        at=datetime.now(UTC),
    )
    save_project(project, folder)


def _nowhere() -> GeoFrame:
    """Return the frame of things whose place is not known."""
    from twin.model.geoframe import GeoFrame

    return GeoFrame(crs="EPSG:3857")


def _frame_of(placed: Sequence[Datastream]) -> GeoFrame:
    import numpy as np

    from twin.model.geoframe import GeoFrame, transformer

    lon = float(np.median([s.lon for s in placed]))
    lat = float(np.median([s.lat for s in placed]))
    if 41.0 <= lat <= 51.5 and -5.5 <= lon <= 9.7:
        crs = "EPSG:2154"
    else:
        crs = f"EPSG:{(32600 if lat >= 0 else 32700) + int((lon + 180) % 360 // 6) + 1}"
    x, y = transformer("EPSG:4326", crs).transform(lon, lat)
    return GeoFrame(crs=crs, origin=(round(float(x)), round(float(y)), 0.0))
