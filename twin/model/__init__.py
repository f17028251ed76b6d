"""What the city is: project, layer, feature table, geo frame, clock, variants and phases, style, selection, story."""
