"""Every plugin that was found, in the form that people and programs are told."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from twin.isolation import confine
from twin.isolation.discovery import trust_of
from twin.isolation.trust import Trust
from twin.isolation.warden import Warden
from twin.problems import Problem, Severity
from twin.registry import Entry, Registry
from ui import plugin_home as home
from ui.i18n import problem_text

BROKEN, SET_ASIDE, OFF, NO_SANDBOX = "broken", "set_aside", "off", "no_sandbox"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One plugin.

    Parameters
    ----------
    state : str
        ``bundled``, ``trusted`` or ``isolated`` where it may run; else ``broken``, ``set_aside``, ``off`` or
        ``no_sandbox``.
    problem : Problem or None
        Why it does not run, None for a healthy one.
    """

    id: str
    version: str
    folder: Path
    state: str
    problem: Problem | None

    def as_dict(self) -> dict[str, str | None]:
        """Return the four fields that programs are promised."""
        error = None if self.problem is None else problem_text(self.problem)
        return {"id": self.id, "version": self.version, "state": self.state, "error": error}


def rows(registry: Registry, warden: Warden) -> list[Row]:
    """Return a row for each plugin of a registry, in its order."""
    return [_row(registry, entry, warden) for entry in registry.entries]


def _row(registry: Registry, entry: Entry, warden: Warden) -> Row:
    state, problem = _state(registry, entry, warden)
    return Row(
        id=entry.id, version=entry.version, folder=entry.folder, state=state, problem=problem
    )


def _state(registry: Registry, entry: Entry, warden: Warden) -> tuple[str, Problem | None]:
    if entry.problem is not None:
        return BROKEN, entry.problem
    decision = warden.store.of(entry.folder)
    if decision.off:
        return OFF, Problem("plugin.switched_off", entry.id)
    trust = trust_of(registry, entry.id, home.BUNDLED)
    if trust is Trust.ISOLATED:
        if decision.set_aside:
            values = {"count": len(decision.strikes)}
            return SET_ASIDE, Problem("plugin.set_aside", entry.id, values, Severity.ERROR)
        if reason := confine.reason_without():
            return NO_SANDBOX, Problem("plugin.no_sandbox", entry.id, {"reason": reason})
    return trust.value, None
