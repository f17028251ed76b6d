"""Decides whether a plugin may run, with what, and when it has had enough chances."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from twin.errors import PluginError
from twin.isolation import confine, environment
from twin.isolation.budget import Budget
from twin.isolation.trust import MAX_STRIKES, TrustStore
from twin.problems import Problem
from twin.registry import Manifest


@dataclass(frozen=True, slots=True, kw_only=True)
class Grants:
    """What an isolated plugin may reach besides the files of its layers."""

    hosts: tuple[str, ...] = ()
    feeds: tuple[str, ...] = ()
    read: tuple[Path, ...] = ()
    write: tuple[Path, ...] = ()
    project: bool = False


class Warden:
    """Looks after the isolated plugins of one application.

    Parameters
    ----------
    store : TrustStore
        What the user decided.
    budget : Budget
        For each process.
    environments : Path or None
        Where the plugins' own environments are.
    chances : int
        How often a plugin may break a rule before it is set aside.
    """

    def __init__(
        self,
        store: TrustStore,
        budget: Budget | None = None,
        environments: Path | None = None,
        *,
        chances: int = MAX_STRIKES,
    ) -> None:
        self._chances = chances
        self.store = store
        self.budget = budget or Budget()
        self._environments = environments

    def require_allowed(self, manifest: Manifest) -> None:
        """Raise PluginError where a plugin may not run: set aside, switched off, or nothing confines it."""
        decision = self.store.of(manifest.folder)
        if decision.off:
            raise PluginError("plugin.switched_off", manifest.id)
        if len(decision.strikes) >= self._chances:
            raise PluginError("plugin.set_aside", manifest.id, count=self._chances)
        confine.require_sandbox(manifest.id)

    def strike(self, manifest: Manifest, problem: Problem) -> None:
        """Note that a plugin was stopped for breaking a rule; the third time sets it aside."""
        strikes = self.store.of(manifest.folder).strikes
        self.store.change(manifest.folder, strikes=(*strikes, problem.key)[-MAX_STRIKES:])

    def grants(self, manifest: Manifest) -> Grants:
        """Return what the user granted, as far as the manifest still asks for it."""
        decision = self.store.of(manifest.folder)
        asked: Mapping[str, tuple[str, ...]] = manifest.capabilities
        return Grants(
            hosts=tuple(h for h in decision.hosts if h in asked.get("network", ())),
            feeds=tuple(f for f in decision.feeds if f in asked.get("feeds", ())),
            read=tuple(Path(p) for p in decision.read) if asked.get("folders") else (),
            write=tuple(Path(p) for p in decision.write) if asked.get("write_folders") else (),
            project=decision.project and bool(asked.get("project")),
        )

    def packages(self, manifest: Manifest) -> tuple[Path, ...]:
        """Return the folders of a plugin's own packages."""
        if self._environments is None or not manifest.requires:
            return ()
        if not environment.is_ready(self._environments, manifest):
            raise PluginError(
                "plugin.needs_packages", manifest.id, packages=", ".join(manifest.requires)
            )
        return (environment.site_of(self._environments, manifest),)
