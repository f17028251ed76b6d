"""The document: a city, its layers, views, variants and phases. Frozen; commands make changed copies."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from twin.drawables import Text
from twin.model.feed import FOR_EVER, AlertRule, FeedSpec, Retention
from twin.model.geoframe import GeoFrame
from twin.model.kept import KeptAnalysis
from twin.model.layer import Empty, LayerSpec
from twin.model.notes import Note
from twin.model.story import Story

SCHEMA_VERSION = 1


@dataclass(frozen=True, kw_only=True)
class View:
    """A bookmark of a view. Positions are metres in the scene."""

    id: str
    title: Text
    position: tuple[float, float, float]
    target: tuple[float, float, float]
    field_of_view_deg: float = 40.0
    xray: bool = False
    at: datetime | None = None
    hidden: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Variant:
    """A planning alternative; ``parent`` is the variant it derives from, empty for the root."""

    id: str
    label: Text
    parent: str = ""


@dataclass(frozen=True, kw_only=True)
class Phase:
    """A stretch of time of a variant.

    ``status`` is one of ``twin.model.plans.STATUSES``; ``permit`` says the state in the planner's own words.
    """

    id: str
    label: Text
    start: datetime | None = None
    end: datetime | None = None
    status: str = "planned"
    permit: str = ""


@dataclass(frozen=True, kw_only=True)
class Delta:
    """A change that one phase of one variant makes to one feature. ``op``: add, remove, modify."""

    variant: str
    phase: str
    layer: str
    feature_id: str
    op: str
    values: Mapping[str, Any] = field(default_factory=lambda: Empty)


@dataclass(frozen=True, kw_only=True)
class Project:
    """A city as a document."""

    title: Text
    frame: GeoFrame
    layers: tuple[LayerSpec, ...] = ()
    views: tuple[View, ...] = ()
    variants: tuple[Variant, ...] = ()
    phases: tuple[Phase, ...] = ()
    deltas: tuple[Delta, ...] = ()
    stories: tuple[Story, ...] = ()
    analyses: tuple[KeptAnalysis, ...] = ()
    notes: tuple[Note, ...] = ()
    feeds: tuple[FeedSpec, ...] = ()
    alerts: tuple[AlertRule, ...] = ()
    retention: Retention = FOR_EVER
    at: datetime | None = None
    notice: Text = field(default_factory=lambda: Empty)
    time_zone: str = "Europe/Paris"

    def layer(self, layer_id: str) -> LayerSpec:
        """Return a layer by id. Raises KeyError if there is none."""
        for spec in self.layers:
            if spec.id == layer_id:
                return spec
        raise KeyError(layer_id)

    def with_layer(self, changed: LayerSpec) -> Project:
        """Return a copy in which a layer of the same id is replaced, or appended if there is none."""
        if any(spec.id == changed.id for spec in self.layers):
            layers = tuple(changed if spec.id == changed.id else spec for spec in self.layers)
        else:
            layers = (*self.layers, changed)
        return replace(self, layers=layers)

    def as_in(self, view: View) -> Project:
        """Return a copy that shows exactly the layers that a bookmark shows."""
        return self.showing(spec.id for spec in self.layers if spec.id not in view.hidden)

    def showing(self, layer_ids: Iterable[str]) -> Project:
        """Return a copy in which these layers are visible and no others."""
        shown = frozenset(layer_ids)
        layers = (
            spec if spec.visible == (spec.id in shown) else replace(spec, visible=spec.id in shown)
            for spec in self.layers
        )
        return replace(self, layers=tuple(layers))

    def story(self, story_id: str) -> Story:
        """Return a story by id. Raises KeyError if there is none."""
        for story in self.stories:
            if story.id == story_id:
                return story
        raise KeyError(story_id)

    def with_story(self, changed: Story) -> Project:
        """Return a copy in which a story of the same id is replaced, or appended if there is none."""
        if any(story.id == changed.id for story in self.stories):
            stories = tuple(changed if s.id == changed.id else s for s in self.stories)
        else:
            stories = (*self.stories, changed)
        return replace(self, stories=stories)

    def without_story(self, story_id: str) -> Project:
        """Return a copy without a story."""
        return replace(self, stories=tuple(s for s in self.stories if s.id != story_id))

    def without_layer(self, layer_id: str) -> Project:
        """Return a copy without a layer."""
        return replace(self, layers=tuple(spec for spec in self.layers if spec.id != layer_id))
