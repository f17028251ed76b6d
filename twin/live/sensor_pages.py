"""How a SensorThings server is asked: in one go where it can do that, else step by step.

The standard lets everything be expanded, ordered and limited in one request. Servers differ in what of it they do:
what one refuses is asked more simply, down to each datastream for itself.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin

from twin.live.decoded import Decoded
from twin.live.decoders import sensorthings
from twin.live.decoders.building import listed, mapped
from twin.live.feed import FeedError
from twin.live.http import Asker, WaitError

MOST_PAGES = 1000
PAGE = 1000
USUAL_PAGE = 200
MOST_STREAMS = 5000
AT_ONCE = 8
LATEST = "Observations($top=1;$orderby=phenomenonTime desc;$select=result,phenomenonTime)"
OBSERVATIONS = "Observations@iot.navigationLink"
ORDERS = ("&$orderby=phenomenonTime desc", "&$orderby=resultTime desc", "")


@dataclass
class Pages:
    """What a server showed, and in how many requests."""

    decoded: Decoded = field(default_factory=Decoded)
    requests: int = 0


async def look(asker: Asker, url: str, options: Mapping[str, Any]) -> Pages:
    """Return things with their latest observations, all pages.

    Raises
    ------
    FeedError
        The server refuses even the simplest request.
    """
    if "?" in url:
        return await _in_one(asker, url)
    base = url.rstrip("/")
    base = base if base.endswith("Things") else f"{base}/Things"
    size = min(int(options.get("page", USUAL_PAGE)), PAGE)
    whole = (
        f"{base}?$select=id,name&$top={size}&$expand=Locations($select=location),"
        f"Datastreams($select=id,name,unitOfMeasurement;$expand=ObservedProperty($select=name),{LATEST})"
    )
    if asker.ways.get("sensorthings") != "steps":
        try:
            return await _in_one(asker, whole)
        except WaitError:
            raise
        except FeedError as error:
            if error.final:
                raise
    made = await _in_steps(asker, base)
    asker.ways["sensorthings"] = "steps"
    return made


async def _in_one(asker: Asker, url: str) -> Pages:
    made = Pages()
    async for document in _documents(asker, url, made):
        made.decoded.add(sensorthings.decode(document))
    return made


async def _in_steps(asker: Asker, base: str) -> Pages:
    """Ask for things with their datastreams, then for the latest of each datastream."""
    made = Pages()
    streams: list[tuple[dict[str, Any], dict[str, Any]]] = []
    asked = f"{base}?$expand=Locations,Datastreams($expand=ObservedProperty)"
    async for document in _documents(asker, asked, made):
        for thing in sensorthings.entities(document):
            streams += [(thing, mapped(row)) for row in listed(thing.get("Datastreams"))]
    room = asyncio.Semaphore(AT_ONCE)

    async def latest(thing: dict[str, Any], stream: dict[str, Any]) -> None:
        link = stream.get(OBSERVATIONS)
        if not isinstance(link, str):
            return
        async with room:
            rows = await _latest(asker, urljoin(base, link), made)
        whole = {**thing, "Datastreams": [{**stream, "Observations": rows}]}
        made.decoded.add(sensorthings.decode(whole))

    await asyncio.gather(*(latest(*pair) for pair in streams[:MOST_STREAMS]))
    return made


async def _latest(asker: Asker, link: str, made: Pages) -> list[Any]:
    """Return the latest observation of a datastream; a page of them where the server cannot order."""
    known = asker.ways.get("order")
    for order in ORDERS if known is None else (known,):
        try:
            made.requests += 1
            answer = await asker.get(f"{link}?$top=1{order}" if order else link, fresh=True)
        except WaitError:
            raise
        except FeedError as error:
            if error.final or order == ORDERS[-1]:
                raise
            continue
        asker.ways["order"] = order
        return listed(mapped(answer.json).get("value"))
    return []


async def _documents(asker: Asker, url: str, made: Pages) -> Any:
    """Give the pages from an address on; a link back to a page that was seen ends them."""
    asked, seen = url, set[str]()
    while asked and made.requests < MOST_PAGES and asked not in seen:
        seen.add(asked)
        document = (await asker.get(asked, fresh=True)).json
        made.requests += 1
        yield document
        link = sensorthings.next_link(document)
        asked = urljoin(asked, link) if link else ""
