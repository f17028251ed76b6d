"""``plugins run``: a plugin's own sample in a window, loaded again whenever one of its files is saved."""

from __future__ import annotations

import sys
import tempfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QLabel

from twin.errors import PluginError
from twin.isolation.discovery import add_strangers, open_registry
from twin.isolation.proxy import IsolatedLayer, changed_at
from twin.isolation.trust import TrustStore, digest
from twin.isolation.warden import Warden
from twin.model.layer import LayerSpec, Source
from twin.model.project import Project
from twin.registry import Manifest, Registry, read_manifest
from ui import plugin_home as home
from ui.i18n import tr
from ui.i18n.formats import number
from ui.opened import Opened
from ui.text import font, tabular

if TYPE_CHECKING:
    from ui.window import MainWindow

LOOK_MS = 300
METER_MS = 500
AT = datetime(2026, 6, 21, 12, tzinfo=UTC)


def try_out(folder: Path, *, debug: bool) -> int:
    """Open a window with a plugin and stay until it is closed; return the exit status.

    Parameters
    ----------
    debug : bool
        Its code runs in this process, where breakpoints work; else behind walls.

    Raises
    ------
    PluginError
        The manifest is broken, or no layer of it has a sample.
    """
    opened = sample_project(folder.resolve())
    from ui.app import make_application
    from ui.services import make_services
    from ui.settings import Settings
    from ui.window import MainWindow

    app = make_application()
    with tempfile.TemporaryDirectory(prefix="belvedere-plugin-") as state:
        services = make_services(app, Settings(Path(state) / "settings.ini"))
        services = replace(
            services,
            registry=registry_with(folder.resolve(), debug=debug),
            state_dir=Path(state),
        )
        window = MainWindow(services, opened)
        trial = Trial(window, folder.resolve(), debug=debug)
        window.show()
        status = app.exec()
        trial.stop()
        services.theme.close()
    return status


def registry_with(folder: Path, *, debug: bool) -> Registry:
    """Return the bundled plugins and one more, in this process or behind walls."""
    store = TrustStore()
    if debug:
        _forget(folder)
        store.change(folder, trusted=digest(folder))
    warden = Warden(store)
    registry = open_registry(home.BUNDLED, warden, user=None)
    known = {entry.folder.resolve() for entry in registry.entries}
    if folder not in known:
        add_strangers(registry, [folder], warden)
    return registry


def sample_project(folder: Path) -> Opened:
    """Return a project of the layers of a plugin, each with the files that ``[contract]`` names.

    Raises
    ------
    PluginError
        The manifest is broken, or there is nothing to show.
    """
    manifest = read_manifest(folder)
    sources = _sources(manifest)
    layers = tuple(
        LayerSpec(id=layer.id, type=layer.id, title=layer.title, sources=sources)
        for layer in manifest.layers
        if layer.roles[0] in sources
    )
    if not layers:
        raise PluginError("plugin.nothing_to_try", str(folder))
    from twin.io import inspect
    from twin.work.placing import frame_for, time_zone_of

    main = Path(sources[manifest.layers[0].roles[0]].path)
    frame = frame_for(list(inspect(main).layers), "")
    project = Project(
        title=manifest.title, frame=frame, layers=layers, at=AT, time_zone=time_zone_of(frame)
    )
    return Opened(project=project, folder=None)


class Trial(QObject):
    """Watches the files of a plugin and tells what it costs.

    Parameters
    ----------
    window : MainWindow
    folder : Path
        Of the plugin.
    """

    reloaded = Signal()

    def __init__(self, window: MainWindow, folder: Path, *, debug: bool) -> None:
        super().__init__(window)
        self._window = window
        self._folder = folder
        self._debug = debug
        self._seen = changed_at(folder)
        self.meter = QLabel(window)
        self.meter.setFont(tabular(font(12)))
        window.statusBar().addPermanentWidget(self.meter)
        self._look = QTimer(self, interval=LOOK_MS)
        self._look.timeout.connect(self.look)
        self._look.start()
        self._measure = QTimer(self, interval=METER_MS)
        self._measure.timeout.connect(self.measure)
        self._measure.start()

    def look(self) -> None:
        """Load the plugin again if one of its files was saved since."""
        now = changed_at(self._folder)
        if now == self._seen:
            return
        self._seen = now
        try:
            opened = sample_project(self._folder)
        except PluginError as error:
            self._window.tell(error.problem)
            return
        pose = self._window.viewport.stage.camera.pose
        registry = registry_with(self._folder, debug=self._debug)
        self._window.services = replace(self._window.services, registry=registry)
        self._window.show_project(opened)
        self._window.viewport.stage.camera.pose = pose
        self.reloaded.emit()

    def measure(self) -> None:
        """Show the time of a frame, and what the plugin's process used at most."""
        frame_ms = self._window.viewport.frames.last_ms
        peak = cpu = 0.0
        for runtime in self._window.session.layers() if self._window.session else ():
            if isinstance(runtime.layer, IsolatedLayer) and runtime.layer.process is not None:
                peak = max(peak, runtime.layer.process.spent.peak_mib)
                cpu += runtime.layer.process.spent.cpu_s
        self.meter.setText(
            tr(
                "plugins.meter",
                frame=number(frame_ms, 0),
                memory=number(peak, 0),
                cpu=number(cpu, 2),
            )
            if peak
            else tr("plugins.meter_open", frame=number(frame_ms, 0))
        )

    def stop(self) -> None:
        """Stop watching."""
        self._look.stop()
        self._measure.stop()


def _sources(manifest: Manifest) -> dict[str, Source]:
    declared = manifest.extra.get("contract", {})
    rows = declared.get("sources", {}) if isinstance(declared, dict) else {}
    home_ = manifest.folder.resolve()
    paths = {str(role): (home_ / str(file)).resolve() for role, file in dict(rows).items()}
    return {
        role: Source(path=str(path))
        for role, path in paths.items()
        if path.is_relative_to(home_) and path.exists()
    }


def _forget(folder: Path) -> None:
    """Let the modules of a plugin be imported anew."""
    for name, module in list(sys.modules.items()):
        places = list(
            getattr(module, "__path__", None) or [getattr(module, "__file__", None) or ""]
        )
        if any(place and Path(place).is_relative_to(folder) for place in places):
            del sys.modules[name]
