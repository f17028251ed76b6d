"""Where the data of a layer come from: file, source, date, licence, how they were obtained."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QVBoxLayout, QWidget

from twin.model.layer import Source
from twin.model.table import Provenance, Quality
from ui.forms.parts import Chip, Line, clear, muted, wrapping
from ui.i18n import text, tr

if TYPE_CHECKING:
    from twin.work.runtime import LayerRuntime
    from twin.work.session import Session

TONES = {
    Quality.MEASURED: "good",
    Quality.DECLARED: "good",
    Quality.ESTIMATED: "warning",
    Quality.SIMULATED: "warning",
    Quality.REPLAYED: "accent",
    Quality.SYNTHETIC: "warning",
}


def provenance_line(provenance: Provenance) -> str:
    """Return source, date and licence in one line, as much as there is."""
    parts = [provenance.source, provenance.date, provenance.licence]
    return " · ".join(part for part in parts if part)


def quality_chip(quality: Quality) -> Chip:
    """Return how a value was obtained, as a chip."""
    return Chip(tr(f"quality.{quality.value}"), TONES.get(quality, "plain"))


class SourcesView(QWidget):
    """One block a source."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 4, 0, 4)
        self._layout.setSpacing(5)

    def show_sources(self, session: Session, runtime: LayerRuntime) -> None:
        """Show the sources of a layer."""
        clear(self._layout)
        notice = text(runtime.spec.notice)
        if notice:
            self._layout.addWidget(wrapping(notice))
            self._layout.addWidget(Line())
        for place, (role, source) in enumerate(runtime.spec.sources.items()):
            if place:
                self._layout.addWidget(Line())
            self._layout.addWidget(wrapping(source.path))
            details = self._details(role if len(runtime.spec.sources) > 1 else "", source)
            if details:
                self._layout.addWidget(muted(details))
            words = provenance_line(source.provenance)
            if words:
                self._layout.addWidget(muted(words))
            self._layout.addWidget(quality_chip(source.provenance.quality))
        if not runtime.spec.sources:
            self._layout.addWidget(muted(tr("sources.none")))
        if runtime.table is not None:
            self._layout.addWidget(Line())
            self._layout.addWidget(muted(tr("sources.features", count=len(runtime.table))))
            crs = runtime.table.crs or session.project.frame.crs
            self._layout.addWidget(muted(tr("sources.crs", crs=crs.split("\n")[0][:60])))

    @staticmethod
    def _details(role: str, source: Source) -> str:
        parts = [tr("sources.role", role=role)] if role else []
        if source.sublayer:
            parts.append(tr("sources.sublayer", name=source.sublayer))
        if source.crs:
            parts.append(tr("sources.declared_crs", crs=source.crs))
        return " · ".join(parts)
