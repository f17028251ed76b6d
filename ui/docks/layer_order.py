"""Reordering and grouping the layers of a project: pure functions on its snapshot."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import TypeVar

from twin.model.layer import LayerSpec
from twin.model.project import Project

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Entry:
    """A line at the top of the tree: a group with its layers, or one layer by itself."""

    group: str
    layers: tuple[str, ...]


def entries_of(project: Project) -> tuple[Entry, ...]:
    """Return the tree of a project: a group stands where its first layer does."""
    gathered: dict[str, list[str]] = {}
    order: list[tuple[str, list[str]]] = []
    for spec in project.layers:
        if not spec.group:
            order.append(("", [spec.id]))
        elif spec.group in gathered:
            gathered[spec.group].append(spec.id)
        else:
            gathered[spec.group] = [spec.id]
            order.append((spec.group, gathered[spec.group]))
    return tuple(Entry(group, tuple(layers)) for group, layers in order)


def moved(project: Project, layer_ids: Collection[str], *, group: str, before: str) -> Project:
    """Return a copy with layers moved into a group, before another layer.

    Parameters
    ----------
    layer_ids : collection of str
        They keep their order among themselves.
    group : str
        The group they join; empty for none.
    before : str
        The layer they come to stand before; empty: the end of the group, or of all.
    """
    moving = [replace(spec, group=group) for spec in project.layers if spec.id in layer_ids]
    staying = [spec for spec in project.layers if spec.id not in layer_ids]
    at = _place(staying, group, before)
    return replace(project, layers=(*staying[:at], *moving, *staying[at:]))


def shifted(project: Project, layer_id: str, step: int) -> Project:
    """Return a copy with a layer one place up (-1) or down (+1) among its neighbours in the tree."""
    entries = list(entries_of(project))
    for place, entry in enumerate(entries):
        if layer_id not in entry.layers:
            continue
        if entry.group:
            inside = _swapped(entry.layers, entry.layers.index(layer_id), step)
            entries[place] = Entry(entry.group, inside)
        else:
            entries = list(_swapped(tuple(entries), place, step))
        break
    order = [name for entry in entries for name in entry.layers]
    if order == [spec.id for spec in project.layers]:
        return project
    return replace(project, layers=tuple(project.layer(name) for name in order))


def shown(project: Project, layer_ids: Collection[str], *, visible: bool) -> Project:
    """Return a copy with layers switched on or off."""
    layers = tuple(
        replace(spec, visible=visible) if spec.id in layer_ids else spec for spec in project.layers
    )
    return replace(project, layers=layers)


def _place(staying: list[LayerSpec], group: str, before: str) -> int:
    for place, spec in enumerate(staying):
        if spec.id == before:
            return place
    members = [place for place, spec in enumerate(staying) if group and spec.group == group]
    return members[-1] + 1 if members else len(staying)


def _swapped(items: tuple[T, ...], place: int, step: int) -> tuple[T, ...]:
    other = place + step
    if not 0 <= other < len(items):
        return items
    made = list(items)
    made[place], made[other] = made[other], made[place]
    return tuple(made)
