"""The registry files that this user installs plugins from: where they are, and whose key signs them."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

from twin import extras
from twin.errors import PluginError
from twin.isolation.environment import provide
from twin.isolation.shelf import (
    MAX_LIST_BYTES,
    Installer,
    Offer,
    Receipt,
    Shelf,
    key_of,
    read_list,
)
from twin.registry import read_manifest
from ui import plugin_home as home

TIMEOUT_S = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A registry file whose key the user trusts; ``serial`` is of the list seen last."""

    location: str
    key: str
    serial: int = 0


def shelves_file() -> Path:
    """Return the file that lists them."""
    return home.decisions_file().with_name("plugin-registries.json")


def known() -> list[Known]:
    """Return the registry files that the user added; none where the file cannot be read."""
    try:
        rows = json.loads(shelves_file().read_text(encoding="utf-8"))["registries"]
        return [
            Known(location=str(r["location"]), key=str(r["key"]), serial=int(r["serial"]))
            for r in rows
        ]
    except (OSError, ValueError, KeyError, TypeError):
        return []


def add(location: str, key: str = "") -> Shelf:
    """Add a registry file and return it.

    Parameters
    ----------
    key : str
        The public key that the user trusts, hex. Empty: the key that the file names, which the caller has
        shown to the user.

    Raises
    ------
    PluginError
        It cannot be fetched, or is not signed by that key.
    """
    place = _absolute(location)
    data = fetch(place, MAX_LIST_BYTES)
    trusted = key or key_of(data, place)
    shelf = read_list(data, place, trusted_key=trusted)
    others = [k for k in known() if k.location != place]
    _save([*others, Known(location=place, key=trusted, serial=shelf.serial)])
    return shelf


def drop(location: str) -> None:
    """Forget a registry file; what was installed from it stays."""
    _save([k for k in known() if k.location not in (location, _absolute(location))])


def read(entry: Known) -> Shelf:
    """Fetch a registry file anew. Raises PluginError where it cannot be had or trusted."""
    data = fetch(entry.location, MAX_LIST_BYTES)
    shelf = read_list(data, entry.location, trusted_key=entry.key, serial=entry.serial)
    if shelf.serial > entry.serial:
        _save(
            [
                replace(k, serial=shelf.serial) if k.location == entry.location else k
                for k in known()
            ]
        )
    return shelf


def installer() -> Installer:
    """Return what installs into this user's folder."""
    return Installer(home.user_folder(), fetch)


def install(plugin_id: str, version: str = "") -> Receipt:
    """Install from the first registry file that has it. Raises PluginError where none does."""
    missing: PluginError | None = None
    for entry in known():
        shelf = read(entry)
        try:
            offer = shelf.find(plugin_id, version)
        except PluginError as error:
            missing = error
            continue
        return install_offer(shelf, offer)
    raise missing or PluginError("plugin.no_shelf", plugin_id)


def with_packages(receipt: Receipt) -> Receipt:
    """Install the packages that an installed plugin asks for, into a folder of its own, and return its receipt."""
    manifest = read_manifest(home.user_folder() / receipt.id)
    if manifest.requires:
        provide(home.environments_folder(), manifest)
    return receipt


def install_pack(path: Path) -> Receipt:
    """Install a pack on disk, with the packages that it asks for."""
    return with_packages(installer().take(path))


def install_offer(shelf: Shelf, offer: Offer) -> Receipt:
    """Install what a registry file offers, with the packages that it asks for."""
    return with_packages(installer().install(shelf, offer))


def update() -> list[Receipt]:
    """Update everything that is not pinned; return what changed."""
    found = [receipt for entry in known() for receipt in installer().update(read(entry))]
    return [with_packages(receipt) for receipt in found]


def fetch(url: str, most_bytes: int) -> bytes:
    """Return what an address or a file holds. Raises PluginError where it cannot be had or is too long."""
    if urlsplit(url).scheme not in {"http", "https"}:
        return _from_disk(Path(url), most_bytes)
    httpx = extras.require("live", "httpx")

    body = bytearray()
    try:
        with httpx.stream("GET", url, timeout=TIMEOUT_S, follow_redirects=True) as answer:
            answer.raise_for_status()
            for part in answer.iter_bytes():
                body += part
                if len(body) > most_bytes:
                    raise PluginError("plugin.fetch_failed", url, reason="too large")
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise PluginError("plugin.fetch_failed", url, reason=str(error)[:200]) from error
    return bytes(body)


def _from_disk(path: Path, most_bytes: int) -> bytes:
    try:
        if path.stat().st_size > most_bytes:
            raise PluginError("plugin.fetch_failed", str(path), reason="too large")
        return path.read_bytes()
    except OSError as error:
        reason = error.strerror or str(error)
        raise PluginError("plugin.fetch_failed", str(path), reason=reason) from error


def _absolute(location: str) -> str:
    if urlsplit(location).scheme in {"http", "https"}:
        return location
    return str(Path(location).resolve())


def _save(entries: list[Known]) -> None:
    path = shelves_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".new")
    draft.write_text(json.dumps({"registries": [asdict(e) for e in entries]}, indent=2) + "\n")
    draft.replace(path)
