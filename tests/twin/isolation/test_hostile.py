"""The worst plugins we can think of: none gets what it wants, each ends in a problem, others go on."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from tests.twin.isolation.conftest import Stranger, needs_walls
from twin.api import testing
from twin.errors import BelvedereError, PluginError
from twin.isolation.process import BrokenRuleError
from twin.isolation.warden import Warden
from twin.work import runtime

pytestmark = needs_walls


def load(layer: object) -> object:
    ctx = testing.FakeContext(tables={"features": testing.sample_table("point")})
    return layer.load(ctx)  # type: ignore[attr-defined]


def build(layer: object) -> runtime.Built:
    table = load(layer)
    return runtime.build(layer, table, None, testing.view(), "layer")  # type: ignore[arg-type]


def test_an_infinite_loop_is_stopped(stranger: Stranger) -> None:
    with pytest.raises(BrokenRuleError) as caught:
        load(stranger(load="while True: pass"))
    assert caught.value.problem.key == "plugin.too_slow"


def test_a_fork_bomb_makes_no_process(stranger: Stranger) -> None:
    lines = "import os\nwhile True:\n    os.fork()"
    with pytest.raises(PluginError) as caught:
        load(stranger(load=lines))
    assert caught.value.problem.key == "plugin.raised"
    assert "PermissionError" in str(caught.value.problem.values["reason"])


@pytest.mark.parametrize(
    "lines",
    [
        "import subprocess\nsubprocess.run(['/bin/true'])",
        "import os\nos.system('true') and 1 / 0",
        "import multiprocessing as m\np = m.get_context('fork').Process(target=print)\np.start()",
        "import os\nos.posix_spawn('/bin/true', ['true'], {})",
    ],
)
def test_no_other_program_is_started(stranger: Stranger, lines: str) -> None:
    with pytest.raises(PluginError) as caught:
        load(stranger(load=lines))
    assert caught.value.problem.key == "plugin.raised"


def test_an_array_of_100_gb_is_refused(stranger: Stranger) -> None:
    with pytest.raises(BrokenRuleError) as caught:
        load(stranger(load="np.ones(100_000_000_000, dtype=np.uint8)"))
    assert caught.value.problem.key == "plugin.out_of_memory"


def test_memory_that_leaks_ends(stranger: Stranger) -> None:
    with pytest.raises(BrokenRuleError) as caught:
        load(stranger(load="hoard = []\nwhile True: hoard.append(np.ones(10_000_000))"))
    assert caught.value.problem.key in {"plugin.out_of_memory", "plugin.too_slow"}


BAD = {
    "NaN": "np.full((3, 3), np.nan, np.float32)",
    "a wrong shape": "np.zeros((3, 2), np.float32)",
    "a wrong type": "np.zeros((3, 3), np.float64)",
    "one dimension": "np.zeros(9, np.float32)",
}


@pytest.mark.parametrize("case", BAD)
def test_geometry_that_cannot_be_drawn_is_left_out(stranger: Stranger, case: str) -> None:
    built = build(stranger(build=f"return [api.Points(xyz_in_scene={BAD[case]})]"))
    assert [p.key for p in built.problems] == ["layer.bad_drawable"]
    assert built.drawables == ()


@pytest.mark.parametrize(
    "lines",
    [
        "return [api.Points(xyz_in_scene='lies')]",
        "return [object()]",
        "return [{'a': 1}]",
        "return 'nothing'",
        "return [api.Mesh(xyz_in_scene=np.zeros((1, 3), np.float32), triangles=np.eye(3))]",
    ],
)
def test_answers_that_are_none_become_problems(stranger: Stranger, lines: str) -> None:
    try:
        built = build(stranger(build=lines))
    except PluginError:
        return
    assert [p.key for p in built.problems] == ["layer.bad_drawable"] * len(built.problems)
    assert built.problems


def test_too_large_an_answer_is_refused(stranger: Stranger) -> None:
    lines = "return [api.Points(xyz_in_scene=np.zeros((20_000_000, 3), np.float32))]"
    with pytest.raises(PluginError):
        build(stranger(build=lines))


def test_closing_input_output_and_the_wire_ends_it(stranger: Stranger) -> None:
    lines = "import os\nfor fd in range(64):\n    try: os.close(fd)\n    except OSError: pass"
    with pytest.raises(BrokenRuleError) as caught:
        load(stranger(load=lines))
    assert caught.value.problem.key in {"plugin.crashed", "plugin.too_slow"}


def test_nothing_of_the_user_is_in_its_environment(
    stranger: Stranger, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("BELVEDERE_CANARY", "a-secret-of-the-user")
    lines = "import os, sys\nprint(dict(os.environ))\nprint(open('/proc/self/environ').read())"
    layer = stranger(load=lines + "\nsys.stdout.flush()")
    load(layer)
    assert layer.process is not None
    end = time.monotonic() + 2
    while "BELVEDERE_PLUGIN" not in layer.process.output and time.monotonic() < end:
        time.sleep(0.01)
    assert "BELVEDERE_PLUGIN" in layer.process.output
    assert "a-secret-of-the-user" not in layer.process.output
    assert capfd.readouterr() == ("", "")


def test_the_home_folder_is_out_of_reach(stranger: Stranger, tmp_path: Path) -> None:
    home = tmp_path / "home" / ".ssh"
    home.mkdir(parents=True)
    (home / "id_ed25519").write_text("secret")
    for path in (home / "id_ed25519", Path.home() / ".ssh", Path("/etc/shadow")):
        layer = stranger(load=f"import os\nassert os.path.exists({str(path)!r}), 'hidden'")
        with pytest.raises(PluginError) as caught:
            load(layer)
        assert "hidden" in str(caught.value.problem.values["reason"])


def test_its_own_folder_and_the_engine_cannot_be_written(stranger: Stranger) -> None:
    import twin

    for target in ("__file__", repr(twin.__file__), repr(sys.executable)):
        with pytest.raises(PluginError) as caught:
            load(stranger(load=f"open({target}, 'a')"))
        assert "Error" in str(caught.value.problem.values["reason"])


def test_it_cannot_connect_out(stranger: Stranger) -> None:
    server = socket.create_server(("127.0.0.1", 0))
    server.settimeout(0.5)
    port = server.getsockname()[1]
    for lines in (
        f"import socket\nsocket.create_connection(('127.0.0.1', {port}), timeout=2)",
        f"import urllib.request as u\nu.urlopen('http://127.0.0.1:{port}/', timeout=2)",
        "import socket\nsocket.socket(socket.AF_INET6, socket.SOCK_DGRAM)",
        "import socket\nsocket.socket(40, socket.SOCK_STREAM)",
    ):
        with pytest.raises(PluginError):
            load(stranger(load=lines))
    with pytest.raises(TimeoutError):
        server.accept()
    server.close()


def test_it_sees_no_other_process(stranger: Stranger) -> None:
    lines = "import os\nseen = [p for p in os.listdir('/proc') if p.isdigit()]\nassert len(seen) > 9, seen"
    with pytest.raises(PluginError):
        load(stranger(load=lines))
    with pytest.raises(PluginError):
        load(stranger(load=f"import os\nos.kill({os.getpid()}, 9)"))


def test_a_crash_in_native_code_is_its_own(stranger: Stranger) -> None:
    with pytest.raises(BrokenRuleError) as caught:
        load(stranger(load="import ctypes\nctypes.string_at(0)"))
    assert "SIGSEGV" in str(caught.value.problem.values["reason"])


def test_patching_the_engine_changes_nothing_here(stranger: Stranger) -> None:
    from twin import drawables

    before = drawables.check
    lines = (
        "import twin.drawables as d\nd.check = lambda *a, **k: None\n"
        "return [api.Points(xyz_in_scene=np.full((3, 3), np.nan, np.float32))]"
    )
    built = build(stranger(build=lines))
    assert drawables.check is before
    assert [p.key for p in built.problems] == ["layer.bad_drawable"]


def test_windows_are_not_for_plugins(stranger: Stranger) -> None:
    for name in ("PySide6", "PySide6.QtCore", "shiboken6", "pyvista"):
        with pytest.raises(PluginError) as caught:
            load(stranger(load=f"import {name}"))
        assert "ImportError" in str(caught.value.problem.values["reason"])
    # Not even around the import hook: the files are not there.
    lines = "import sys\nsys.meta_path.pop(0)\nimport PySide6.QtCore"
    with pytest.raises(PluginError):
        load(stranger(load=lines))


def test_a_flood_of_output_and_problems_is_cut(stranger: Stranger) -> None:
    lines = (
        "for i in range(20_000): ctx.report(api.Problem('a.b', str(i)))\n"
        "for i in range(20_000): print('x' * 200)"
    )
    layer = stranger(load=lines)
    ctx = testing.FakeContext(tables={"features": testing.sample_table("point")})
    layer.load(ctx)
    assert len(ctx.problems) == 200
    assert layer.process is not None
    assert len(layer.process.output) < 1_000_000


def test_limits_cannot_be_raised_again(stranger: Stranger) -> None:
    lines = "import resource as r\nr.setrlimit(r.RLIMIT_AS, (r.RLIM_INFINITY, r.RLIM_INFINITY))"
    with pytest.raises(PluginError):
        load(stranger(load=lines))


def test_three_strikes_set_it_aside_until_the_user_forgives(
    stranger: Stranger, warden: Warden, tmp_path: Path
) -> None:
    layer = stranger(load="import os\nos._exit(3)")
    for _ in range(3):
        with pytest.raises(BrokenRuleError):
            load(layer)
    with pytest.raises(PluginError) as caught:
        load(layer)
    assert caught.value.problem.key == "plugin.set_aside"
    warden.store.change(tmp_path / "stranger", strikes=())
    with pytest.raises(BrokenRuleError):
        load(layer)


def test_an_error_names_the_plugins_own_file_and_line(stranger: Stranger) -> None:
    with pytest.raises(PluginError) as caught:
        load(stranger(load="np.linalg.inv(np.zeros((2, 2)))"))
    values = caught.value.problem.values
    assert (values["file"], values["line"]) == ("stranger/layer.py", 8)


def test_what_a_reader_says_passes_through(stranger: Stranger, tmp_path: Path) -> None:
    layer = stranger()
    ctx = testing.FakeContext(files={"features": tmp_path / "none.gpkg"})
    with pytest.raises(BelvedereError) as caught:
        layer.load(ctx)
    assert caught.value.problem.key.startswith("io.")


def test_a_cancelled_load_is_left_at_once(stranger: Stranger) -> None:
    from twin.errors import Cancelled

    layer = stranger(load="import time\ntime.sleep(3)")
    table = testing.sample_table("point")
    ctx = testing.FakeContext(tables={"features": table})
    threading.Timer(0.8, lambda: setattr(ctx, "_cancelled", True)).start()
    started = time.monotonic()
    with pytest.raises(Cancelled):
        layer.load(ctx)
    assert time.monotonic() - started < 2.5


@pytest.mark.skipif(os.name != "posix" or os.getuid() != 0, reason="needs root to become another")
def test_walls_stand_for_an_unprivileged_user_with_a_process_limit(tmp_path: Path) -> None:
    """The same sandbox, made by a user without rights who may start only a few processes."""
    import resource

    from twin.isolation import confine

    def become_nobody() -> None:
        resource.setrlimit(resource.RLIMIT_NPROC, (40, 40))
        os.setgid(65534)
        os.setuid(65534)

    line = [confine.bubblewrap(), *confine.walls(), *confine.system_binds(), "/bin/sh", "-c"]
    hidden = "id -u; ls /root 2>/dev/null && echo seen; ls /home 2>/dev/null && echo seen; true"
    done = subprocess.run(
        [*line, hidden],
        preexec_fn=become_nobody,
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
    )
    assert (done.returncode, done.stdout.split()) == (0, ["65534"]), done.stderr


def test_rows_and_colours_arrive_as_they_were_made(stranger: Stranger) -> None:
    built = build(stranger())
    (points,) = built.drawables
    assert points.row_of_point.tolist() == list(range(12))  # type: ignore[union-attr]
    assert points.xyz_in_scene.dtype == np.float32  # type: ignore[union-attr]
