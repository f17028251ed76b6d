"""The welcome robot: a local door by which a greeter in the hall asks for scenes and the words to say."""

from __future__ import annotations
