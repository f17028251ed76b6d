"""The exceptions of the engine. Each carries the :class:`~twin.problems.Problem` that it stands for."""

from __future__ import annotations

from twin.problems import Problem, Severity


class BelvedereError(Exception):
    """An operation could not be done; ``problem`` says what, where, and what to do.

    Parameters
    ----------
    key : str
        Key of the message.
    where : str
        What it concerns.
    **values : object
        Values that the wording inserts.
    """

    def __init__(self, key: str, /, where: str = "", **values: object) -> None:
        self.problem = Problem(key, where, values, Severity.ERROR)
        self.others: tuple[Problem, ...] = ()
        """What else was found on the way, for whoever wants to tell all of it."""
        detail = ", ".join(f"{name}={value}" for name, value in values.items())
        super().__init__(f"{key}: {where}" + (f" ({detail})" if detail else ""))


class ReadError(BelvedereError):
    """A file or service could not be read at all."""


class CrsError(BelvedereError):
    """A coordinate reference system is missing, unknown, or cannot be reached without a guess."""


class ProjectError(BelvedereError):
    """A project cannot be opened or saved."""


class PluginError(BelvedereError):
    """A plugin's manifest or code is at fault."""


class Cancelled(Exception):  # noqa: N818 - not an error: the user asked for it
    """A job was asked to stop and did."""
