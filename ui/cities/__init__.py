"""A new city from the services that have it."""
