"""Three phases that were computed one by one, with their sums beside them: what is made for one value reads those."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from twin.network.results import Group, Solution

PHASES = "abc"
MEAN = "vm"
"""First word of columns of which the mean stands for all phases; the others add up."""
OF_PHASE_A = re.compile(r"^(p|pl|vm)_a_(.+)$")


def with_sums(found: Solution) -> Solution:
    """Return a solution with ``vm_pu`` (mean), ``p_mw``, ``pl_mw`` ... (sums) beside ``vm_a_pu``, ``p_a_mw`` ..."""
    return replace(
        found,
        nodes=_summed(found.nodes),
        edges=_summed(found.edges),
        devices=_summed(found.devices),
    )


def _summed(groups: Mapping[str, Group]) -> dict[str, Group]:
    made = dict(groups)
    for name in groups:
        told = OF_PHASE_A.match(name)
        if told is None:
            continue
        word, rest = told.groups()
        parts = [groups[f"{word}_{phase}_{rest}"] for phase in PHASES]
        values = np.sum([part.values for part in parts], axis=0)
        total = Group(parts[0].ids, values / len(PHASES) if word == MEAN else values)
        own = groups.get(f"{word}_{rest}")
        made[f"{word}_{rest}"] = total if own is None else _joined(own, total)
    return made


def _joined(own: Group, more: Group) -> Group:
    """Return a column of some things with that of others."""
    known = set(own.ids)
    new = [i for i, name in enumerate(more.ids) if name not in known]
    ids = [*own.ids, *(more.ids[i] for i in new)]
    return Group(ids, np.concatenate([own.values, more.values[:, new]], axis=1))
