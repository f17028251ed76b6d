"""Which plugins there are and what they bring. A broken one is listed with its error, never fatal."""

from __future__ import annotations

import contextlib
import importlib
import json
import re
import sys
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import MappingProxyType, ModuleType
from typing import Any

from twin.errors import PluginError
from twin.problems import Problem, Severity
from twin.registry.contributions import KINDS, Contribution
from twin.registry.manifest import MANIFEST_NAME, MAX_BYTES, LayerType, Manifest, read_manifest

FEATURES = frozenset({"point", "line", "polygon"})

Isolate = Callable[[Manifest, LayerType | Contribution], Any]
"""Makes the layer, or what stands for another contribution, of a plugin that may not run in this process."""

Hosts = Callable[[Manifest], tuple[str, ...]]
"""Hosts that the user granted to an isolated plugin."""

Extend = Callable[["Registry", Path], None]
"""Adds the plugins of a project folder to a registry."""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A plugin that was found, healthy or not.

    Parameters
    ----------
    id : str
        Its id; that of its folder where the manifest does not say.
    version : str
        Empty where the manifest does not say.
    folder : Path
        Where it is.
    isolated : bool
        It runs in a process of its own, behind walls.
    problem : Problem or None
        Why it is not at work.
    """

    id: str
    version: str
    folder: Path
    isolated: bool = False
    problem: Problem | None = None


class Registry:
    """The plugins found, by what their manifests say; their code is imported at first use.

    Parameters
    ----------
    manifests : iterable of Manifest
        In order of precedence; a later one may not take an id that is taken.
    problems : iterable of Problem
        What discovery found wrong.
    isolate : callable or None
        Makes the layers of isolated plugins; without it they cannot be made.
    extend : callable or None
        Adds the plugins of a project's folder ``plugins``; without it a project brings none.
    conditions : callable or None
        What the user decided about a plugin: when it changes, its layers begin anew.
    hosts : callable or None
        Hosts that the user granted to an isolated plugin; without it, none.
    """

    def __init__(
        self,
        manifests: Iterable[Manifest] = (),
        problems: Iterable[Problem] = (),
        *,
        isolate: Isolate | None = None,
        extend: Extend | None = None,
        conditions: Callable[[Manifest], object] | None = None,
        hosts: Hosts | None = None,
    ) -> None:
        self._hosts = hosts
        self._words: dict[tuple[str, str], Mapping[str, str]] = {}
        self._extend = extend
        self._conditions = conditions
        self._isolate = isolate
        self._isolated: set[str] = set()
        self._plugins: dict[str, Manifest] = {}
        self._owner: dict[str, Manifest] = {}
        self._types: dict[str, LayerType] = {}
        self._contributions: dict[str, list[Contribution]] = {kind: [] for kind in KINDS}
        self._entries: list[Entry] = []
        self._problems = list(problems)
        for manifest in manifests:
            self._add(manifest)

    @classmethod
    def discover(cls, folders: Iterable[Path]) -> Registry:
        """Read the manifest of every plugin folder inside the given folders; imports nothing."""
        registry = cls()
        for folder in folders:
            for path in sorted(folder.glob(f"*/{MANIFEST_NAME}")):
                registry.add_folder(path.parent)
        return registry

    def add_folder(self, folder: Path, *, isolated: bool = False) -> None:
        """Add the plugin of a folder; a broken one is listed with its error. Imports nothing.

        Parameters
        ----------
        isolated : bool
            Its code may not run in this process.
        """
        try:
            manifest = read_manifest(folder)
        except PluginError as error:
            self._problems.append(error.problem)
            self._entries.append(
                Entry(
                    id=folder.name,
                    version="",
                    folder=folder,
                    isolated=isolated,
                    problem=error.problem,
                )
            )
        else:
            self._add(manifest, isolated=isolated)

    def copy(self) -> Registry:
        """Return a registry of the same plugins, for instance for one project that brings more."""
        made = Registry(
            isolate=self._isolate,
            extend=self._extend,
            conditions=self._conditions,
            hosts=self._hosts,
        )
        made._problems = list(self._problems)
        made._plugins, made._owner = dict(self._plugins), dict(self._owner)
        made._types, made._entries = dict(self._types), list(self._entries)
        made._contributions = {kind: list(rows) for kind, rows in self._contributions.items()}
        made._isolated = set(self._isolated)
        return made

    def standing(self, type_id: str) -> object:
        """Return what tells two states of a layer type's plugin apart: version, folder, walls, changes."""
        manifest = self._owner.get(type_id)
        if manifest is None:
            return None
        walled = manifest.id in self._isolated
        conditions = self._conditions(manifest) if self._conditions is not None else None
        return manifest.version, manifest.folder, walled, conditions

    def for_project(self, folder: Path) -> Registry:
        """Return the registry for a project: this one, and the plugins of its folder ``plugins``."""
        # Files opened without a project bring none, wherever they happen to lie.
        is_project = (folder / "project.json").is_file() and (folder / "plugins").is_dir()
        if self._extend is None or not is_project:
            return self
        made = self.copy()
        self._extend(made, folder)
        return made

    def is_isolated(self, plugin_id: str) -> bool:
        """Whether the code of a plugin may not run in this process."""
        return plugin_id in self._isolated

    def may_reach(self, plugin_id: str, host: str) -> bool:
        """Whether data of a plugin may have the application ask a host of the web."""
        if plugin_id not in self._isolated:
            return True
        return self._hosts is not None and host in self._hosts(self._plugins[plugin_id])

    @property
    def plugins(self) -> Mapping[str, Manifest]:
        """Manifests by plugin id."""
        return MappingProxyType(self._plugins)

    @property
    def layer_types(self) -> Mapping[str, LayerType]:
        """Contributed layers by type id."""
        return MappingProxyType(self._types)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Broken manifests and clashes of ids."""
        return tuple(self._problems)

    @property
    def entries(self) -> tuple[Entry, ...]:
        """Every plugin found, in order, the broken ones with their error."""
        return tuple(self._entries)

    def contributions(self, kind: str) -> tuple[Contribution, ...]:
        """Return what all plugins bring of a kind (one of ``KINDS``), in their order; imports nothing."""
        return tuple(self._contributions[kind])

    def load(self, contribution: Contribution) -> Any:
        """Return the code of a contribution, imported at first use, or the path of its file.

        Returns
        -------
        object
            The class or function that ``class`` names, not called; the absolute :class:`~pathlib.Path` of
            ``data``; the options where the row has neither.

        Raises
        ------
        PluginError
            Its code cannot be imported or lacks the name, or its file is missing.
        """
        manifest = self._plugins.get(contribution.plugin)
        if manifest is None or contribution not in manifest.contributions:
            raise PluginError("plugin.unknown_contribution", contribution.id)
        if contribution.module and contribution.plugin in self._isolated:
            if self._isolate is None:
                raise PluginError("plugin.no_sandbox", contribution.id, reason="")
            return self._isolate(manifest, contribution)
        if contribution.module:
            module = self._import(manifest, contribution.module)
            try:
                return getattr(module, contribution.attribute)
            except AttributeError as error:
                raise PluginError(
                    "plugin.cannot_create", contribution.id, reason=str(error)
                ) from error
        if contribution.data:
            return data_path(manifest, contribution)
        return contribution.options

    def accepting(self, kind: str) -> list[LayerType]:
        """Return the layer types that accept a kind of data (``"polygon"``, ``"raster"`` ...).

        Geometry of several kinds (``"mixed"``) is for those that accept more than one of them.
        """
        if kind == "mixed":
            return [t for t in self._types.values() if len(FEATURES & set(t.accepts)) > 1]
        return [t for t in self._types.values() if kind in t.accepts]

    def create(self, type_id: str) -> Any:
        """Import a layer's module at first use and return a new instance of its class.

        Raises
        ------
        PluginError
            Unknown type, or its code cannot be imported or called.
        """
        layer = self._create(type_id)
        _lend_networks(layer, self._network_functions(type_id))
        return layer

    def _create(self, type_id: str) -> Any:
        layer_type = self._types.get(type_id)
        if layer_type is None:
            raise PluginError("plugin.unknown_layer_type", type_id)
        if self._owner[type_id].id in self._isolated:
            if self._isolate is None:
                raise PluginError("plugin.no_sandbox", type_id, reason="")
            return self._isolate(self._owner[type_id], layer_type)
        module = self._import(self._owner[type_id], layer_type.module)
        try:
            return getattr(module, layer_type.class_name)()
        except (Exception, SystemExit) as error:  # an author's code may raise anything
            raise PluginError("plugin.cannot_create", type_id, reason=repr(error)) from error

    def label(self, type_id: str, key: str, lang: str) -> str:
        """Return a translated text of a layer type's plugin, falling back to English, then the key."""
        manifest = self._owner.get(type_id)
        if manifest is None:
            return key
        for language in (lang, "en"):
            text = self._worded(manifest, language).get(key)
            if text:
                return text
        return key.rpartition(".")[2].replace("_", " ")

    def _network_functions(self, type_id: str) -> list[Callable[..., Any]]:
        """Return what makes networks of a layer type's tables, loaded when first asked."""
        rows = self._contributions["networks"]
        return [partial(self._network, c) for c in rows if c.options.get("layer") == type_id]

    def _network(self, contribution: Contribution, table: Any) -> Any:
        return self.load(contribution)(table)

    def _worded(self, manifest: Manifest, language: str) -> Mapping[str, str]:
        """Return a plugin's words: those of its manifest, then those of its files of translations."""
        found = self._words.get((manifest.id, language))
        if found is None:
            found = dict(manifest.translations.get(language, {}))
            for row in manifest.contributions:
                if row.kind == "translations" and row.options.get("language") == language:
                    with contextlib.suppress(PluginError):  # ``check`` tells why
                        found |= words_of(data_path(manifest, row))
            self._words[manifest.id, language] = found
        return found

    def _add(self, manifest: Manifest, *, isolated: bool = False) -> None:
        if manifest.id in self._plugins:
            values = {"id": manifest.id}
            problem = Problem("plugin.duplicate_id", str(manifest.folder), values, Severity.WARNING)
            self._problems.append(problem)
            self._list(manifest, problem)
            return
        self._plugins[manifest.id] = manifest
        if isolated:
            self._isolated.add(manifest.id)
        self._list(manifest)
        for contribution in manifest.contributions:
            self._contributions[contribution.kind].append(contribution)
        for layer_type in manifest.layers:
            self._types[layer_type.id] = layer_type
            self._owner[layer_type.id] = manifest

    def _list(self, manifest: Manifest, problem: Problem | None = None) -> None:
        self._entries.append(
            Entry(
                id=manifest.id,
                version=manifest.version,
                folder=manifest.folder,
                isolated=manifest.id in self._isolated,
                problem=problem,
            )
        )

    def _import(self, manifest: Manifest, module: str) -> ModuleType:
        package = _package_name(manifest)
        _ensure_package(package, manifest.folder)
        try:
            return importlib.import_module(f"{package}.{module}")
        except (Exception, SystemExit) as error:  # an author's code may raise anything
            raise PluginError(
                "plugin.cannot_import", str(manifest.folder), reason=repr(error)
            ) from error


def data_path(manifest: Manifest, contribution: Contribution) -> Path:
    """Return where the file of a contribution is. Raises PluginError if it is not inside the folder."""
    folder = manifest.folder.resolve()
    path = (folder / contribution.data).resolve()
    if not path.is_relative_to(folder) or not path.is_file():
        raise PluginError("plugin.data_missing", str(folder), file=contribution.data)
    return path


def words_of(path: Path) -> dict[str, str]:
    """Return the texts by key of a file of translations. Raises PluginError where it holds none."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise PluginError("plugin.manifest_too_large", str(path))
        rows = json.loads(path.read_text(encoding="utf-8"))
        return {str(key): text for key, text in rows.items() if isinstance(text, str)}
    except (OSError, ValueError, AttributeError, RecursionError) as error:
        raise PluginError("plugin.bad_data", str(path), reason=str(error)[:200]) from error


def _lend_networks(layer: Any, functions: Sequence[Callable[..., Any]]) -> None:
    """Give a layer that declares no networks those that functions make of its table."""
    if functions and not hasattr(layer, "networks"):
        layer.networks = lambda table: [function(table) for function in functions]


def _package_name(manifest: Manifest) -> str:
    """Name under which a plugin folder is imported: one a folder, unable to shadow another package."""
    folder = manifest.folder.resolve()
    if folder.parent.name in ("layers", "plugins") and (folder.parent.parent / "twin").is_dir():
        return f"{folder.parent.name}.{folder.name}"
    word = re.sub(r"\W", "_", manifest.id)
    return f"belvedere_plugin_{word}_{zlib.crc32(str(folder).encode()):08x}"


def _ensure_package(package: str, folder: Path) -> None:
    """Make a folder outside the import path importable as a package; it needs no ``__init__.py``."""
    if package in sys.modules or package.startswith(("layers.", "plugins.")):
        return
    module = ModuleType(package)
    module.__path__ = [str(folder)]
    sys.modules[package] = module
