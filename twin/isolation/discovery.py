"""Where plugins are looked for, and which of them may run in the application's own process.

Bundled ones come with the application. Those in the user's folder, from installed packages (entry points
of the group ``belvedere.plugins``) and in a project's ``plugins`` folder are strangers: they run isolated
until the user trusts exactly what is in their folder. Nothing is imported.
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from twin.isolation.trust import Trust
from twin.isolation.warden import Warden
from twin.registry import Contribution, LayerType, Manifest, Registry
from twin.registry.manifest import MANIFEST_NAME

ENTRY_POINTS = "belvedere.plugins"


def open_registry(bundled: Sequence[Path], warden: Warden, *, user: Path | None) -> Registry:
    """Return all plugins of this user.

    Parameters
    ----------
    bundled : sequence of Path
        Folders of plugin folders that come with the application.
    user : Path or None
        The user's own folder of plugin folders; it may be missing.
    """

    def isolate(manifest: Manifest, wanted: LayerType | Contribution) -> Any:
        from twin.isolation.functions import isolated  # only where there is such a plugin
        from twin.isolation.proxy import IsolatedLayer

        if isinstance(wanted, Contribution):
            return isolated(manifest, wanted, warden)
        return IsolatedLayer(manifest, wanted, warden)

    def extend(registry: Registry, project: Path) -> None:
        add_strangers(registry, _folders([project / "plugins"]), warden)
        offer(registry)

    def conditions(manifest: Manifest) -> object:
        return warden.store.of(manifest.folder)

    def hosts(manifest: Manifest) -> tuple[str, ...]:
        return warden.grants(manifest).hosts

    registry = Registry(isolate=isolate, extend=extend, conditions=conditions, hosts=hosts)
    for folder in _folders(bundled):
        registry.add_folder(folder)
    strangers = [*_folders([user] if user else []), *installed_packages()]
    add_strangers(registry, strangers, warden)
    offer(registry)
    return registry


def add_strangers(registry: Registry, folders: Iterable[Path], warden: Warden) -> None:
    """Add plugins that do not come with the application."""
    known = {entry.folder.resolve() for entry in registry.entries}
    for folder in folders:
        if folder.resolve() in known:
            continue
        registry.add_folder(folder, isolated=not warden.store.is_trusted(folder))


def offer(registry: Registry) -> None:
    """Make known what plugins bring to the whole process: formats and shapes. Reads no file."""
    offer_readers(registry)
    if registry.contributions("glyphs"):
        from twin.work.brought.glyphs import offer_glyphs

        offer_glyphs(registry)


def offer_readers(registry: Registry) -> None:
    """Make the formats known that plugins read."""
    contributions = registry.contributions("readers")
    if not contributions:
        return
    from twin.io.contributed import contribute

    for found in contributions:
        endings = found.options.get("suffixes", [])
        title = found.title.get("en", found.id)
        if isinstance(endings, list):
            contribute(
                found.id,
                title,
                [str(e) for e in endings],
                functools.partial(registry.load, found),
            )


def trust_of(registry: Registry, plugin_id: str, bundled: Sequence[Path]) -> Trust:
    """Return how far a plugin of a registry is trusted."""
    if registry.is_isolated(plugin_id):
        return Trust.ISOLATED
    folder = registry.plugins[plugin_id].folder.resolve()
    home = {path.resolve() for path in bundled}
    return Trust.BUNDLED if folder.parent in home else Trust.TRUSTED


def installed_packages(paths: Sequence[str] | None = None) -> list[Path]:
    """Return the plugin folders that installed packages announce, by reading their metadata.

    An entry point ``name = package.part`` of the group ``belvedere.plugins`` names the folder of a package
    that holds a ``plugin.toml``.
    """
    found: list[Path] = []
    for place in map(Path, sys.path if paths is None else paths):
        if not place.is_dir():
            continue
        for listing in place.glob("*.dist-info/entry_points.txt"):
            found += _announced(listing, place)
    return sorted(dict.fromkeys(found))


def _announced(listing: Path, place: Path) -> list[Path]:
    try:
        text = listing.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return []
    if f"[{ENTRY_POINTS}]" not in text:
        return []
    import configparser

    parser = configparser.ConfigParser(delimiters=("=",), interpolation=None)
    try:
        parser.read_string(text)
        values = parser[ENTRY_POINTS].values()
    except (configparser.Error, KeyError):
        return []
    folders = [place.joinpath(*value.partition(":")[0].strip().split(".")) for value in values]
    return [folder for folder in folders if (folder / MANIFEST_NAME).is_file()]


def _folders(parents: Iterable[Path]) -> list[Path]:
    return [path.parent for parent in parents for path in sorted(parent.glob(f"*/{MANIFEST_NAME}"))]
