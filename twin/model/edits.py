"""What a command of a plugin changes: frozen wishes that the session fulfils in one undoable step."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from twin.errors import PluginError
from twin.model.style import Style

if TYPE_CHECKING:
    from twin.model.project import Project

MOST_EDITS = 1_000


@dataclass(frozen=True, kw_only=True)
class Edit:
    """A change of one layer; what is None stays as it is.

    Parameters
    ----------
    layer : str
        Id of the layer in the project.
    style : Style or None
    params : mapping
        Parameters that change, by name.
    visible : bool or None
    opacity : float or None
        0 to 1.
    """

    layer: str
    style: Style | None = None
    params: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    visible: bool | None = None
    opacity: float | None = None


def edited(project: Project, edits: Iterable[Edit], where: str) -> Project:
    """Return a copy of a project with changes made.

    Raises
    ------
    PluginError
        There is no such layer, or a change is none.
    """
    wanted = list(edits)
    known = {spec.id for spec in project.layers}
    if len(wanted) > MOST_EDITS or not all(isinstance(e, Edit) for e in wanted):
        raise PluginError("plugin.bad_answer", where, reason="no list of edits")
    for edit in wanted:
        if edit.layer not in known:
            values = {"layer": edit.layer, "known": ", ".join(sorted(known))}
            raise PluginError("plugin.unknown_layer", where, **values)
        project = project.with_layer(_changed(project.layer(edit.layer), edit, where))
    return project


def _changed(spec: Any, edit: Edit, where: str) -> Any:
    changes: dict[str, Any] = {}
    if edit.style is not None:
        changes["style"] = edit.style
    if edit.visible is not None:
        changes["visible"] = bool(edit.visible)
    if edit.opacity is not None:
        if not 0.0 <= edit.opacity <= 1.0:
            raise PluginError("plugin.bad_answer", where, reason=f"opacity {edit.opacity}")
        changes["opacity"] = float(edit.opacity)
    if edit.params:
        changes["params"] = {**spec.params, **edit.params}
    return replace(spec, **changes)
