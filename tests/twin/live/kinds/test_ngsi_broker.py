"""NGSI-LD by the rules of ETSI GS CIM 009 that a client must keep to: pages, tenants, contexts.

No broker is to be had from PyPI, npm or Debian; this one keeps to those rules and to nothing else.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.twin.live.kinds.test_kinds import Site, kept, observed
from twin.model.feed import FeedSpec

MOST = 1000
CONTEXT = "https://example.org/parking.jsonld"


class Broker(Site):
    """Answers a query of entities; ``gives`` fewer than were asked for, as a broker may."""

    def __init__(self, *, gives: int, links: bool) -> None:
        self.gives, self.links = gives, links
        self.headers: list[dict[str, str]] = []
        super().__init__()

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        """See base."""
        parts = urlsplit(handler.path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        self.headers.append(dict(handler.headers.items()))
        limit, offset = int(query.get("limit", "20")), int(query.get("offset", "0"))
        if limit > MOST or not {"type", "attrs", "q"} & set(query):
            handler.send_error(400)
            return
        own = ENTITIES if handler.headers.get("NGSILD-Tenant") == "issy" else []
        size = min(limit, self.gives)
        body = json.dumps(own[offset : offset + size]).encode()
        handler.send_response(200)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Content-Length", str(len(body)))
        context = 'rel="http://www.w3.org/ns/json-ld#context"; type="application/ld+json"'
        links = [f"<{CONTEXT}>; {context}"]
        if self.links and offset + size < len(own):
            after = f"{parts.path}?type={query['type']}&limit={limit}&offset={offset + size}"
            links.append(f'<{after}>;rel="next";type="application/ld+json"')
        handler.send_header("Link", ", ".join(links))
        if query.get("count") == "true":
            handler.send_header("NGSILD-Results-Count", str(len(own)))
        handler.end_headers()
        handler.wfile.write(body)


def entity(number: int) -> dict[str, Any]:
    return {
        "id": f"urn:ngsi-ld:OffStreetParking:{number}",
        "type": "OffStreetParking",
        "availableSpotNumber": {
            "type": "Property",
            "value": number,
            "observedAt": "2026-03-01T10:00:00Z",
        },
    }


ENTITIES = [entity(number) for number in range(25)]


@pytest.fixture(params=[True, False], ids=["links", "counts"])
def broker(request: pytest.FixtureRequest) -> Iterator[Broker]:
    made = Broker(gives=10, links=request.param)
    yield made
    made.close()


def test_every_page_of_a_tenant_is_read_in_the_words_of_a_context(
    broker: Broker, tmp_path: Path
) -> None:
    url = f"{broker.url}/ngsi-ld/v1/entities?type=OffStreetParking"
    options = {"tenant": "issy", "context": CONTEXT}
    spec = FeedSpec(id="f", kind="ngsi", url=url, options=options)
    found = kept(spec, tmp_path, observed(25))
    assert sorted(v for values in found.values() for v in values) == [float(n) for n in range(25)]
    assert len(broker.asked) == 3
    for told in broker.headers:
        assert told["Link"].startswith(f"<{CONTEXT}>; rel=")
        assert told["Accept"] == "application/json"
