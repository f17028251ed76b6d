"""How much of a file may be promised or unpacked before it is refused or thinned out."""

from __future__ import annotations

MEGABYTE = 1024 * 1024

JSON_BYTES = 1024 * MEGABYTE
"""A JSON document is held in memory while it is cut into features."""

JSON_DEPTH = 64
"""City models nest 12 deep, GeoJSON 8; attributes add a few."""

UNPACKED_BYTES = 4 * 1024 * MEGABYTE
UNPACKED_RATIO = 200
"""Real shapefiles shrink to a tenth, sparse text to a fiftieth."""

ZIP_ENTRIES = 10_000

RASTER_CELLS = 16_000_000
"""Cells kept of a raster: 4,000 by 4,000, 64 MB as float32. More is read thinned out."""

INSPECT_CELLS = 1_000_000
"""Cells that an inspection looks at where there are more than the budget."""

RASTER_DECODED_CELLS = 4_000_000_000
"""Cells that may be decoded to thin a raster that has no overviews."""

VERTICES = 200_000_000
FEATURES = 20_000_000

INSPECT_FEATURES = 2_000_000
"""Above this, an inspection trusts the counts of the file and does not read every row."""

BATCH_ROWS = 4096
"""Rows handled at a time: short enough that no batch holds the interpreter for 50 ms."""

TEXTURE_PIXELS = 48_000_000
"""Pixels of all textures of a file together; more are made smaller. Also the most of one picture."""

TEXTURE_BYTES = 256 * MEGABYTE
"""The most that one file named by a model (picture, buffer, material) may have."""

INSTANCES = 200_000
"""How often one model may stand in a tile."""

TILES_BYTES = 768 * MEGABYTE
"""Contents of a tileset that are read at once; larger ones are to be streamed."""

CLOUD_POINTS = 500_000
"""Points of a cloud that are read where nobody says how many."""

CLOUD_POINTS_MOST = 10_000_000
INSPECT_POINTS = 250_000
