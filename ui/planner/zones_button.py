"""Fetching the zoning of the place that is shown, from the service that the catalogue names."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPushButton

from twin.errors import BelvedereError
from twin.model.layer import LayerSpec
from twin.services.catalogue import Dataset, read_catalogue
from twin.work.fetch import fetch_layer
from twin.work.jobs import Job
from twin.work.kept import home_of
from ui.i18n import tr
from ui.shipped import SERVICES

if TYPE_CHECKING:
    from ui.window.main import MainWindow

COUNTRY, DATASET = "fr", "zoning"
"""The one national service of zoning that the catalogue has: the Géoportail de l'urbanisme."""


class ZonesButton(QPushButton):
    """Adds the zoning as a layer.

    Parameters
    ----------
    services : Path
        The catalogue.
    """

    fetched = Signal(str)
    """Id of the layer of zones."""

    def __init__(self, window: MainWindow, services: Path = SERVICES) -> None:
        super().__init__()
        self._window, self.services = window, services
        self.clicked.connect(self.fetch)

    def retranslate(self) -> None:
        """Word it again."""
        self.setText(tr("analysis.fetch_zones"))
        self.setToolTip(tr("analysis.fetch_zones_advice"))

    def fetch(self) -> None:
        """Fetch on a worker; the zones become a layer of the project."""
        session, bounds = self._window.session, self._bounds()
        if session is None or bounds is None:
            return
        try:
            dataset = self._dataset()
        except BelvedereError as error:
            self._window.tell(error.problem)
            return
        spare = Path(self._window.services.state_dir)
        project, registry, folder = (
            session.project,
            session.registry,
            home_of(session.folder, spare),
        )
        self.setEnabled(False)
        session.jobs.run(
            Job("job.load", dataset.source),
            lambda job: fetch_layer(
                dataset, project, bounds, folder, registry=registry, progress=job
            ),
            done=self._fetched,
            failed=self._failed,
            waits=True,
        )

    def _fetched(self, spec: LayerSpec) -> None:
        self.setEnabled(True)
        if self._window.session is not None:
            self.fetched.emit(spec.id)
            self._window.session.do("analysis.do.zones", lambda p: p.with_layer(spec))

    def _failed(self, problem: object) -> None:
        self.setEnabled(True)
        self._window.tell(problem)  # type: ignore[arg-type]

    def _dataset(self) -> Dataset:
        found = {d.id: d for d in read_catalogue(self.services).of(COUNTRY)}
        if DATASET not in found:
            raise BelvedereError("service.not_in_catalogue", self.services.name, name=DATASET)
        return found[DATASET]

    def _bounds(self) -> list[float] | None:
        """Return the box around what is shown in the scene."""
        session = self._window.session
        layers = session.layers() if session is not None else ()
        boxes = [r.bounds for r in layers if r.bounds is not None and r.spec.visible]
        if not boxes:
            return None
        low, high = np.min(boxes, axis=0)[:3], np.max(boxes, axis=0)[3:]
        return [*map(float, low), *map(float, high)]
