"""``plugin.toml``: what a plugin is and brings, read without importing any of its code."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from twin.drawables import Text
from twin.errors import PluginError

MANIFEST_NAME = "plugin.toml"
API_VERSION = "0.1"
"""Version of ``twin.api``; a manifest names the one it was written for. Below 1.0 it must be the same."""

MAX_BYTES = 1_000_000
GEOMETRIES = frozenset({"point", "line", "polygon", "mesh", "raster", "table"})


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
    """

    id: str
    module: str
    class_name: str
    title: Text
    icon: str = ""
    accepts: tuple[str, ...] = ()
    roles: tuple[str, ...] = ("features",)


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """A plugin as its ``plugin.toml`` describes it."""

    id: str
    version: str
    api: str
    title: Text
    folder: Path
    layers: tuple[LayerType, ...] = ()
    translations: Mapping[str, Mapping[str, str]] = field(
        default_factory=lambda: MappingProxyType({})
    )
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
    plugin_id = _text(data, "id", where)
    api = _text(data, "api", where)
    if api != API_VERSION:
        raise PluginError("plugin.other_api", where, needs=api, has=API_VERSION)
    contributions = data.get("contributions", {})
    rows = contributions.get("layers", []) if isinstance(contributions, dict) else None
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise PluginError("plugin.field_missing", where, field="contributions")
    return Manifest(
        id=plugin_id,
        version=_text(data, "version", where),
        api=api,
        title=_by_language(data.get("title"), where, "title"),
        folder=folder,
        layers=tuple(_layer_type(row, plugin_id, where) for row in rows),
        translations=_translations(data.get("translations", {}), where),
        extra={k: v for k, v in data.items() if k == "contract"},
    )


def _layer_type(row: Mapping[str, Any], plugin_id: str, where: str) -> LayerType:
    type_id = _text(row, "id", where)
    if type_id != plugin_id and not type_id.startswith(plugin_id + "."):
        raise PluginError("plugin.foreign_id", where, id=type_id, plugin=plugin_id)
    module, _, class_name = _text(row, "class", where).partition(":")
    if not module.isidentifier() or not class_name.isidentifier():
        raise PluginError("plugin.bad_class", where, value=row.get("class", ""))
    accepts = _words(row, "accepts", where)
    unknown = sorted(set(accepts) - GEOMETRIES)
    if unknown:
        raise PluginError(
            "plugin.bad_accepts",
            where,
            value=", ".join(unknown),
            allowed=", ".join(sorted(GEOMETRIES)),
        )
    return LayerType(
        id=type_id,
        module=module,
        class_name=class_name,
        title=_by_language(row.get("title"), where, "title"),
        icon=str(row.get("icon", "")),
        accepts=accepts,
        roles=_words(row, "roles", where) or ("features",),
    )


def _text(data: Mapping[str, Any], name: str, where: str) -> str:
    value = data.get(name)
    if not isinstance(value, str) or not value:
        raise PluginError("plugin.field_missing", where, field=name)
    return value


def _words(data: Mapping[str, Any], name: str, where: str) -> tuple[str, ...]:
    value = data.get(name, [])
    if not isinstance(value, list) or not all(isinstance(word, str) and word for word in value):
        raise PluginError("plugin.field_missing", where, field=name)
    return tuple(value)


def _by_language(value: object, where: str, name: str) -> Text:
    if isinstance(value, str):
        return {"en": value}
    if isinstance(value, dict) and value and all(isinstance(v, str) for v in value.values()):
        return value
    raise PluginError("plugin.field_missing", where, field=name)


def _translations(value: object, where: str) -> Mapping[str, Mapping[str, str]]:
    if not isinstance(value, dict):
        raise PluginError("plugin.field_missing", where, field="translations")
    return {
        str(lang): {str(k): str(v) for k, v in texts.items()}
        for lang, texts in value.items()
        if isinstance(texts, dict)
    }
