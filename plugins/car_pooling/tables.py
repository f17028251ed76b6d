"""The open files of car pooling to rows.

- Places: schema-lieux-covoiturage 0.2 (``id_lieu``) and 0.3 (``id_local``), https://schema.data.gouv.fr.
- Journeys: the monthly open data of the Registre de preuve de covoiturage: one row a journey, its ends by
  INSEE code, which loses a leading zero in the files (so ``1004`` is ``01004``).
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

from twin import api

LEAST_TOLD = 6
"""Fewer journeys than this between two communes are not told: they could be somebody's."""


def places(path: Path) -> list[dict[str, Any]]:
    """Return a row a place that is open."""
    found = []
    for row in api.read_rows(path):
        if (row.get("ouvert") or "true").lower() == "false":
            continue
        name = row.get("id_lieu") or f"{row.get('insee', '')}-{row.get('id_local', '')}"
        found.append(
            {
                "feature_id": f"place/{name}",
                "kind": "place",
                "name": row.get("nom_lieu") or name,
                "type": row.get("type") or "",
                "lon": row.get("Xlong"),
                "lat": row.get("Ylat"),
                "spaces": api.number(row.get("nbre_pl")),
                "spaces_disabled": api.number(row.get("nbre_pmr")),
                "hours": row.get("horaires") or "",
                "date": row.get("date_maj") or "",
            }
        )
    return found


def flows(path: Path, *, least: int) -> dict[tuple[str, str], int]:
    """Count journeys between pairs of communes, both directions together; small counts are left out."""
    counted: Counter[tuple[str, str]] = Counter()
    for row in api.read_rows(path):
        ends = [
            code(row.get(f"journey_{end}_insee") or row.get(end) or "") for end in ("start", "end")
        ]
        if not all(ends) or ends[0] == ends[1]:
            continue
        pair = (min(ends), max(ends))
        counted[pair] += int(api.number(row.get("journeys")) if row.get("journeys") else 1)
    return {pair: n for pair, n in counted.items() if n >= max(least, LEAST_TOLD)}


def centres(path: Path) -> dict[str, tuple[str, str, str]]:
    """Return name, longitude and latitude of communes by INSEE code."""
    return {
        code(row.get("insee") or ""): (
            row.get("name") or "",
            row.get("lon") or "",
            row.get("lat") or "",
        )
        for row in api.read_rows(path)
    }


def code(text: str) -> str:
    """Return an INSEE code with its leading zero."""
    plain = text.strip()
    return plain.zfill(5) if plain else ""
