"""What drivers offer now between two communes: a client of "Standard covoiturage", off until a server is named.

Specification: https://github.com/fabmob/standard-covoiturage (OpenAPI, ``GET /driver_journeys``). Servers want an
agreement, and mostly a key (header ``X-API-Key``), which is kept for this session only.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode, urlsplit

import shapely

from twin import api

MOST_WAYS = 20
MOST_OFFERS = 100
WITHIN_S = 3600
RADIUS_KM = 3
COUNT = 30
Get = Callable[..., bytes]

HEADINGS: tuple[api.Text, ...] = (
    {"en": "Pick-up", "fr": "Prise en charge", "ko": "탑승", "ar": "الركوب"},
    {"en": "Duration (min)", "fr": "Durée (min)", "ko": "소요 시간(분)", "ar": "المدة (دقيقة)"},
    {"en": "Distance (km)", "fr": "Distance (km)", "ko": "거리(km)", "ar": "المسافة (كم)"},
    {"en": "Price", "fr": "Prix", "ko": "요금", "ar": "السعر"},
    {"en": "Seats", "fr": "Places", "ko": "좌석", "ar": "المقاعد"},
    {"en": "Operator", "fr": "Opérateur", "ko": "운영사", "ar": "المشغّل"},
)
TITLE = {
    "en": "Journeys on offer",
    "fr": "Trajets proposés",
    "ko": "제공되는 동승",
    "ar": "الرحلات المعروضة",
}
OFF = {
    "en": "No server is named: nothing is asked.",
    "fr": "Aucun serveur n'est indiqué : rien n'est demandé.",
    "ko": "서버가 지정되지 않아 요청하지 않습니다.",
    "ar": "لم يُحدَّد خادم: لا يُطلب شيء.",
}
NO_WAYS = {
    "en": "The project shows no journeys between communes.",
    "fr": "Le projet ne montre aucun trajet entre communes.",
    "ko": "프로젝트에 지역 간 이동 정보가 없습니다.",
    "ar": "لا يعرض المشروع رحلات بين البلديات.",
}
NO_OFFERS = {
    "en": "Nobody offers this journey at that hour.",
    "fr": "Personne ne propose ce trajet à cette heure.",
    "ko": "그 시간에는 제공되는 동승이 없습니다.",
    "ar": "لا أحد يعرض هذه الرحلة في تلك الساعة.",
}
SERVER = {"en": "Server", "fr": "Serveur", "ko": "서버", "ar": "الخادم"}
KEY = {"en": "Key", "fr": "Clé", "ko": "키", "ar": "المفتاح"}
WAY = {"en": "From - to", "fr": "De - vers", "ko": "출발 - 도착", "ar": "من - إلى"}
HOUR = {"en": "Hour (UTC)", "fr": "Heure (UTC)", "ko": "시각(UTC)", "ar": "الساعة (UTC)"}
BACK = {"en": "The way back", "fr": "Le retour", "ko": "돌아오는 길", "ar": "طريق العودة"}


def offers(
    tables: Mapping[str, api.FeatureTable], at: datetime, values: Mapping[str, Any], get: Get
) -> list[api.PanelPart]:
    """Show the offers of a server for one of the flows between communes."""
    heading = api.Paragraph(text=TITLE, heading=True)
    ways = _ways(tables)
    if not ways:
        return [heading, api.Paragraph(text=NO_WAYS)]
    way = values.get("way") if values.get("way") in ways else next(iter(ways))
    asked = {"server": "", "key": "", "way": way, "hour": 8, "back": False} | {**values, "way": way}
    form = _form(asked, ways)
    server = str(asked["server"]).strip().rstrip("/")
    if urlsplit(server).scheme not in {"http", "https"}:
        return [heading, api.Paragraph(text=OFF), form]
    start, end = ways[str(way)][::-1] if asked["back"] else ways[str(way)]
    leave = at.astimezone(UTC).replace(hour=int(asked["hour"]) % 24, minute=0, second=0)
    key = str(asked["key"]).strip()
    body = get(address(server, start, end, leave), {"X-API-Key": key} if key else {})
    rows = journeys(body)
    shown: api.PanelPart = (
        api.Grid(columns=HEADINGS, rows=rows) if rows else api.Paragraph(text=NO_OFFERS)
    )
    return [heading, form, shown]


def address(
    server: str, start: tuple[float, float], end: tuple[float, float], leave: datetime
) -> str:
    """Return the question for journeys from one longitude and latitude to another around a moment."""
    asked = {
        "departureLat": f"{start[1]:.6f}",
        "departureLng": f"{start[0]:.6f}",
        "arrivalLat": f"{end[1]:.6f}",
        "arrivalLng": f"{end[0]:.6f}",
        "departureDate": int(leave.timestamp()),
        "timeDelta": WITHIN_S,
        "departureRadius": RADIUS_KM,
        "arrivalRadius": RADIUS_KM,
        "count": COUNT,
    }
    return f"{server}/driver_journeys?{urlencode(asked)}"


def journeys(body: bytes) -> list[list[object]]:
    """Return pick-up, minutes, kilometres, price, seats and operator of the journeys that a server tells, by time.

    Raises
    ------
    ReadError
        The answer is none of the standard.
    """
    try:
        found = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise api.ReadError("io.damaged", "driver_journeys", reason=str(error)[:100]) from error
    if not isinstance(found, list):
        raise api.ReadError("io.damaged", "driver_journeys", reason="no list of journeys")
    rows = [_row(journey) for journey in found[:MOST_OFFERS] if isinstance(journey, Mapping)]
    return sorted(rows, key=lambda row: str(row[0]))


def _row(journey: Mapping[str, Any]) -> list[object]:
    price = journey.get("price")
    price = price if isinstance(price, Mapping) else {}
    amount = api.number(price.get("amount"))
    free = price.get("type") == "FREE"
    money = f"{amount:.2f} {price.get('currency', '')}".strip() if math.isfinite(amount) else ""
    return [
        _moment(journey.get("passengerPickupDate", journey.get("driverDepartureDate"))),
        _rounded(api.number(journey.get("duration")) / 60.0),
        _rounded(api.number(journey.get("distance")) / 1000.0),
        "0" if free else money,
        _rounded(api.number(journey.get("availableSeats", journey.get("availableSteats")))),
        str(journey.get("operator", ""))[:80],
    ]


def _rounded(value: float) -> float | None:
    return round(value, 1) if math.isfinite(value) else None


def _moment(value: object) -> datetime | None:
    try:
        return datetime.fromtimestamp(float(value), UTC)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError, OSError):
        return None


def _ways(
    tables: Mapping[str, api.FeatureTable],
) -> dict[str, tuple[tuple[float, float], tuple[float, float]]]:
    """Return the ends of the largest flows by name, longitude first."""
    found: dict[str, tuple[tuple[float, float], tuple[float, float]]] = {}
    for table in tables.values():
        if "kind" not in table.frame or "name" not in table.frame:
            continue
        flows = table.frame[table.frame["kind"] == "flow"]
        flows = flows.sort_values("journeys", ascending=False).head(MOST_WAYS)
        lines = flows.set_crs(table.crs, allow_override=True).geometry.to_crs("EPSG:4326")
        for name, line in zip(flows["name"], lines, strict=True):
            (x1, y1), (x2, y2) = shapely.get_coordinates(line)[[0, -1]].tolist()
            found[str(name)] = ((x1, y1), (x2, y2))
    return found


def _form(asked: Mapping[str, Any], ways: Mapping[str, Any]) -> api.Form:
    choices = {name: {"en": name, "fr": name} for name in ways}
    return api.Form(
        fields=[
            api.Field(name="server", label=SERVER, value=str(asked["server"])),
            api.Field(name="key", label=KEY, value=str(asked["key"])),
            api.Field(name="way", label=WAY, value=str(asked["way"]), choices=choices),
            api.Field(name="back", label=BACK, value=bool(asked["back"])),
            api.Field(name="hour", label=HOUR, value=int(asked["hour"]), low=0, high=23),
        ]
    )
