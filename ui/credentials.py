"""Credentials of feeds: in the system's keyring, or in variables of the environment; nowhere else."""

from __future__ import annotations

import os

from twin.model.feed import FeedSpec, Login

SERVICE = "belvedere"
VARIABLES = {"user": "BELVEDERE_FEED_USER", "password": "BELVEDERE_FEED_PASSWORD"}


def secret_of(spec: FeedSpec, name: str) -> str:
    """Return a credential of a feed, empty where there is none or no keyring."""
    from_environment = os.environ.get(VARIABLES.get(name, ""), "")
    return from_environment or _stored(spec, name)


def from_address(login: Login, spec: FeedSpec, name: str) -> str:
    """Return a credential of a feed whose address was typed.

    Only a user without a password makes us ask the keyring: it takes its time.
    """
    if login.user and not login.password and name == "password":
        return secret_of(spec, name)
    return login.get(name) or os.environ.get(VARIABLES.get(name, ""), "")


def keep(spec: FeedSpec, name: str, value: str) -> bool:
    """Keep a credential in the keyring; return whether there is one to keep it."""
    try:
        import keyring
        from keyring.errors import KeyringError
    except ImportError:
        return False
    try:
        if value:
            keyring.set_password(SERVICE, _entry(spec, name), value)
        elif keyring.get_password(SERVICE, _entry(spec, name)) is not None:
            keyring.delete_password(SERVICE, _entry(spec, name))
    except (KeyringError, OSError):
        return False
    return True


def _stored(spec: FeedSpec, name: str) -> str:
    try:
        import keyring
        from keyring.errors import KeyringError
    except ImportError:
        return ""
    try:
        return keyring.get_password(SERVICE, _entry(spec, name)) or ""
    except (KeyringError, OSError):  # no keyring on this machine, or it is locked
        return ""


def _entry(spec: FeedSpec, name: str) -> str:
    return f"{name} {spec.url}"


class Kept:
    """Credentials of one window: those of the keyring, and, where there is none, those typed since."""

    def __init__(self) -> None:
        self._typed: dict[str, str] = {}

    def keep(self, spec: FeedSpec, name: str, value: str) -> bool:
        """Keep a credential; return whether it will still be there after the window is closed."""
        self._typed[_entry(spec, name)] = value
        return keep(spec, name, value)

    def secret_of(self, spec: FeedSpec, name: str) -> str:
        """Return a credential of a feed, empty where there is none."""
        typed = self._typed.get(_entry(spec, name))
        return secret_of(spec, name) if typed is None else typed
