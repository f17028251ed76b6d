"""A layer of an isolated plugin, as a session sees it: the same methods, answered from behind the walls."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from twin.drawables import Drawable
from twin.errors import PluginError
from twin.isolation.budget import Budget
from twin.isolation.process import BrokenRuleError, PluginProcess, is_cancelled, view_of
from twin.isolation.schema import METHODS, params_class
from twin.isolation.warden import Warden
from twin.model.layer import LoadContext, ViewQuery
from twin.model.table import FeatureTable
from twin.problems import Problem
from twin.registry import LayerType, Manifest

_told: dict[tuple[str, str, float], Mapping[str, Any]] = {}
"""What layer types say of themselves, by folder, type and time of the last change of the folder."""


class IsolatedLayer:
    """What ``Registry.create`` returns for an isolated plugin.

    It has exactly those of the optional methods that the author wrote. The process is started when it is
    first asked and again with every load of other files: it sees the files of its layer and no others.

    Parameters
    ----------
    manifest : Manifest
    layer_type : LayerType
    warden : Warden
        What the user granted, and who counts the strikes.
    budget : Budget or None
        None: that of the warden.

    Raises
    ------
    PluginError
        It may not run, cannot be confined here, or its code cannot be started.
    """

    distant = True
    """Whoever shows its answers waits for them on a worker: its process may be busy or hang."""

    def __init__(
        self,
        manifest: Manifest,
        layer_type: LayerType,
        warden: Warden,
        budget: Budget | None = None,
    ) -> None:
        warden.require_allowed(manifest)
        self._manifest = manifest
        self._type = layer_type
        self._warden = warden
        self._budget = budget or warden.budget
        self._process: PluginProcess | None = None
        self._shown: frozenset[str] = frozenset()
        self._lock = threading.RLock()
        self._token = 0
        self._table: Callable[[], FeatureTable | None] = _no_table
        self._closer = weakref.finalize(self, _no_table)
        about = self._introduced()
        self.load_params = tuple(str(n) for n in about["load_params"])
        if about["params"] is not None:
            self.Params = params_class(about["params"])
        own = {"ground", "columns_at", "describe", "series", "time_extent"}
        own |= {"indicators", "networks"}
        for name in set(about["methods"]) & own:
            setattr(self, name, getattr(self, f"_{name}"))
        if "default_style" in about["methods"]:
            self.default_style = self._default_style

    @property
    def process(self) -> PluginProcess | None:
        """The process of this layer, None before it is first asked."""
        return self._process

    def load(self, ctx: LoadContext) -> FeatureTable:
        """Run the author's ``load`` behind the walls."""
        tables = dict(getattr(ctx, "tables", {}))
        sources = {
            role: replace(source, path=str(ctx.path(role)))
            for role, source in ctx.sources.items()
            if role not in tables
        }
        with self._lock:
            process = self._started(sources)
            self._token += 1
            body = {
                "frame": ctx.frame,
                "params": _values(ctx.params),
                "sources": sources,
                "tables": tables,
                "cancelled": is_cancelled(ctx),
                "token": self._token,
            }
            answer = self._call(process, "load", body, timeout_s=self._budget.load_s, progress=ctx)
            table = _table_of(answer, self._type.id)
            for problem in answer.get("problems", ()):
                if isinstance(problem, Problem):
                    ctx.report(problem)
            self._table = weakref.ref(table)
        return table

    def build(self, table: FeatureTable, params: Any, view: ViewQuery) -> Sequence[Drawable]:
        """Run the author's ``build`` behind the walls."""
        with self._lock:
            process = self._with(table)
            body = {"token": self._token, "params": _values(params), "view": view}
            made = self._call(process, "build", body, timeout_s=self._budget.build_s)
        drawables = list(made) if isinstance(made, list) else [made]
        vertices = sum(len(getattr(d, "xyz_in_scene", ())) for d in drawables)
        if vertices > self._budget.vertices:
            self._strike(
                BrokenRuleError(
                    "plugin.too_much", self._type.id, count=vertices, limit=self._budget.vertices
                )
            )
        return drawables

    def close(self) -> None:
        """End the process."""
        self._closer()

    def _default_style(self, table: FeatureTable) -> Any:
        return self._ask("default_style", table, None, [])

    def _ground(self, table: FeatureTable, params: Any, frame: Any) -> Any:
        return self._ask("ground", table, params, ["$params", frame])

    def _columns_at(self, table: FeatureTable, params: Any, at: datetime) -> Any:
        return self._ask("columns_at", table, params, ["$params", at])

    def _describe(self, table: FeatureTable, row: int, params: Any, at: datetime) -> Any:
        return self._ask("describe", table, params, [int(row), "$params", at])

    def _series(self, table: FeatureTable, row: int, params: Any) -> Any:
        return self._ask("series", table, params, [int(row), "$params"])

    def _time_extent(self, table: FeatureTable) -> Any:
        return self._ask("time_extent", table, None, [])

    def _networks(self, table: FeatureTable) -> Any:
        return self._ask("networks", table, None, [])

    def _indicators(self, table: FeatureTable, params: Any, at: datetime) -> Any:
        return self._ask("indicators", table, params, ["$params", at])

    def _ask(self, method: str, table: FeatureTable, params: Any, arguments: list[Any]) -> Any:
        """Ask a short question; a window may be waiting for the answer, so that nothing is started for it."""
        if not self._lock.acquire(timeout=self._budget.ask_s):
            raise PluginError("plugin.busy", self._type.id)
        try:
            process = self._with(table)
            body = {
                "method": method,
                "token": self._token,
                "arguments": arguments,
                "params": _values(params),
            }
            return self._call(process, "ask", body, timeout_s=self._budget.ask_s)
        finally:
            self._lock.release()

    def _introduced(self) -> Mapping[str, Any]:
        """Return methods and parameters; asked once for each state of the plugin's folder."""
        key = (str(self._manifest.folder), self._type.id, changed_at(self._manifest.folder))
        if key not in _told:
            self._started({})
        return _told[key]

    def _started(self, sources: Mapping[str, Any]) -> PluginProcess:
        """Return a process that sees these sources, a new one if need be."""
        shown = frozenset(str(source.path) for source in sources.values())
        enough = not shown or shown == self._shown
        if self._process is not None and self._process.alive and enough:
            return self._process
        self._warden.require_allowed(self._manifest)
        self._closer()
        grants = self._warden.grants(self._manifest)
        view = view_of(
            self._manifest.folder,
            sources,
            read=grants.read,
            write=grants.write,
            packages=self._warden.packages(self._manifest),
        )
        process = PluginProcess(self._type.id, view, self._budget)
        self._process, self._shown = process, shown
        self._table = _no_table
        self._closer = weakref.finalize(self, process.close)
        about = self._call(process, "start", None, timeout_s=self._budget.start_s)
        try:
            key = (str(self._manifest.folder), self._type.id, changed_at(self._manifest.folder))
            _told[key] = _checked(about)
        except (KeyError, TypeError, ValueError) as error:
            self._strike(
                BrokenRuleError("plugin.bad_answer", self._type.id, reason=str(error)[:200])
            )
        return process

    def _with(self, table: FeatureTable) -> PluginProcess:
        """Return the process, holding this table."""
        if self._process is None or not self._process.alive:
            self._started({})
        process = self._process
        if process is None:
            raise PluginError("plugin.crashed", self._type.id, reason="")
        if self._table() is not table:
            self._token += 1
            body = {"table": table, "token": self._token}
            self._call(process, "table", body, timeout_s=self._budget.build_s)
            self._table = weakref.ref(table)
        return process

    def _call(self, process: PluginProcess, op: str, body: Any, **how: Any) -> Any:
        try:
            return process.call(op, body, **how)
        except BrokenRuleError as error:
            return self._strike(error)

    def _strike(self, error: BrokenRuleError) -> Any:
        self._closer()
        self._warden.strike(self._manifest, error.problem)
        raise error


def _no_table() -> None:
    return None


def changed_at(folder: Path) -> float:
    """Return when code or manifest of a plugin folder changed last."""
    times = [p.stat().st_mtime for p in folder.rglob("*") if p.suffix in (".py", ".toml")]
    return max(times, default=0.0)


def _checked(about: Any) -> Mapping[str, Any]:
    if not set(about["methods"]) <= set(METHODS):
        raise ValueError("methods that no layer has")
    if about["params"] is not None:
        params_class(about["params"])
    return {
        "methods": about["methods"],
        "load_params": about["load_params"],
        "params": about["params"],
    }


def _table_of(answer: Any, where: str) -> FeatureTable:
    table = answer.get("table") if isinstance(answer, dict) else None
    # A table came through the codec only where its rows did: anything else stands there as it is.
    whole = isinstance(table, FeatureTable) and hasattr(table.frame, "geometry")
    if not whole or not isinstance(table, FeatureTable):
        raise PluginError("plugin.bad_answer", where, reason="load() returned no FeatureTable")
    return table


def _values(params: Any) -> dict[str, Any] | None:
    return None if params is None else dict(vars(params))
