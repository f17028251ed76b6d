"""Keeps a stage in step with a session: the one way from the model to the picture."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from psygnal import Signal

from twin.drawables import PLACE, Labels, Lines, Points
from twin.model.project import Project
from twin.model.style import Style
from twin.model.styling import fixed, rgba_of_rows
from twin.problems import Problem
from twin.render.stage import Stage
from twin.work.jobs import Job
from twin.work.runtime import LayerRuntime
from twin.work.streaming import StreamedRows, removed_rows, table_of_rows, take_rows

if TYPE_CHECKING:
    from twin.model.plans import Changes
    from twin.model.table import FeatureTable
    from twin.render.streamed import StreamedTiles
    from twin.work.session import Session

PLATE = ""
"""The stage's name of the ground that belongs to no layer."""


class SessionStage:
    """Shows a session on a stage until :meth:`close`. All on the owner's thread.

    Parameters
    ----------
    session : Session
    stage : Stage
        Is not closed with the binding.
    """

    dirty = Signal()
    """Another picture is due: call ``stage.upload`` and ``stage.render`` when convenient."""

    def __init__(self, session: Session, stage: Stage) -> None:
        self.session, self.stage = session, stage
        self._only: frozenset[str] | None = None
        self._styles: Mapping[str, Style] = {}
        self._rows_of: dict[str, tuple[FeatureTable, dict[str, int]]] = {}
        self._followed: dict[str, tuple[int, int, frozenset[int]]] = {}
        self._following: set[str] = set()
        session.layer_changed.connect(self._on_layer)
        session.ground_changed.connect(self._on_ground)
        session.plate.changed.connect(self._lay_plate)
        session.project_changed.connect(self._on_project)
        session.clock.changed.connect(self._on_time)
        session.selection.changed.connect(self._on_selection)
        self._on_ground()
        self._on_time(session.clock.at)
        for runtime in session.layers():
            self._set(runtime)
        self._highlight()
        self._lay_plate()

    def close(self) -> None:
        """Stop listening; what is on the stage stays there."""
        session = self.session
        session.layer_changed.disconnect(self._on_layer)
        session.ground_changed.disconnect(self._on_ground)
        session.plate.changed.disconnect(self._lay_plate)
        session.project_changed.disconnect(self._on_project)
        session.clock.changed.disconnect(self._on_time)
        session.selection.changed.disconnect(self._on_selection)
        self._rows_of.clear()

    def follow(self) -> None:
        """Bring the tables of streamed layers in step with the tiles that are loaded, on a worker."""
        for layer_id, tiles in self.stage.streamed().items():
            drawn = frozenset(held.first_row for held in tiles.stream.drawn if held.rows)
            version = (tiles.stream.slots.version, len(tiles.problems), drawn)
            if self._followed.get(layer_id) != version and layer_id not in self._following:
                self._followed[layer_id] = version
                self._following.add(layer_id)
                self._take_rows(layer_id, tiles, drawn)

    def _take_rows(self, layer_id: str, tiles: StreamedTiles, drawn: frozenset[int]) -> None:
        session = self.session
        crs, slots = session.project.frame.crs, tiles.stream.slots

        def work(_job: Job) -> Any:
            columns, taken = slots.columns(drawn)
            return table_of_rows(columns, taken, crs, layer_id), taken, slots.rgba()

        def done(answer: Any) -> None:
            self._following.discard(layer_id)
            table, taken, rgba = answer
            size = min(len(taken), len(rgba))
            if size == len(taken):
                rgba = rgba[:size]
                found = tuple(tiles.problems)
                rows = StreamedRows(table=table, taken=taken, rgba_of_file=rgba, problems=found)
                take_rows(session, layer_id, rows)

        def failed(_problem: Problem) -> None:
            self._following.discard(layer_id)

        session.jobs.run(Job("job.load", layer_id), work, done=done, failed=failed)

    def _colour_streamed(self, runtime: LayerRuntime) -> None:
        """Let tiles that come later have the colours of the style at once."""
        style = self._styles.get(runtime.spec.id) or (runtime.spec.style and runtime.style)
        if not style:
            self.stage.colour_streamed(runtime.spec.id, None)
            return
        self.stage.colour_streamed(
            runtime.spec.id, lambda columns, rows: rgba_of_rows(style, rows, columns.get)
        )

    def _hide_removed(self, runtime: LayerRuntime) -> None:
        """Let tiles that come later leave out at once what the variant has removed."""
        gone = _gone(runtime.changes, self.session.clock.at)
        hidden = (lambda columns, count: removed_rows(columns, count, gone)) if gone else None
        self.stage.hide_streamed(runtime.spec.id, hidden)

    def present(
        self, layer_ids: frozenset[str] | None, styles: Mapping[str, Style] | None = None
    ) -> None:
        """Show exactly these layers, some in another style, on this stage only; None: as the project says.

        For pictures and stories: what is told is no change of the project, so nothing is to be undone or saved.
        """
        before, self._only, self._styles = self._styles, layer_ids, dict(styles or {})
        for runtime in self.session.layers():
            self._show(runtime)
            layer_id = runtime.spec.id
            if layer_id in self.stage.layer_ids and (
                layer_id in before or layer_id in self._styles
            ):
                self.stage.recolour(layer_id, self._rgba(runtime))
        self.dirty.emit()

    def _on_layer(self, layer_id: str, aspects: frozenset[str]) -> None:
        if "removed" in aspects:
            self.stage.remove_layer(layer_id)
            self._rows_of.pop(layer_id, None)
            self.dirty.emit()
            return
        try:
            runtime = self.session.layer(layer_id)
        except KeyError:
            return
        if "drawables" in aspects:
            self._set(runtime)
            self._highlight()
        elif layer_id not in self.stage.layer_ids:
            return
        elif "table" not in aspects:  # a new table comes with new drawables, a little later
            self._update(runtime, aspects)
        if aspects - {"state", "problems", "table"}:
            self.dirty.emit()

    def _set(self, runtime: LayerRuntime) -> None:
        layer_id = runtime.spec.id
        if not runtime.drawables:
            self.stage.remove_layer(layer_id)
            return
        self.stage.set_layer(
            layer_id,
            (*runtime.drawables, *runtime.labels),
            rgba=self._rgba(runtime),
            rows_visible=runtime.rows_visible,
            columns_now=_moving_columns(runtime),
            opacity=runtime.spec.opacity,
            visible=self._visible(runtime),
            order=self._order(layer_id),
        )
        self._hide_removed(runtime)

    def _update(self, runtime: LayerRuntime, aspects: frozenset[str]) -> None:
        layer_id = runtime.spec.id
        if "colours" in aspects:
            self._colour_streamed(runtime)
            self.stage.recolour(layer_id, self._rgba(runtime))
        if "rows" in aspects:
            self._hide_removed(runtime)
            self.stage.set_rows(layer_id, self._rows_shown(runtime))
            if layer_id in self._followed:
                self._highlight()  # streamed rows have moved
        if "columns" in aspects:
            self.stage.set_columns(layer_id, _moving_columns(runtime))
        if "spec" in aspects:
            self._show(runtime)

    def _rows_shown(self, runtime: LayerRuntime) -> NDArray[np.bool_]:
        """Return the rows to show; those of tiles that are not in the picture now may be soon."""
        if runtime.spec.id not in self._followed or runtime.table is None:
            return runtime.rows_visible
        return np.asarray(runtime.rows_visible | (runtime.table.feature_ids == ""))

    def _show(self, runtime: LayerRuntime) -> None:
        if runtime.spec.id in self.stage.layer_ids:
            self.stage.set_visible(runtime.spec.id, self._visible(runtime))
            self.stage.set_opacity(runtime.spec.id, runtime.spec.opacity)

    def _visible(self, runtime: LayerRuntime) -> bool:
        return runtime.spec.visible if self._only is None else runtime.spec.id in self._only

    def _rgba(self, runtime: LayerRuntime) -> NDArray[np.uint8]:
        style = self._styles.get(runtime.spec.id)
        if style is None or runtime.table is None:
            return runtime.rgba
        style = fixed(style, runtime.column)
        return rgba_of_rows(style, len(runtime.table), runtime.column, runtime.around)

    def _order(self, layer_id: str) -> int:
        ids = [spec.id for spec in self.session.project.layers]
        return ids.index(layer_id) if layer_id in ids else len(ids)

    def _on_ground(self) -> None:
        self.stage.set_ground(self.session.ground)
        self.dirty.emit()

    def _lay_plate(self) -> None:
        """Show the plain ground that a town without relief stands on."""
        mesh = self.session.plate.mesh
        self.stage.set_extra(PLATE, () if mesh is None else (mesh,), order=-1)
        self.dirty.emit()

    def _on_project(self, before: Project, after: Project) -> None:
        if [s.id for s in before.layers] != [s.id for s in after.layers]:
            self.stage.set_order({name: self._order(name) for name in self.stage.layer_ids})
        if before.frame != after.frame:
            self._on_time(self.session.clock.at)
        self.dirty.emit()

    def _on_time(self, at: datetime) -> None:
        from twin.analysis.sun import sun_in_scene

        self.stage.set_sun(*sun_in_scene(self.session.project.frame, at))
        self.dirty.emit()

    def _on_selection(self, _features: object) -> None:
        self._highlight()
        self.dirty.emit()

    def _highlight(self) -> None:
        chosen: dict[str, list[int]] = {}
        for layer_id, feature_id in self.session.selection.features:
            row = self._row(layer_id, feature_id)
            if row is not None:
                chosen.setdefault(layer_id, []).append(row)
        self.stage.highlight({name: np.array(rows) for name, rows in chosen.items()})

    def _row(self, layer_id: str, feature_id: str) -> int | None:
        try:
            table = self.session.layer(layer_id).table
        except KeyError:
            return None
        if table is None:
            return None
        known = self._rows_of.get(layer_id)
        if known is None or known[0] is not table:
            known = (table, {str(name): row for row, name in enumerate(table.feature_ids)})
            self._rows_of[layer_id] = known
        return known[1].get(feature_id)


def _gone(changes: Changes, at: datetime) -> tuple[str, ...]:
    if not changes:
        return ()
    from twin.work.streamed_plan import gone_at  # it brings the reading of outlines with it

    return gone_at(changes, at)


def _moving_columns(runtime: LayerRuntime) -> Mapping[str, NDArray[Any]]:
    names: set[str | None] = {d.flow_column for d in runtime.drawables if isinstance(d, Lines)}
    names |= {d.text_column for d in runtime.drawables if isinstance(d, Labels)}
    names |= {d.cluster_by for d in runtime.drawables if isinstance(d, Points)}
    if any(getattr(d, "moving", False) for d in runtime.drawables):
        names |= set(PLACE)
    found = {name: runtime.column(name) for name in names if name}
    return {name: values for name, values in found.items() if values is not None}
