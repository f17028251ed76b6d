"""Decoders: what platforms send, to readings and datastreams. Pure functions that never raise on bad input."""
