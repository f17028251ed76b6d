"""Pure functions on arrays: where the sun stands, what it lights, what can be seen."""
