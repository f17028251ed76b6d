"""The answer of a plugin's analysis as a layer of the project: a file, and what shows it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from twin.analysis.answer import Answer
from twin.errors import PluginError
from twin.model.layer import LayerSpec, Source
from twin.model.project import Project
from twin.model.table import FeatureTable, Provenance, Quality
from twin.registry import Contribution
from twin.work.brought.calls import layer_types
from twin.work.kept import print_of

if TYPE_CHECKING:
    from twin.work.session import Session

FOLDER = "analyses"
GROUP = "analyses"
TYPE = "belvedere.vector"


def table_path(folder: Path, contribution: Contribution, spare: Path) -> Path:
    """Return where the table of an analysis is kept: in the project, or in the spare folder if that is read-only."""
    shipped = "assets" in folder.parts[-2:]
    home = folder if os.access(folder, os.W_OK) and not shipped else spare
    return home / FOLDER / f"{contribution.id}.parquet"


def fingerprint(session: Session, contribution: Contribution) -> str:
    """Return what the answer of an analysis rests on, as a short text: its layers and the plans of the variant."""
    wanted = layer_types(session.registry, contribution)
    layers = [
        s for s in session.project.layers if s.type in wanted and s.id != layer_of(contribution)
    ]
    return print_of(session.project, layers, (session.variant,), contribution.id)


def stale(session: Session) -> list[Contribution]:
    """Return the analyses of plugins whose answer is a layer, and rests on what has changed since."""
    known = {s.id: s for s in session.project.layers}
    return [
        found
        for found in session.registry.contributions("analyses")
        if layer_of(found) in known
        and not _made_of(known[layer_of(found)]).startswith(fingerprint(session, found))
    ]


def layer_of(contribution: Contribution) -> str:
    """Return the id of the layer that shows the answer of an analysis."""
    return f"analysis-{contribution.id}"


def _made_of(spec: LayerSpec) -> str:
    source = spec.sources.get("features")
    return str(source.options.get("made_of", "")) if source else ""


def write_table(table: FeatureTable, path: Path) -> None:
    """Write a table as GeoParquet. Raises PluginError where it cannot be."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        table.frame.set_crs(table.crs, allow_override=True).to_parquet(path, index=False)
    except (OSError, ValueError, TypeError) as error:
        raise PluginError("plugin.cannot_write", str(path), reason=str(error)[:200]) from error


def answer_of(table: FeatureTable, name: str) -> Answer:
    """Return the table of an analysis in the form in which ours answer."""
    columns: dict[str, Any] = {str(c): table.frame[c].to_numpy() for c in table.frame.columns}
    geometry = columns.pop(table.frame.geometry.name)
    return Answer(kind=name, columns={**columns, "geometry": geometry}, crs=table.crs)


def with_table(project: Project, contribution: Contribution, path: Path, made_of: str) -> Project:
    """Return a copy that shows the table of an analysis as a layer; an earlier answer is replaced.

    Parameters
    ----------
    made_of : str
        The :func:`fingerprint` of what it rests on, and when: where it differs the layer loads again.
    """
    said = Provenance(contribution.id, made_of, "", Quality.ESTIMATED)
    source = Source(path=path.as_posix(), provenance=said, options={"made_of": made_of})
    name = layer_of(contribution)
    known = next((s for s in project.layers if s.id == name), None)
    spec = LayerSpec(
        id=name,
        type=TYPE,
        title=contribution.title,
        sources={"features": source},
        params=known.params if known else {},
        style=known.style if known else None,
        group=GROUP,
    )
    return project.with_layer(spec)
