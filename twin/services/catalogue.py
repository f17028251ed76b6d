"""Which services there are: addresses, parameters and licences are data in a file, never code."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from twin.drawables import Text
from twin.errors import ReadError

MAX_BYTES = 1_000_000
EVERYWHERE = "world"


@dataclass(frozen=True, kw_only=True)
class Dataset:
    """One thing that a city needs, and the service that has it.

    Parameters
    ----------
    id : str
        Name of its files and of its layer.
    kind : str
        Kind of service: a name in :data:`twin.services.kinds.KINDS`.
    url : str
        Address; may name words of the area in braces (see :meth:`twin.services.area.Area.words`).
    options : mapping
        What the kind of service needs besides; texts may name words of the area.
    group, params, style : str, mapping, mapping
        How the layer is shown, as in ``project.json``.
    where : str
        Country code of the places that it covers, or ``world``.
    layer : str
        Type of the layer that shows it; empty: chosen by what the files hold; ``-``: none.
    shown : bool
        Whether the layer is visible at first.
    instead_of : str
        Datasets (their ids, with spaces between) that it stands in for: fetched only where all of them failed or
        were empty.
    """

    id: str
    kind: str
    url: str
    title: Text
    where: str = EVERYWHERE
    source: str = ""
    licence: str = ""
    layer: str = ""
    role: str = ""
    shown: bool = True
    instead_of: str = ""
    group: str = ""
    options: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    params: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    style: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, kw_only=True)
class Join:
    """Columns that the features of one dataset take from another.

    Parameters
    ----------
    into, source : str
        Ids of the datasets.
    key, key_there : str
        Column of the source, and of the dataset that takes; cells may hold several keys joined by ``/``.
        Empty where ``within_m`` says how near a point of the source must lie instead.
    columns : mapping of str to str
        New column by column of the source.
    within_m : float
        Above 0: each point of the source goes to the nearest feature, if it is no farther than that.
    each, latest : sequence of str, str
        Of source rows that agree in the columns ``each`` only the one with the last ``latest`` counts: old
        diagnoses of a dwelling are not the dwelling.
    """

    into: str
    source: str
    key: str
    key_there: str
    columns: Mapping[str, str]
    within_m: float = 0.0
    each: tuple[str, ...] = ()
    latest: str = ""


@dataclass(frozen=True, kw_only=True)
class Catalogue:
    """The services of a file: how places are found, and the datasets in the order in which they are fetched."""

    places: tuple[Dataset, ...]
    datasets: tuple[Dataset, ...]
    joins: tuple[Join, ...] = ()

    def of(self, country: str) -> tuple[Dataset, ...]:
        """Return the datasets of a place in a country: its own, and those of the whole world."""
        own = tuple(d for d in self.datasets if d.where == country)
        return own or tuple(d for d in self.datasets if d.where == EVERYWHERE)


def read_catalogue(path: Path) -> Catalogue:
    """Read a catalogue of services.

    Raises
    ------
    ReadError
        No such file, not TOML, or an entry lacks what it needs.
    """
    try:
        if path.stat().st_size > MAX_BYTES:
            raise ReadError("service.catalogue_too_large", path.name, limit=MAX_BYTES)
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ReadError(
            "service.catalogue_unreadable", str(path), reason=error.strerror or ""
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ReadError("service.catalogue_not_toml", path.name, reason=str(error)) from error
    return Catalogue(
        places=tuple(_dataset(row, path.name) for row in _rows(data, "place", path.name)),
        datasets=tuple(_dataset(row, path.name) for row in _rows(data, "dataset", path.name)),
        joins=tuple(_join(row, path.name) for row in _rows(data, "join", path.name)),
    )


def _rows(data: Mapping[str, Any], name: str, where: str) -> list[Mapping[str, Any]]:
    rows = data.get(name, [])
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise ReadError("service.catalogue_field", where, field=name)
    return rows


def _join(row: Mapping[str, Any], where: str) -> Join:
    columns, near = row.get("columns"), row.get("within_m", 0.0)
    keys = [row.get(name, "" if near else None) for name in ("key", "key_there")]
    names = [row.get("into"), row.get("from"), *keys]
    if not all(isinstance(name, str) for name in names) or not isinstance(columns, dict):
        raise ReadError("service.catalogue_field", where, field="join")
    into, source, key, key_there = map(str, names)
    return Join(
        into=into,
        source=source,
        key=key,
        key_there=key_there,
        columns={str(new): str(old) for new, old in columns.items()},
        within_m=float(near),
        each=tuple(map(str, row.get("each", ()))),
        latest=str(row.get("latest", "")),
    )


def _dataset(row: Mapping[str, Any], where: str) -> Dataset:
    texts: dict[str, Any] = {}
    for name in ("id", "kind", "url"):
        value = row.get(name)
        if not isinstance(value, str) or not value:
            raise ReadError("service.catalogue_field", where, field=name)
        texts[name] = value
    if not texts["id"].isidentifier():
        raise ReadError("service.catalogue_field", where, field=f"id = {texts['id']!r}")
    title = row.get("title", texts["id"])
    optional = ("where", "source", "licence", "layer", "role", "instead_of", "group")
    told: dict[str, Any] = {name: str(row[name]) for name in optional if name in row}
    told |= {name: _table(row, name, where) for name in ("options", "params", "style")}
    return Dataset(
        **texts,
        title={"en": title} if isinstance(title, str) else dict(title),
        shown=row.get("shown", True) is True,
        **told,
    )


def _table(row: Mapping[str, Any], name: str, where: str) -> Mapping[str, Any]:
    value = row.get(name, {})
    if not isinstance(value, dict):
        raise ReadError("service.catalogue_field", where, field=name)
    return MappingProxyType(value)


def filled(value: Any, words: Mapping[str, str]) -> Any:
    """Return an option with the words of the area put in where it names them in braces."""
    if isinstance(value, str):
        for name, word in words.items():
            value = value.replace("{" + name + "}", word)
        return value
    if isinstance(value, Mapping):
        return {name: filled(entry, words) for name, entry in value.items()}
    if isinstance(value, list):
        return [filled(entry, words) for entry in value]
    return value
