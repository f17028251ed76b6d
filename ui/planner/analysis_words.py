"""What the answer of an analysis says, in one sentence."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ui.i18n import tr
from ui.i18n.formats import number, quantity

Told = Mapping[str, Any]


def said(kind: str, told: Told) -> str:
    """Return the sentence for the summary of an answer."""
    return _SAID[kind](told)


def _percent(share: float | None) -> str:
    return quantity(100.0 * (share or 0.0), "%", 0)


def _sun(told: Told) -> str:
    if "difference" in told:
        change = told["difference"]
        return tr(
            "analysis.said_sun_difference",
            losing=number(change["losing"]),
            gaining=number(change["gaining"]),
            mean=quantity(change["mean_difference_h"], "h", 2),
            below=number(change["no_longer_meeting"]),
        )
    facade = told["surfaces"].get("facade", {})
    return tr(
        "analysis.said_sun",
        samples=number(told["samples"]),
        share=_percent(facade.get("meeting_share")),
        threshold=quantity(told["threshold_h"], "h", 1),
    )


def _facades(told: Told) -> str:
    return tr(
        "analysis.said_facades",
        facades=number(told["facades"]),
        buildings=number(told["buildings"]),
        share=_percent(told["meeting_share"]),
        threshold=quantity(told["threshold_h"], "h", 1),
    )


def _shade(told: Told) -> str:
    hours = quantity(told["mean_shadow_h"], "h", 1)
    return tr("analysis.said_shade", hours=hours, up=quantity(told["sun_up_h"], "h", 1))


def _irradiation(told: Told) -> str:
    return tr(
        "analysis.said_irradiation",
        energy=quantity(told["roof_kwh_m2"] or 0.0, "kWh/m²", 0),
        pv=quantity(told["roof_pv_mwh"], "MWh", 0),
    )


def _sight(told: Told) -> str:
    count = len(told["lines"])
    return tr("analysis.said_sight", seen=number(told["visible"]), count=number(count))


def _viewshed(told: Told) -> str:
    if "difference" in told:
        change = told["difference"]
        return tr(
            "analysis.said_viewshed_difference",
            gained=number(change["gained"]),
            lost=number(change["lost"]),
        )
    return tr("analysis.said_viewshed", share=quantity(100 * told["visible_share"], "%", 1))


def _monument(told: Told) -> str:
    return tr("analysis.said_monument", share=_percent(told["seeing_share"]))


def _view(told: Told) -> str:
    mean = told["mean"]
    shares = {name: _percent(mean[name]) for name in ("sky", "green", "water", "built")}
    return tr("analysis.said_view", windows=number(told["windows"]), **shares)


def _zoning(told: Told) -> str:
    most = quantity(told["most_m"], "m", 1)
    volume = quantity(told["volume_m3"], "m³", 0)
    return tr("analysis.said_zoning", count=told["exceeding"], most=most, volume=volume)


_SAID: Mapping[str, Callable[[Told], str]] = {
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
