"""From the light of a moment to the uniforms of the shaders."""

from __future__ import annotations

from twin.render.light import Atmosphere, Rgb


def light_uniforms(air: Atmosphere) -> dict[str, Rgb]:
    """Return the uniforms that depend on the sun only, by name."""
    return {
        "uSun": air.sun,
        "uSunSky": air.sun_in_sky,
        "uKey": air.key,
        "uFill": air.fill,
        "uBounce": air.bounce,
        "uZenith": air.zenith,
        "uHorizon": air.horizon,
        "uGlow": air.glow,
        "uDisc": air.disc,
    }
