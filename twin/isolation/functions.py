"""Contributions other than layers, of isolated plugins: functions and feeds that are called through the wall."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from twin.errors import PluginError
from twin.isolation.feeding import IsolatedFeed, carried, require_host
from twin.isolation.process import BrokenRuleError, PluginProcess, Serve, view_of
from twin.isolation.warden import Warden
from twin.registry import Contribution, Manifest

FUNCTIONS = frozenset(
    {"analyses", "commands", "indicators", "networks", "panels", "readers", "tools"}
)
"""Kinds that are plain functions: they can be called through the wall."""


class IsolatedFunction:
    """A function of an isolated plugin; each call has a process of its own.

    Paths among the arguments become readable for that call, with the files that belong to them. A callable
    among them fetches addresses: the plugin gets one of its own, whose wishes are served here.
    """

    def __init__(self, manifest: Manifest, contribution: Contribution, warden: Warden) -> None:
        warden.require_allowed(manifest)
        self._manifest = manifest
        self._contribution = contribution
        self._warden = warden

    def __call__(self, *arguments: Any) -> Any:
        """Call it. Raises PluginError for whatever goes wrong behind the wall."""
        self._warden.require_allowed(self._manifest)
        if (
            self._contribution.kind == "commands"
            and not self._warden.grants(self._manifest).project
        ):
            raise PluginError("plugin.not_granted", self._contribution.id, what="project")
        paths = [a for a in arguments if isinstance(a, Path)]
        asks = [a for a in arguments if callable(a)]
        process = start(self._manifest, self._contribution.id, self._warden, paths)
        body = {
            "kind": self._contribution.kind,
            "name": self._contribution.id,
            "arguments": [str(a) if isinstance(a, Path) else a for a in arguments if a not in asks],
            "asks": len(asks),
        }
        serve = self._served(asks[0]) if asks else None
        try:
            return process.call("function", body, timeout_s=self._warden.budget.load_s, serve=serve)
        except BrokenRuleError as error:
            self._warden.strike(self._manifest, error.problem)
            raise
        finally:
            process.close()

    def _served(self, get: Callable[..., bytes]) -> Serve:
        """Return what answers the plugin's wishes: addresses of hosts that the user granted."""
        name, hosts = self._contribution.id, self._warden.grants(self._manifest).hosts

        def serve(what: str, value: Any) -> Any:
            if what != "get":
                raise PluginError("plugin.not_granted", name, what=what[:60])
            require_host(str(value[0]), hosts, name)
            headers = {str(k): str(v) for k, v in dict(value[1]).items()}
            return carried(get(str(value[0]), headers), self._warden.budget, name)

        return serve


def isolated(manifest: Manifest, contribution: Contribution, warden: Warden) -> Any:
    """Return what stands for a contribution of an isolated plugin.

    Raises
    ------
    PluginError
        Its kind works only for trusted plugins.
    """
    if contribution.kind in FUNCTIONS:
        return IsolatedFunction(manifest, contribution, warden)
    if contribution.kind == "feeds":
        warden.require_allowed(manifest)
        if contribution.id not in warden.grants(manifest).feeds:
            raise PluginError("plugin.not_granted", contribution.id, what="feeds")

        def make() -> IsolatedFeed:
            return IsolatedFeed(
                lambda: start(manifest, contribution.id, warden, []),
                contribution.id,
                hosts=warden.grants(manifest).hosts,
                budget=warden.budget,
            )

        return make
    raise PluginError("plugin.only_trusted", contribution.id, kind=contribution.kind)


def start(manifest: Manifest, name: str, warden: Warden, paths: list[Path]) -> PluginProcess:
    """Return a process of a plugin without a layer, which may read some files."""
    grants = warden.grants(manifest)
    sources = {str(i): _Named(str(path)) for i, path in enumerate(paths)}
    view = view_of(
        manifest.folder,
        sources,
        read=grants.read,
        write=grants.write,
        packages=warden.packages(manifest),
    )
    process = PluginProcess(name, view, warden.budget, layer=False)
    process.call("start", None, timeout_s=warden.budget.start_s)
    return process


class _Named:
    """A path in the form of a source."""

    def __init__(self, path: str) -> None:
        self.path = path
