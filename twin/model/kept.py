"""Analyses that a project keeps: what was asked, by which name, and which layer shows the answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from twin.drawables import Text

if TYPE_CHECKING:
    from twin.model.project import Project

KINDS = (
    "sun",
    "facades",
    "shade",
    "irradiation",
    "sight",
    "viewshed",
    "monument",
    "view",
    "zoning",
)
AGAINST = "against"
"""In what is asked: the variant (or ``existing``) that the answer is compared with."""


@dataclass(frozen=True, kw_only=True)
class KeptAnalysis:
    """An analysis with a name.

    Parameters
    ----------
    kind : str
        One of :data:`KINDS`.
    asked : mapping
        JSON-ready: what the kind takes.
    layer : str
        The layer of its answer.
    made_of : str
        Fingerprint of what it was computed from; another one means that it is stale.
    """

    id: str
    kind: str
    title: Text
    asked: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    layer: str = ""
    made_of: str = ""


def with_analysis(project: Project, kept: KeptAnalysis) -> Project:
    """Return a copy with an analysis replaced, or appended."""
    if any(a.id == kept.id for a in project.analyses):
        analyses = tuple(kept if a.id == kept.id else a for a in project.analyses)
    else:
        analyses = (*project.analyses, kept)
    return replace(project, analyses=analyses)


def without_analysis(project: Project, analysis_id: str) -> Project:
    """Return a copy without an analysis and without the layer of its answer."""
    gone = next((a for a in project.analyses if a.id == analysis_id), None)
    kept = tuple(a for a in project.analyses if a.id != analysis_id)
    changed = replace(project, analyses=kept)
    return changed.without_layer(gone.layer) if gone is not None and gone.layer else changed
