"""``plugins check``: the contract suite over a plugin whose code runs behind walls, within a time that ends.

The suite itself runs out here, where the plugin cannot change it. Where the system offers no walls, the whole
check runs in a process of its own that is ended in time.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from twin.contract import check_folder
from twin.isolation import confine
from twin.isolation.budget import CHECK
from twin.isolation.trust import TrustStore
from twin.isolation.warden import Warden
from twin.problems import Problem, Severity
from twin.registry import Contribution, LayerType, Manifest
from ui.plugins.picturing import check_picture

SECONDS = 28.0
"""All of a check, start included, ends within this time and the few seconds that pictures take."""

QUIET = frozenset({"plugin.set_aside", "plugin.busy"})
"""What only follows from a finding that is already told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """The answer of a check.

    Parameters
    ----------
    findings : tuple of Problem
        What is wrong; nothing: the plugin is healthy.
    confined : bool
        Its code ran behind walls.
    seconds : float
        How long it took.
    """

    findings: tuple[Problem, ...]
    confined: bool
    seconds: float


def check(folder: Path, *, seconds: float = SECONDS) -> Checked:
    """Check a plugin folder; ends in time whatever the plugin does."""
    started = time.monotonic()
    confined = not confine.reason_without()
    findings = _behind_walls(folder, seconds) if confined else _in_a_process(folder, seconds)
    if confined and not findings and time.monotonic() - started < seconds / 2:
        findings = check_picture(folder)
    return Checked(findings=tuple(findings), confined=confined, seconds=time.monotonic() - started)


def _behind_walls(folder: Path, seconds: float) -> list[Problem]:
    from twin.isolation.functions import isolated
    from twin.isolation.proxy import IsolatedLayer

    store = TrustStore()
    warden = Warden(store, CHECK, chances=1)
    layers: list[IsolatedLayer] = []
    found: list[Problem] = []

    def isolate(manifest: Manifest, wanted: LayerType | Contribution) -> Any:
        if isinstance(wanted, Contribution):
            # All that it asks for: what it fetches comes from its own sample, never from the network.
            asked = manifest.capabilities
            store.change(
                folder,
                hosts=asked.get("network", ()),
                feeds=asked.get("feeds", ()),
                project=bool(asked.get("project")),
            )
            return isolated(manifest, wanted, warden)
        layers.append(IsolatedLayer(manifest, wanted, warden))
        return layers[-1]

    def work() -> None:
        found.extend(check_folder(folder, isolate=isolate))

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    thread.join(seconds)
    late = thread.is_alive()
    for layer in layers:
        layer.close()
    findings = [p for p in list(found) if p.key not in QUIET]
    if late:
        findings.append(_late(folder, seconds))
    return findings


def _late(folder: Path, seconds: float) -> Problem:
    return Problem("contract.too_slow", folder.name, {"seconds": seconds}, Severity.ERROR)


def _in_a_process(folder: Path, seconds: float) -> list[Problem]:
    command = [sys.executable, "-m", "ui.plugins.checking", str(folder)]
    try:
        done = subprocess.run(
            command,
            cwd=confine.ROOT,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )
        rows = json.loads(done.stdout.strip().splitlines()[-1])
        return [Problem(r["key"], r["where"], r["values"], Severity(r["severity"])) for r in rows]
    except subprocess.TimeoutExpired:
        return [_late(folder, seconds)]
    except (ValueError, IndexError, KeyError, TypeError):
        reason = {"reason": f"exit {done.returncode}"}
        return [Problem("plugin.crashed", folder.name, reason, Severity.ERROR)]


def _plain(findings: Iterator[Problem]) -> list[dict[str, object]]:
    return [problem.as_dict() for problem in findings]


if __name__ == "__main__":
    sys.stdout.write(json.dumps(_plain(check_folder(Path(sys.argv[1])))) + "\n")
