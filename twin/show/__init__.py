"""Telling a story: where the camera flies, which stop is on, what a show needs before it begins. No Qt."""
