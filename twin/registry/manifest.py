"""``plugin.toml``: what a plugin is and brings, read without importing any of its code."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from twin.drawables import Text
from twin.errors import PluginError
from twin.registry.contributions import (
    Contribution,
    read_contributions,
    text_by_language,
    text_field,
)

MANIFEST_NAME = "plugin.toml"
API_VERSION = "0.1"
"""Version of ``twin.api``; a manifest names the one it was written for. Below 1.0 it must be the same."""

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]{0,120}")
MAX_BYTES = 1_000_000
CAPABILITIES = ("feeds", "folders", "network", "project", "write_folders")
"""What a plugin may ask for: bringing feeds, by id; folders to read or write, in words; hosts; changing the project."""

ABOUT = ("description", "author", "licence", "homepage")
GEOMETRIES = frozenset({"point", "line", "polygon", "mesh", "cloud", "raster", "table"})


@dataclass(frozen=True, kw_only=True)
class LayerType:
    """A kind of layer that a plugin contributes.

    Parameters
    ----------
    id : str
        The plugin's id, or the plugin's id followed by a dot and a name.
    module, class_name : str
        Where the class is, inside the plugin's folder.
    accepts : tuple of str
        Kinds of data that a dropped file may hold: point, line, polygon, mesh, raster, table.
    roles : tuple of str
        Names of the sources; the first is the main one.
    ground : bool
        Whether its class has a method ``ground``: other layers wait for the terrain that it gives.
    repeatable : bool
        Whether what it loads and builds follows from its sources, its parameters and the ground alone, not
        from the time or anything else outside: it may then be kept on disk instead of being made again.
    """

    id: str
    module: str
    class_name: str
    title: Text
    icon: str = ""
    accepts: tuple[str, ...] = ()
    roles: tuple[str, ...] = ("features",)
    ground: bool = False
    repeatable: bool = False


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """A plugin as its ``plugin.toml`` describes it.

    ``layers`` are the contributions of the kind ``layers`` in the form that sessions use; ``contributions``
    has all of them. ``capabilities`` is what it asks for when it runs isolated, by name (see
    :data:`CAPABILITIES`); ``requires`` are packages that it needs besides those of the application;
    ``about`` has its optional texts: ``description``, ``author``, ``licence``, ``homepage``.
    """

    id: str
    version: str
    api: str
    title: Text
    folder: Path
    layers: tuple[LayerType, ...] = ()
    contributions: tuple[Contribution, ...] = ()
    translations: Mapping[str, Mapping[str, str]] = field(
        default_factory=lambda: MappingProxyType({})
    )
    capabilities: Mapping[str, tuple[str, ...]] = field(
        default_factory=lambda: MappingProxyType({})
    )
    requires: tuple[str, ...] = ()
    about: Mapping[str, Text] = field(default_factory=lambda: MappingProxyType({}))
    extra: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))


def read_manifest(folder: Path) -> Manifest:
    """Read the manifest of a plugin folder.

    Raises
    ------
    PluginError
        No manifest, not TOML, a field is missing or wrong, or it was written for another API.
    """
    path = folder / MANIFEST_NAME
    try:
        if not path.is_file() or path.is_symlink():  # a pipe would wait for ever
            raise PluginError("plugin.manifest_unreadable", str(path), reason="no plain file")
        if path.stat().st_size > MAX_BYTES:
            raise PluginError("plugin.manifest_too_large", str(path))
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise PluginError(
            "plugin.manifest_unreadable", str(path), reason=error.strerror or ""
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise PluginError("plugin.manifest_not_toml", str(path), reason=str(error)) from error
    return _manifest(data, folder, str(path))


def _manifest(data: Mapping[str, Any], folder: Path, where: str) -> Manifest:
    plugin_id = _name(data, "id", where)
    api = text_field(data, "api", where)
    if api != API_VERSION:
        raise PluginError("plugin.other_api", where, needs=api, has=API_VERSION)
    contributions = read_contributions(data, plugin_id, where)
    return Manifest(
        id=plugin_id,
        version=_name(data, "version", where),
        api=api,
        title=text_by_language(data.get("title"), where, "title"),
        folder=folder,
        layers=tuple(_layer_type(c, where) for c in contributions if c.kind == "layers"),
        contributions=contributions,
        translations=_translations(data.get("translations", {}), where),
        capabilities=_capabilities(data.get("capabilities", {}), contributions, where),
        requires=_words(data, "requires", where),
        about={n: text_by_language(data[n], where, n) for n in ABOUT if n in data},
        extra={k: v for k, v in data.items() if k == "contract"},
    )


def _name(data: Mapping[str, Any], field_name: str, where: str) -> str:
    """Return an id or a version: folders and files are named by them."""
    value = text_field(data, field_name, where)
    if not NAME.fullmatch(value) or ".." in value:
        raise PluginError("plugin.bad_id", where, field=field_name, value=value[:60])
    return value


def _layer_type(contribution: Contribution, where: str) -> LayerType:
    options = contribution.options
    accepts = _words(options, "accepts", where)
    unknown = sorted(set(accepts) - GEOMETRIES)
    if unknown:
        raise PluginError(
            "plugin.bad_accepts",
            where,
            value=", ".join(unknown),
            allowed=", ".join(sorted(GEOMETRIES)),
        )
    return LayerType(
        id=contribution.id,
        module=contribution.module,
        class_name=contribution.attribute,
        title=contribution.title,
        icon=str(options.get("icon", "")),
        accepts=accepts,
        roles=_words(options, "roles", where) or ("features",),
        ground=options.get("ground") is True,
        repeatable=options.get("repeatable") is True,
    )


def _capabilities(
    value: object, contributions: tuple[Contribution, ...], where: str
) -> Mapping[str, tuple[str, ...]]:
    """Return what a plugin asks for; who brings a feed asks for it without saying so."""
    if not isinstance(value, dict):
        raise PluginError("plugin.field_missing", where, field="capabilities")
    unknown = sorted(set(value) - set(CAPABILITIES))
    if unknown:
        raise PluginError(
            "plugin.unknown_capability",
            where,
            value=", ".join(unknown),
            allowed=", ".join(CAPABILITIES),
        )
    asked = {name: _words(value, name, where) for name in value}
    feeds = tuple(c.id for c in contributions if c.kind == "feeds")
    return MappingProxyType({**asked, "feeds": feeds} if feeds else asked)


def _words(data: Mapping[str, Any], name: str, where: str) -> tuple[str, ...]:
    value = data.get(name, [])
    if not isinstance(value, list) or not all(isinstance(word, str) and word for word in value):
        raise PluginError("plugin.field_missing", where, field=name)
    return tuple(value)


def _translations(value: object, where: str) -> Mapping[str, Mapping[str, str]]:
    if not isinstance(value, dict):
        raise PluginError("plugin.field_missing", where, field="translations")
    return {
        str(lang): {str(k): str(v) for k, v in texts.items()}
        for lang, texts in value.items()
        if isinstance(texts, dict)
    }
