"""A graph of streets from lines: cut where they meet, each piece knowing its street and what may go there.

Lines cross on bridges and in tunnels without meeting: what says that it is one is cut only by its own kind.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from twin.routing.tags import levels_of, tags_of

SNAP_M = 0.5
GRID_M = 0.01
"""To which vertices are rounded: cutting then always ends, whatever the lines."""

Float64 = NDArray[np.float64]
Int64 = NDArray[np.int64]


@dataclass(frozen=True, eq=False, kw_only=True)
class Streets:
    """Places joined by straight pieces of streets.

    Parameters
    ----------
    nodes : (n, 2) float64
        In the project's CRS.
    ends : (e, 2) int64
        Nodes of each piece, in the direction in which its street was drawn.
    row_of_piece : (e,) int64
        Which of the given lines a piece belongs to.
    chain_of_piece : (e,) int64
        Pieces of one chain follow each other, and meet no other street between.
    tags : tuple of mappings
        What OpenStreetMap would say of each line.
    """

    nodes: Float64
    ends: Int64
    row_of_piece: Int64
    chain_of_piece: Int64
    tags: tuple[Mapping[str, str], ...]

    @property
    def length_m(self) -> Float64:
        """Length of each piece, (e,)."""
        a, b = self.nodes[self.ends[:, 0]], self.nodes[self.ends[:, 1]]
        return np.asarray(np.linalg.norm(a - b, axis=1))

    def nearest(self, xy: ArrayLike) -> tuple[Int64, Float64]:
        """Return the nearest node of each place, and how far it is in metres."""
        from scipy.spatial import cKDTree

        away, node = cKDTree(self.nodes).query(np.asarray(xy, dtype=np.float64).reshape(-1, 2))
        return np.asarray(node, dtype=np.int64), np.asarray(away)

    def seconds_of_rows(self, node_s: Float64) -> Float64:
        """Return the mean time of the pieces of each line, NaN where none of it is reached."""
        mean = node_s[self.ends].mean(axis=1)
        good = np.isfinite(mean)
        count = np.bincount(self.row_of_piece[good], minlength=len(self.tags))
        total = np.bincount(self.row_of_piece[good], mean[good], minlength=len(self.tags))
        nothing = np.full(len(self.tags), np.nan)
        return np.asarray(np.divide(total, count, out=nothing, where=count > 0))


def streets_of(lines: Any, columns: Mapping[str, Any] | None = None) -> Streets:
    """Return the graph of some lines.

    Parameters
    ----------
    lines : (n,) LineString or MultiLineString
        In the project's CRS; anything else, and what is empty, is passed over.
    columns : mapping of str to (n,) values
        What is known of them: columns as of OpenStreetMap (``highway``, ``oneway``, ``bridge`` ...), of BD TOPO
        (``nature``, ``sens_de_circulation``) or a ``kind``.
    """
    import shapely

    lines = np.asarray(lines, dtype=object)
    tags = tags_of(columns or {}, len(lines))
    parts, row_of_part = shapely.get_parts(lines, return_index=True)
    good = (shapely.get_type_id(parts) == 1) & ~shapely.is_empty(parts)
    parts, row_of_part = shapely.force_2d(parts[good]), row_of_part[good]
    level_of_part = levels_of(tags)[row_of_part]
    cut = [_cut(parts, np.flatnonzero(level_of_part == level)) for level in set(level_of_part)]
    chains = np.concatenate([c for c, _ in cut]) if cut else np.zeros(0, dtype=object)
    source = np.concatenate([s for _, s in cut]) if cut else np.zeros(0, dtype=np.int64)
    return _graph(chains, row_of_part[source], tags)


def _cut(parts: Any, at: Any) -> tuple[Any, Any]:
    """Return lines cut where they cross, in their own direction, and which of ``parts`` each was."""
    import shapely

    level = parts[at]
    crossing = np.concatenate([level, _joints(level)])
    pieces = shapely.get_parts(shapely.union_all(crossing, grid_size=GRID_M))
    middle = shapely.line_interpolate_point(pieces, 0.5, normalized=True)
    (_, found), _ = shapely.STRtree(level).query_nearest(
        middle, return_distance=True, all_matches=False
    )
    source = level[found]
    first, last = shapely.get_point(pieces, 0), shapely.get_point(pieces, -1)
    back = shapely.line_locate_point(source, first) > shapely.line_locate_point(source, last)
    pieces[back & ~shapely.is_closed(source)] = shapely.reverse(
        pieces[back & ~shapely.is_closed(source)]
    )
    return pieces, at[found]


def _joints(lines: Any) -> Any:
    """Return a short line across every other line that an end of a line all but touches: surveys leave such gaps."""
    import shapely

    ends = np.concatenate([shapely.get_point(lines, 0), shapely.get_point(lines, -1)])
    end, other = shapely.STRtree(lines).query(ends, predicate="dwithin", distance=SNAP_M)
    foreign = end % len(lines) != other
    at = shapely.get_coordinates(ends[end[foreign]])
    shortest = shapely.shortest_line(ends[end[foreign]], lines[other[foreign]])
    across = shapely.get_coordinates(shortest).reshape(-1, 2, 2)
    gap = across[:, 1] - across[:, 0]
    length = np.linalg.norm(gap, axis=1)
    apart = length > 0
    beyond = gap[apart] * (1.0 + SNAP_M / 4.0 / length[apart])[:, None]
    return shapely.linestrings(np.stack([at[apart], at[apart] + beyond], axis=1))


def _graph(chains: Any, row_of_chain: Any, tags: tuple[Mapping[str, str], ...]) -> Streets:
    import shapely

    xy, chain = shapely.get_coordinates(chains, return_index=True)
    first, node = _merged(xy)
    follows = (chain[1:] == chain[:-1]) & (node[1:] != node[:-1])
    return Streets(
        nodes=xy[first],
        ends=np.column_stack([node[:-1][follows], node[1:][follows]]).astype(np.int64),
        row_of_piece=np.asarray(row_of_chain[chain[:-1][follows]], dtype=np.int64),
        chain_of_piece=np.asarray(chain[:-1][follows], dtype=np.int64),
        tags=tags,
    )


def _merged(xy: Float64) -> tuple[Int64, Int64]:
    """Return one of the places that lie together, for each such group, and the group of each place."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components
    from scipy.spatial import cKDTree

    pairs = cKDTree(xy).query_pairs(SNAP_M, output_type="ndarray").reshape(-1, 2)
    joined = coo_array((np.ones(len(pairs)), pairs.T), shape=(len(xy), len(xy)))
    _, group = connected_components(joined, directed=False)
    _, first = np.unique(group, return_index=True)
    return np.asarray(first, dtype=np.int64), np.asarray(group, dtype=np.int64)
