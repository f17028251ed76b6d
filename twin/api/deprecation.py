"""Names of the door that are to go: they warn until a version, and from that version on are gone by themselves."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from twin.registry.manifest import API_VERSION


class ApiDeprecationWarning(DeprecationWarning):
    """A plugin uses a name that will go."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deprecated:
    """A name that is to go.

    Parameters
    ----------
    value : object
        What it stands for until then.
    until : str
        The first version without it.
    instead : str
        What to use.
    """

    value: Any
    until: str
    instead: str


DEPRECATED: dict[str, Deprecated] = {}
"""By name. Empty: nothing of version 0.1 is to go."""


def look_up(
    module: str, name: str, *, names: Mapping[str, Deprecated] | None = None, now: str = API_VERSION
) -> Any:
    """Return what a deprecated name stands for, with a warning.

    Raises
    ------
    AttributeError
        There is no such name, or its time is over; the message says what to use.
    """
    found = (DEPRECATED if names is None else names).get(name)
    if found is None:
        raise AttributeError(f"module {module!r} has no attribute {name!r}")
    if _key(now) >= _key(found.until):
        raise AttributeError(f"{module}.{name} is gone since {found.until}: use {found.instead}")
    message = f"{module}.{name} goes in version {found.until}: use {found.instead}"
    warnings.warn(message, ApiDeprecationWarning, stacklevel=3)
    return found.value


def _key(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))
