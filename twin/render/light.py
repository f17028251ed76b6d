"""What colour the sun, the sky and the air have, by the height of the sun. Pure numpy.

The steps are chosen by eye for a soft model look: a warm key light, a cool fill from the sky, a warm
bounce from the ground. Colours are linear light.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

Rgb = tuple[float, float, float]


@dataclass(frozen=True)
class Atmosphere:
    """The light of one moment.

    Parameters
    ----------
    sun : tuple of 3 float
        Unit vector towards the key light: the sun, at night a moon.
    sun_in_sky : tuple of 3 float
        Unit vector towards the true sun, for the glow at the horizon.
    key, fill, bounce : tuple of 3 float
        Light of the sun, the sky above, the ground below.
    zenith, horizon, glow, disc : tuple of 3 float
        Colours of the sky; ``glow`` is added towards the sun, ``disc`` is the sun itself.
    night : float
        0 by day, 1 when lamps are lit.
    daylight : float
        1 by day, about 0.2 at night: how bright what is not lit by the sun looks.
    shadow : float
        How dark cast shadows are.
    """

    sun: Rgb
    sun_in_sky: Rgb
    key: Rgb
    fill: Rgb
    bounce: Rgb
    zenith: Rgb
    horizon: Rgb
    glow: Rgb
    disc: Rgb
    night: float
    daylight: float
    shadow: float


# elevation: key, fill, bounce, zenith, horizon, glow, night, daylight, shadow
_STEPS: tuple[tuple[float, tuple[float, ...]], ...] = (
    # At night the light from below is that of the streets.
    (-16, (.055, .072, .125, .062, .082, .150, .115, .080, .046,
           .004, .008, .024, .016, .027, .060, .000, .000, .000, 1.0, .26, .55)),
    (-7, (.050, .062, .108, .095, .118, .200, .115, .084, .056,
          .012, .028, .085, .070, .092, .175, .150, .055, .018, 1.0, .42, .45)),
    (-2, (.16, .11, .10, .21, .24, .34, .135, .105, .088,
          .050, .105, .245, .255, .285, .385, .52, .19, .06, .85, .62, .40)),
    (2, (.68, .35, .17, .27, .30, .39, .165, .13, .105,
         .105, .20, .40, .49, .47, .50, .62, .30, .09, .35, .85, .85)),
    (8, (1.02, .68, .40, .29, .335, .43, .205, .17, .13,
         .130, .275, .55, .58, .61, .67, .52, .31, .13, .0, 1.0, .94)),
    (20, (1.06, .86, .65, .27, .33, .43, .205, .175, .14,
          .115, .275, .57, .57, .66, .74, .22, .16, .09, .0, 1.0, .96)),
    (45, (1.00, .90, .76, .26, .32, .42, .20, .178, .148,
          .100, .25, .56, .55, .66, .76, .10, .085, .06, .0, 1.0, .96)),
)  # fmt: skip


def direction(azimuth_deg: float, elevation_deg: float) -> Rgb:
    """Return the unit vector towards a place in the sky, azimuth clockwise from north."""
    azimuth, elevation = math.radians(azimuth_deg), math.radians(elevation_deg)
    flat = math.cos(elevation)
    return (math.sin(azimuth) * flat, math.cos(azimuth) * flat, math.sin(elevation))


def atmosphere(azimuth_deg: float, elevation_deg: float) -> Atmosphere:
    """Return the light for a place of the sun.

    Parameters
    ----------
    azimuth_deg : float
        Clockwise from north.
    elevation_deg : float
        Above the horizon; negative below.
    """
    heights = [height for height, _ in _STEPS]
    table = np.array([values for _, values in _STEPS])
    v = [float(np.interp(elevation_deg, heights, column)) for column in table.T]
    sun = direction(azimuth_deg, elevation_deg)
    # Below the horizon a moon takes over, opposite the sun; near it light still comes from a low sun.
    key_at = direction(azimuth_deg, max(elevation_deg, 3.0))
    if elevation_deg < -5.0:
        key_at = direction(azimuth_deg + 140.0, 42.0)
    disc = 6.0 * float(np.clip((elevation_deg + 1.5) / 3.0, 0.0, 1.0))
    return Atmosphere(
        sun=key_at,
        sun_in_sky=sun,
        key=(v[0], v[1], v[2]),
        fill=(v[3], v[4], v[5]),
        bounce=(v[6], v[7], v[8]),
        zenith=(v[9], v[10], v[11]),
        horizon=(v[12], v[13], v[14]),
        glow=(v[15], v[16], v[17]),
        disc=(disc, disc * 0.85, disc * 0.6),
        night=v[18],
        daylight=v[19],
        shadow=v[20],
    )
