"""What a plugin in a sandbox may use: time, memory, size of its answers."""

from __future__ import annotations

from dataclasses import dataclass

MIB = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """Limits of one isolated plugin process; what exceeds one is stopped and counts as a strike.

    Parameters
    ----------
    start_s, load_s, build_s, ask_s : float
        Seconds for importing it, for ``load``, for ``build``, and for the short questions that a window
        waits for (``describe``, ``columns_at`` ...).
    cancel_s : float
        Seconds that a cancelled call has to stop by itself.
    memory_mib : int
        Address space of the process.
    answer_mib : int
        Bytes of one answer: tables and geometry.
    vertices : int
        Vertices of all drawables of one ``build``.
    files : int
        Open files.
    """

    start_s: float = 20.0
    load_s: float = 180.0
    build_s: float = 60.0
    ask_s: float = 1.0
    cancel_s: float = 0.2
    memory_mib: int = 6144
    answer_mib: int = 1024
    vertices: int = 30_000_000
    files: int = 256


CHECK = Budget(start_s=15.0, load_s=10.0, build_s=10.0, ask_s=5.0)
"""What ``plugins check`` allows: its samples are small."""
