"""The application: Qt, and nothing that knows a concrete layer or plugin."""
