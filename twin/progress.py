"""How long work reports and how it is stopped: the smallest door between a job and what it calls."""

from __future__ import annotations

from typing import Protocol

from twin.problems import Problem


class Progress(Protocol):
    """What every long loop is given. A reader or layer calls these; it never draws or asks."""

    def check_cancelled(self) -> None:
        """Raise :class:`~twin.errors.Cancelled` if the job was asked to stop."""

    def progress(self, done: float, total: float | None = None, unit: str = "") -> None:
        """Say how far the work is, in items or bytes."""

    def report(self, problem: Problem) -> None:
        """Record a problem; the work goes on."""


class Unattended:
    """A progress for scripts and tests: never cancelled, keeps the problems."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def check_cancelled(self) -> None:
        """Never cancelled."""

    def progress(self, done: float, total: float | None = None, unit: str = "") -> None:
        """Nobody watches."""

    def report(self, problem: Problem) -> None:
        """Keep the problem for the caller to read."""
        self.problems.append(problem)
