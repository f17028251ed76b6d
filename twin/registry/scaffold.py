"""A new plugin from a template: complete, small, and passing its checks before a line is changed."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from string import Template

from twin.errors import PluginError
from twin.registry.manifest import API_VERSION

ENDING = ".tmpl"
PREFIX = "plugin_"
OWN_SUFFIX = ".data"
"""Stands for the suffix of the files that a new reader reads: its own id."""


def kinds(templates: Path) -> list[str]:
    """Return the kinds of plugins that there are templates for."""
    return sorted(p.name.removeprefix(PREFIX) for p in templates.glob(f"{PREFIX}*") if p.is_dir())


def new_plugin(name: str, kind: str, out: Path, *, templates: Path) -> Path:
    """Make the folder ``out/name`` and return it.

    Parameters
    ----------
    name : str
        Begins with a letter; letters, digits, ``-`` and ``_``. Id and class names are made of it.
    kind : str
        One of :func:`kinds`.

    Raises
    ------
    PluginError
        The name is none, the folder exists, or it cannot be written.
    """
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]{0,60}", name):
        raise PluginError("plugin.bad_name", name)
    folder = out / name
    if folder.exists():
        raise PluginError("plugin.exists", str(folder))
    try:
        _write(templates / f"{PREFIX}{kind}", folder, _words(name))
    except OSError as error:
        shutil.rmtree(folder, ignore_errors=True)
        reason = error.strerror or str(error)
        raise PluginError("plugin.cannot_write", str(folder), reason=reason) from error
    return folder


def _words(name: str) -> dict[str, str]:
    parts = [part for part in re.split(r"[-_]+", name) if part]
    return {
        "id": "_".join(parts).lower(),
        "name": "".join(part[0].upper() + part[1:] for part in parts),
        "title": " ".join(parts).capitalize(),
        "api": API_VERSION,
    }


def _write(template: Path, folder: Path, words: dict[str, str]) -> None:
    for source in sorted(template.rglob("*")):
        if not source.is_file():
            continue
        target = folder / source.relative_to(template)
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.suffix == ENDING:
            text = Template(source.read_text(encoding="utf-8")).substitute(words)
            named = target.with_suffix("")
            if named.suffix == OWN_SUFFIX:
                named = named.with_suffix(f".{words['id']}")
            named.write_text(text, encoding="utf-8")
        else:
            shutil.copyfile(source, target)
