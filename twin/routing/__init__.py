"""How far one gets from a place, on foot, by bike and by public transport: asked of a router, or estimated."""
