"""The chart that a stop asks for: read on a worker, shown once it is there, and kept at the clock's moment."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from twin.model.layer import Series
from twin.model.story import Stop
from twin.work.jobs import Job
from ui.show.insets import charted
from ui.show.stage_chart import StageChart, StageChartView

if TYPE_CHECKING:
    from twin.work.session import Session

log = logging.getLogger(__name__)


class StopChart:
    """Draws the chart of the stop that is told.

    Parameters
    ----------
    show : callable
        Given the chart, or None to take it away.
    """

    def __init__(self, session: Session, show: Callable[[QWidget | None], object]) -> None:
        self._session, self._show = session, show
        self._stop: Stop | None = None
        self._language = "en"
        self.view: StageChartView | None = None

    def draw(self, stop: Stop, language: str) -> None:
        """Show the chart of a stop in a language, once its values are read."""
        self._stop, self._language, self.view = stop, language, None
        if stop.chart is None or stop.video is not None:
            return
        found = charted(stop.chart, self._session)
        if found is None:
            return  # perhaps not yet: asked again when its layer has come
        runtime, row = found
        self._session.jobs.run(
            Job("job.series", runtime.spec.id),
            lambda _job: runtime.series(row),
            done=lambda series: self._drawn(stop, series),
            failed=lambda problem: log.warning("%s", problem),
        )

    def layer_came(self, layer_id: str) -> None:
        """Draw a chart whose layer was still on its way when its stop began."""
        stop = self._stop
        if self.view is None and stop is not None and stop.chart and stop.chart[0] == layer_id:
            self.draw(stop, self._language)

    def show_time(self, at: datetime) -> None:
        """Say what the chart says at a moment."""
        if self.view is not None:
            self.view.show_time(at)

    def end(self) -> None:
        """Forget the stop: what is still read comes too late."""
        self._stop = None

    def _drawn(self, stop: Stop, series: list[Series]) -> None:
        if self._stop is None or self._stop.id != stop.id or not series:
            return
        zone = self._session.project.time_zone
        chart = StageChart(series=series[0], language=self._language, time_zone=zone)
        self.view = StageChartView(chart, self._session.clock.at)
        self._show(self.view)
