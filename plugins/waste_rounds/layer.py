"""Waste containers as bins coloured by how full they are, and the round of the truck as a ribbon on the ground."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any

import numpy as np
import shapely

from twin import api

from . import rounds

COLUMNS = {
    "name": api.Column(
        label={"en": "Container", "fr": "Conteneur", "ko": "수거함", "ar": "الحاوية"}
    ),
    "waste": api.Column(
        label={
            "en": "Kind of waste",
            "fr": "Type de déchet",
            "ko": "폐기물 종류",
            "ar": "نوع النفايات",
        }
    ),
    "fill_percent": api.Column(
        unit="%", label={"en": "Filled", "fr": "Remplissage", "ko": "충만도", "ar": "الامتلاء"}
    ),
    "capacity_l": api.Column(
        unit="l", label={"en": "Capacity", "fr": "Capacité", "ko": "용량", "ar": "السعة"}
    ),
    "reported": api.Column(
        label={"en": "Reported", "fr": "Relevé", "ko": "보고 시각", "ar": "وقت الإبلاغ"}
    ),
}


@api.params
class WasteRoundsParams:
    """Settings."""

    threshold_percent: Annotated[float, api.Range(0, 100), api.Unit("%")] = 70.0
    round: bool = True
    scale: Annotated[float, api.Range(0.3, 6.0), api.Unit("1")] = 1.6


class WasteRounds:
    """Reads NGSI-LD or NGSI v2 ``WasteContainer`` entities, normalized or key-values."""

    Params = WasteRoundsParams

    def load(self, ctx: api.LoadContext) -> api.FeatureTable:
        """Turn entities into rows; those without a place are reported and left out of the picture."""
        ctx.check_cancelled()
        document = api.read_json(ctx.path("containers"))
        entities = document if isinstance(document, list) else [document]
        rows = [_row(e) for e in entities if isinstance(e, Mapping) and _is_container(e)]
        return api.table_from_lonlat(
            rows,
            ctx.frame,
            name="waste_rounds",
            columns=COLUMNS,
            provenance=ctx.sources["containers"].provenance,
            fields=tuple(COLUMNS),
        )

    def build(
        self, table: api.FeatureTable, params: WasteRoundsParams, view: api.ViewQuery
    ) -> list[api.Drawable]:
        """Draw bins, and the round through those that are full enough."""
        rows, xyz = api.shapes.standing(table.frame.geometry, view.frame, view.ground)
        if not len(rows):
            return []
        size = np.tile(np.array([1.4, 1.4, 1.8], np.float32), (len(rows), 1)) * params.scale
        found: list[api.Drawable] = [
            api.Glyphs(
                xyz_in_scene=xyz,
                shape="sensor.waste",
                scale_m=(size * 3.0).astype(np.float32),
                row_of_glyph=rows,
            )
        ]
        fill = table.frame["fill_percent"].to_numpy(float)[rows]
        full = np.flatnonzero(fill >= params.threshold_percent)
        if params.round and len(full) > 1:
            order = rounds.shortest_round(xyz[full][:, :2].astype(float))
            path = xyz[full][[*order, order[0]], :2].astype(float)
            line = np.array([shapely.linestrings(path)], dtype=object)
            line_xyz, offsets, _ = api.shapes.drape_lines(line, [0], ground=view.ground, lift_m=1.2)
            found.append(
                api.Lines(
                    xyz_in_scene=line_xyz.astype(np.float32),
                    offsets=offsets,
                    rgba=(0.13, 0.42, 0.45, 1.0),
                    radius_m=1.1,
                    styled=False,
                    role=api.Role.MARKER,
                )
            )
        return found

    def default_style(self, table: api.FeatureTable) -> api.Style:
        """Colour by how full."""
        rule = api.Graduated(
            column="fill_percent",
            breaks=(25.0, 50.0, 70.0, 85.0),
            ramp="lajolla",
            unit="%",
        )
        return api.Style(
            rule=rule, title={"en": "Filled", "fr": "Remplissage", "ko": "충만도", "ar": "الامتلاء"}
        )

    def describe(
        self, table: api.FeatureTable, row: int, params: WasteRoundsParams, at: datetime
    ) -> Sequence[api.Fact]:
        """Say what a container says."""
        return api.facts_of(table, row, tuple(COLUMNS))

    def indicators(
        self, table: api.FeatureTable, params: WasteRoundsParams, at: datetime
    ) -> Sequence[api.Fact]:
        """Count the containers to empty, and measure the round."""
        rows, _xyz = api.shapes.standing(
            table.frame.geometry, api.GeoFrame(crs=table.crs), api.FlatGround()
        )
        fill = table.frame["fill_percent"].to_numpy(float)[rows] if len(rows) else np.zeros(0)
        full = np.flatnonzero(fill >= params.threshold_percent)
        # float32 would round coordinates of a country to half a metre: the origin is taken off first.
        xy = shapely.get_coordinates(shapely.centroid(table.frame.geometry.to_numpy()[rows[full]]))
        metres = (
            rounds.length_m(xy, rounds.shortest_round(xy - xy.mean(axis=0))) if len(full) else 0.0
        )
        estimated = api.Provenance(source="2-opt", quality=api.Quality.ESTIMATED)
        return [
            api.Fact(
                label={
                    "en": "Containers to empty",
                    "fr": "Conteneurs à vider",
                    "ko": "비울 수거함",
                    "ar": "الحاويات الواجب تفريغها",
                },
                value=float(len(full)),
                unit="1",
                provenance=table.provenance,
            ),
            api.Fact(
                label={
                    "en": "Length of the round",
                    "fr": "Longueur de la tournée",
                    "ko": "수거 경로 길이",
                    "ar": "طول الجولة",
                },
                value=metres / 1000.0,
                unit="km",
                provenance=estimated,
            ),
        ]


def _is_container(entity: Mapping[str, Any]) -> bool:
    return str(entity.get("type", "")).rpartition("/")[2] == "WasteContainer"


def _row(entity: Mapping[str, Any]) -> dict[str, Any]:
    plain = {str(k): _value(v) for k, v in entity.items()}
    place = plain.get("location")
    coordinates = place.get("coordinates") if isinstance(place, Mapping) else None
    lon, lat = (
        coordinates[:2] if isinstance(coordinates, list) and len(coordinates) > 1 else (None, None)
    )
    level = api.number(plain.get("fillingLevel"))
    if 0.0 <= level <= 1.0:
        level *= 100.0  # the model says 0 to 1; many brokers send per cent
    return {
        "feature_id": str(entity.get("id", "")),
        "name": str(plain.get("name") or plain.get("serialNumber") or entity.get("id", "")),
        "waste": _words(plain.get("storedWasteKind") or plain.get("binColor")),
        "fill_percent": level,
        "capacity_l": api.number(plain.get("storedWasteCapacity") or plain.get("binCapacity")),
        "reported": str(plain.get("dateObserved") or plain.get("binLoggedTime") or ""),
        "lon": lon,
        "lat": lat,
    }


def _value(value: Any) -> Any:
    if isinstance(value, Mapping) and "coordinates" not in value:
        inner = value.get("value", value.get("object"))
        return inner.get("@value", inner) if isinstance(inner, Mapping) else inner
    return value


def _words(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value or "")
