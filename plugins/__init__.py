"""The bundled plugins, one folder each: examples to copy, and city services."""
