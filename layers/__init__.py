"""The built-in layers, one folder each, through the same door as the plugin of a stranger."""
