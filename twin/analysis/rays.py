"""Rays against the triangles of a town, by embree, on all cores; stopped within a moment."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from twin.analysis.town import Soup
from twin.progress import Progress

Float32 = NDArray[np.float32]
Float64 = NDArray[np.float64]
CHUNK = 16_384
"""Samples that a thread takes at a time; their rays of one direction take a few milliseconds."""

POLL_S = 0.05


@dataclass(frozen=True, eq=False)
class Hits:
    """What rays met first.

    Parameters
    ----------
    triangle : (n,) int32
        Triangle of the soup, -1 for none.
    distance_m : (n,) float32
        Along the ray; infinite for none.
    """

    triangle: NDArray[np.int32]
    distance_m: Float32


class Caster:
    """Casts rays at a soup of triangles.

    Embree (through embreex) keeps the triangles in a tree of boxes; its calls leave the interpreter free, so
    that threads use every core. Origins that are neighbours in the array should be neighbours in space: see
    :func:`morton_order`.
    """

    def __init__(self, soup: Soup) -> None:
        from embreex.mesh_construction import TriangleMesh
        from embreex.rtcore_scene import EmbreeScene

        self.soup = soup
        self._empty = len(soup) == 0
        self._scene = EmbreeScene()
        if not self._empty:
            # The mesh keeps no reference of its own to the scene's memory: both live as long as the caster.
            self._mesh = TriangleMesh(
                self._scene,
                np.ascontiguousarray(soup.xyz_in_scene, np.float32),
                np.ascontiguousarray(soup.triangles, np.int32),
            )
            # The first call builds the tree; threads come after it.
            self.blocked(np.zeros((1, 3), np.float32), np.array([[0.0, 0.0, 1.0]], np.float32))

    def blocked(
        self, origins: Float32, directions: Float32, far_m: Float32 | None = None
    ) -> NDArray[np.bool_]:
        """Return (n,) True where anything stands in the way, up to ``far_m`` if given."""
        if self._empty or not len(origins):
            return np.zeros(len(origins), bool)
        # embree writes into the array of distances: give it one of its own.
        far = None if far_m is None else far_m.astype(np.float32)
        found = self._scene.run(origins, directions, dists=far, query="OCCLUDED")
        return np.asarray(found) >= 0

    def first(self, origins: Float32, directions: Float32) -> Hits:
        """Return what each ray meets first; directions need not be unit vectors of length 1."""
        n = len(origins)
        if self._empty or not n:
            return Hits(np.full(n, -1, np.int32), np.full(n, np.inf, np.float32))
        found = self._scene.run(origins, directions, output=True)
        triangle = np.asarray(found["primID"], np.int32)
        distance = np.asarray(found["tfar"], np.float32)
        return Hits(triangle, np.where(triangle >= 0, distance, np.inf).astype(np.float32))


def morton_order(xyz: Float64) -> NDArray[np.intp]:
    """Return the order (n,) in which points follow a space-filling curve (G. M. Morton, 1966)."""
    if not len(xyz):
        return np.zeros(0, np.intp)
    low = xyz.min(axis=0)
    size = max(float(np.ptp(xyz, axis=0).max()), 1e-9)
    cell = ((xyz - low) / size * 1023.0).astype(np.uint32)
    code = _spread(cell[:, 0]) | (_spread(cell[:, 1]) << 1) | (_spread(cell[:, 2]) << 2)
    return np.argsort(code, kind="stable")


def _spread(x: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """Put two zero bits between the ten bits of each number."""
    for shift, mask in ((16, 0x030000FF), (8, 0x0300F00F), (4, 0x030C30C3), (2, 0x09249249)):
        x = (x | (x << np.uint32(shift))) & np.uint32(mask)
    return x


class Stopped(Exception):  # noqa: N818 - the signal inside this module that a thread may rest
    """A thread found that the work was cancelled."""


Stop = Callable[[], None]
"""Raises :class:`Stopped` when the work was cancelled; cheap, called every few milliseconds."""


def in_chunks(
    count: int,
    work: Callable[[slice, Stop], None],
    progress: Progress,
    *,
    unit: str = "samples",
    chunk: int = CHUNK,
) -> None:
    """Run ``work(slice, stop)`` over all chunks of an array on all cores.

    A thread takes ``chunk`` elements at a time; fewer where each costs many rays.

    Raises
    ------
    Cancelled
        The job was asked to stop; the threads have stopped by then.
    """
    event = threading.Event()

    def stop() -> None:
        if event.is_set():
            raise Stopped

    starts = range(0, count, chunk)
    with ThreadPoolExecutor(cores(), thread_name_prefix="belvedere-rays") as pool:
        waiting = {pool.submit(work, slice(s, min(s + chunk, count)), stop) for s in starts}
        try:
            while waiting:
                finished, waiting = wait(waiting, timeout=POLL_S, return_when=FIRST_COMPLETED)
                for future in finished:
                    future.result()
                progress.progress(count - min(len(waiting) * chunk, count), count, unit)
                progress.check_cancelled()
        except BaseException:
            event.set()
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return max(1, len(os.sched_getaffinity(0)))
    return os.cpu_count() or 1
