"""What a plugin brings besides layers, as its manifest lists it: nothing is imported to be listed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from types import MappingProxyType
from typing import Any

from twin.drawables import Text
from twin.errors import PluginError

CODE_KINDS = frozenset(
    {
        "analyses",
        "commands",
        "feeds",
        "indicators",
        "layers",
        "networks",
        "panels",
        "readers",
        "tools",
    }
)
"""Kinds whose rows name code: ``class = "module:Name"``, a class or a function."""

DATA_KINDS = frozenset({"glyphs", "services", "stories", "styles", "translations"})
"""Kinds whose rows name a file of the plugin's folder (``data``): read, never run."""

KINDS = CODE_KINDS | DATA_KINDS | {"commodities"}
"""All kinds; a commodity says all it has to say in its row."""

_OWN_FIELDS = frozenset({"id", "class", "data", "title"})


@dataclass(frozen=True, kw_only=True)
class Contribution:
    """One thing that a plugin brings.

    Parameters
    ----------
    kind : str
        One of :data:`KINDS`.
    id : str
        The plugin's id, or the plugin's id followed by a dot and a name; unique within its kind.
    plugin : str
        Id of the plugin.
    title : Text
        As the interface shows it.
    module, attribute : str
        Where its code is inside the plugin's folder; empty where it is data.
    data : str
        A file inside the plugin's folder, relative, with ``/``; empty where it is code.
    options : mapping
        All other fields of the row, as TOML gives them.
    """

    kind: str
    id: str
    plugin: str
    title: Text
    module: str = ""
    attribute: str = ""
    data: str = ""
    options: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))


def read_contributions(
    data: Mapping[str, Any], plugin_id: str, where: str
) -> tuple[Contribution, ...]:
    """Return the contributions that a manifest lists, kind by kind in its order.

    Raises
    ------
    PluginError
        A kind that does not exist, a row without what it needs, or an id that is taken or foreign.
    """
    tables = data.get("contributions", {})
    if not isinstance(tables, dict):
        raise PluginError("plugin.field_missing", where, field="contributions")
    found: dict[tuple[str, str], Contribution] = {}
    for kind, rows in tables.items():
        if kind not in KINDS:
            allowed = ", ".join(sorted(KINDS))
            raise PluginError("plugin.unknown_kind", where, kind=kind, allowed=allowed)
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise PluginError("plugin.field_missing", where, field=f"{kind} (contributions)")
        for row in rows:
            made = _contribution(kind, row, plugin_id, where)
            if (kind, made.id) in found:
                raise PluginError("plugin.id_twice", where, id=made.id, kind=kind)
            found[kind, made.id] = made
    return tuple(found.values())


def text_field(data: Mapping[str, Any], name: str, where: str) -> str:
    """Return a text that a manifest must have. Raises PluginError without it."""
    value = data.get(name)
    if not isinstance(value, str) or not value:
        raise PluginError("plugin.field_missing", where, field=name)
    return value


def text_by_language(value: object, where: str, name: str) -> Text:
    """Return a text of a manifest by language; a plain one is English. Raises PluginError without it."""
    if isinstance(value, str):
        return {"en": value}
    if isinstance(value, dict) and value and all(isinstance(v, str) for v in value.values()):
        return value
    raise PluginError("plugin.field_missing", where, field=name)


def _contribution(kind: str, row: Mapping[str, Any], plugin_id: str, where: str) -> Contribution:
    own_id = text_field(row, "id", where)
    if own_id != plugin_id and not own_id.startswith(plugin_id + "."):
        raise PluginError("plugin.foreign_id", where, id=own_id, plugin=plugin_id)
    module, attribute = _code(row, where)
    if kind in CODE_KINDS and not module:
        raise PluginError("plugin.field_missing", where, field=f"class ({kind}: {own_id})")
    if kind in DATA_KINDS and ("data" not in row or module):
        raise PluginError("plugin.field_missing", where, field=f"data ({kind}: {own_id})")
    return Contribution(
        kind=kind,
        id=own_id,
        plugin=plugin_id,
        title=text_by_language(row.get("title"), where, "title"),
        module=module,
        attribute=attribute,
        data=_inside(row, where),
        options=MappingProxyType({k: v for k, v in row.items() if k not in _OWN_FIELDS}),
    )


def _code(row: Mapping[str, Any], where: str) -> tuple[str, str]:
    if "class" not in row:
        return "", ""
    module, _, attribute = text_field(row, "class", where).partition(":")
    if not all(part.isidentifier() for part in module.split(".")) or not attribute.isidentifier():
        raise PluginError("plugin.bad_class", where, value=row.get("class", ""))
    return module, attribute


def _inside(row: Mapping[str, Any], where: str) -> str:
    """Return the data file of a row, which stays inside the plugin's folder."""
    if "data" not in row:
        return ""
    text = text_field(row, "data", where)
    path = PurePosixPath(text)
    if path.is_absolute() or ".." in path.parts or "\\" in text or ":" in text:
        raise PluginError("plugin.data_outside", where, value=text)
    return text
