"""How far one gets: by Valhalla where it is installed, else estimated; what layers call."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from twin.model.geoframe import GeoFrame
from twin.problems import Problem, Severity
from twin.progress import Progress
from twin.routing import estimate, program, valhalla
from twin.routing.rides import Rides
from twin.routing.start import ACCESS_M, SPEED_M_S, Mode, Reach, Router, Start
from twin.routing.streets import Streets

Float64 = NDArray[np.float64]


def how_far(
    start: Start,
    stops: tuple[Rides, Float64],
    streets: Streets | None,
    frame: GeoFrame,
    ctx: Progress,
) -> Reach:
    """Return how long it takes to streets and stops.

    Parameters
    ----------
    stops : tuple of Rides and (s, 2) float64
        What runs, and where its stops are in the project's CRS; NaN where that is not known.
    streets : Streets or None
        None: stops are reached as the crow flies, with a detour.
    ctx : LoadContext or any Progress
        Told where the router failed and an estimate stands in its place; stops the router when cancelled.

    Raises
    ------
    Cancelled
        The job was asked to stop.
    """
    rides, stop_xy = stops
    if streets is None or not len(streets.ends):
        return _by_crow(start, rides, stop_xy)
    node_s, router = None, Router.ESTIMATE
    if program.installed():
        try:
            node_s = valhalla.seconds_to_nodes(streets, start, frame, ctx, stops)
            router = Router.VALHALLA
        except (program.RoutingError, OSError) as error:
            reason = str(error)[:200]
            ctx.report(Problem("routing.estimated", "", {"reason": reason}, Severity.WARNING))
    else:
        ctx.report(Problem("routing.not_installed", "", {"extra": "routing"}, Severity.INFO))
    if node_s is None:
        return _estimated(start, rides, stop_xy, streets)
    stop_s = _at_stops(streets, node_s, stop_xy, SPEED_M_S[start.mode])
    return _within(start, stop_s, streets.seconds_of_rows(node_s), router)


def _by_crow(start: Start, rides: Rides, stop_xy: Float64) -> Reach:
    stop_s = estimate.seconds_by_crow(start, stop_xy)
    if start.mode is Mode.TRANSIT:
        stop_s = estimate.seconds_by_rides(rides, start, stop_s)
    return _within(start, stop_s, np.zeros(0), Router.ESTIMATE)


def _estimated(start: Start, rides: Rides, stop_xy: Float64, streets: Streets) -> Reach:
    speed = SPEED_M_S[start.mode]
    node_s = estimate.seconds_to_nodes(streets, start)
    stop_s = _at_stops(streets, node_s, stop_xy, speed)
    if start.mode is Mode.TRANSIT:
        stop_s = estimate.seconds_by_rides(rides, start, stop_s)
        there = np.isfinite(stop_s)
        by_ride = estimate.seconds_from_stops(streets, stop_xy[there], stop_s[there], speed)
        node_s = np.minimum(node_s, by_ride)
    return _within(start, stop_s, streets.seconds_of_rows(node_s), Router.ESTIMATE)


def _at_stops(streets: Streets, node_s: Float64, stop_xy: Float64, speed_m_s: float) -> Float64:
    found = np.full(len(stop_xy), np.inf)
    there = np.flatnonzero(np.isfinite(stop_xy).all(axis=1))
    if len(there):
        near, away = streets.nearest(stop_xy[there])
        found[there] = np.where(away <= ACCESS_M, node_s[near] + away / speed_m_s, np.inf)
    return found


def _within(start: Start, stop_s: Float64, street_s: Float64, router: Router) -> Reach:
    stops = np.where(stop_s <= start.most_s, stop_s, np.nan)
    streets = np.where(street_s <= start.most_s, street_s, np.nan)
    return Reach(stop_s=stops, street_s=streets, router=router)
