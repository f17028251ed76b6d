"""Colours of points: of classes as in most programs for point clouds, of heights and intensities as ramps."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from twin import api

COLUMN = "class_name"
NOISE = "noise"
CLASSES: Mapping[str, tuple[str, str, str]] = {
    "never classified": ("#b9bcbf", "Never classified", "Jamais classé"),
    "unclassified": ("#9aa0a5", "Unclassified", "Non classé"),
    "ground": ("#b08d66", "Ground", "Sol"),
    "low vegetation": ("#a9c77d", "Low vegetation", "Végétation basse"),
    "medium vegetation": ("#7fae5a", "Medium vegetation", "Végétation moyenne"),
    "high vegetation": ("#4c8a3f", "High vegetation", "Végétation haute"),
    "building": ("#d97f5f", "Building", "Bâtiment"),
    "noise": ("#e0218a", "Noise", "Bruit"),
    "key point": ("#caa54c", "Key point", "Point clé"),
    "water": ("#5b9bd5", "Water", "Eau"),
    "rail": ("#6b5b73", "Railway", "Voie ferrée"),
    "road": ("#7d8086", "Road", "Route"),
    "overlap": ("#c5c8ca", "Overlap", "Recouvrement"),
    "wire": ("#e2b93b", "Wire", "Câble"),
    "pylon": ("#c98f1e", "Pylon", "Pylône"),
    "bridge": ("#8f7aa8", "Bridge", "Pont"),
    "lasting structure": ("#a88f9f", "Lasting structure", "Sursol pérenne"),
    "virtual point": ("#cfd6dc", "Virtual point", "Point virtuel"),
    "other structure": ("#bda7b8", "Other structure", "Divers bâti"),
}
"""By name of the class: colour, English, French."""

RAMP = np.array(
    [[68, 84, 130], [73, 139, 160], [128, 184, 142], [214, 208, 126], [226, 151, 96], [190, 84, 84]]
)
"""From low to high; told apart by people who do not see red and green as well."""
TITLES: Mapping[str, Mapping[str, str]] = {
    "height": {"en": "Height", "fr": "Altitude", "ko": "높이", "ar": "الارتفاع"},
    "intensity": {"en": "Intensity", "fr": "Intensité", "ko": "반사 강도", "ar": "الشدة"},
}
GREYS = np.array([[40, 40, 40], [240, 240, 240]])
OTHER = "#8d9499"
_TAIL = 0.02


def class_style(table: api.FeatureTable) -> api.Style | None:
    """Return a style by class, None where the table has no classes."""
    if COLUMN not in table.frame.columns:
        return None
    present = list(dict.fromkeys(table.frame[COLUMN]))
    categories = tuple(
        api.Category(
            value=name,
            colour=CLASSES[name][0],
            label={"en": CLASSES[name][1], "fr": CLASSES[name][2]},
        )
        for name in present
        if name in CLASSES
    )
    return api.Style(
        rule=api.Categories(column=COLUMN, categories=categories, other=OTHER),
        title={"en": "Classes", "fr": "Classes", "ko": "등급", "ar": "الفئات"},
    )


def is_noise(table: api.FeatureTable) -> NDArray[np.bool_]:
    """Return for each row whether its points are noise."""
    if COLUMN not in table.frame.columns:
        return np.zeros(len(table), bool)
    return np.asarray(table.frame[COLUMN].to_numpy() == NOISE)


def rgb_of_class(name: str) -> tuple[int, int, int]:
    """Return the colour of a class, grey for one of a producer's own."""
    text = CLASSES[name][0] if name in CLASSES else OTHER
    return (int(text[1:3], 16), int(text[3:5], 16), int(text[5:7], 16))


def kind_of(table: api.FeatureTable, cloud: api.PointCloud, wanted: str) -> str:
    """Return what points are coloured by: ``"file"``, ``"class"``, ``"height"`` or ``"intensity"``."""
    there = {
        "file": cloud.rgba_of_point is not None,
        "class": COLUMN in table.frame.columns,
        "intensity": "intensity" in cloud.columns,
    }
    if wanted != "auto":
        return wanted if there.get(wanted, False) else "height"
    if there["file"]:
        return "file"
    return "class" if there["class"] and len(table) > 1 else "height"


def legend(table: api.FeatureTable, wanted: str) -> api.Legend | None:
    """Return the meaning of ramps; of a scan's own colours there is nothing to say; None where the style gives them."""
    cloud = table.points
    if cloud is None or not len(cloud.xyz_in_crs):
        return None
    by = kind_of(table, cloud, wanted)
    if by == "class":
        return None
    if by == "file":
        return api.Legend(title={}, unit="", entries=())
    if by == "intensity":
        values, ramp = cloud.columns["intensity"].astype(np.float64), _between(GREYS, len(RAMP))
    else:
        values, ramp = cloud.xyz_in_crs[:, 2], RAMP
    bounds = [None, *np.linspace(*ends(values), len(ramp) + 1)[1:-1].round(1).tolist(), None]
    entries = tuple(
        api.LegendEntry(
            colour="#" + "".join(f"{int(part):02x}" for part in colour),
            label={},
            low=bounds[place],
            high=bounds[place + 1],
        )
        for place, colour in enumerate(ramp)
    )
    return api.Legend(title=TITLES[by], unit="m" if by == "height" else "", entries=entries)


def _between(ramp: NDArray[np.int64], count: int) -> NDArray[np.int64]:
    return np.linspace(ramp[0], ramp[-1], count).astype(np.int64)


def of_points(
    table: api.FeatureTable, cloud: api.PointCloud, wanted: str
) -> NDArray[np.uint8] | None:
    """Return (n, 4) colours, None where the style gives them (by class)."""
    by = kind_of(table, cloud, wanted)
    if by == "class":
        return None
    if by == "file":
        return cloud.rgba_of_point
    if by == "intensity":
        return _ramp(cloud.columns["intensity"].astype(np.float64), GREYS)
    return _ramp(cloud.xyz_in_crs[:, 2], RAMP)


def ends(values: NDArray[np.float64]) -> tuple[float, float]:
    """Return the values at the ends of a ramp, the outermost hundredths left out."""
    return float(np.quantile(values, _TAIL)), float(np.quantile(values, 1 - _TAIL))


def _ramp(values: NDArray[np.float64], ramp: NDArray[np.int64]) -> NDArray[np.uint8]:
    low, high = ends(values)
    share = np.clip((values - low) / max(high - low, 1e-9), 0, 1)
    found = np.full((len(values), 4), 255, np.uint8)
    steps = np.linspace(0, 1, len(ramp))
    for band in range(3):
        found[:, band] = np.rint(np.interp(share, steps, ramp[:, band]))
    return found
