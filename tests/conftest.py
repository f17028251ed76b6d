"""What every test runs under: no display, no settings of the user touched, nothing left behind.

The environment is set before anything imports Qt, VTK or platformdirs.
"""

from __future__ import annotations

import atexit
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.leaks import LeakWatch

ROOT = Path(__file__).resolve().parent.parent

_SESSION_HOME = Path(tempfile.mkdtemp(prefix="belvedere-tests-"))
atexit.register(shutil.rmtree, _SESSION_HOME, ignore_errors=True)

_USER_FOLDERS = {
    "XDG_CONFIG_HOME": "config",
    "XDG_DATA_HOME": "data",
    "XDG_STATE_HOME": "state",
    "WIN_PD_OVERRIDE_APPDATA": "config",
    "WIN_PD_OVERRIDE_LOCAL_APPDATA": "data",
}


def _prepare_environment() -> None:
    for name, folder in _USER_FOLDERS.items():
        os.environ[name] = str(_SESSION_HOME / folder)
    # One cache for the whole run: font and shader caches would otherwise be built for each test.
    os.environ["XDG_CACHE_HOME"] = str(_SESSION_HOME / "cache")
    displays = ("DISPLAY", "WAYLAND_DISPLAY")
    if sys.platform.startswith("linux") and not any(os.environ.get(name) for name in displays):
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
        runtime = _SESSION_HOME / "runtime"
        runtime.mkdir(mode=0o700, exist_ok=True)
        os.environ["XDG_RUNTIME_DIR"] = str(runtime)
    os.environ.setdefault("QT_API", "pyside6")


_prepare_environment()


def shared_data_folder() -> Path | None:
    """Return the folder with real data of others, or None where there is none."""
    named = os.environ.get("BELVEDERE_SHARED_DATA")
    folder = Path(named) if named else ROOT.parent / "shared" / "data"
    return folder if folder.is_dir() else None


def _skip_without_shared_data() -> Path:
    folder = shared_data_folder()
    if folder is None:
        pytest.skip("no real data: set BELVEDERE_SHARED_DATA, or put it in ../shared/data")
    return folder


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder of real data of others; the test is skipped where there is none."""
    return _skip_without_shared_data()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Refuse a test that uses the real data without its marker, so that ``-m`` selects truly."""
    unmarked = [
        item.nodeid
        for item in items
        if "shared_data" in getattr(item, "fixturenames", ())
        and item.get_closest_marker("shared_data") is None
    ]
    if unmarked:
        raise pytest.UsageError(f"mark with @pytest.mark.shared_data: {', '.join(unmarked)}")


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip marked tests where the real data are missing, whichever way they reach them."""
    if item.get_closest_marker("shared_data") is not None:
        _skip_without_shared_data()


@pytest.fixture(autouse=True)
def user_folders(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Give each test empty folders for settings, data and state of a user."""
    home = tmp_path_factory.mktemp("user", numbered=True)
    with pytest.MonkeyPatch.context() as patch:
        for name, folder in _USER_FOLDERS.items():
            patch.setenv(name, str(home / folder))
        _point_qsettings_to(home)
        yield home


def _point_qsettings_to(home: Path) -> None:
    core = sys.modules.get("PySide6.QtCore")
    if core is None:
        return
    settings = core.QSettings
    for form in (settings.Format.IniFormat, settings.Format.NativeFormat):
        for scope in (settings.Scope.UserScope, settings.Scope.SystemScope):
            settings.setPath(form, scope, str(home / "config"))


@pytest.fixture(autouse=True)
def no_leaks(request: pytest.FixtureRequest, user_folders: Path) -> Iterator[None]:
    """Fail a test that leaves threads or, with Qt or rendering, timers, windows, VTK objects."""
    uses_qt = not {"qapp", "qtbot", "qapp_cls"}.isdisjoint(request.fixturenames)
    if uses_qt:
        request.getfixturevalue("qapp")
        _point_qsettings_to(user_folders)
    renders = request.node.get_closest_marker("render") is not None
    watch = LeakWatch(objects=uses_qt or renders)
    watch.start()
    yield
    left = watch.finish()
    if left:
        pytest.fail("left behind by this test:\n  " + "\n  ".join(left), pytrace=False)


@pytest.fixture(autouse=True)
def _language_as_before() -> Iterator[None]:
    """A verb with ``--lang`` sets the language of the process: the next test must not hear of it."""
    found = sys.modules.get("ui.i18n.translator")
    before = found.translator.language if found is not None else "en"
    yield
    found = sys.modules.get("ui.i18n.translator")
    if found is not None and found.translator.language != before:
        found.translator.set_language(before)
