"""Drawables to actors: a part that only computes with arrays, on any thread, and a part that makes VTK objects."""
