"""How each kind of service is asked, and which kind an answer speaks for."""

from __future__ import annotations

import contextlib
import math
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from secrets import token_hex
from typing import Any
from urllib.parse import urljoin, urlsplit

from twin.live import sensor_pages
from twin.live.decoded import Decoded
from twin.live.decoders import gbfs, gtfs_rt, ngsi, platforms, records, sensorthings
from twin.live.decoders.building import listed, mapped
from twin.live.feed import Notice
from twin.live.http import EVENTS, Answer, Asker

MOST_PAGES = 1000
PAGE = 1000
NEXT = re.compile(r'<([^<>]+)>\s*;[^,<]*\brel="?next\b')
"""The address of the next page in a Link header (RFC 8288)."""
M2M_ORIGIN = "CBelvedere"
"""Who asks a oneM2M platform where the user gave no name; names of applications begin with C."""
M2M_RELEASE = "3"
M2M_CHILDREN = "rcn=4"
"""Attributes and child resources."""
DEFAULT_S = 60.0
REALTIME_S = 15.0


@dataclass(frozen=True, slots=True)
class Look:
    """What a look at a service showed, and when the next one is worth while."""

    decoded: Decoded
    next_s: float = DEFAULT_S
    requests: int = 1
    notices: tuple[Notice, ...] | None = None
    """What is told in words; None: nothing new."""


Looker = Callable[[Asker, str, Mapping[str, Any]], Awaitable[Look]]


async def _gbfs(asker: Asker, url: str, _options: Mapping[str, Any]) -> Look:
    """Find the files by ``gbfs.json``; a file that is not there is no error."""
    from twin.live.feed import FeedError

    root = (await asker.get(url, fresh=True)).json
    files: dict[str, Any] = {}
    alone, requests = gbfs.name_of(root), 1
    if alone:  # somebody gave the address of one file: the others are named beside it
        files[alone] = root
        with contextlib.suppress(FeedError):
            root = (await asker.get(urljoin(url, "gbfs.json"), fresh=True)).json
            requests += 1
    found, ttl = gbfs.feeds(root)
    for name in gbfs.WANTED:
        if name not in found:
            continue
        requests += 1
        try:
            files[name] = (await asker.get(urljoin(url, found[name]), fresh=True)).json
        except FeedError:
            if name == "station_status":
                raise
    waits = [gbfs.ttl_of(files[n]) for n in ("station_status", "vehicle_status") if n in files]
    return Look(gbfs.decode(files), max(10.0, min([*waits, max(ttl, 10.0)])), requests)


async def _sensorthings(asker: Asker, url: str, options: Mapping[str, Any]) -> Look:
    pages = await sensor_pages.look(asker, url, options)
    return Look(pages.decoded, DEFAULT_S, pages.requests)


async def _ngsi(asker: Asker, url: str, options: Mapping[str, Any]) -> Look:
    """Ask for all pages: by the link to the next one (ETSI GS CIM 009, 6.3.10), else by offsets.

    A broker may give fewer than were asked for; only an empty page, or its word, says that there are no more.
    """
    decoded, requests, offset = Decoded(), 0, 0
    paged = "limit=" not in url and "/entities" in url and not urlsplit(url).path.endswith(".json")
    count = "count=true&" if "/ngsi-ld/" in url and "count=" not in url else ""
    page = f"{url}{'&' if '?' in url else '?'}{count}limit={PAGE}&offset="
    asked, seen = f"{page}0" if paged else url, set()
    while asked not in seen and requests < MOST_PAGES:
        seen.add(asked)
        answer = await asker.get(
            asked, accept="application/json", fresh=True, headers=ngsi_headers(options)
        )
        requests += 1
        decoded.add(ngsi.decode(answer.json))
        rows = ngsi.rows_of(answer.json)
        offset += rows
        link = NEXT.search(answer.headers.get("link", ""))
        if link:
            asked = urljoin(asked, link.group(1))
        elif paged and rows and offset < _counted(answer):
            asked = f"{page}{offset}"
    return Look(decoded, DEFAULT_S, requests)


def ngsi_headers(options: Mapping[str, Any]) -> dict[str, str]:
    """Return what a broker is told of whose entities are meant, and in which words, by the feed's options.

    ``tenant`` for NGSI-LD and NGSI-v2, ``context`` the address of an ``@context``.
    """
    tenant, context = (str(options.get(name, "")) for name in ("tenant", "context"))
    headers = {"NGSILD-Tenant": tenant, "Fiware-Service": tenant} if tenant else {}
    if context:
        kind = 'rel="http://www.w3.org/ns/json-ld#context"; type="application/ld+json"'
        headers["Link"] = f"<{context}>; {kind}"
    return headers


def _counted(answer: Answer) -> float:
    """Return how many entities a broker says there are; where it does not, a full page speaks for another."""
    for name in ("ngsild-results-count", "fiware-total-count"):
        if answer.headers.get(name, "").isdigit():
            return float(answer.headers[name])
    return math.inf if ngsi.rows_of(answer.json) >= PAGE else 0.0


async def _opendatasoft(asker: Asker, url: str, options: Mapping[str, Any]) -> Look:
    """Take the whole dataset by its export: records end at 10,000."""
    parts = urlsplit(url)
    path = parts.path.rstrip("/")
    asked = url
    if (
        "/datasets/" in path
        and not path.endswith(("/records", "/json"))
        and "/exports/" not in path
    ):
        asked = f"{parts.scheme}://{parts.netloc}{path}/exports/json?limit=-1"
    answer = await asker.get(asked)
    if answer.unchanged:
        return Look(Decoded())
    dataset = path.partition("/datasets/")[2].split("/")[0] or parts.netloc
    return Look(_table(answer, options, f"ods:{dataset}"))


async def _datafair(asker: Asker, url: str, options: Mapping[str, Any]) -> Look:
    """Follow ``next``; never offsets."""
    path = urlsplit(url).path.rstrip("/")
    asked = url if "/lines" in path else f"{url.rstrip('/')}/lines?size={PAGE}"
    name = path.partition("/datasets/")[2].split("/")[0]
    decoded, requests, seen = Decoded(), 0, set()
    while asked and requests < MOST_PAGES and asked not in seen:
        seen.add(asked)
        answer = await asker.get(asked, fresh=True)
        requests += 1
        decoded.add(_table(answer, options, f"df:{name}"))
        link = mapped(answer.json).get("next")
        asked = urljoin(asked, link) if isinstance(link, str) else ""
    return Look(decoded, DEFAULT_S, requests)


async def _table_of(asker: Asker, url: str, options: Mapping[str, Any]) -> Look:
    answer = await asker.get(url)
    if answer.unchanged:
        return Look(Decoded())
    return Look(_table(answer, options, urlsplit(url).path.rpartition("/")[2] or url))


def _simple(decode: Callable[[Answer], Decoded], next_s: float = DEFAULT_S) -> Looker:
    async def look(asker: Asker, url: str, _options: Mapping[str, Any]) -> Look:
        answer = await asker.get(url)
        return Look(Decoded() if answer.unchanged else decode(answer), next_s)

    return look


def m2m_headers(asker: Asker) -> dict[str, str]:
    """Return what oneM2M wants with every request (TS-0009, 6.4): who asks, and a number of the request."""
    return {
        "X-M2M-Origin": asker.user or M2M_ORIGIN,
        "X-M2M-RI": token_hex(8),
        "X-M2M-RVI": M2M_RELEASE,
    }


async def _onem2m(asker: Asker, url: str, _options: Mapping[str, Any]) -> Look:
    """Ask for the latest instance or, of anything else, for all that is below it."""
    path = urlsplit(url).path.rstrip("/")
    latest = path.endswith(("/la", "/latest"))
    asked = url if latest or "rcn=" in url else f"{url}{'&' if '?' in url else '?'}{M2M_CHILDREN}"
    headers = m2m_headers(asker)
    answer = await asker.get(asked, accept="application/json", fresh=True, headers=headers)
    parts = [part for part in path.split("/") if part]
    # A tree says itself what it is called; it stands within what is above it.
    return Look(platforms.onem2m(answer.json, container="/".join(parts[:-1])))


async def _gtfs_rt(asker: Asker, url: str, options: Mapping[str, Any]) -> Look:
    answer = await asker.get(url)
    if answer.unchanged:
        return Look(Decoded(), REALTIME_S)
    told = gtfs_rt.alerts(answer.body, str(options.get("language", "fr")))
    return Look(gtfs_rt.decode(answer.body), REALTIME_S, notices=tuple(told))


LOOKERS: Mapping[str, Looker] = {
    "gbfs": _gbfs,
    "sensorthings": _sensorthings,
    "ngsi": _ngsi,
    "onem2m": _onem2m,
    "opendatasoft": _opendatasoft,
    "datafair": _datafair,
    "irve": _table_of,
    "table": _table_of,
    "gtfs_rt": _gtfs_rt,
    "siri": _simple(lambda answer: platforms.siri(answer.json), 30.0),
    "ocpi": _simple(lambda answer: platforms.ocpi(answer.json)),
    "datex": _simple(lambda answer: platforms.datex(answer.body)),
}
"""How each kind is looked at."""


def _table(answer: Answer, options: Mapping[str, Any], source: str) -> Decoded:
    document = answer.json
    mapping = mapped(options.get("mapping"))
    if document is None:
        from twin.live.csvrows import rows_of_csv

        return records.decode(rows_of_csv(answer.body), source=source, mapping=mapping)
    return records.decode(records.rows_of(document), source=source, mapping=mapping)


def recognise(answer: Answer) -> str:
    """Return the kind that an answer speaks for, empty where it speaks for none."""
    if answer.headers.get("content-type", "").startswith(EVENTS):
        return "sse"
    document = answer.json
    if document is None:
        return _of_bytes(answer.body)
    found = mapped(document)
    rows = sensorthings.entities(document)[:5]
    first = mapped(rows[0]) if rows else {}
    url = answer.url.lower()
    speaks = {
        "gbfs": gbfs.is_gbfs(document) or bool(gbfs.name_of(document)),
        "siri": "Siri" in found or "ServiceDelivery" in found,
        "onem2m": any(str(key).startswith("m2m:") for key in found),
        "sensorthings": _is_sensorthings(found, first),
        "ngsi": "/ngsi-ld/" in url or "/v2/entities" in url or _is_entity(document),
        "ocpi": "evses" in first or "evses" in mapped((listed(found.get("data")) or [None])[0]),
        "opendatasoft": "total_count" in found or "/api/explore/" in url,
        "datafair": "/data-fair/" in url or {"total", "results"} <= found.keys(),
        "table": bool(records.rows_of(document)),
    }
    return next((kind for kind, yes in speaks.items() if yes), "")


def _is_sensorthings(found: dict[str, Any], first: dict[str, Any]) -> bool:
    if "@iot.nextLink" in found or "@iot.id" in first or "@iot.selfLink" in first:
        return True
    listing = [mapped(row) for row in listed(found.get("value"))]
    return any(row.get("name") == "Things" and "url" in row for row in listing)


def _of_bytes(body: bytes) -> str:
    if body.lstrip()[:1] == b"<":
        head = body[:100_000].lower()
        return "datex" if b"datex2" in head and b"parking" in head else ""
    counts = gtfs_rt.count(body) if body[:1] == b"\x0a" else None
    if counts is not None:
        return "gtfs_rt"
    from twin.live.csvrows import rows_of_csv

    return "table" if rows_of_csv(body[:100_000], most=3) else ""


def _is_entity(document: Any) -> bool:
    rows = ngsi.entities(document)[:1]
    return bool(
        rows and isinstance(rows[0].get("id"), str) and isinstance(rows[0].get("type"), str)
    )
