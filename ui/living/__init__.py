"""The living city in the window: feeds, what happens, alerts, charts."""
