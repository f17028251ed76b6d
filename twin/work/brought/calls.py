"""Contributions that are functions, called on a worker with frozen tables: analyses, tools, commands, panels."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from twin.drawables import Drawable, check
from twin.errors import BelvedereError, PluginError
from twin.model.edits import Edit
from twin.model.layer import Fact, ViewQuery
from twin.model.panels import PanelPart, checked_parts
from twin.model.table import FeatureTable
from twin.registry import Contribution, Registry

if TYPE_CHECKING:
    from twin.work.session import Session

MOST_PLACES = 100
MOST_FACTS = 500
Values = Mapping[str, Any]


@dataclass(frozen=True, eq=False, kw_only=True)
class Asked:
    """What a function of a plugin is given, frozen on the owner's thread.

    Parameters
    ----------
    tables : mapping
        The layers that its manifest names in ``layers`` (types), else those of the plugin itself, by layer id.
    values : mapping
        What was typed into the forms of its panel.
    places : (n, 3) float64
        What was clicked, in the project's CRS; heights orthometric.
    """

    registry: Registry
    contribution: Contribution
    tables: Mapping[str, FeatureTable]
    view: ViewQuery
    values: Values = field(default_factory=lambda: MappingProxyType({}))
    places: NDArray[np.float64] = field(default_factory=lambda: np.zeros((0, 3)))


def asked_of(session: Session, contribution: Contribution, **more: Any) -> Asked:
    """Freeze what a function is asked with. Quick: nothing is copied."""
    wanted = layer_types(session.registry, contribution)
    tables = {
        r.spec.id: r.table
        for r in session.layers()
        if r.spec.type in wanted and r.table is not None
    }
    return Asked(
        registry=session.registry,
        contribution=contribution,
        tables=tables,
        view=ViewQuery(
            at=session.clock.at,
            frame=session.project.frame,
            ground=session.ground,
            variant=session.variant,
        ),
        **more,
    )


def layer_types(registry: Registry, contribution: Contribution) -> frozenset[str]:
    """Return the types of the layers whose tables a function sees."""
    named = contribution.options.get("layers")
    if isinstance(named, list):
        return frozenset(map(str, named))
    return frozenset(layer.id for layer in registry.plugins[contribution.plugin].layers)


def places_of(contribution: Contribution) -> int:
    """Return how many places a tool wants to be clicked."""
    count = contribution.options.get("places", 1)
    return min(max(int(count), 1), MOST_PLACES) if isinstance(count, int) else 1


@dataclass(frozen=True, eq=False, kw_only=True)
class Shown:
    """What a tool found: facts beside the scene, drawables in it."""

    facts: tuple[Fact, ...] = ()
    drawables: tuple[Drawable, ...] = ()


def use_tool(asked: Asked) -> Shown:
    """Use a tool at the places that were clicked. Raises BelvedereError for whatever goes wrong."""
    found = _sequence(asked, asked.tables, asked.places, asked.view)
    facts = tuple(part for part in found if isinstance(part, Fact))
    drawables = tuple(part for part in found if not isinstance(part, Fact))
    for drawable in drawables:
        try:
            check(drawable, rows=0)
        except (ValueError, TypeError, AttributeError) as error:
            raise _wrong(asked, str(error)) from error
    return Shown(facts=facts[:MOST_FACTS], drawables=drawables)


def use_command(asked: Asked) -> tuple[Edit, ...]:
    """Return what a command wants to change. Raises BelvedereError for whatever goes wrong."""
    found = _sequence(asked, asked.tables, asked.view.at, dict(asked.values))
    if not all(isinstance(edit, Edit) for edit in found):
        raise _wrong(asked, "no list of edits")
    return tuple(found)


def show_panel(asked: Asked) -> tuple[PanelPart, ...]:
    """Return what a panel shows. Raises BelvedereError for whatever goes wrong."""
    found = _sequence(asked, asked.tables, asked.view.at, dict(asked.values))
    try:
        return checked_parts(found)
    except (ValueError, TypeError, AttributeError) as error:
        raise _wrong(asked, str(error)) from error


def run_analysis(asked: Asked) -> FeatureTable:
    """Return the table that an analysis makes. Raises BelvedereError for whatever goes wrong."""
    table = _call(asked, asked.tables, asked.view.at)
    if not isinstance(table, FeatureTable) or not len(table):
        raise _wrong(asked, "no FeatureTable with rows")
    return table


def fetched(url: str, headers: Mapping[str, str] | None = None) -> bytes:
    """Return what an address of the web answers. Raises FeedError where it does not."""
    import asyncio

    from twin.live import web

    return asyncio.run(web.get(url, headers=headers))


def _sequence(asked: Asked, *arguments: Any) -> Sequence[Any]:
    answer = _call(asked, *arguments)
    if not isinstance(answer, list | tuple):
        raise _wrong(asked, f"{type(answer).__name__} is no list")
    return answer


def _call(asked: Asked, *arguments: Any) -> Any:
    function: Callable[..., Any] = asked.registry.load(asked.contribution)
    # Who says ``web`` in the manifest is given what fetches addresses.
    asks = (fetched,) if asked.contribution.options.get("web") is True else ()
    try:
        return function(*arguments, *asks)
    except BelvedereError:
        raise
    except Exception as error:  # an author's code may raise anything
        reason = f"{type(error).__name__}: {error}"[:300]
        raise PluginError("plugin.failed", asked.contribution.id, reason=reason) from error


def _wrong(asked: Asked, reason: str) -> PluginError:
    return PluginError("plugin.bad_answer", asked.contribution.id, reason=reason[:300])
