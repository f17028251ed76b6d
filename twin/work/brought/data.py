"""Contributions that are files: styles, stories, datasets of services. Read here, never run."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

from twin.drawables import Text
from twin.errors import BelvedereError, PluginError
from twin.model.story import Story
from twin.model.style import Constant, Style, style_from_dict
from twin.problems import Problem
from twin.registry import Contribution, Registry
from twin.services.catalogue import EVERYWHERE, Dataset, read_catalogue
from twin.store.story_codec import story_from_json

MOST_BYTES = 4_000_000
Report = Callable[[Problem], object]
T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class BroughtStyle:
    """A ready-made style: for layers of a type, or for any layer that has its column."""

    id: str
    title: Text
    style: Style
    layer: str = ""

    def fits(self, layer_type: str, columns: tuple[str, ...]) -> bool:
        """Whether a layer of a type, with these columns, can wear it."""
        rule = self.style.rule
        has_column = isinstance(rule, Constant) or rule.column in columns
        return has_column and self.layer in ("", layer_type)


def styles(registry: Registry, report: Report) -> list[BroughtStyle]:
    """Return the styles that plugins bring; a damaged one is reported and left out."""
    return [
        BroughtStyle(id=c.id, title=c.title, style=style, layer=str(c.options.get("layer", "")))
        for c, style in _each(registry, "styles", style_of, report)
    ]


def style_of(path: Path) -> Style:
    """Return the style of a file, as ``project.json`` writes one. Raises PluginError for a damaged one."""
    return _made(path, style_from_dict)


def story_of(path: Path) -> Story:
    """Return the story of a file, as ``project.json`` writes one. Raises PluginError for a damaged one."""
    return _made(path, story_from_json)


def datasets(registry: Registry, country: str, report: Report) -> list[Dataset]:
    """Return the datasets that plugins bring for a place in a country, and for everywhere.

    A dataset of an isolated plugin is left out, and reported, where the user did not grant its host.
    """
    found: list[Dataset] = []
    for contribution, catalogue in _each(registry, "services", read_catalogue, report):
        for dataset in catalogue.datasets:
            if dataset.where not in (country, EVERYWHERE):
                continue
            host = urlsplit(dataset.url).hostname or ""
            if registry.may_reach(contribution.plugin, host):
                found.append(dataset)
            else:
                report(Problem("plugin.not_granted", contribution.id, {"what": host}))
    return found


def _each(
    registry: Registry, kind: str, read: Callable[[Path], T], report: Report
) -> Iterator[tuple[Contribution, T]]:
    for contribution in registry.contributions(kind):
        try:
            yield contribution, read(registry.load(contribution))
        except BelvedereError as error:
            report(error.problem)


def _made(path: Path, make: Callable[[Any], T]) -> T:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise PluginError("plugin.bad_data", str(path), reason=f"more than {MOST_BYTES} bytes")
        return make(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        reason = f"{type(error).__name__}: {error}"[:200]
        raise PluginError("plugin.bad_data", str(path), reason=reason) from error
