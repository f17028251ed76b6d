"""Feeds and alerts as the project saves them; never a password."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any
from urllib.parse import unquote

NOTHING: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, kw_only=True)
class FeedSpec:
    """Where observations come from.

    Parameters
    ----------
    id : str
        Unique in a project.
    kind : str
        Which protocol, for instance ``"mqtt"``; see :mod:`twin.live.kinds`.
    url : str
        Its address, without user and password: those are in the system's keyring.
    title : str
        As shown.
    options : mapping
        What the kind understands, for instance ``dialect``; JSON values.
    ttl_s : float
        Silence after which it counts as stale; 0: as the kind has it.
    enabled : bool
        Whether it starts with the project.
    """

    id: str
    kind: str
    url: str
    title: str = ""
    options: Mapping[str, Any] = field(default_factory=lambda: NOTHING)
    ttl_s: float = 0.0
    enabled: bool = True


@dataclass(frozen=True, kw_only=True)
class AlertRule:
    """When somebody is to be told.

    Parameters
    ----------
    kind : str
        ``above`` and ``below`` (``limit`` in the unit of the property), ``rate`` (``limit`` units a
        minute, up or down), ``silence`` (``limit`` seconds without a value), ``zone`` (a moving thing
        enters ``zone``).
    observed_property : str
        Which datastreams it watches; empty: all of the feed.
    datastream : str
        Only this one; empty: all that fit.
    zone : tuple of (lon, lat)
        Ring of the zone, degrees WGS 84, for ``zone``.
    hold_s : float
        The condition must hold this long before it is raised.
    """

    id: str
    kind: str
    title: str = ""
    limit: float = 0.0
    observed_property: str = ""
    datastream: str = ""
    feed: str = ""
    zone: tuple[tuple[float, float], ...] = ()
    hold_s: float = 0.0
    enabled: bool = True


@dataclass(frozen=True, kw_only=True)
class Retention:
    """How long a project remembers, in days; 0: for ever, and as it came.

    Parameters
    ----------
    keep_days : float
        What is older is forgotten.
    thin_days : float
        What is older is averaged to ten minutes; least, most and number are kept.
    """

    keep_days: float = 0.0
    thin_days: float = 0.0

    def __bool__(self) -> bool:
        return self.keep_days > 0 or self.thin_days > 0


FOR_EVER = Retention()


SECRETS = frozenset({"password", "token", "user", "key", "apikey", "api_key", "secret"})
"""Options of these names are credentials; they are never saved."""


@dataclass(frozen=True, slots=True, repr=False)
class Login:
    """Credentials of an address; never printed."""

    user: str = ""
    password: str = ""

    def get(self, name: str) -> str:
        """Return a credential by name."""
        return {"user": self.user, "password": self.password, "token": self.password}.get(name, "")


def split_login(url: str) -> tuple[str, Login]:
    """Return an address without its credentials, and these.

    Not by the standard library: there a ``#`` ends the path, and in topics it is a wildcard.
    """
    scheme, separator, rest = url.partition("://")
    if not separator:
        return url, Login()
    authority, slash, path = rest.partition("/")
    login, at, host = authority.rpartition("@")
    if not at:
        return url, Login()
    user, _, password = login.partition(":")
    return f"{scheme}://{host}{slash}{path}", Login(unquote(user), unquote(password))
