"""Runs the leaves: in this process, on all its cores, or on the workers of a Dask scheduler; the same function."""

from __future__ import annotations

import copyreg
import os
import pickle
import socket
from collections.abc import Callable, Iterable, Iterator
from types import MappingProxyType
from typing import Any, TypeVar
from urllib.parse import urlsplit

from twin.errors import BelvedereError
from twin.extras import require

T = TypeVar("T")
R = TypeVar("R")
AHEAD = 3
"""Tasks that wait for each worker: enough to keep it busy, few enough to stay small."""
RETRIES = 3


def _read_only(held: dict[Any, Any]) -> MappingProxyType[Any, Any]:
    return MappingProxyType(held)


# Frozen descriptions hold read-only mappings, which pickle does not know by itself.
copyreg.pickle(MappingProxyType, lambda held: (_read_only, (dict(held),)))


def _packed(task: Any) -> bytes:
    """Here, not in the pool's own thread: there a task that cannot be sent would block all for ever."""
    return pickle.dumps(task, protocol=5)


def _unpacked_call(function: Callable[[Any], Any], data: bytes) -> Any:
    return function(pickle.loads(data))  # noqa: S301 - packed by our own process


def run(
    function: Callable[[T], R],
    tasks: Iterable[T],
    *,
    workers: int = 0,
    scheduler: str = "",
) -> Iterator[tuple[T, R]]:
    """Yield each task with its result, in the order in which they finish.

    Parameters
    ----------
    function : callable
        Of a module, so that another process can import it.
    workers : int
        Processes on this machine; 0: one a core; 1: this process.
    scheduler : str
        Address of a Dask scheduler, for instance ``tcp://host:8786``. Its workers need the same version of
        Belvedere, no common disk. A worker that dies loses nothing: its tasks go to another.

    Raises
    ------
    BelvedereError
        The scheduler cannot be reached, or has no worker.
    """
    if scheduler:
        yield from _distributed(function, tasks, scheduler)
        return
    count = workers or os.cpu_count() or 1
    if count == 1:
        for task in tasks:
            yield task, function(task)
        return
    yield from _local(function, tasks, count)


def _local(function: Callable[[T], R], tasks: Iterable[T], count: int) -> Iterator[tuple[T, R]]:
    import multiprocessing
    from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait

    # Not fork: readers have started threads of their own by now.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(count, mp_context=context) as pool:
        waiting: dict[Future[R], T] = {}
        try:
            for task in tasks:
                waiting[pool.submit(_unpacked_call, function, _packed(task))] = task
                if len(waiting) >= count * AHEAD:
                    done, _ = wait(waiting, return_when=FIRST_COMPLETED)
                    for future in done:
                        yield waiting.pop(future), future.result()
            for future in list(waiting):
                yield waiting.pop(future), future.result()
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def _reach(scheduler: str) -> None:
    """Knock first: a client that finds nobody leaves its thread behind."""
    try:
        parts = urlsplit(scheduler)
        if parts.scheme not in {"tcp", "tls"} or not parts.hostname or not parts.port:
            raise BelvedereError("tiles.no_scheduler", scheduler, reason="tcp://host:8786 ?")
        socket.create_connection((parts.hostname, parts.port), timeout=5.0).close()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise BelvedereError("tiles.no_scheduler", scheduler, reason=reason) from error


def _distributed(
    function: Callable[[T], R], tasks: Iterable[T], scheduler: str
) -> Iterator[tuple[T, R]]:
    distributed: Any = require("tiles", "distributed")
    _reach(scheduler)
    try:
        client = distributed.Client(scheduler, timeout="5s", set_as_default=False)
    except (OSError, ValueError) as error:
        raise BelvedereError(
            "tiles.no_scheduler", scheduler, reason=str(error)[:200] or type(error).__name__
        ) from error
    with client:
        try:
            client.wait_for_workers(1, timeout=15)
        except TimeoutError as error:
            raise BelvedereError("tiles.no_workers", scheduler) from error
        cores = max(sum(client.ncores().values()), 1)
        known: dict[str, T] = {}
        order = iter(tasks)
        finished = distributed.as_completed(loop=client.loop)

        def submit() -> bool:
            task = next(order, None)
            if task is None:
                return False
            future = client.submit(
                _unpacked_call, function, _packed(task), pure=False, retries=RETRIES
            )
            known[future.key] = task
            finished.add(future)
            return True

        for _ in range(cores * AHEAD):
            if not submit():
                break
        for future in finished:
            task, result = known.pop(future.key), future.result()
            future.release()
            submit()
            yield task, result
