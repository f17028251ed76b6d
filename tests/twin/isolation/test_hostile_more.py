"""More of what a hostile plugin tries: exhausting what is shared, reaching other processes, lying about arrays."""

from __future__ import annotations

import os
import socket
import time
from dataclasses import replace
from pathlib import Path

import pytest

from tests.twin.isolation.conftest import Stranger, needs_walls
from twin.api import testing
from twin.errors import PluginError
from twin.work import runtime

pytestmark = needs_walls

LOADS = {
    "a fork bomb": "import os\nwhile True: os.fork()",
    "a vfork by spawning": "import os\nos.posix_spawn('/bin/true', ['true'], {})",
    "a process of multiprocessing": "import multiprocessing as m\nm.get_context('fork').Process(target=print).start()",
    "files until none is left": "f = []\nwhile True: f.append(open('/dev/null'))",
    "memory disguised as files in /tmp": "for i in range(9): open(f'/tmp/{i}', 'wb').write(bytes(16 << 20))",
    "memory disguised as files in /dev/shm": "open('/dev/shm/x', 'wb').write(bytes(1 << 20))",
    "memory disguised as files in /": "open('/x', 'wb').write(b'x')",
    "memory disguised as files that are memory": "import os\nos.memfd_create('x')",
    "memory shared by a segment": "import ctypes\nassert ctypes.CDLL(None).shmget(0, 1 << 30, 0o1600) >= 0",
    "memory in a queue": "import ctypes\nassert ctypes.CDLL(None).msgget(0, 0o1600) >= 0",
    "a mailbox that grows": "import os\n[os.ftruncate(fd, 1 << 40) for fd in range(3, 20) "
    "if 'memfd' in os.readlink(f'/proc/self/fd/{fd}')]",
    "its own folder": "open(__file__ + '.new', 'w')",
    "tracing its parent": "import ctypes\nassert ctypes.CDLL(None).ptrace(16, 1, 0, 0) == 0",
    "the memory of the first process": "open('/proc/1/mem', 'rb').read(1)",
    "a raw clone": "import ctypes\nassert ctypes.CDLL(None).syscall(56, 17, 0, 0, 0, 0) > 0",
    "a new user namespace": "import ctypes\nassert ctypes.CDLL(None).unshare(0x10000000) == 0",
    "mounting": "import ctypes\nassert ctypes.CDLL(None).mount(b'x', b'/tmp', b'tmpfs', 0, 0) == 0",
    "a device": "import os\nos.mknod('sda', 0o60660, os.makedev(8, 0))\nopen('sda', 'rb').read(1)",
    "recursion": "f = lambda: f()\nf()",
    "half a table": "return api.FeatureTable(frame=None, crs='EPSG:2154')",
}


@pytest.mark.parametrize("case", LOADS)
def test_it_gets_nowhere_and_is_ended(stranger: Stranger, case: str) -> None:
    layer = stranger(load=LOADS[case])
    ctx = testing.FakeContext(tables={"features": testing.sample_table("point")})
    started = time.monotonic()
    with pytest.raises(PluginError):
        layer.load(ctx)
    assert time.monotonic() - started < 12


def test_the_environment_holds_no_secret(
    stranger: Stranger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MY_TOKEN", "hunter2")
    lines = (
        "import os\nraw = open('/proc/self/environ').read() + open('/proc/1/environ').read()"
        "\nraise ValueError('hunter2' in raw or 'MY_TOKEN' in os.environ)"
    )
    with pytest.raises(PluginError) as caught:
        stranger(load=lines).load(
            testing.FakeContext(tables={"features": testing.sample_table("point")})
        )
    reason = str(caught.value.problem.values["reason"])
    assert reason == "ValueError: False" or "Permission" in reason


def test_local_sockets_of_others_are_out_of_reach(stranger: Stranger, tmp_path: Path) -> None:
    """A path is not there, and an abstract name belongs to another network."""
    named = socket.socket(socket.AF_UNIX)
    named.bind(str(tmp_path / "door"))
    named.listen()
    hidden = socket.socket(socket.AF_UNIX)
    hidden.bind(f"\0belvedere-test-{os.getpid()}")
    hidden.listen()
    for address in (str(tmp_path / "door"), f"\0belvedere-test-{os.getpid()}"):
        lines = f"import socket\nsocket.socket(socket.AF_UNIX).connect({address!r})"
        with pytest.raises(PluginError):
            stranger(load=lines).load(
                testing.FakeContext(tables={"features": testing.sample_table("point")})
            )
    for door in (named, hidden):
        door.setblocking(False)
        with pytest.raises(BlockingIOError):
            door.accept()
        door.close()


BUILDS = {
    "points of the wrong type": "[api.Points(xyz_in_scene=np.zeros((3, 3), np.float64))]",
    "points of the wrong shape": "[api.Points(xyz_in_scene=np.zeros((3, 2), np.float32))]",
    "rows that are not there": "[api.Points(xyz_in_scene=np.zeros((3, 3), np.float32), "
    "row_of_point=np.full(3, 10**6, np.int32))]",
    "triangles that are not there": "[api.Mesh(xyz_in_scene=np.zeros((3, 3), np.float32), "
    "triangles=np.full((1, 3), 99, np.int32))]",
    "infinite sizes": "[api.Glyphs(xyz_in_scene=np.zeros((1, 3), np.float32), shape='bench', "
    "scale_m=np.full((1, 3), np.inf, np.float32))]",
    "no list": "5",
    "something else": "[table]",
    "complex numbers": "[api.Points(xyz_in_scene=np.zeros((3, 3), np.complex128))]",
}


def test_a_lie_about_arrays_draws_nothing(stranger: Stranger) -> None:
    """All from one process: the variant of the view says which lie is told."""
    layer = stranger(build="return eval(view.variant)")
    ctx = testing.FakeContext(tables={"features": testing.sample_table("point")})
    table = layer.load(ctx)
    for name, lie in BUILDS.items():
        view = replace(testing.view(ctx), variant=lie)
        try:
            built = runtime.build(layer, table, None, view, "stranger")
        except PluginError:
            continue
        assert (built.drawables, len(built.problems)) == ((), 1), name


def test_memory_of_answers_is_one_mailbox_however_often_it_is_asked(stranger: Stranger) -> None:
    """What a plugin keeps open costs no more than one answer may be; given back between calls."""
    layer = stranger(build="return [api.Points(xyz_in_scene=np.zeros((10**6, 3), np.float32))]")
    ctx = testing.FakeContext(tables={"features": testing.sample_table("point")})
    table = layer.load(ctx)
    for _ in range(8):
        assert len(layer.build(table, None, testing.view(ctx))[0].xyz_in_scene) == 10**6
        assert _held_bytes() < 1_000_000  # of 12 MB each time


def _held_bytes() -> int:
    """Return the memory behind the mailboxes of this process."""
    fds = [fd for fd in Path("/proc/self/fd").iterdir() if fd.is_symlink()]
    shared = [fd for fd in fds if "memfd:belvedere" in str(fd.readlink())]
    assert shared
    return sum(fd.stat().st_blocks * 512 for fd in shared)
