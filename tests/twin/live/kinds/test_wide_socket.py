"""A socket that takes large pieces gives the same bytes, and sends what it was given when it is told to."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from twin.live.kinds.wide_socket import PIECE, WideSocket, client_class


@pytest.fixture
def ends() -> Iterator[tuple[WideSocket, socket.socket]]:
    near, far = socket.socketpair()
    far.settimeout(5.0)
    near.setblocking(False)
    wide = WideSocket(near)
    yield wide, far
    wide.close()
    far.close()


def test_what_came_at_once_is_given_byte_by_byte_and_the_system_is_not_asked_again(ends):
    wide, far = ends
    far.sendall(b"0123456789")
    assert wide.recv(1) == b"0"
    assert wide.pending() == 9
    assert wide.recv(4) + wide.recv(100) == b"123456789"
    assert wide.pending() == 0
    with pytest.raises(BlockingIOError):
        wide.recv(1)
    far.close()
    assert wide.recv(1) == b""


def test_acknowledgements_go_out_together(ends):
    wide, far = ends
    far.setblocking(False)
    assert [wide.send(b"ab"), wide.send(b"cd")] == [2, 2]
    assert wide.unsent
    with pytest.raises(BlockingIOError):
        far.recv(10)
    wide.flush()
    assert far.recv(10) == b"abcd"
    assert not wide.unsent


def test_what_the_other_side_does_not_take_waits_and_nothing_is_lost(ends):
    wide, far = ends
    sent = bytes(range(256)) * 40 * (PIECE // 1024)
    for at in range(0, len(sent), 1000):
        wide.send(sent[at : at + 1000])
    assert wide.unsent
    came = bytearray()
    while len(came) < len(sent):
        wide.flush()
        came += far.recv(PIECE)
    assert came == sent


def test_a_farewell_is_sent_before_it_closes(ends):
    wide, far = ends
    wide.send(b"bye")
    wide.close()
    assert far.recv(10) == b"bye"
    assert far.recv(10) == b""


def test_paho_makes_its_socket_where_ours_takes_its_place():
    made = client_class()
    assert hasattr(made.__mro__[1], "_create_socket")
