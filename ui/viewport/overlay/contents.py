"""What the overlay says of a session: pure functions from a session to texts and legends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from twin.model.layer import LayerState
from twin.model.style import Constant, Graduated
from twin.work import captions
from ui.docks.features import column_label
from ui.i18n import text
from ui.viewport.overlay.legend_section import Section
from ui.viewport.overlay.loading import LayerProgress

if TYPE_CHECKING:
    from twin.work.runtime import LayerRuntime
    from twin.work.session import Session


def layer_title(runtime: LayerRuntime) -> str:
    """Return the title of a layer, its id where it has none."""
    return text(runtime.spec.title, runtime.spec.id)


def legends(session: Session, in_sight: frozenset[str] | None = None) -> list[Section]:
    """Return the legends of visible layers whose colours mean something.

    Parameters
    ----------
    in_sight : frozenset of str or None
        The layers of which anything can be seen from here; None: not known.
    """
    found = []
    for runtime in captions.explained(captions.visible(session, in_sight)):
        rule, legend = runtime.style.rule, runtime.legend
        if legend is not None and legend.told:
            bounded = any(entry.low is not None for entry in legend.entries)
            found.append(Section(layer_title(runtime), legend, text(legend.title), bounded))
            continue
        if legend is None or isinstance(rule, Constant):
            continue
        named = rule.column and column_label(session, runtime, rule.column)
        what = text(runtime.style.title) or named
        graduated = isinstance(rule, Graduated)
        found.append(Section(layer_title(runtime), legend, what, graduated))
    return found


def notices(session: Session) -> list[str]:
    """Return the notice of the project, then those of its visible layers, each once."""
    said = [text(words) for words in captions.notices(session, captions.visible(session))]
    return [words for words in dict.fromkeys(said) if words]


def sources(session: Session) -> list[str]:
    """Return one text for each source of the visible layers, each once."""
    return captions.sources(captions.visible(session))


def loading(session: Session) -> list[LayerProgress]:
    """Return a line for each layer at work and for each that failed."""
    lines = []
    for runtime in session.layers():
        if runtime.busy:
            lines.append(LayerProgress(layer_title(runtime), _fraction(runtime)))
        elif runtime.state is LayerState.FAILED:
            lines.append(LayerProgress(layer_title(runtime), None, failed=True))
    return lines


def _fraction(runtime: LayerRuntime) -> float | None:
    progress = runtime.progress
    if progress is None or not progress[1]:
        return None
    # In hundredths: the card is redrawn only when something to see has changed.
    return round(min(1.0, max(0.0, progress[0] / progress[1])), 2)
