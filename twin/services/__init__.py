"""Web services: one HTTP client, one module for each kind of service, addresses as data.

A connector asks a service for what it has in an area and writes it to files that :mod:`twin.io` reads:
whatever comes over the wire goes through the same guards as a file that was dropped on the window.
"""
