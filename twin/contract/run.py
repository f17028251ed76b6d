"""One layer at work on one sample: loaded, built, asked, stopped, and given nothing."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from twin.contract import answers, drawn, samples
from twin.contract.context import SampleContext
from twin.contract.findings import Caller, Findings, finding, placed
from twin.drawables import Drawable
from twin.errors import BelvedereError, Cancelled, PluginError
from twin.model.geoframe import GeoFrame
from twin.model.ground import FlatGround
from twin.model.layer import ViewQuery
from twin.model.params import ParamField, fields_of
from twin.model.table import FEATURE_ID, FeatureTable
from twin.problems import Problem

CANCEL_S = 0.2
"""A cancelled load ends within this time."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Case:
    """One sample for one layer type.

    Parameters
    ----------
    frame : GeoFrame
        Of the project that the sample is in.
    roles : tuple of str
        The roles of the layer type, the main one first.
    files : mapping of str to Path
        Files that the plugin declares, by role.
    tables : mapping of str to FeatureTable
        Tables of the suite, by role.
    """

    name: str
    frame: GeoFrame
    roles: tuple[str, ...]
    folder: Path = Path()
    files: Mapping[str, Path] = field(default_factory=dict)
    tables: Mapping[str, FeatureTable] = field(default_factory=dict)

    def context(self, params: Any, *, cancelled: bool = False) -> SampleContext:
        """Return what ``load`` is given for this sample."""
        return SampleContext(
            self.frame, params, files=self.files, tables=self.tables, cancelled=cancelled
        )


def check_sample(
    layer: Any, case: Case, *, where: str, tables: dict[str, FeatureTable] | None = None
) -> Findings:
    """Yield what a layer does wrong with a sample; ``tables`` takes what it loads of its own files."""
    call = Caller(where, case.folder)
    params = layer.Params() if hasattr(layer, "Params") else None
    table = call("load", layer.load, case.context(params))
    if table is not None:
        wrong = _wrong_table(table, case.frame.crs)
        if not wrong and case.files and tables is not None:
            tables[where.partition(" ")[0]] = table
        if wrong:
            yield finding("contract.table", where, reason=wrong)
        else:
            yield from _at_work(call, layer, case, table, params)
    yield from _cancelled(layer, case, params, where)
    yield from _missing_file(layer, case, params, where)
    yield from call.found


def unique(problems: Findings) -> Findings:
    """Yield each problem once."""
    seen: list[Problem] = []
    for problem in problems:
        if problem not in seen:
            seen.append(problem)
            yield problem


def _wrong_table(table: Any, crs: str) -> str:
    """Return what is wrong with a loaded table, empty if nothing."""
    if not isinstance(table, FeatureTable):
        return f"load returned {type(table).__name__}"
    if FEATURE_ID not in table.frame:
        return "no column feature_id"
    ids = table.frame[FEATURE_ID]
    if not all(isinstance(i, str) for i in ids) or not ids.is_unique:
        return "feature_id must be texts, each once"
    if list(table.frame.index) != list(range(len(table))):
        return "the index must be 0..n-1"
    if table.crs != crs and len(table):
        return f"crs is {table.crs!r}, the project's is {crs!r}"
    return ""


def _at_work(call: Caller, layer: Any, case: Case, table: FeatureTable, params: Any) -> Findings:
    frame = case.frame
    columns = _columns(call, layer, table, params)
    if case.files:
        yield from answers.check_units(table, call.where)
    yield from answers.check_columns(call, layer, table, params)
    yield from answers.check_style(call, layer, table, columns)
    yield from answers.check_facts(call, layer, table, params)
    yield from answers.check_times(call, layer, table, params)
    if hasattr(layer, "ground"):
        yield from _ground(call, layer, table, params, frame)
    before = table.frame.copy(deep=True)
    for ground in (samples.hills(), FlatGround(30.0)):
        view = ViewQuery(at=answers.MOMENTS[1], frame=frame, ground=ground)
        yield from _builds(call, layer, table, params, view)
    if not before.equals(table.frame):
        yield finding("contract.table_changed", call.where)
    yield from _variations(call, layer, case, table, frame)
    yield from _nothing(call, layer, table, params, frame)


def _builds(
    call: Caller, layer: Any, table: FeatureTable, params: Any, view: ViewQuery
) -> Findings:
    """Build twice and look at the drawables."""
    made = _build(call, layer, table, params, view)
    if made is None:
        return
    yield from drawn.check_drawables(
        made, len(table), _columns(call, layer, table, params), call.where
    )
    if not made and len(table.frame.geometry.dropna()):
        yield finding("contract.nothing_drawn", call.where)
    if not drawn.same(made, _build(call, layer, table, params, view)):
        yield finding("contract.not_deterministic", call.where, what="build")


def _build(
    call: Caller, layer: Any, table: FeatureTable, params: Any, view: ViewQuery
) -> list[Drawable] | None:
    made = call("build", layer.build, table, params, view)
    return None if made is None else list(made)


def _variations(
    call: Caller, layer: Any, case: Case, table: FeatureTable, frame: GeoFrame
) -> Findings:
    """Build with each parameter at its other values, one at a time."""
    if not hasattr(layer, "Params"):
        return
    view = ViewQuery(at=answers.MOMENTS[1], frame=frame, ground=samples.hills())
    for param in fields_of(layer.Params):
        for value in _values(param):
            params = layer.Params(**{param.name: value})
            loaded: FeatureTable | None = table
            if param.name in getattr(layer, "load_params", ()):
                loaded = call("load", layer.load, case.context(params))
            if loaded is None:
                continue
            made = _build(call, layer, loaded, params, view)
            where = f"{call.where} {param.name}={value}"
            columns = _columns(call, layer, loaded, params)
            yield from drawn.check_drawables(made or [], len(loaded), columns, where)


def _values(param: ParamField) -> list[Any]:
    """Return values of a parameter other than its default: choices, both limits, the other truth."""
    if param.type is bool:
        return [not param.default]
    if param.choice:
        return [c for c in param.choice if c != param.default]
    if param.range is not None:
        return [param.type(v) for v in (param.range.low, param.range.high) if v != param.default]
    return []


def _nothing(
    call: Caller, layer: Any, table: FeatureTable, params: Any, frame: GeoFrame
) -> Findings:
    """A table without rows is drawn as nothing, without an error."""
    if table.raster is not None:
        return
    empty = samples.empty_like(table)
    view = ViewQuery(at=answers.MOMENTS[1], frame=frame, ground=FlatGround())
    made = _build(call, layer, empty, params, view)
    yield from drawn.check_drawables(
        made or [], 0, _columns(call, layer, empty, params), f"{call.where} without rows"
    )


def _ground(
    call: Caller, layer: Any, table: FeatureTable, params: Any, frame: GeoFrame
) -> Findings:
    ground = call("ground", layer.ground, table, params, frame)
    if ground is None:
        return
    heights = ground.height_m(np.array([[0.0, 0.0], [1e6, -1e6]]))
    if heights.shape != (2,) or not np.isfinite(heights).all():
        yield finding("contract.ground", call.where)


def _cancelled(layer: Any, case: Case, params: Any, where: str) -> Findings:
    """A load that is asked to stop lets that through, and does so in time."""
    started = time.monotonic()
    try:
        layer.load(case.context(params, cancelled=True))
    except Cancelled:
        taken_s = time.monotonic() - started
        if taken_s > CANCEL_S:
            yield finding("contract.cancel_late", where, seconds=f"{taken_s:.1f}")
        return
    except PluginError as error:
        yield error.problem
        return
    except Exception as error:  # noqa: BLE001 - an author's code may raise anything
        yield finding("contract.cancel_ignored", where, reason=placed(error, case.folder))
        return
    yield finding("contract.cancel_ignored", where, reason="load went on to its end")


def _missing_file(layer: Any, case: Case, params: Any, where: str) -> Findings:
    """A file that is not there is an error that says so, not a fault of the code."""
    missing = Case(
        name=case.name,
        frame=case.frame,
        roles=case.roles,
        folder=case.folder,
        files={case.roles[0]: Path("no-such-file.gpkg")},
    )
    try:
        layer.load(missing.context(params))
    except PluginError as error:
        # Behind walls every error arrives as one of a plugin; a fault of its code says so.
        if error.problem.key.startswith("plugin."):
            yield error.problem
        return
    except BelvedereError:
        return
    except Exception as error:  # noqa: BLE001 - an author's code may raise anything
        yield finding("contract.missing_file", where, reason=placed(error, case.folder))
        return
    yield finding("contract.missing_file", where, reason="load returned a table")


def _columns(call: Caller, layer: Any, table: FeatureTable, params: Any) -> dict[str, Any]:
    columns = {str(name): table.frame[name] for name in table.frame.columns}
    if hasattr(layer, "columns_at"):
        at = answers.MOMENTS[1]
        columns |= dict(call("columns_at", layer.columns_at, table, params, at) or {})
    return columns
