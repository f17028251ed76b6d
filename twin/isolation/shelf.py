"""A registry file: a static, signed list of plugins by URL or on disk, and what was installed from it.

The file is JSON: ``{"signed": {"name", "expires", "plugins": [...]}, "key": hex, "signature": hex}``. The
signature is Ed25519 (RFC 8032) over the canonical JSON of ``signed``; each version of a plugin has the
SHA-256 and the size of its pack. The user trusts a *key*, once; a list signed by another is refused. A list
that expired, or that is older than one seen before, is refused too: so nobody can hold back an update.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

from twin import extras
from twin.errors import PluginError
from twin.isolation.pack import unpack
from twin.registry.manifest import API_VERSION

MAX_LIST_BYTES = 8_000_000
MAX_PACK_BYTES = 200_000_000
RECEIPT = ".belvedere-installed.json"
KEEP = 3
"""Earlier versions that are kept to roll back to."""

Fetch = Callable[[str, int], bytes]
"""``fetch(url, most_bytes)``: what an address answers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """One version of one plugin in a registry file."""

    id: str
    version: str
    title: Mapping[str, str]
    url: str
    sha256: str
    size: int
    api: str
    description: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """A registry file whose signature is good.

    Parameters
    ----------
    key : str
        Ed25519 public key that signed it, hex.
    """

    name: str
    location: str
    key: str
    expires: str
    serial: int
    offers: tuple[Offer, ...]

    def newest(self, plugin_id: str) -> Offer | None:
        """Return the newest version of a plugin that this application can run, None if there is none."""
        fitting = [o for o in self.offers if o.id == plugin_id and o.api == API_VERSION]
        return max(fitting, key=lambda o: version_key(o.version), default=None)

    def find(self, plugin_id: str, version: str = "") -> Offer:
        """Return a version of a plugin, the newest by default. Raises PluginError if there is none."""
        if not version:
            found = self.newest(plugin_id)
        else:
            found = next(
                (o for o in self.offers if (o.id, o.version) == (plugin_id, version)), None
            )
        if found is None:
            raise PluginError("plugin.not_on_shelf", plugin_id, version=version or "*")
        return found


def version_key(text: str) -> tuple[tuple[int, ...], bool, str]:
    """Return what orders versions: numbers by number, a pre-release before its release."""
    numbers, _, rest = text.partition("-")
    parts = tuple(int(n) for n in re.findall(r"\d+", numbers))
    return parts, not rest, rest


def canonical(signed: object) -> bytes:
    """Return the bytes that are signed: JSON, keys sorted, no spaces, UTF-8."""
    return json.dumps(signed, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def sign_list(signed: Mapping[str, Any], private_key_hex: str) -> str:
    """Return a registry file signed with an Ed25519 private key (32 bytes, hex)."""
    keys: Any = extras.require("show", "cryptography.hazmat.primitives.asymmetric.ed25519")
    private = keys.Ed25519PrivateKey.from_private_bytes(bytes.fromhex(private_key_hex))
    public = private.public_key().public_bytes_raw().hex()
    signature = private.sign(canonical(signed)).hex()
    whole = {"signed": dict(signed), "key": public, "signature": signature}
    return json.dumps(whole, ensure_ascii=False, indent=2) + "\n"


def read_list(
    data: bytes, location: str, *, trusted_key: str, serial: int = 0, now: datetime | None = None
) -> Shelf:
    """Check a registry file and return it.

    Parameters
    ----------
    trusted_key : str
        The public key that must have signed it, hex.
    serial : int
        The serial of the list seen last: an older one is refused.

    Raises
    ------
    PluginError
        It is no registry file, its signature is wrong, it is signed by another key, expired or old.
    """
    if len(data) > MAX_LIST_BYTES:
        raise PluginError("plugin.bad_shelf", location, reason="too large")
    try:
        whole = json.loads(data)
        signed, key, signature = whole["signed"], str(whole["key"]), str(whole["signature"])
        shelf = _shelf(signed, location, key)
        expires = datetime.fromisoformat(shelf.expires)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise PluginError("plugin.bad_shelf", location, reason=str(error)[:200]) from error
    if key.lower() != trusted_key.lower():
        raise PluginError("plugin.shelf_other_key", location, key=key[:16])
    _verify(signed, key, signature, location)
    if expires.replace(tzinfo=expires.tzinfo or UTC) < (now or datetime.now(UTC)):
        raise PluginError("plugin.shelf_expired", location, date=shelf.expires)
    if shelf.serial < serial:
        raise PluginError("plugin.shelf_old", location, serial=shelf.serial, seen=serial)
    return shelf


def key_of(data: bytes, location: str) -> str:
    """Return the public key that a registry file says it is signed with, for the user to compare."""
    try:
        key = str(json.loads(data)["key"])
        bytes.fromhex(key)
    except (ValueError, KeyError, TypeError) as error:
        raise PluginError("plugin.bad_shelf", location, reason=str(error)[:200]) from error
    return key


def _verify(signed: object, key: str, signature: str, location: str) -> None:
    keys: Any = extras.require("show", "cryptography.hazmat.primitives.asymmetric.ed25519")
    wrong: Any = extras.require("show", "cryptography.exceptions")
    try:
        public = keys.Ed25519PublicKey.from_public_bytes(bytes.fromhex(key))
        public.verify(bytes.fromhex(signature), canonical(signed))
    except (wrong.InvalidSignature, ValueError) as error:
        raise PluginError("plugin.shelf_forged", location) from error


def _shelf(signed: Mapping[str, Any], location: str, key: str) -> Shelf:
    offers = tuple(_offer(row, location) for row in signed["plugins"])
    return Shelf(
        name=str(signed["name"]),
        location=location,
        key=key,
        expires=str(signed["expires"]),
        serial=int(signed["serial"]),
        offers=offers,
    )


def _offer(row: Mapping[str, Any], location: str) -> Offer:
    url = urljoin(location, str(row["url"])) if "://" in location else str(row["url"])
    if not re.fullmatch(r"[0-9a-f]{64}", str(row["sha256"])):
        raise ValueError("sha256 must be 64 hexadecimal digits")
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_.-]{0,80}", str(row["id"])) or ".." in str(row["id"]):
        raise ValueError(f"{row['id']!r} is no id of a plugin")
    return Offer(
        id=str(row["id"]),
        version=str(row["version"]),
        title={str(k): str(v) for k, v in dict(row.get("title", {})).items()},
        url=url,
        sha256=str(row["sha256"]),
        size=int(row["size"]),
        api=str(row["api"]),
        description={str(k): str(v) for k, v in dict(row.get("description", {})).items()},
    )


# --- what is installed ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """Where an installed plugin came from."""

    id: str
    version: str
    sha256: str
    shelf: str
    pinned: bool = False


class Installer:
    """Installs plugins from registry files into the user's folder; earlier versions are kept.

    Parameters
    ----------
    folder : Path
        The user's folder of plugin folders.
    fetch : callable
        See :data:`Fetch`.
    """

    def __init__(self, folder: Path, fetch: Fetch) -> None:
        self._folder = folder
        self._fetch = fetch
        self._kept = folder.parent / "plugin-versions"

    def installed(self) -> dict[str, Receipt]:
        """Return the receipts of what was installed, by plugin id."""
        found = [receipt_of(path.parent) for path in self._folder.glob(f"*/{RECEIPT}")]
        return {receipt.id: receipt for receipt in found if receipt is not None}

    def install(self, shelf: Shelf, offer: Offer) -> Receipt:
        """Fetch, check and install one version, in place of any other.

        Raises
        ------
        PluginError
            It cannot be fetched, differs from its checksum, is no pack or another plugin, or is pinned.
        """
        present = self.installed().get(offer.id)
        if present is not None and present.pinned and present.version != offer.version:
            raise PluginError("plugin.pinned", offer.id, version=present.version)
        data = self._fetch(_place(shelf, offer), min(offer.size, MAX_PACK_BYTES))
        if len(data) != offer.size or hashlib.sha256(data).hexdigest() != offer.sha256:
            raise PluginError("plugin.wrong_sum", offer.id)
        receipt = Receipt(
            id=offer.id, version=offer.version, sha256=offer.sha256, shelf=shelf.location
        )
        return self._put(data, receipt)

    def take(self, path: Path) -> Receipt:
        """Install a pack on disk. Raises PluginError where it is none, or another version is pinned."""
        with tempfile.TemporaryDirectory(prefix="belvedere-") as trial:
            manifest = unpack(path, Path(trial))
        present = self.installed().get(manifest.id)
        if present is not None and present.pinned and present.version != manifest.version:
            raise PluginError("plugin.pinned", manifest.id, version=present.version)
        data = path.read_bytes()
        receipt = Receipt(
            id=manifest.id,
            version=manifest.version,
            sha256=hashlib.sha256(data).hexdigest(),
            shelf="",
        )
        return self._put(data, receipt)

    def update(self, shelf: Shelf) -> list[Receipt]:
        """Install the newest version of everything that came from a shelf and is not pinned."""
        done = []
        for receipt in self.installed().values():
            newest = shelf.newest(receipt.id)
            if receipt.shelf != shelf.location or receipt.pinned or newest is None:
                continue
            if version_key(newest.version) > version_key(receipt.version):
                done.append(self.install(shelf, newest))
        return done

    def remove(self, plugin_id: str) -> None:
        """Remove an installed plugin and its earlier versions. Raises PluginError if there is none."""
        self._require(plugin_id)
        shutil.rmtree(self._folder / plugin_id)
        shutil.rmtree(self._kept / plugin_id, ignore_errors=True)

    def pin(self, plugin_id: str, *, pinned: bool) -> Receipt:
        """Keep a plugin at its version, or let it go on. Raises PluginError if there is none."""
        receipt = self._require(plugin_id)
        changed = Receipt(
            id=receipt.id,
            version=receipt.version,
            sha256=receipt.sha256,
            shelf=receipt.shelf,
            pinned=pinned,
        )
        _write_receipt(self._folder / plugin_id, changed)
        return changed

    def roll_back(self, plugin_id: str) -> Receipt:
        """Go back to the version before this one, and stay there. Raises PluginError if there is none."""
        receipt = self._require(plugin_id)
        kept = self._versions(plugin_id)
        earlier = [p for p in kept if _version_of(p) != receipt.version]
        if not earlier:
            raise PluginError("plugin.no_earlier", plugin_id)
        path = earlier[-1]
        data = path.read_bytes()
        before = Receipt(
            id=plugin_id,
            version=_version_of(path),
            sha256=hashlib.sha256(data).hexdigest(),
            shelf=receipt.shelf,
            pinned=True,
        )
        made = self._put(data, before)
        for left in kept[kept.index(path) + 1 :]:
            left.unlink(missing_ok=True)
        return made

    def _put(self, data: bytes, receipt: Receipt) -> Receipt:
        with tempfile.TemporaryDirectory(prefix="belvedere-") as name:
            archive = Path(name) / f"{receipt.id}.belvedere-plugin"
            archive.write_bytes(data)
            trial = Path(name) / "trial"
            manifest = unpack(archive, trial)  # whose it is, before anything is replaced
            if (manifest.id, manifest.version) != (receipt.id, receipt.version):
                raise PluginError("plugin.wrong_pack", receipt.id, id=manifest.id)
            unpack(archive, self._folder)
        _write_receipt(self._folder / receipt.id, receipt)
        self._keep(data, receipt)
        return receipt

    def _keep(self, data: bytes, receipt: Receipt) -> None:
        folder = self._kept / receipt.id
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{receipt.version}.pack").write_bytes(data)
        for old in self._versions(receipt.id)[:-KEEP]:
            old.unlink(missing_ok=True)

    def _versions(self, plugin_id: str) -> list[Path]:
        found = (self._kept / plugin_id).glob("*.pack")
        return sorted(found, key=lambda p: version_key(_version_of(p)))

    def _require(self, plugin_id: str) -> Receipt:
        receipt = self.installed().get(plugin_id)
        if receipt is None:
            raise PluginError("plugin.not_installed", plugin_id)
        return receipt


def receipt_of(folder: Path) -> Receipt | None:
    """Return where a plugin folder was installed from, None where it was not."""
    try:
        row = json.loads((folder / RECEIPT).read_text(encoding="utf-8"))
        receipt = Receipt(
            id=str(row["id"]),
            version=str(row["version"]),
            sha256=str(row["sha256"]),
            shelf=str(row["shelf"]),
            pinned=row.get("pinned") is True,
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return receipt if receipt.id == folder.name else None


def _write_receipt(folder: Path, receipt: Receipt) -> None:
    row = {
        "id": receipt.id,
        "version": receipt.version,
        "sha256": receipt.sha256,
        "shelf": receipt.shelf,
        "pinned": receipt.pinned,
    }
    (folder / RECEIPT).write_text(json.dumps(row, indent=2) + "\n", encoding="utf-8")


def _version_of(path: Path) -> str:
    return path.name.removesuffix(".pack")


def _place(shelf: Shelf, offer: Offer) -> str:
    """Return where a pack is: beside a list on disk, never elsewhere on the machine."""
    if urlsplit(shelf.location).scheme in {"http", "https"}:
        if urlsplit(offer.url).scheme not in {"http", "https"}:
            raise PluginError("plugin.data_outside", offer.id, value=offer.url)
        return offer.url
    home = Path(shelf.location).resolve().parent
    path = (home / offer.url).resolve()
    if not path.is_relative_to(home):
        raise PluginError("plugin.data_outside", offer.id, value=offer.url)
    return str(path)
