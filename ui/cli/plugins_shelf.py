"""The part of ``plugins`` that installs: registry files, versions, signatures."""

from __future__ import annotations

import argparse
import hashlib
import secrets
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from twin.errors import PluginError
from twin.isolation.environment import provide
from twin.isolation.pack import unpack
from twin.isolation.shelf import Receipt, sign_list
from ui import plugin_home as home
from ui.cli.output import print_json
from ui.plugins import shelves


def run(options: argparse.Namespace) -> int:
    """Do what was asked."""
    actions = {
        "registry": _registry,
        "sign": _sign,
        "install": _install,
        "update": _update,
        "remove": _remove,
        "provide": _provide,
        "pin": lambda o: _tell(o, [shelves.installer().pin(o.id, pinned=True)]),
        "unpin": lambda o: _tell(o, [shelves.installer().pin(o.id, pinned=False)]),
        "rollback": lambda o: _tell(o, [shelves.installer().roll_back(o.id)]),
    }
    return actions[options.action](options)


def _registry(options: argparse.Namespace) -> int:
    if options.drop:
        shelves.drop(options.location)
        return 0
    shelf = shelves.add(options.location, options.key)
    rows = [{"id": o.id, "version": o.version} for o in shelf.offers]
    if options.json:
        print_json({"name": shelf.name, "key": shelf.key, "plugins": rows})
    else:
        print(f"{shelf.name}: {len(rows)} versions, signed by {shelf.key}")
    return 0


def _sign(options: argparse.Namespace) -> int:
    key = _private_key(options.key_file)
    rows = [_row(pack, options.out.resolve().parent) for pack in options.packs]
    expires = datetime.now(UTC) + timedelta(days=options.days)
    signed = {
        "name": options.name,
        "serial": int(time.time()),
        "expires": expires.isoformat(timespec="seconds"),
        "plugins": rows,
    }
    options.out.write_text(sign_list(signed, key), encoding="utf-8")
    if options.json:
        print_json({"path": str(options.out), "plugins": len(rows)})
    else:
        print(options.out)
    return 0


def _row(pack: Path, beside: Path) -> dict[str, object]:
    data = pack.read_bytes()
    with TemporaryDirectory() as folder:
        manifest = unpack(pack, Path(folder))
    path = pack.resolve()
    if not path.is_relative_to(beside):
        raise PluginError("plugin.data_outside", str(pack), value=str(pack))
    return {
        "id": manifest.id,
        "version": manifest.version,
        "title": dict(manifest.title),
        "description": dict(manifest.about.get("description", {})),
        "api": manifest.api,
        "url": path.relative_to(beside).as_posix(),
        "size": len(data),
        "sha256": hashlib.sha256(data).hexdigest(),
    }


def _private_key(path: Path) -> str:
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_bytes(32).hex() + "\n", encoding="ascii")
    return path.read_text(encoding="ascii").strip()


def _install(options: argparse.Namespace) -> int:
    path = Path(options.id)
    found = shelves.install_pack(path) if path.is_file() else None
    return _tell(options, [found or shelves.install(options.id, options.version)])


def _update(options: argparse.Namespace) -> int:
    return _tell(options, shelves.update())


def _remove(options: argparse.Namespace) -> int:
    from twin.isolation.environment import remove

    shelves.installer().remove(options.id)
    remove(home.environments_folder(), options.id)
    return _tell(options, [])


def _provide(options: argparse.Namespace) -> int:
    found = home.registry().plugins.get(options.id)
    if found is None:
        raise PluginError("plugin.unknown", options.id)
    print(provide(home.environments_folder(), found))
    return 0


def _tell(options: argparse.Namespace, receipts: list[Receipt]) -> int:
    rows = [{"id": r.id, "version": r.version, "pinned": r.pinned} for r in receipts]
    if options.json:
        print_json({"plugins": rows})
    for receipt in receipts if not options.json else ():
        print(f"{receipt.id} {receipt.version}{' (pinned)' if receipt.pinned else ''}")
    return 0
