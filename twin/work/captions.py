"""What must be said beside a picture of a session: notices, sources, legends. The window and pictures word it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from twin.drawables import Text
from twin.model.style import Constant
from twin.model.table import Provenance

if TYPE_CHECKING:
    from collections.abc import Collection

    from twin.work.runtime import LayerRuntime
    from twin.work.session import Session


def visible(session: Session, in_sight: Collection[str] | None = None) -> list[LayerRuntime]:
    """Return the visible layers; of these only those in sight, where that is known."""
    return [
        runtime
        for runtime in session.layers()
        if runtime.spec.visible and (in_sight is None or runtime.spec.id in in_sight)
    ]


def notices(session: Session, layers: Collection[LayerRuntime]) -> list[Text]:
    """Return the notice of the project, then those of layers, each once."""
    said = [session.project.notice, *(runtime.spec.notice for runtime in layers)]
    return list({tuple(sorted(words.items())): words for words in said if words}.values())


def sources(layers: Collection[LayerRuntime]) -> list[str]:
    """Return one text for each source of layers, each once: who, and in brackets when and under which licence."""
    found = (_source(s.provenance) for r in layers for s in r.spec.sources.values())
    return list(dict.fromkeys(words for words in found if words))


def _source(said: Provenance) -> str:
    details = ", ".join(part for part in (said.date, said.licence) if part)
    return f"{said.source} ({details})" if said.source and details else said.source


def explained(layers: Collection[LayerRuntime]) -> list[LayerRuntime]:
    """Return the layers whose colours mean something, for legends."""
    return [
        runtime
        for runtime in layers
        if runtime.spec.legend
        and runtime.legend is not None
        and runtime.legend.entries
        and (runtime.legend.told or not isinstance(runtime.style.rule, Constant))
    ]
