"""Facts of the demo city, rounded: outline, river, islands, relief, rail, stations, the Fort.

General knowledge of the place written down by hand and rounded to about ten metres, so nothing here is
survey data. Points are *short* coordinates: metres east and north of ``ORIGIN`` in EPSG:2154; heights are
metres NGF. ``docs/demo-city.md`` says where each fact comes from.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import shapely
from shapely import LineString, MultiPolygon, Polygon, box

from twin.synth.plane import Float64, Xy, chaikin, union_of

CRS = "EPSG:2154"
ORIGIN = (640_000.0, 6_850_000.0)
EXTENT = (3_100.0, 6_450.0, 8_600.0, 10_350.0)
"""West, south, east, north of the model in short coordinates."""
CELL_M = 10.0

RIVER_LEVEL_M = 26.7
"""Usual level of the Seine above the lock of Suresnes, metres NGF."""

OUTLINE: Xy = (
    (7830, 8930), (7710, 8920), (7630, 8950), (7720, 8840), (7480, 8840), (7370, 8800), (7180, 8670),
    (7140, 8590), (7200, 8530), (7210, 8400), (7250, 8350), (7220, 8330), (7280, 8150), (7240, 8130),
    (7270, 8040), (7160, 7940), (7000, 7820), (6920, 7730), (6840, 7710), (6710, 7580), (6600, 7440),
    (6580, 7390), (6400, 7370), (6190, 7350), (6020, 7310), (5950, 7410), (5760, 7280), (5690, 7400),
    (5650, 7390), (5580, 7520), (5540, 7500), (5490, 7590), (5440, 7580), (5400, 7700), (5340, 7660),
    (5080, 7630), (5000, 7620), (4920, 7750), (4840, 7800), (4580, 7880), (4390, 7930), (4400, 8090),
    (4250, 8090), (4090, 8130), (3910, 8210), (4050, 8210), (4170, 8240), (4340, 8330), (4520, 8390),
    (4930, 8570), (5060, 8670), (5290, 8910), (5550, 9170), (5750, 9360), (5890, 9570), (6230, 9640),
    (6270, 9630), (6410, 9470), (6220, 9300), (6230, 8910), (6610, 8900), (6800, 9070), (7070, 9400),
    (7490, 9150),
)  # fmt: skip
LEFT_BANK: Xy = (
    (6860, 10700), (6600, 10370), (6400, 10090), (6170, 9790), (6010, 9550), (5860, 9340), (5775, 9210),
    (5700, 9010), (5620, 8820), (5500, 8670), (5380, 8530), (5230, 8370), (5100, 8280), (4970, 8205),
    (4800, 8130), (4620, 8070), (4410, 8025), (4250, 8045), (4090, 8080), (3900, 8125), (3650, 8220),
    (3400, 8330), (3200, 8490), (3000, 8720),
)  # fmt: skip
RIGHT_BANK: Xy = (
    (6640, 10780), (6440, 10480), (6230, 10190), (6000, 9890), (5810, 9630), (5640, 9430), (5520, 9290),
    (5350, 9060), (5250, 8960), (5110, 8800), (4990, 8690), (4880, 8610), (4720, 8540), (4500, 8450),
    (4330, 8395), (4200, 8420), (4080, 8480), (3900, 8560), (3700, 8630), (3400, 8740), (3150, 8850),
    (2980, 8960),
)  # fmt: skip
SAINT_GERMAIN: Xy = (
    (4080, 8180), (4250, 8235), (4370, 8290), (4540, 8345), (4730, 8430), (4900, 8500), (5040, 8580),
    (5180, 8720), (5330, 8870), (5480, 9030), (5620, 9165), (5690, 9245), (5705, 9240), (5675, 9170),
    (5640, 9070), (5560, 8865), (5440, 8722), (5320, 8580), (5180, 8430), (5060, 8340), (4930, 8270),
    (4780, 8200), (4600, 8140), (4420, 8095), (4250, 8130), (4130, 8160),
)  # fmt: skip
SEGUIN: Xy = (
    (4080, 8340), (3980, 8420), (3800, 8510), (3600, 8590), (3350, 8690), (3200, 8760), (3000, 8830),
    (3020, 8750), (3180, 8670), (3300, 8570), (3500, 8450), (3700, 8360), (3900, 8300), (4020, 8300),
)  # fmt: skip

SPOT_HEIGHTS: tuple[tuple[float, float, float], ...] = (
    # the flood plain of Boulogne and of Paris
    (4500, 9500, 33), (3500, 9200, 31), (5000, 10200, 35), (5300, 9500, 32), (4300, 8700, 31),
    (3300, 10300, 34), (6600, 9700, 33), (7000, 9900, 34), (7500, 9700, 38), (7700, 9350, 39),
    (8300, 9800, 45), (8300, 9100, 51), (6700, 10300, 33), (8000, 10400, 42), (5900, 10300, 33),
    # Val de Seine, the quays, Les Moulineaux
    (5900, 8900, 31), (6000, 8700, 32), (5700, 8700, 31), (6200, 9300, 32), (6500, 9200, 33),
    (6400, 8700, 36), (6050, 8500, 35), (5800, 8450, 33), (5000, 8150, 31), (5500, 8400, 32),
    (5300, 8200, 34), (4800, 8020, 35), (4400, 7950, 35), (4100, 7990, 33),
    # the centre, from the plain to the hill of the church
    (7070, 8800, 42), (6700, 8900, 37), (6620, 8470, 48), (6850, 8600, 45), (7250, 8950, 44),
    (7500, 9000, 46), (6230, 8300, 46), (5720, 8130, 41), (5540, 7980, 46), (5200, 7900, 43),
    (5020, 7800, 47), (6600, 8200, 58), (6800, 8240, 62), (7090, 8280, 60), (6400, 8100, 64),
    # the plateau: Fort, Épinettes, Clamart side
    (7050, 7930, 74), (6350, 7690, 90), (6400, 7400, 89), (6100, 7900, 75), (6050, 8050, 67),
    (5730, 7770, 73), (5550, 7830, 62), (5800, 7880, 71), (5600, 7600, 82), (5950, 7450, 89),
    (6720, 7370, 83), (6650, 7800, 82), (5200, 7690, 61), (4900, 7800, 48), (4600, 7900, 41),
    # the valley and the terrace of Meudon
    (4400, 7500, 52), (4000, 7700, 63), (3600, 7900, 52), (3500, 7300, 96), (3300, 6800, 132),
    (3600, 6400, 156), (4200, 6900, 84), (4800, 7100, 97), (5000, 6600, 107), (3900, 6900, 92),
    (4400, 6500, 112), (3300, 7600, 72), (3150, 8150, 36),
    # Clamart, Vanves, Malakoff
    (5600, 6900, 101), (6200, 6700, 100), (6500, 6400, 102), (7000, 6800, 92), (7600, 7000, 84),
    (7200, 7400, 82), (7500, 7700, 77), (8000, 7800, 73), (8500, 7300, 77), (8500, 8100, 69),
    (7500, 8200, 67), (8000, 8600, 58), (7600, 8600, 56), (8500, 8700, 59), (8600, 6500, 82),
)  # fmt: skip
"""East, north, height in metres NGF: broad relief, from general knowledge, good to a few metres."""

FORT_CENTRE = (6355.0, 7690.0)
FORT_TIP_RADIUS_M = 222.0
FORT_AREA_HA = 12.0


def absolute(points: Xy) -> Float64:
    """Return (n, 2) EPSG:2154 coordinates of short ones."""
    return np.asarray(points, dtype=np.float64) + ORIGIN


@cache
def model_extent() -> Polygon:
    """Return the rectangle that the model covers."""
    west, south, east, north = EXTENT
    return box(west + ORIGIN[0], south + ORIGIN[1], east + ORIGIN[0], north + ORIGIN[1])


@cache
def commune() -> Polygon:
    """Return the commune, about 4.25 square kilometres."""
    return Polygon(absolute(OUTLINE))


@cache
def left_bank() -> LineString:
    """Return the bank on the side of Issy, from upstream to downstream."""
    return LineString(chaikin(absolute(LEFT_BANK), rounds=3))


@cache
def right_bank() -> LineString:
    """Return the bank on the side of Boulogne, from upstream to downstream."""
    return LineString(chaikin(absolute(RIGHT_BANK), rounds=3))


@cache
def islands() -> tuple[Polygon, Polygon]:
    """Return Île Saint-Germain and Île Seguin."""
    rings = (chaikin(absolute(ring), rounds=3, closed=True) for ring in (SAINT_GERMAIN, SEGUIN))
    first, second = (Polygon(ring) for ring in rings)
    return first, second


@cache
def river() -> Polygon | MultiPolygon:
    """Return the water of the Seine inside the model."""
    left, right = (shapely.get_coordinates(bank()) for bank in (left_bank, right_bank))
    water = Polygon(np.vstack([left, right[::-1]])).difference(shapely.union_all(islands()))
    return union_of([shapely.intersection(water, model_extent())])
