"""The kinds of kept analyses: from what was asked and a frozen town to an answer. Runs in a process of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.analysis.answer import Answer
from twin.analysis.sun_study import SunAsked
from twin.analysis.sunhours import STEP_MIN
from twin.analysis.town import Town
from twin.analysis.zoning import BREACHES, Excess, Rules
from twin.errors import BelvedereError
from twin.progress import Progress
from twin.shapes import surface_height
from twin.work.answers import write_answer
from twin.work.sampling import Choice, around, wanted_of

VIEW_SPACING_M = 6.0
MONUMENT_SPACING_M = 2.0
EXCESS, ENVELOPE = "excess", "envelope"
PROUD_M = 0.15
RING_M, MOST_CAGES = 0.25, 2_000
"""Envelopes are drawn as rings so high; of so many plots at most, those that are exceeded first."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Outlines:
    """Features of a layer as arrays.

    Parameters
    ----------
    wkb : (n,) object
        Outlines in the CRS.
    number : (n,) float64
        Height, or the height that is allowed.
    name : (n,) object of str
        Feature id, or the name of the rule.
    rules : Rules or None
        Of zones: what is allowed in each.
    """

    wkb: NDArray[Any]
    number: NDArray[np.float64]
    name: NDArray[Any]
    rules: Rules | None = None


@dataclass(frozen=True, eq=False, kw_only=True)
class Ready:
    """A question with all that its answer takes.

    Parameters
    ----------
    before : Town or None
        What the answer is compared with.
    green : (n,) object
        Parks and lawns as WKB in the CRS.
    dwellings : mapping of feature id to number, or None
    """

    kind: str
    asked: Mapping[str, Any]
    town: Town
    before: Town | None = None
    zones: Outlines | None = None
    buildings: Outlines | None = None
    green: NDArray[Any] | None = None
    dwellings: Mapping[str, float] | None = None


def answer_of(ready: Ready, progress: Progress) -> Answer:
    """Answer a question. Can be cancelled at any moment."""
    return STUDIES[ready.kind](ready, progress)


def keep_answer(ready: Ready, path: str, progress: Progress) -> dict[str, Any]:
    """Answer a question and write the answer; return its summary and the names of its columns."""
    answer = answer_of(ready, progress)
    write_answer(answer, Path(path))
    return {"summary": dict(answer.summary), "columns": list(answer.columns), "rows": len(answer)}


def choice_of(asked: Mapping[str, Any], **others: Any) -> Choice:
    """Return what is sampled."""
    box = asked.get("box")
    choice = Choice(
        layers=tuple(asked.get("layers", ())),
        features=tuple(asked.get("features", ())),
        spacing_m=asked.get("spacing_m"),
        box_in_crs=tuple(float(v) for v in box) if box else None,
        surfaces=tuple(asked.get("surfaces", ())) or ("facade", "roof", "ground"),
    )
    return replace(choice, **others)


def sun_asked(asked: Mapping[str, Any]) -> SunAsked:
    """Return the days of a question."""
    first = date.fromisoformat(str(asked["date"]))
    last = date.fromisoformat(str(asked.get("until") or first.isoformat()))
    return SunAsked(
        first=first,
        last=last,
        threshold_h=float(asked.get("threshold_h", 2.0)),
        step_min=float(asked.get("step_min", STEP_MIN)),
        between_h=tuple(asked.get("between_h", (0.0, 24.0))),
        trees=bool(asked.get("trees", True)),
    )


def _sun(ready: Ready, progress: Progress) -> Answer:
    from twin.analysis.difference import sun_difference
    from twin.analysis.sun_study import sun_study

    wanted, days = wanted_of(ready.town, choice_of(ready.asked)), sun_asked(ready.asked)
    if ready.before is not None:
        return sun_difference(ready.before, ready.town, days, wanted, progress)
    return sun_study(ready.town, days, wanted, progress)


def _facades(ready: Ready, progress: Progress) -> Answer:
    from twin.analysis.facades import facade_report

    wanted = wanted_of(ready.town, choice_of(ready.asked, surfaces=("facade",)))
    days = sun_asked(ready.asked)
    return facade_report(ready.town, days, wanted, progress, dwellings=ready.dwellings)


def _shade(ready: Ready, progress: Progress) -> Answer:
    from twin.analysis.shade import shade_study

    places = _places(ready, "places")
    names = [str(n) for n in ready.asked.get("names", ())] or _numbered(len(places))
    days = sun_asked(ready.asked)
    return shade_study(ready.town, places, names, days, progress, before=ready.before)


def _irradiation(ready: Ready, progress: Progress) -> Answer:
    from twin.analysis.irradiation import PanelAsked, irradiation

    wanted = wanted_of(ready.town, choice_of(ready.asked))
    return irradiation(
        ready.town, PanelAsked(), wanted, int(ready.asked.get("year", 2026)), progress
    )


def _sight(ready: Ready, progress: Progress) -> Answer:
    from twin.analysis.sight import sight_lines

    eye, *targets = _places(ready, "places")
    answer = sight_lines(ready.town, [(eye, target) for target in targets], progress)
    return _drawn(answer, ready.town)


def _drawn(answer: Answer, town: Town) -> Answer:
    """Give each line of sight its geometry: as far as one sees, and what lies behind."""
    import shapely

    rows: list[tuple[int, bool, Any]] = []
    for i, line in enumerate(answer.summary["lines"]):
        start, end = np.array(line["from"]), np.array(line["to"])
        if line["visible"]:
            rows.append((i, True, shapely.LineString([start, end])))
            continue
        stop = start + (end - start) * min(line["blocked_m"] / max(line["distance_m"], 1e-9), 1.0)
        rows.append((i, True, shapely.LineString([start, stop])))
        rows.append((i, False, shapely.LineString([stop, end])))
    index = np.array([row[0] for row in rows], np.intp)
    columns = {name: values[index] for name, values in answer.columns.items() if name != "visible"}
    columns["target_visible"] = answer.columns["visible"][index]
    columns["visible"] = np.array([row[1] for row in rows], bool)
    columns["geometry"] = np.array([row[2] for row in rows], object)
    return replace(answer, columns=columns, crs=town.frame.crs)


def _viewshed(ready: Ready, progress: Progress) -> Answer:
    from twin.analysis.difference import viewshed_difference
    from twin.analysis.sight import viewshed

    eyes = _places(ready, "eyes")
    radius = float(ready.asked.get("radius_m", 400.0))
    wanted = around(wanted_of(ready.town, choice_of(ready.asked)), list(eyes), radius)
    if ready.before is not None:
        return viewshed_difference(
            ready.before, ready.town, eyes, wanted, progress, radius_m=radius
        )
    return viewshed(ready.town, eyes, wanted, progress, radius_m=radius)


def _monument(ready: Ready, progress: Progress) -> Answer:
    from twin.analysis.views import MonumentAsked, monument_study

    told = ready.asked
    choice = choice_of(
        told, spacing_m=MONUMENT_SPACING_M, surfaces=("facade", "roof"), box_in_crs=None
    )
    if not choice.features:
        raise BelvedereError("analyse.no_monument")
    asked = MonumentAsked(
        radius_m=float(told.get("radius_m", 500.0)), spacing_m=float(told.get("spacing_m") or 10.0)
    )
    monument = wanted_of(ready.town, choice)
    return monument_study(ready.town, monument, asked, progress, before=ready.before)


def _view(ready: Ready, progress: Progress) -> Answer:
    import shapely

    from twin.analysis.views import view_study

    spacing = float(ready.asked.get("spacing_m") or VIEW_SPACING_M)
    choice = choice_of(ready.asked, spacing_m=spacing, surfaces=("facade",))
    green: Sequence[Any] = ()
    if ready.green is not None and len(ready.green):
        x, y = ready.town.frame.origin[:2]
        green = list(shapely.transform(shapely.from_wkb(ready.green), lambda xy: xy - (x, y)))
    wanted = wanted_of(ready.town, choice)
    return view_study(ready.town, wanted, progress, green=green, before=ready.before)


def _zoning(ready: Ready, progress: Progress) -> Answer:
    import shapely

    from twin.analysis.zoning import HEIGHT, exceeding

    zones, buildings = ready.zones, ready.buildings
    assert zones is not None  # noqa: S101 - asked with them
    assert zones.rules is not None  # noqa: S101
    assert buildings is not None  # noqa: S101
    plots = shapely.from_wkb(zones.wkb)
    found = exceeding(plots, zones.rules, shapely.from_wkb(buildings.wkb), buildings.number)
    progress.check_cancelled()
    rings = _rings(plots, zones.rules, {one.plot for one in found})
    over = [one.height_m for one in found if one.breach == HEIGHT]
    return Answer(
        kind="zoning",
        columns=_zoning_columns(ready.town, zones, buildings, found, rings),
        summary={
            "exceeding": len({one.building for one in found}),
            "most_m": round(max(over, default=0.0), 2),
            "volume_m3": round(sum(one.shape.area * one.height_m for one in found)),
            "breaches": {b: sum(one.breach == b for one in found) for b in BREACHES},
        },
        value="height_m",
        unit="m",
        crs=ready.town.frame.crs,
    )


Ring = tuple[int, Any, float]
"""Of an envelope: its plot, its outline, its height above the ground."""


def _rings(plots: NDArray[Any], rules: Rules, exceeded: set[int]) -> list[Ring]:
    """Return the envelopes of plots; of very many plots only those that are exceeded."""
    from twin.analysis.zoning import cage

    shown = sorted(exceeded) if len(plots) > MOST_CAGES else range(len(plots))
    return [
        (plot, ring, level)
        for plot in list(shown)[:MOST_CAGES]
        for ring, level in cage(plots[plot], rules, plot)
    ]


def _zoning_columns(
    town: Town, zones: Outlines, buildings: Outlines, found: Sequence[Excess], rings: Sequence[Ring]
) -> dict[str, NDArray[Any]]:
    """Return what exceeds, then the rings of the envelopes, with the rule of the zone of each.

    What exceeds is drawn a little larger than it is, or it would flicker with the walls and roofs that it is made of.
    """
    import shapely

    plot = np.array([*(one.plot for one in found), *(plot for plot, _, _ in rings)], np.intp)
    shapes = np.array([*(one.shape for one in found), *(ring for _, ring, _ in rings)], object)
    above = np.array([*(one.base_m for one in found), *(level for _, _, level in rings)])
    high = np.array([*(one.height_m for one in found), *([RING_M] * len(rings))])
    names = [buildings.name[one.building] for one in found]
    larger = np.arange(len(shapes)) < len(found)
    shapes[larger] = shapely.buffer(shapes[larger], PROUD_M, join_style="mitre")
    middle = shapely.get_coordinates(shapely.point_on_surface(shapes)) - town.frame.origin[:2]
    foot = surface_height(town.ground, middle) + town.frame.origin[2]
    return {
        "feature_id": np.array([*names, *zones.name[plot[len(found) :]]], object),
        "part": np.array([EXCESS] * len(found) + [ENVELOPE] * len(rings), object),
        "breach": np.array([*(one.breach for one in found), *([""] * len(rings))], object),
        "rule": zones.name[plot].astype(object),
        "allowed_m": np.round(above, 2),
        "height_m": np.round(high, 2),
        "drawn_m": np.round(high + PROUD_M * larger, 2),
        "base_z_m": np.round(foot + above, 2),
        "geometry": shapes,
    }


def _places(ready: Ready, name: str) -> NDArray[np.float64]:
    """Return (n, 3) places of a question in the scene.

    Raises
    ------
    BelvedereError
        ``analyse.no_place``: none is given.
    """
    places = np.array(ready.asked.get(name, ()), np.float64).reshape(-1, 3)
    if len(places) < (2 if ready.kind == "sight" else 1):
        raise BelvedereError("analyse.no_place")
    return np.asarray(places - np.array(ready.town.frame.origin))


def _numbered(count: int) -> list[str]:
    return [str(i + 1) for i in range(count)]


STUDIES: Mapping[str, Callable[[Ready, Progress], Answer]] = {
    "sun": _sun,
    "facades": _facades,
    "shade": _shade,
    "irradiation": _irradiation,
    "sight": _sight,
    "viewshed": _viewshed,
    "monument": _monument,
    "view": _view,
    "zoning": _zoning,
}
