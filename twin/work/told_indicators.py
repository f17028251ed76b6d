"""Numbers that layers and plugins tell of a state of the city, beside those of its buildings."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from math import isfinite
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from twin.analysis.indicators import Indicator
from twin.drawables import Text
from twin.errors import BelvedereError
from twin.model.layer import Fact
from twin.model.table import FeatureTable
from twin.problems import Problem
from twin.progress import Progress
from twin.work.validity import Validity

if TYPE_CHECKING:
    from twin.registry import Registry
    from twin.work.runtime import LayerRuntime

NO_TITLE: Text = MappingProxyType({})
_NO_WORD = re.compile(r"[^a-z0-9]+")


def of_plugins(
    registry: Registry, tables: Mapping[str, FeatureTable], at: datetime, progress: Progress
) -> list[Indicator]:
    """Ask what plugins contribute: functions of the tables by layer and the moment, giving facts."""
    found: list[Indicator] = []
    for contribution in registry.contributions("indicators"):
        name = contribution.id
        words = {
            "en": f"plugin {name}", "fr": f"extension {name}",
            "ko": f"플러그인 {name}", "ar": f"إضافة {name}",
        }  # fmt: skip
        ask = lambda c=contribution: registry.load(c)(tables, at)  # noqa: E731 - bound at once
        facts = _heard(ask, name, progress)
        found += [
            _indicator(name if n == 0 else f"{name}.{n + 1}", fact, words)
            for n, fact in enumerate(facts)
        ]
    return found


def of_layers(
    layers: Sequence[LayerRuntime],
    tables: Mapping[str, FeatureTable],
    at: datetime,
    progress: Progress,
) -> list[Indicator]:
    """Ask the layers that are shown for the numbers of what exists at a moment."""
    found: dict[str, Indicator] = {}
    for runtime in layers:
        table = tables.get(runtime.spec.id)
        if table is None or not runtime.spec.visible or not hasattr(runtime.layer, "indicators"):
            continue
        progress.check_cancelled()
        name, standing = runtime.spec.id, _standing(runtime, table, at)
        # A layer may remember the moment that was asked last, for its charts: this one is not on the clock.
        layer = runtime.layer if _distant(runtime) else copy.copy(runtime.layer)
        ask = lambda x=layer, t=standing, p=runtime.params: x.indicators(t, p, at)  # noqa: E731
        for fact in _heard(ask, name, progress):
            one = _indicator(_id(name, fact), fact, _words(runtime.spec.title), runtime.spec.title)
            found.setdefault(one.id, one)
    return list(found.values())


def _words(title: Text) -> Text:
    """Return how a number is counted where its layer does not say."""
    of = {lang: title.get(lang) or _first(title) for lang in ("en", "fr", "ko", "ar")}
    return {
        "en": f"as the layer “{of['en']}” counts it",
        "fr": f"comme le compte la couche « {of['fr']} »",
        "ko": f"‘{of['ko']}’ 레이어가 계산한 값",
        "ar": f"كما تحسبه طبقة «{of['ar']}»",
    }


def _standing(runtime: LayerRuntime, table: FeatureTable, at: datetime) -> FeatureTable:
    """Return what exists at a moment of a table; one behind a wall or with surfaces is asked as it is."""
    validity = Validity.of(table.frame)
    rows = validity.at(at) if validity is not None else None
    whole = rows is None or rows.all()
    fixed = table.mesh is not None or table.points is not None or table.raster is not None
    if whole or fixed or _distant(runtime):
        return table
    return replace(table, frame=table.frame[rows].reset_index(drop=True))


def _distant(runtime: LayerRuntime) -> bool:
    return bool(getattr(runtime.layer, "distant", False))


def _heard(ask: Callable[[], Any], where: str, progress: Progress) -> list[Fact]:
    """Return the facts of an author's function; what it raises is reported."""
    try:
        return list(ask() or ())
    except BelvedereError as error:
        progress.report(error.problem)
    except Exception as error:  # noqa: BLE001 - a plugin's author may raise anything
        values = {"reason": f"{type(error).__name__}: {error}"[:200]}
        progress.report(Problem("plan.indicator_failed", where, values))
    return []


def _id(layer: str, fact: Fact) -> str:
    """Return an id that is the same in every variant, whatever else the layer tells there."""
    word = fact.label.get("en") or next(iter(fact.label.values()), "")
    return f"{layer}.{_NO_WORD.sub('_', word.lower()).strip('_')}"


def _indicator(name: str, fact: Fact, teller: Text, title: Text = NO_TITLE) -> Indicator:
    value, source, label = fact.value, fact.provenance.source, fact.label
    plain = value.item() if hasattr(value, "item") else value
    number = isinstance(plain, int | float) and not isinstance(plain, bool) and isfinite(plain)
    if title:
        label = {
            lang: f"{title.get(lang) or _first(title)}: {word}" for lang, word in label.items()
        }
    return Indicator(
        id=name,
        label=label,
        value=float(plain) if number else None,
        unit=fact.unit,
        formula=fact.formula or teller,
        source={"en": source} if source else teller,
        quality=fact.provenance.quality,
    )


def _first(words: Text) -> str:
    return next(iter(words.values()), "")
