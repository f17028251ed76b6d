"""The many ways in which city models name their CRS."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_CODE = re.compile(r"(?:EPSG[:/]+[^:/,]*[:/]+|EPSG:)(\d{4,7})", re.IGNORECASE)


def crs_text(metadata: Any) -> str:
    """Return ``"EPSG:7415"`` or ``"EPSG:25832+5783"`` of the metadata of a city model.

    Understood are ``EPSG:7415``, ``urn:ogc:def:crs:EPSG::7415``, compound URNs, the URLs of opengis.net
    with any version in them, and ``metadata.crs.epsg`` of version 0.9. What is not understood is returned
    as it stands, so that the message can show it.
    """
    if not isinstance(metadata, Mapping):
        return ""
    reference = metadata.get("referenceSystem")
    if reference is None and isinstance(metadata.get("crs"), Mapping):
        reference = metadata["crs"].get("epsg")
    if isinstance(reference, int) and not isinstance(reference, bool):
        return f"EPSG:{reference}"
    if not isinstance(reference, str) or not reference.strip():
        return ""
    codes = _CODE.findall(reference)
    if not codes:
        return f"EPSG:{reference.strip()}" if reference.strip().isdigit() else reference.strip()
    return "EPSG:" + "+".join(codes[:2])
