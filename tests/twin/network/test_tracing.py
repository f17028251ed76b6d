"""Traces and outages: equal to networkx on random graphs, and right on networks small enough to see."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twin.network.graph import Graph
from twin.network.model import Devices, Edges, Network, NetworkError, Nodes, Role, State
from twin.network.outage import outage
from twin.network.trace import between, trace

SIZE = 12
pairs = st.tuples(
    st.integers(0, SIZE - 1), st.integers(0, SIZE - 1), st.integers(1, 50), st.booleans()
)


def objects(values: list[object]) -> np.ndarray:
    made = np.empty(len(values), dtype=object)
    made[:] = values
    return made


def network(
    edges: list[tuple[int, int, str]], sources: list[int], loads: list[int], size: int = SIZE
) -> Network:
    """Return a network of edges (start, end, state), all one metre long."""
    count = len(edges)
    hung = [(n, Role.SOURCE) for n in sources] + [(n, Role.CONSUMER) for n in loads]
    return Network(
        id="small",
        commodity="electricity",
        nodes=Nodes(
            ids=objects([f"n{i}" for i in range(size)]), x_m=np.zeros(size), y_m=np.zeros(size)
        ),
        edges=Edges(
            ids=objects([f"e{i}" for i in range(count)]),
            start=np.array([e[0] for e in edges], np.intp),
            end=np.array([e[1] for e in edges], np.intp),
            kind=objects(["line"] * count),
            state=objects([State(e[2]) for e in edges]),
            length_m=np.ones(count),
            geometry=objects([None] * count),
        ),
        devices=Devices(
            ids=objects([f"d{n}" for n, _ in hung]),
            node=np.array([n for n, _ in hung], np.intp),
            kind=objects(["load"] * len(hung)),
            role=objects([role for _, role in hung]),
            power_mw=np.full(len(hung), 0.5),
            in_service=np.ones(len(hung), bool),
            edge=np.full(len(hung), -1),
        ),
    )


@settings(max_examples=80, deadline=None)
@given(st.lists(pairs, max_size=40), st.integers(0, SIZE - 1), st.integers(0, SIZE - 1))
def test_reach_and_ways_are_those_of_networkx(
    drawn: list[tuple[int, int, int, bool]], start: int, end: int
) -> None:
    ends = np.array([e[:2] for e in drawn], np.intp).reshape(-1, 2)
    length = np.array([float(e[2]) for e in drawn])
    open_ = np.array([e[3] for e in drawn], bool)
    graph = Graph(SIZE, ends[:, 0], ends[:, 1], length_m=length, conducts=open_)
    theirs = nx.MultiDiGraph()
    theirs.add_nodes_from(range(SIZE))
    theirs.add_weighted_edges_from([e[:3] for e in drawn if e[3]])
    at = np.array([start])
    assert set(np.flatnonzero(graph.downstream(at))) == nx.descendants(theirs, start) | {start}
    assert set(np.flatnonzero(graph.upstream(at))) == nx.ancestors(theirs, start) | {start}
    both = nx.MultiGraph()
    both.add_nodes_from(range(SIZE))
    both.add_weighted_edges_from([e[:3] for e in drawn if e[3]])
    assert set(np.flatnonzero(graph.connected(at))) == nx.node_connected_component(both, start)
    assert graph.components()[0] == nx.number_connected_components(both)
    found = graph.between(start, end)
    if nx.has_path(both, start, end):
        assert found is not None
        assert found.length_m == nx.shortest_path_length(both, start, end, weight="weight")
        assert len(found.edges) == len(found.nodes) - 1
        for edge, (a, b) in zip(
            found.edges, zip(found.nodes, found.nodes[1:], strict=False), strict=True
        ):
            assert open_[edge]
            assert {a, b} == set(ends[edge])
    else:
        assert found is None


@settings(max_examples=80, deadline=None)
@given(
    st.lists(pairs, min_size=1, max_size=30),
    st.lists(st.integers(0, SIZE - 1), min_size=1, max_size=3, unique=True),
    st.data(),
)
def test_outages_are_those_of_networkx(
    drawn: list[tuple[int, int, int, bool]], sources: list[int], data: st.DataObject
) -> None:
    edges = [(a, b, "in_service" if c else "open") for a, b, _, c in drawn]
    made = network(edges, sources, list(range(SIZE)))
    out = data.draw(st.integers(0, len(edges) - 1))

    def supplied(left_out: int) -> set[int]:
        graph = nx.Graph()
        graph.add_nodes_from(range(SIZE))
        graph.add_edges_from(
            e[:2] for i, e in enumerate(edges) if e[2] == "in_service" and i != left_out
        )
        return set().union(*(nx.node_connected_component(graph, s) for s in sources))

    found = outage(made, [f"e{out}"])
    lost = supplied(-1) - supplied(out)
    assert set(np.flatnonzero(found.lost_nodes)) == lost
    assert {int(made.devices.node[i]) for i in found.consumers} == lost


def test_a_ring_is_supplied_again_by_its_open_switch() -> None:
    ring = [(0, 1, "in_service"), (1, 2, "in_service"), (2, 3, "open"), (3, 0, "in_service")]
    found = outage(network(ring, [0], [1, 2, 3], 4), ["e0"])
    assert [found.network.devices.ids[i] for i in found.consumers] == ["d1", "d2"]
    assert found.power_mw == pytest.approx(1.0)
    assert [way.operate for way in found.resupply] == [("e2",)]
    assert found.resupply[0].power_mw == pytest.approx(1.0)


def test_what_was_taken_out_is_no_way_back() -> None:
    line = [(0, 1, "in_service"), (1, 2, "in_service")]
    assert outage(network(line, [0], [1, 2], 3), ["e1"]).resupply == ()


def test_a_trace_leads_from_the_source_and_on() -> None:
    tree = [(0, 1, "in_service"), (2, 1, "in_service"), (2, 3, "in_service"), (1, 4, "open")]
    found = trace(network(tree, [0], [3], 5), "n2")
    assert np.flatnonzero(found.upstream_nodes).tolist() == [0, 1, 2]
    assert np.flatnonzero(found.downstream_nodes).tolist() == [2, 3]
    assert found.to_source is not None
    assert found.to_source.edges.tolist() == [1, 0]
    assert found.to_source.length_m == 2.0


def test_unknown_ids_and_missing_ways_are_said() -> None:
    made = network([(0, 1, "in_service")], [0], [1], 3)
    with pytest.raises(NetworkError, match="no_such_id"):
        trace(made, "nowhere")
    with pytest.raises(NetworkError, match="no_way"):
        between(made, "n0", "n2")
    with pytest.raises(NetworkError, match="no_source"):
        outage(network([(0, 1, "in_service")], [], [1], 2), ["e0"])
