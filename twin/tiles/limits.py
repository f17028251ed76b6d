"""How much of a tileset one picture may have. Light, as whatever draws imports it."""

from __future__ import annotations

MOST_DRAWN_BYTES = 176 << 20
"""Of the tiles of one picture: some two million triangles with what picks them, however large the city is."""
DRAWN_BY_A_CARD_BYTES = 512 << 20
"""The same where a graphics card draws: some six million triangles."""
MOST_MOVING_BYTES = 28 << 20
"""The same while the view moves: some 300,000 triangles, 25 ms without a graphics card. A flight would stumble."""
