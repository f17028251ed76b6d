"""What stands in the corner of a stop that is taken away: its film, its chart, else its first picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

from twin.export.clips import has_sound
from twin.export.inset import Inset, film_inset, picture_inset
from twin.export.video import Sounded
from twin.model.story import Stop

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy as np
    from numpy.typing import NDArray

    from twin.model.selection import FeatureRef
    from twin.model.story import Story
    from twin.work.runtime import LayerRuntime
    from twin.work.session import Session
    from ui.show.stage_chart import StageChart

PAGE_CHART = (800, 450)
"""Size of a chart beside the words of a page, in pixels."""


def inset_of(stop: Stop, size: tuple[int, int], *, session: Session, language: str) -> Inset | None:
    """Return what stands in the corner of a stop, None where nothing does."""
    if stop.video is not None:
        return film_inset(session.folder / stop.video.path, size)
    if stop.chart is not None:
        chart = _chart(stop.chart, session, language)
        return Inset(still=chart.picture(size, session.clock.at)) if chart is not None else None
    for picture in stop.pictures[:1]:
        return picture_inset(session.folder / picture.path, size)
    return None


def charts_of(story: Story, session: Session, language: str) -> dict[str, NDArray[np.uint8]]:
    """Return the charts of a story as pictures for a page, by stop id, each at the moment of its stop."""
    found = {}
    for stop in story.stops:
        if stop.chart is not None:
            at = stop.at or session.clock.at
            chart = _chart(stop.chart, session, language)
            if chart is not None:
                found[stop.id] = chart.picture(PAGE_CHART, at)
    return found


def charted(ref: FeatureRef, session: Session) -> tuple[LayerRuntime, int] | None:
    """Return layer and row of the feature whose series a stop shows, None where it is not there."""
    layer_id, feature_id = ref
    runtime = next((some for some in session.layers() if some.spec.id == layer_id), None)
    rows = list(map(str, runtime.table.feature_ids)) if runtime and runtime.table else []
    return (runtime, rows.index(feature_id)) if runtime and feature_id in rows else None


def sounds_of(held: Iterable[tuple[Stop, float, float]], session: Session) -> list[Sounded]:
    """Return the sounds of stops and of their films, each while its stop is held; what cannot be heard is left out.

    Parameters
    ----------
    held : iterable of (Stop, begin, end)
        In seconds of the film.
    """
    found = []
    for stop, begin, end in held:
        for clip in (stop.video, stop.sound):
            path = session.folder / clip.path if clip is not None else None
            if path is not None and path.is_file() and has_sound(path):
                found.append(Sounded(path=path, begin_s=begin, seconds=end - begin))
    return found


def _chart(ref: FeatureRef, session: Session, language: str) -> StageChart | None:
    from ui.show.stage_chart import StageChart

    found = charted(ref, session)
    series = found[0].series(found[1]) if found is not None else []
    if not series:
        return None
    return StageChart(series=series[0], language=language, time_zone=session.project.time_zone)
