"""Who offers what in a business park: meeting places and shared expertise, free or taken by the clock.

One row an offer: ``kind`` (meeting_room, expertise, equipment, coworking), ``offered_by``, ``what``,
``seats``, and ``taken``, a list of local times of a weekday such as ``Mo 09:00-11:00; We 14:00-17:30``.
Outside ``open_from`` to ``open_to`` nothing is offered.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np

from twin import api

DAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
_TAKEN = re.compile(r"^(\w\w)\s+(\d\d):(\d\d)-(\d\d):(\d\d)$")
KINDS = {
    "meeting_room": (
        "cube",
        {"en": "Meeting place", "fr": "Lieu de réunion", "ko": "회의 공간", "ar": "مكان اجتماع"},
    ),
    "coworking": (
        "cylinder",
        {
            "en": "Shared desks",
            "fr": "Bureaux partagés",
            "ko": "공유 사무 공간",
            "ar": "مكاتب مشتركة",
        },
    ),
    "expertise": (
        "sphere",
        {"en": "Expertise", "fr": "Compétence", "ko": "전문 지식", "ar": "خبرة"},
    ),
    "equipment": ("cone", {"en": "Equipment", "fr": "Équipement", "ko": "장비", "ar": "معدات"}),
}
COLUMNS = {
    "name": api.Column(label={"en": "Offer", "fr": "Offre", "ko": "제공", "ar": "العرض"}),
    "kind": api.Column(label={"en": "Kind", "fr": "Nature", "ko": "종류", "ar": "النوع"}),
    "offered_by": api.Column(
        label={"en": "Offered by", "fr": "Proposé par", "ko": "제공자", "ar": "مقدَّم من"}
    ),
    "what": api.Column(label={"en": "What", "fr": "Quoi", "ko": "내용", "ar": "ماذا"}),
    "building": api.Column(
        label={"en": "Building", "fr": "Bâtiment", "ko": "건물", "ar": "المبنى"}
    ),
    "seats": api.Column(
        unit="1", label={"en": "Seats", "fr": "Places assises", "ko": "좌석", "ar": "المقاعد"}
    ),
    "open_from": api.Column(label={"en": "From", "fr": "De", "ko": "시작", "ar": "من"}),
    "open_to": api.Column(label={"en": "To", "fr": "À", "ko": "종료", "ar": "إلى"}),
    "taken": api.Column(label={"en": "Taken", "fr": "Réservé", "ko": "예약됨", "ar": "محجوز"}),
    "time_zone": api.Column(
        label={"en": "Time zone", "fr": "Fuseau horaire", "ko": "시간대", "ar": "المنطقة الزمنية"}
    ),
}
STATES = {
    "free": (
        "#4c9a5b",
        {"en": "Free now", "fr": "Libre à cette heure", "ko": "현재 비어 있음", "ar": "متاح الآن"},
    ),
    "taken": (
        "#c2703d",
        {"en": "Taken now", "fr": "Occupé à cette heure", "ko": "현재 사용 중", "ar": "مشغول الآن"},
    ),
    "closed": ("#9a9a94", {"en": "Closed", "fr": "Fermé", "ko": "닫힘", "ar": "مغلق"}),
}


@api.params
class BusinessParkParams:
    """Settings."""

    labels: bool = True
    scale: Annotated[float, api.Range(0.3, 5.0), api.Unit("1")] = 1.0


class BusinessPark:
    """Reads points in any format; what the columns lack is empty."""

    Params = BusinessParkParams

    def load(self, ctx: api.LoadContext) -> api.FeatureTable:
        """Read the offers."""
        return api.with_columns(ctx.read("offers"), COLUMNS)

    def build(
        self, table: api.FeatureTable, params: BusinessParkParams, view: api.ViewQuery
    ) -> list[api.Drawable]:
        """Draw each kind in its own shape on a mast, and the names above."""
        rows, xyz = api.shapes.standing(table.frame.geometry, view.frame, view.ground)
        if not len(rows):
            return []
        kinds = table.frame["kind"].fillna("").astype(str).to_numpy()[rows]
        mast = np.tile(np.array([0.5, 0.5, 12.0], np.float32), (len(rows), 1)) * params.scale
        found: list[api.Drawable] = [
            api.Glyphs(
                xyz_in_scene=xyz,
                shape="cylinder",
                scale_m=mast.astype(np.float32),
                row_of_glyph=rows,
                rgba=(0.6, 0.6, 0.6, 1.0),
                styled=False,
            )
        ]
        top = xyz.copy()
        top[:, 2] += 12.0 * params.scale
        for kind in sorted(set(kinds)):
            at = kinds == kind
            shape = KINDS.get(kind, ("sphere",))[0]
            size = np.full((int(at.sum()), 3), 4.5 * params.scale, dtype=np.float32)
            found.append(
                api.Glyphs(
                    xyz_in_scene=top[at],
                    shape=shape,
                    scale_m=size,
                    row_of_glyph=rows[at],
                    role=api.Role.MARKER,
                )
            )
        if params.labels:
            found.append(_names(table, rows, top, params))
        return found

    def columns_at(
        self, table: api.FeatureTable, params: BusinessParkParams, at: datetime
    ) -> Mapping[str, Any]:
        """Say what is free at a moment, by the clock of the park."""
        made = np.empty(len(table), dtype=object)
        names = ("open_from", "open_to", "taken", "time_zone")
        texts = [table.frame[n].fillna("").astype(str) for n in names]
        made[:] = [state_at(at, *row) for row in zip(*texts, strict=True)]
        return {"state": made}

    def default_style(self, table: api.FeatureTable) -> api.Style:
        """Colour by what is free now."""
        categories = tuple(
            api.Category(value=state, colour=colour, label=label)
            for state, (colour, label) in STATES.items()
        )
        rule = api.Categories(column="state", categories=categories)
        return api.Style(
            rule=rule,
            title={
                "en": "Meeting places and expertise",
                "fr": "Lieux et compétences",
                "ko": "회의 공간과 전문 지식",
                "ar": "أماكن اجتماع وخبرات",
            },
        )

    def describe(
        self, table: api.FeatureTable, row: int, params: BusinessParkParams, at: datetime
    ) -> Sequence[api.Fact]:
        """Say who offers what, and whether it is free."""
        state = self.columns_at(table, params, at)["state"][row]
        now = api.Fact(
            label={"en": "Now", "fr": "Maintenant", "ko": "현재", "ar": "الآن"},
            value=STATES[state][1],
        )
        return [now, *api.facts_of(table, row, tuple(COLUMNS))]

    def indicators(
        self, table: api.FeatureTable, params: BusinessParkParams, at: datetime
    ) -> Sequence[api.Fact]:
        """Count what is free."""
        state = self.columns_at(table, params, at)["state"]
        label = {
            "en": "Offers free now",
            "fr": "Offres libres à cette heure",
            "ko": "현재 이용 가능",
            "ar": "العروض المتاحة الآن",
        }
        count = float((state == "free").sum())
        return [api.Fact(label=label, value=count, unit="1", provenance=table.provenance)]


def state_at(at: datetime, open_from: str, open_to: str, taken: str, zone: str) -> str:
    """Return ``free``, ``taken`` or ``closed``."""
    try:
        local = at.astimezone(ZoneInfo(zone or "UTC"))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        local = at
    now = f"{local.hour:02}:{local.minute:02}"
    weekend = local.weekday() > 4
    if weekend or not (open_from or "00:00") <= now < (open_to or "24:00"):
        return "closed"
    for part in taken.split(";"):
        found = _TAKEN.match(part.strip())
        if found and found[1] == DAYS[local.weekday()]:
            start, end = f"{found[2]}:{found[3]}", f"{found[4]}:{found[5]}"
            if start <= now < end:
                return "taken"
    return "free"


def _names(table: api.FeatureTable, rows: Any, top: Any, params: BusinessParkParams) -> api.Labels:
    above = top.copy()
    above[:, 2] += 6.0 * params.scale
    names = table.frame["name"].fillna("").astype(str).to_numpy()[rows]
    return api.Labels(
        xyz_in_scene=above,
        texts=tuple({"en": n or "?", "fr": n or "?"} for n in names),
        rank=np.arange(len(rows), dtype=np.int32),
        row_of_label=rows,
        max_distance_m=1500.0,
    )
