"""Variants crossed with phases: which changes hold in a variant, and how plans are edited. Pure functions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from twin.model.project import Delta, Phase, Project, Variant

ADD, REMOVE, MODIFY, KEEP = "add", "remove", "modify", "keep"
OPERATIONS = (ADD, REMOVE, MODIFY, KEEP)
"""``keep`` takes back, in a derived variant, what its parent does to a feature."""

STATUSES = (
    "planned",
    "submitted",
    "under_review",
    "permitted",
    "refused",
    "withdrawn",
    "under_construction",
    "built",
    "annulled",
    "lapsed",
    "demolished",
)
"""States of a phase, from the idea to the building site: those of Sitadel, and of the site itself."""

VOID = frozenset({"refused", "withdrawn", "annulled", "lapsed"})
"""States in which a phase changes nothing: nobody will build it."""

VERSION = "~"
"""Between the id of a feature and that of the phase, in the id of its row as the phase changes it."""

LEVEL = "level_m"
"""Value of a change that is an earthwork: the altitude to which the ground inside its outline is cut or filled."""

MARKS = PHASE, STATUS, VARIANT = "plan_phase", "plan_status", "plan_variant"
"""Columns of a table that say who changed a row."""

DEEPEST = 64
"""A variant derives from at most that many others; a circle of parents ends there too."""


@dataclass(frozen=True, kw_only=True)
class Change:
    """What holds for one feature from a moment on.

    Parameters
    ----------
    start : datetime or None
        When it takes effect: the start of its phase; None: it always holds.
    status : str
        That of the phase.
    """

    feature_id: str
    op: str
    values: Mapping[str, Any]
    start: datetime | None
    phase: str
    status: str
    variant: str


Changes = tuple[Change, ...]


def lineage(project: Project, variant: str) -> tuple[Variant, ...]:
    """Return a variant and those it derives from, the root first; empty for an unknown one."""
    known = {v.id: v for v in project.variants}
    chain: list[Variant] = []
    while variant in known and len(chain) < DEEPEST and known[variant] not in chain:
        chain.append(known[variant])
        variant = chain[-1].parent
    return tuple(reversed(chain))


def deltas_of(project: Project, variant: str) -> tuple[Delta, ...]:
    """Return the deltas that hold in a variant: its own and, where it has none of that feature, its parents'."""
    held: dict[tuple[str, str], dict[str, Delta]] = {}
    for member in lineage(project, variant):
        own = [d for d in project.deltas if d.variant == member.id]
        for delta in own:
            place = (delta.layer, delta.feature_id)
            if delta.op == KEEP:
                held.pop(place, None)
            else:
                held.setdefault(place, {})[delta.phase] = delta
    return tuple(delta for by_phase in held.values() for delta in by_phase.values())


def changes_of(project: Project, variant: str, at: datetime | None = None) -> dict[str, Changes]:
    """Return what a variant changes in each layer, in the order in which it happens.

    Together with the columns ``valid_from`` and ``valid_to`` this is the one answer to "the state at t in
    variant v": each change becomes a stretch of validity of a row. The ground has no rows: of earthworks only those
    are told that have begun at a moment (None: all of them).
    """
    phases = {p.id: p for p in project.phases}
    found: dict[str, list[Change]] = {}
    for delta in deltas_of(project, variant):
        phase = phases.get(delta.phase)
        if delta.op not in OPERATIONS or (phase is not None and phase.status in VOID):
            continue
        start = phase.start if phase else None
        if LEVEL in delta.values and at is not None and start is not None and at < start:
            continue
        change = Change(
            feature_id=delta.feature_id,
            op=delta.op,
            values=delta.values,
            start=start,
            phase=delta.phase,
            status=phase.status if phase else "",
            variant=delta.variant,
        )
        found.setdefault(delta.layer, []).append(change)
    return {layer: tuple(sorted(changes, key=_when)) for layer, changes in found.items()}


def earthwork_moments(project: Project, variant: str) -> tuple[datetime, ...]:
    """Return when the ground of a variant changes."""
    changes = [c for own in changes_of(project, variant).values() for c in own]
    return tuple(c.start for c in changes if LEVEL in c.values and c.start is not None)


def begun(changes: Changes, at: datetime) -> int:
    """Return how many changes hold at a moment."""
    return sum(change.start is None or change.start <= at for change in changes)


def _when(change: Change) -> float:
    return change.start.timestamp() if change.start else float("-inf")


def phase_at(project: Project, at: datetime) -> Phase | None:
    """Return the phase that runs at a moment, the one that began last; None between phases."""
    running = [
        p
        for p in project.phases
        if (p.start is None or p.start <= at) and (p.end is None or at < p.end)
    ]
    return max(
        running, key=lambda p: p.start.timestamp() if p.start else float("-inf"), default=None
    )


# Editing: each function returns a changed copy of the project.


def with_variant(project: Project, variant: Variant) -> Project:
    """Return a copy with a variant replaced, or appended."""
    if any(v.id == variant.id for v in project.variants):
        kept = tuple(variant if v.id == variant.id else v for v in project.variants)
    else:
        kept = (*project.variants, variant)
    return replace(project, variants=kept)


def duplicated(project: Project, source: str, copy: Variant) -> Project:
    """Return a copy with an independent double of a variant: later changes of the source leave it alone."""
    copied = tuple(replace(d, variant=copy.id) for d in deltas_of(project, source))
    alone = replace(copy, parent="")
    changed = with_variant(project, alone)
    return replace(changed, deltas=(*changed.deltas, *copied))


def derived(project: Project, source: str, child: Variant) -> Project:
    """Return a copy with a variant that follows its parent, with changes of its own later on."""
    return with_variant(project, replace(child, parent=source))


def without_variant(project: Project, variant: str) -> Project:
    """Return a copy without a variant; those that derive from it become independent and keep what they show."""
    children = [v for v in project.variants if v.parent == variant]
    held = {child.id: deltas_of(project, child.id) for child in children}
    deltas: list[Delta] = [
        d for d in project.deltas if d.variant != variant and d.variant not in held
    ]
    for child, own in held.items():
        deltas += [replace(d, variant=child) for d in own]
    kept = tuple(
        replace(v, parent="") if v.parent == variant else v
        for v in project.variants
        if v.id != variant
    )
    return replace(project, variants=kept, deltas=tuple(deltas))


def with_phase(project: Project, phase: Phase) -> Project:
    """Return a copy with a phase replaced, or put in the order of starts."""
    others = [p for p in project.phases if p.id != phase.id]
    ordered = sorted([*others, phase], key=lambda p: p.start.timestamp() if p.start else 0.0)
    return replace(project, phases=tuple(ordered))


def without_phase(project: Project, phase: str) -> Project:
    """Return a copy without a phase and without what it changes."""
    return replace(
        project,
        phases=tuple(p for p in project.phases if p.id != phase),
        deltas=tuple(d for d in project.deltas if d.phase != phase),
    )


def with_delta(project: Project, delta: Delta) -> Project:
    """Return a copy in which a phase of a variant changes a feature in this way and no other."""
    kept = tuple(d for d in project.deltas if _place(d) != _place(delta))
    return replace(project, deltas=(*kept, delta))


def without_delta(project: Project, delta: Delta) -> Project:
    """Return a copy without what a phase of a variant changes of a feature."""
    kept = tuple(d for d in project.deltas if _place(d) != _place(delta))
    return replace(project, deltas=kept)


def _place(delta: Delta) -> tuple[str, str, str, str]:
    return (delta.variant, delta.phase, delta.layer, delta.feature_id)


def version_id(feature_id: str, phase: str) -> str:
    """Return the id of the row of a feature as a phase changes it."""
    return f"{feature_id}{VERSION}{phase}"


def feature_of(row_id: str) -> str:
    """Return the feature that a row is a version of."""
    return row_id.partition(VERSION)[0]


def fresh_id(stem: str, taken: Iterable[str]) -> str:
    """Return ``stem-1``, ``stem-2`` ...: the first that is free."""
    used = set(taken)
    number = 1
    while f"{stem}-{number}" in used:
        number += 1
    return f"{stem}-{number}"
