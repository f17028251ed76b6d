"""What expressions may ask of places: the layers of a session around the rows of one of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from twin.model.expressions import ExpressionError, Rows, matching_rows, parse
from twin.model.layer import LayerSpec
from twin.model.table import FeatureTable
from twin.work.validity import Validity

if TYPE_CHECKING:
    from twin.work.session import Session

SELECTION = "selection"
"""Word for what is selected, where a layer is named."""

Bools = NDArray[np.bool_]


@dataclass(frozen=True, eq=False, kw_only=True)
class Neighbour:
    """A layer as it stands when the question is asked."""

    spec: LayerSpec
    layer: Any
    table: FeatureTable
    columns: tuple[str, ...]
    column_of: Callable[[str], NDArray[Any] | None]


@dataclass(frozen=True, eq=False, kw_only=True)
class Around:
    """The :class:`~twin.model.expressions.Places` of a layer.

    Parameters
    ----------
    layer : str
        Whose rows are asked about.
    names : mapping
        Id of a layer by what it may be called: its id, and its title in any language, in lower case.
    selected : mapping of layer id to feature ids
    """

    layer: str
    neighbours: Mapping[str, Neighbour]
    names: Mapping[str, str]
    selected: Mapping[str, frozenset[str]]
    at: datetime
    time_zone: str
    folder: Path

    @property
    def own(self) -> NDArray[Any]:
        """See :class:`Places`."""
        return _geometry(self.neighbours[self.layer].table)

    def others(self, layer: str, condition: str, at: int) -> tuple[NDArray[Any], NDArray[np.intp]]:
        """See :class:`Places`; of the rows that exist at the moment of the clock."""
        if layer.strip().lower() == SELECTION:
            return self._chosen()
        found = self._neighbour(layer, at)
        kept = self._standing(found, self.at)
        if condition:
            kept = kept & self._keeping(found, condition, at)
        rows = np.flatnonzero(kept)
        geometry = _geometry(found.table)[rows]
        own = rows if found.spec.id == self.layer else np.full(len(rows), -1)
        there = np.array([g is not None for g in geometry], bool)
        return geometry[there], own[there].astype(np.intp)

    def served(self, layer: str, at: int) -> Bools:
        """See :class:`Places`: by the rule that outages go by, stated or the nearest consumer."""
        from twin.network.serving import buildings_of, served_by
        from twin.work.systems import systems_of

        found, own = self._neighbour(layer, at), self.neighbours[self.layer].table
        if not hasattr(found.layer, "networks"):
            raise ExpressionError("expression.no_network", at, name=layer)
        buildings = buildings_of(own.frame)
        reached = np.zeros(len(own), bool)
        for system in systems_of(found.layer, found.spec, found.table, self.folder):
            serving, _rule = served_by(system.network, buildings)
            reached |= serving >= 0
        return reached

    def existing(self, moment: str, at: int) -> Bools:
        """See :class:`Places`; a day without an hour is its noon in the project's time zone."""
        try:
            day = datetime.fromisoformat(moment if len(moment) > 4 else f"{moment}-01-01")
        except ValueError:
            raise ExpressionError("expression.not_a_day", at) from None
        if day.tzinfo is None:
            noon = day if len(moment) > 10 else day.replace(hour=12)
            day = noon.replace(tzinfo=ZoneInfo(self.time_zone)).astimezone(UTC)
        return self._standing(self.neighbours[self.layer], day)

    def _neighbour(self, layer: str, at: int) -> Neighbour:
        name = self.names.get(layer.strip().lower(), "")
        if name not in self.neighbours:
            known = ", ".join(list(self.neighbours)[:12])
            raise ExpressionError("expression.unknown_layer", at, name=layer, known=known)
        return self.neighbours[name]

    @staticmethod
    def _standing(found: Neighbour, at: datetime) -> Bools:
        validity = Validity.of(found.table.frame)
        return validity.at(at) if validity else np.ones(len(found.table), bool)

    def _keeping(self, found: Neighbour, condition: str, at: int) -> Bools:
        rows = Rows(
            count=len(found.table), columns=found.columns, column_of=found.column_of, places=None
        )
        try:
            return matching_rows(parse(condition), rows)
        except ExpressionError as error:
            # The place is that of the inner text in the outer one, as well as it can be told.
            raise ExpressionError(error.key, at, **error.values) from error

    def _chosen(self) -> tuple[NDArray[Any], NDArray[np.intp]]:
        geometry: list[Any] = []
        own: list[int] = []
        for name, ids in self.selected.items():
            if name not in self.neighbours:
                continue
            table = self.neighbours[name].table
            rows = np.flatnonzero(np.isin(table.feature_ids.astype(str), list(ids)))
            geometry += list(_geometry(table)[rows])
            own += rows.tolist() if name == self.layer else [-1] * len(rows)
        return np.array(geometry, object), np.array(own, np.intp)


def around_of(session: Session, layer: str) -> Around:
    """Freeze what is around a layer; cheap, for the owner's thread."""
    neighbours: dict[str, Neighbour] = {}
    names: dict[str, str] = {}
    for runtime in session.layers():
        if runtime.table is None or runtime.table.raster is not None:
            continue
        name = runtime.spec.id
        neighbours[name] = Neighbour(
            spec=runtime.spec,
            layer=runtime.layer,
            table=runtime.table,
            columns=runtime.column_names(),
            column_of=runtime.column,
        )
        names |= {title.lower(): name for title in runtime.spec.title.values()}
    names |= {name.lower(): name for name in neighbours}
    chosen: dict[str, set[str]] = {}
    for name, feature in session.selection.features:
        chosen.setdefault(name, set()).add(feature)
    return Around(
        layer=layer,
        neighbours=neighbours,
        names=names,
        selected={name: frozenset(ids) for name, ids in chosen.items()},
        at=session.clock.at,
        time_zone=session.project.time_zone,
        folder=session.folder,
    )


def _geometry(table: FeatureTable) -> NDArray[Any]:
    return np.asarray(table.frame.geometry.array, object)
