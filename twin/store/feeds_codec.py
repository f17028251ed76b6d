"""Feeds and alerts in ``project.json``: to JSON and back. No credential passes here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from twin.model.feed import SECRETS, AlertRule, FeedSpec, Retention, split_login
from twin.store.fields import Json, word

ALERT_KINDS = ("above", "below", "rate", "silence", "zone")


def retention_to_json(retention: Retention) -> Json:
    """Return the JSON form of how long a project remembers."""
    return {"keep_days": retention.keep_days, "thin_days": retention.thin_days}


def retention_from_json(row: object) -> Retention:
    """Build it; what is no number of days means for ever."""
    found = row if isinstance(row, Mapping) else {}
    keep, thin = (found.get(name, 0.0) for name in ("keep_days", "thin_days"))
    days = [float(d) if isinstance(d, int | float) and d > 0 else 0.0 for d in (keep, thin)]
    return Retention(keep_days=days[0], thin_days=days[1])


def feed_to_json(feed: FeedSpec) -> Json:
    """Return the JSON form of a feed."""
    row: Json = {"id": feed.id, "kind": feed.kind, "url": split_login(feed.url)[0]}
    options = {k: v for k, v in feed.options.items() if k.lower() not in SECRETS}
    if feed.title:
        row["title"] = feed.title
    if options:
        row["options"] = options
    if feed.ttl_s:
        row["ttl_s"] = feed.ttl_s
    if not feed.enabled:
        row["enabled"] = False
    return row


def feed_from_json(row: Mapping[str, Any]) -> FeedSpec:
    """Build a feed. Raises KeyError, TypeError or ValueError for one that is damaged."""
    options = row.get("options", {})
    if not isinstance(options, Mapping):
        raise TypeError("options")
    return FeedSpec(
        id=word(row, "id"),
        kind=word(row, "kind"),
        url=split_login(str(row["url"]))[0],
        title=str(row.get("title", "")),
        options=dict(options),
        ttl_s=max(0.0, float(row.get("ttl_s", 0.0))),
        enabled=row.get("enabled", True) is not False,
    )


def alert_to_json(rule: AlertRule) -> Json:
    """Return the JSON form of an alert."""
    row: Json = {"id": rule.id, "kind": rule.kind, "limit": rule.limit}
    for name in ("title", "observed_property", "datastream", "feed", "hold_s"):
        if getattr(rule, name):
            row[name] = getattr(rule, name)
    if rule.zone:
        row["zone"] = [list(point) for point in rule.zone]
    if not rule.enabled:
        row["enabled"] = False
    return row


def alert_from_json(row: Mapping[str, Any]) -> AlertRule:
    """Build an alert. Raises KeyError, TypeError or ValueError for one that is damaged."""
    kind = word(row, "kind")
    if kind not in ALERT_KINDS:
        raise ValueError(f"no such alert: {kind[:40]}")
    return AlertRule(
        id=word(row, "id"),
        kind=kind,
        title=str(row.get("title", "")),
        limit=float(row.get("limit", 0.0)),
        observed_property=str(row.get("observed_property", "")),
        datastream=str(row.get("datastream", "")),
        feed=str(row.get("feed", "")),
        zone=tuple((float(lon), float(lat)) for lon, lat in row.get("zone", ())),
        hold_s=max(0.0, float(row.get("hold_s", 0.0))),
        enabled=row.get("enabled", True) is not False,
    )
