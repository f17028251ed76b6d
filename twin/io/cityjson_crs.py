"""The many ways in which city models name their CRS."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_CODE = re.compile(r"(?:EPSG[:/]+[^:/,]*[:/]+|EPSG:|epsg\.xml#|(?<=\d)\+)(\d{4,7})", re.IGNORECASE)
_LAMBERT_93 = re.compile(r"^(?:rgf93[\s./_]*)?(?:lamb|lambert[\s_-]*)93$", re.IGNORECASE)
_UTM = re.compile(r"^ETRS89[\s/_]*UTM[\s_-]*(?:zone)?[\s_-]*(28|29|3\d)(?:N|$)", re.IGNORECASE)


def crs_text(metadata: Any) -> str:
    """Return ``"EPSG:7415"`` or ``"EPSG:25832+5783"`` of the metadata of a city model.

    Understood are ``EPSG:7415``, ``EPSG:25832+5783``, ``urn:ogc:def:crs:EPSG::7415``, compound URNs, the URLs of
    opengis.net with any version in them (``epsg.xml#7415`` too), ``metadata.crs.epsg`` of version 0.9, and the
    plain names of Lambert-93 and of the UTM zones of ETRS89. What is not understood is returned
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
    if not codes and _LAMBERT_93.match(reference.strip()):
        return "EPSG:2154"
    if not codes and (zone := _UTM.match(reference.strip())):
        return f"EPSG:258{zone[1]}"
    if not codes:
        return f"EPSG:{reference.strip()}" if reference.strip().isdigit() else reference.strip()
    return "EPSG:" + "+".join(codes[:2])
