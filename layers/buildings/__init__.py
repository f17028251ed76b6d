"""Buildings: footprints raised to their heights, or the surfaces of a city model."""
