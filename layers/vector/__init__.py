"""Any points, lines and polygons: roads, parks, water, trees, walls, pipes, names."""
