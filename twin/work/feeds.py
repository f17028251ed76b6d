"""Feeds of every kind: our own, and those that plugins bring."""

from __future__ import annotations

from collections.abc import Callable

from twin.live.feed import Feed
from twin.live.kinds import KINDS, make_feed
from twin.model.feed import FeedSpec
from twin.registry import Registry


def maker(registry: Registry) -> Callable[[FeedSpec], Feed]:
    """Return what makes the feed of a spec.

    It raises :class:`~twin.errors.BelvedereError` for a kind that nobody brings, and where a plugin
    cannot be loaded.
    """

    def make(spec: FeedSpec) -> Feed:
        if spec.kind not in KINDS:
            for contribution in registry.contributions("feeds"):
                if contribution.id == spec.kind:
                    feed: Feed = registry.load(contribution)()
                    return feed
        return make_feed(spec)

    return make
