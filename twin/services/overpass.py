"""OpenStreetMap by the Overpass API: the answer is kept as it is, the reader of OSM takes it apart.

The public servers are shared by everybody and not meant behind an application: the catalogue names them
only as what stands in where nothing else covers a place. Source: the manual of the Overpass API.
"""

from __future__ import annotations

import json
from urllib.parse import urlencode

from twin.services.asked import Asked, Fetched, json_of
from twin.services.client import ServiceError, shown


def fetch(asked: Asked) -> Fetched:
    """Write the elements that a query finds in the area to a JSON file.

    Raises
    ------
    ServiceError
        The server gave up in the middle: it says so in ``remark``, with status 200.
    """
    words = asked.area.words()
    box = ",".join(words[name] for name in ("south", "west", "north", "east"))
    query = f"[out:json][timeout:180][bbox:{box}];({asked.option('query', '')});out body geom;"
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = asked.http.post(asked.url, urlencode({"data": query}).encode(), headers=headers)
    data = json_of(answer, asked.http)
    remark = str(data.get("remark", "")) if isinstance(data, dict) else ""
    if "error" in remark.lower() or "timed out" in remark.lower():
        asked.http.forget(answer)
        raise ServiceError("service.exception", shown(asked.url), said=remark[:160])
    elements = data.get("elements") if isinstance(data, dict) else None
    if not isinstance(elements, list) or not elements:
        raise ServiceError("service.empty", shown(asked.url), dataset=asked.dataset.id)
    path = asked.path(".osm.json")
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    part.write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
    part.replace(path)
    return Fetched(path=path, count=len(elements), address=shown(asked.url), at=answer.at)
