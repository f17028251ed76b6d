"""What a solver found, by the ids of nodes, edges and devices; columns keep the solver's names with their units."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.network.panda_file import CONSUMING_EDGES, ENDS, MAIN, edge_id
from twin.network.solve.client import Answer
from twin.problems import Problem

NODE_TABLES = ("bus", "junction")
EDGE_TABLES = {*ENDS, "trafo3w", "switch", *CONSUMING_EDGES, "circ_pump_pressure", "circ_pump_mass"}
COMPLEMENT = "edges"


@dataclass(frozen=True, eq=False, kw_only=True)
class Solution:
    """Results.

    Parameters
    ----------
    mode : str
        What was computed.
    nodes, edges, devices : mapping of str to (ids, values)
        By column name: (k,) ids and (steps, k) float64; NaN where nothing came out.
    problems : tuple of Problem
    """

    mode: str
    nodes: Mapping[str, Group] = field(default_factory=dict)
    edges: Mapping[str, Group] = field(default_factory=dict)
    devices: Mapping[str, Group] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()

    def as_dict(self, step: int = 0) -> dict[str, Any]:
        """Return ``{"nodes": {column: {id: value}}, "edges": ..., "devices": ...}`` of one step."""
        return {
            name: {
                column: dict(zip(group.ids, _plain(group.values[step]), strict=True))
                for column, group in getattr(self, name).items()
            }
            for name in ("nodes", "edges", "devices")
        }

    def column(self, sort: str, name: str, ids: NDArray[Any]) -> NDArray[np.float64]:
        """Return a column in the order of some ids, (steps, k) float64, NaN where there is none."""
        group: Group | None = getattr(self, f"{sort}s").get(name)
        steps = self.steps
        found = np.full((steps, len(ids)), np.nan)
        if group is not None:
            row = {key: i for i, key in enumerate(group.ids)}
            at = np.array([row.get(str(i), -1) for i in ids], np.intp)
            found[:, at >= 0] = group.values[:, at[at >= 0]]
        return found

    @property
    def steps(self) -> int:
        """How many moments."""
        for groups in (self.nodes, self.edges):
            for group in groups.values():
                return len(group.values)
        return 0


@dataclass(frozen=True, eq=False)
class Group:
    """One column: the ids that have it, and (steps, ids) values."""

    ids: list[str]
    values: NDArray[np.float64]


def solution(answer: Answer, names: Mapping[str, list[str]] | None = None) -> Solution:
    """Return an answer by ids.

    Parameters
    ----------
    names : mapping
        Ids by table for a net made by a recipe, in the order of its rows; those of a file are
        its own indices.
    """
    parts: dict[str, dict[str, list[tuple[list[str], NDArray[np.float64]]]]]
    parts = {"nodes": {}, "edges": {}, "devices": {}}
    for (table, column), values in answer.values.items():
        ids = _ids(table, answer.index[table], names)
        parts[_sort(table)].setdefault(str(column), []).append((ids, values))
    made = {sort: {c: _joined(p) for c, p in columns.items()} for sort, columns in parts.items()}
    return Solution(mode=answer.mode, problems=answer.problems, **made)


def _sort(table: str) -> str:
    if table in NODE_TABLES:
        return "nodes"
    return "edges" if table in EDGE_TABLES else "devices"


def _ids(table: str, index: list[str], names: Mapping[str, list[str]] | None) -> list[str]:
    if names is not None and table in names:
        if len(names[table]) == len(index):
            return list(names[table])  # the rows of a result are those of its table
        return [names[table][int(i)] for i in index]
    if table in NODE_TABLES or table in MAIN:
        return [str(i) for i in index]
    return [edge_id(table, i) for i in index]


def _joined(parts: list[tuple[list[str], NDArray[np.float64]]]) -> Group:
    if len(parts) == 1:
        return Group(*parts[0])
    return Group(
        [i for ids, _ in parts for i in ids], np.concatenate([v for _, v in parts], axis=1)
    )


def _plain(values: NDArray[np.float64]) -> list[float | None]:
    return [None if v != v else v for v in values.tolist()]  # noqa: PLR0124 - NaN differs from itself
